/** What a server and a shim say to one another, a JSON object a line: over pipes until it runs, then over the shim's socket. */
import type { InstanceSpec } from '../../ports/agent-runtime.ts';
import type { RunRecord } from './record.ts';

/** The instance's output, in its folder. */
export const LOGS = 'logs';
/** What a shim has to say of its own failures, in the instance's folder. */
export const SHIM_LOG = 'shim.log';

/** What a shim is told on its standard input. Never on disk: the environment may hold secrets. */
export interface Order {
  readonly spec: InstanceSpec;
  readonly run: number;
  readonly mark: string;
  readonly port?: number;
  /** How often resident memory is looked at where it is limited, ms. */
  readonly memoryCheckMs: number;
  /** How often it is looked whether anybody can still find the instance, ms. */
  readonly recordCheckMs: number;
  /** Output beyond this has to wait, bytes a second. */
  readonly logBytesPerSecond: number;
}

/** What it says on its standard output. */
export type Beginning =
  /** The run is its own; it waits for `go`, and ends when its input does. */
  | { readonly claimed: true }
  /** Somebody else has the run. */
  | { readonly taken: true }
  | { readonly started: RunRecord }
  | { readonly failed: string };

/** What is asked of it. */
export type Ask =
  /** Answered by its end alone. */
  | { readonly id: number; readonly call: 'stop'; readonly graceMs?: number }
  | { readonly id: number; readonly call: 'suspend' | 'resume' }
  | { readonly id: number; readonly call: 'usage' }
  | { readonly id: number; readonly call: 'listens' }
  /** It need not keep its end any more: it is being forgotten. */
  | { readonly id: number; readonly call: 'leave' };

/** Memory, bytes, and processor time, s, of all its processes. */
export interface Usage {
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
}

/** What a question is answered with; null where there is nothing to say. */
export type Reply = Usage | boolean | null;

/** What it tells. */
export type Tell =
  /** As it is now: first of all, and whenever it changes. */
  | { readonly record: RunRecord }
  /** New lines are there, up to this number. */
  | { readonly logged: number }
  | { readonly id: number; readonly ok: Reply };

/** Socket of a run's shim, in the instance's folder: closing one takes its file away, and not that of the next. */
export function socketName(run: number): string {
  return `shim-${run}.sock`;
}

/** Both ends read with it: whole lines of a stream of text. */
export function lineReader(onLine: (line: string) => void, maxChars = 1_048_576): (text: string) => void {
  let held = '';
  return (text) => {
    held += text;
    for (let end = held.indexOf('\n'); end >= 0; end = held.indexOf('\n')) {
      const line = held.slice(0, end);
      held = held.slice(end + 1);
      onLine(line);
    }
    // Nobody who means well sends such a line.
    if (held.length > maxChars) held = '';
  };
}
