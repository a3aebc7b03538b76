/** Port: what runs agents. Local processes now; containers fit it too. */
import type { InstanceExit, InstanceState, LogPage, LogLine } from '../../src/protocol/index.ts';

/**
 * Numbers of lines count so many a millisecond: a line's is the higher of the one before plus 1 and `at` times this. So
 * lines of several instances compare by time, and going on needs no look at what was written before.
 */
export const LINES_PER_MS = 16;

/** What is to run. Everything in it comes from local configuration, but for values that it lets a caller choose. */
export interface InstanceSpec {
  /** Deterministic: the same name is the same instance. `[a-z0-9.-]`, at most 128 characters. */
  readonly name: string;
  /** What it is found by again: `agent`, `incarnation`, `generation`, `version`, `epoch`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The program and its arguments; no shell reads it. `{port}` in an argument becomes the instance's port. */
  readonly command: readonly string[];
  /** The whole environment, but for what the runtime adds: `PORT`, `HOST`, `WAOOAW_INSTANCE`, and a mark. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it works. */
  readonly workingFolder: string;
  /** It listens: the runtime finds it a port on loopback, and tells it by `PORT`. */
  readonly hasPort: boolean;
  readonly resources: InstanceResources;
  readonly stop: { readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'; readonly graceMs: number };
  readonly logs: LogRotation;
}

/** What an instance may use. Absent: as much as there is. */
export interface InstanceResources {
  /** Resident memory of all its processes, bytes; more ends it with reason `memory`. */
  readonly memoryBytes?: number;
  readonly openFiles?: number;
  /** Processes of all its kind's user, as the system counts them. */
  readonly processes?: number;
  /** Processor time, s. */
  readonly cpuSeconds?: number;
  /** Largest file that it may write, bytes. */
  readonly fileBytes?: number;
  /** 0 to 19: how much it stands back. */
  readonly nice?: number;
}

/** How much of its output is kept. */
export interface LogRotation {
  /** Of one file, bytes. */
  readonly maxFileBytes: number;
  /** The one that is written, and earlier ones. */
  readonly maxFiles: number;
  /** Longer lines are cut, bytes. */
  readonly maxLineBytes: number;
}

/** An instance, as it is found. */
export interface Instance {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: InstanceState;
  /** What it is outside of us, such as `pid:4711:start:884213:boot:…`: for the journal, and never parsed. */
  readonly externalId: string;
  readonly pid?: number;
  /** ms since 1970. */
  readonly startedAt: number;
  /** Where it listens, on loopback. */
  readonly port?: number;
  readonly exit?: InstanceExit;
}

/** What it is asked to do with its output. */
export interface LogRead {
  /** Only lines after this one. */
  readonly after?: number;
  /** Only lines before this one. */
  readonly before?: number;
  /** At most; the last ones, or with `after` the first ones. */
  readonly limit: number;
}

/**
 * Runs instances. Guarantees, whichever engine:
 * - `start`, `stop` and `remove` are idempotent by name: after a crash of ours in the middle, calling again finishes.
 * - Instances outlive this process. A new one finds them with `list`, with their labels, output and exits.
 * - `stop` resolves once nothing of the instance runs any more: what it forked too.
 * - Nothing that was not started here is ever signalled. Where it cannot be told whether a process is ours, it is `lost`
 *   and left alone.
 * - An instance that ended stays known, with its exit and output, until it is removed.
 */
export interface AgentRuntime {
  /**
   * Starts it, or finds it: of one name there is never more than one. One that has ended is started anew, and its output
   * goes on. Resolves once its process exists; whether it is ready is another question.
   * @throws WaooawError `agent_start_failed` with the reason, such as a program that is not there.
   */
  start(spec: InstanceSpec): Promise<Instance>;
  /**
   * Ends it with all that it started: asks, waits `graceMs`, and then forces. Stopping what has ended or never was is harmless.
   * @param graceMs instead of the spec's; 0 forces at once.
   * @returns how it ended; undefined when there is no such instance.
   */
  stop(name: string, graceMs?: number): Promise<InstanceExit | undefined>;
  /** Halts all its processes where they stand. @throws WaooawError `not_found`. */
  suspend(name: string): Promise<void>;
  /** Lets them go on. @throws WaooawError `not_found`. */
  resume(name: string): Promise<void>;
  find(name: string): Promise<Instance | undefined>;
  /** All that are known, running or ended. */
  list(): Promise<readonly Instance[]>;
  /** Forgets an instance that has ended, with its output. @throws WaooawError `conflict` while it runs. */
  remove(name: string): Promise<void>;
  /**
   * Lines of its output, in order. Numbers go on when it is rotated or started anew, by {@link LINES_PER_MS}, and have gaps.
   * @throws WaooawError `not_found`.
   */
  logs(name: string, read: LogRead): Promise<LogPage>;
  /** Hears new lines, some at a time, until the function it returns is called. */
  follow(name: string, listener: (lines: readonly LogLine[]) => void): () => void;
  /** Hears of instances that end or are lost, of adopted ones too. @returns stops listening. */
  onChange(listener: (instance: Instance) => void): () => void;
  /** Resident memory, bytes, and processor time, s, of all processes of running instances, where the system tells. */
  usage(): Promise<ReadonlyMap<string, { readonly memoryBytes: number; readonly cpuSeconds: number }>>;
  /**
   * True when it is the instance itself that listens on its port, and no stranger who was faster; undefined where that
   * cannot be told. An engine whose ports are nobody else's has no need of it.
   * @throws WaooawError `not_found`.
   */
  listens?(name: string): Promise<boolean | undefined>;
  /** Lets go. Instances run on. */
  close(): Promise<void>;
}
