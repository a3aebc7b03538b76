/** What a stage is: done, and taken back, as often as a crash makes it. */
import type { Json } from '../../../../src/protocol/index.ts';
import type { AgentDoor } from '../../../ports/agent-door.ts';
import type { AgentRuntime } from '../../../ports/agent-runtime.ts';
import type { AgentTokens } from '../../../ports/agent-tokens.ts';
import type { Statement } from '../../../ports/database.ts';
import type { AgentKind } from '../kinds.ts';
import type { AgentRecord } from '../record/record.ts';
import type { AgentResources } from '../resources.ts';
import type { Supervisor } from '../supervision.ts';
import type { Work } from '../work.ts';

/** What stages work with. */
export interface Tools {
  readonly runtime: AgentRuntime;
  readonly door: AgentDoor;
  readonly resources: AgentResources;
  readonly tokens: AgentTokens;
  readonly supervisor: Pick<Supervisor, 'ready' | 'watch'>;
  /** Of this process: in the labels of every instance. */
  readonly epoch: () => number;
}

/** A stage of one operation, while it is done or taken back. */
export interface Task extends Tools {
  readonly type: string;
  readonly work: Work;
  /** Aborts when the operation is cancelled, or this process closes. */
  readonly signal: AbortSignal;
  /** As it is now. */
  agent(): AgentRecord;
  /** @throws WaooawError `unknown_kind` when local configuration has it no more. */
  kind(): AgentKind;
  /** How long is waited for what is still to be answered, ms. */
  drainMs(): number;
  /** What a stage before has left behind. */
  external(stage: string): Readonly<Record<string, Json>>;
  /** Stable ports of other agents. */
  portsTaken(): readonly number[];
  /** @param percent share done, 0–100. @param detail what it does just now, in one line. */
  progress(percent: number | undefined, detail: string): void;
  /** A line of the operation's log. */
  say(text: string): void;
}

/** What a stage leaves behind, committed with its end. */
export interface Outcome {
  /** What it made outside of us. */
  readonly external?: Readonly<Record<string, Json>>;
  /** What becomes of the agent. */
  readonly agent?: (now: AgentRecord, at: number) => AgentRecord;
  readonly statements?: readonly Statement[];
  /** For the operation's result. */
  readonly result?: Readonly<Record<string, Json>>;
}

/** A stage. Both are idempotent. */
export interface Stage {
  run(task: Task): Promise<Outcome | void>;
  /** Takes back what it did, also half of it. Absent: nothing is to be taken back. */
  undo?(task: Task): Promise<Outcome | void>;
}
