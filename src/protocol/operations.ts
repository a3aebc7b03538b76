/** Shapes of operations: work in stages, ours or a host's, its API and the `operations` and `operation/<id>` channels. */
import type { Json } from './frames.ts';
import type { StateWord } from './states.ts';

/** What the server does with agents. Hosts name their own operations in kebab-case. */
export const OPERATION_TYPES = [
  'create',
  'start',
  'stop',
  'restart',
  'upgrade',
  'rollback',
  'scale',
  'suspend',
  'resume',
  'delete',
] as const;

/** What the server does with an agent. */
export type OperationType = (typeof OPERATION_TYPES)[number];

/** What an operation can be in. */
export const OPERATION_STATES = [
  'queued',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'rolling-back',
  'rolled-back',
] as const satisfies readonly StateWord[];

/** What an operation can be in. */
export type OperationState = (typeof OPERATION_STATES)[number];

/** It is at its end. One that failed may be taken up again by `retry`. */
export function isEnded(state: OperationState): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled' || state === 'rolled-back';
}

/** What a stage can be in. */
export const STAGE_STATES = [
  'pending',
  'running',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const satisfies readonly StateWord[];

/** What a stage can be in. */
export type StageState = (typeof STAGE_STATES)[number];

/** What may be asked of an operation. */
export const OPERATION_ACTIONS = ['cancel', 'pause', 'resume', 'retry'] as const;

/** What may be asked of an operation. */
export type OperationAction = (typeof OPERATION_ACTIONS)[number];

/** What went wrong. */
export interface OperationError {
  /** One of ours, or a host's own. */
  readonly code: string;
  readonly message: string;
}

/** How long a stage took before, ms. */
export interface StageExpectation {
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Of how many runs. */
  readonly runs: number;
}

/** A step of an operation. */
export interface OperationStage {
  /** kebab-case, unique in its operation. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly description?: string;
  readonly state: StageState;
  /** ms since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Share done while it runs, 0 to 100. Absent: not known. */
  readonly percent?: number;
  /** What it does just now, in one line. */
  readonly detail?: string;
  readonly error?: OperationError;
  readonly expected?: StageExpectation;
  /** How often it was begun. */
  readonly attempts: number;
}

/** Work in stages. The publication of `operation/<id>`: each is the whole. */
export interface OperationStatus {
  readonly operation: string;
  /** One of {@link OPERATION_TYPES}, or a host's own. */
  readonly type: string;
  readonly title: string;
  /** `host`: somebody else's work, told over the API. */
  readonly source: 'engine' | 'host';
  readonly agent?: string;
  readonly state: OperationState;
  readonly stages: readonly OperationStage[];
  /** Of the whole, 0 to 100. */
  readonly percent: number;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Who asked for it. */
  readonly by: string;
  /** The agent's generation that it makes. */
  readonly generation?: number;
  readonly error?: OperationError;
  /** What came of it, such as the counts of requests of an upgrade. */
  readonly result?: Readonly<Record<string, Json>>;
  /** What may be asked of it now. */
  readonly actions: readonly OperationAction[];
  /** The last thing that was asked of it, and how far that is: taken, in effect, or at its end. */
  readonly action?: {
    readonly name: OperationAction;
    readonly phase: 'accepted' | 'in-effect' | 'done';
    readonly by: string;
    readonly at: number;
  };
  /** Place in the queue, from 1; absent unless queued. */
  readonly queuePlace?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** A host's page of it. */
  readonly url?: string;
  /** Counts changes; the `ETag` of a host's own operation. */
  readonly revision: number;
}

/** A host's operation, to be shown beside ours. */
export interface NewOperation {
  readonly type: string;
  readonly title: string;
  readonly stages: readonly {
    readonly name: string;
    readonly title?: string;
    readonly description?: string;
  }[];
  readonly agent?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** https or http. */
  readonly url?: string;
}

/** What a host tells of one of its stages. */
export interface StageUpdate {
  readonly state?: StageState;
  readonly percent?: number;
  readonly detail?: string;
  readonly error?: OperationError;
  /** Added to the operation's log. */
  readonly log?: readonly string[];
}

/** What was asked for over many agents: what became of each, in order. */
export interface BulkOutcome {
  readonly agent: string;
  readonly operation?: OperationStatus;
  readonly error?: OperationError;
}
