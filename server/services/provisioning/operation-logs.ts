/** The last lines of operations' logs, at hand for those who begin to read. */
import type { LogLine, LogUpdate } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProvisioningRecord } from './record/record.ts';

/** Lines a reader begins with. */
export const TAIL_LINES = 200;

/** What it takes. */
export interface OperationLogsDeps {
  readonly clock: Clock;
  readonly record: Pick<ProvisioningRecord, 'log' | 'logs'>;
  readonly publish: (operation: string, update: LogUpdate) => void;
  readonly onError: (error: unknown, what: string) => void;
}

/** What is said of operations. */
export class OperationLogs {
  readonly #deps: OperationLogsDeps;
  readonly #tails = new Map<string, readonly LogLine[]>();

  constructor(deps: OperationLogsDeps) {
    this.#deps = deps;
  }

  /** Adds lines. */
  say(operation: string, stage: string | undefined, texts: readonly string[]): void {
    const at = this.#deps.clock.now();
    const lines = texts.map((text) => ({
      at,
      stream: 'engine' as const,
      text,
      ...(stage !== undefined && { stage }),
    }));
    const added = this.#deps.record.log(operation, lines);
    this.#tails.set(operation, [...(this.#tails.get(operation) ?? []), ...added].slice(-TAIL_LINES));
    this.#deps.publish(operation, { lines: added });
  }

  /** The last lines that are at hand; those of before this process follow once they are read. */
  tail(operation: string): LogUpdate {
    const lines = this.#tails.get(operation);
    if (!lines) void this.#read(operation);
    return { lines: lines ?? [] };
  }

  /** Reads what a process before said of an operation. */
  async load(operations: readonly string[]): Promise<void> {
    await Promise.all(operations.map((operation) => this.#read(operation)));
  }

  /** Keeps only those of operations that are at hand. */
  keep(isKept: (operation: string) => boolean): void {
    for (const operation of this.#tails.keys()) if (!isKept(operation)) this.#tails.delete(operation);
  }

  async #read(operation: string): Promise<void> {
    try {
      const { lines } = await this.#deps.record.logs(operation, { limit: TAIL_LINES });
      if (this.#tails.has(operation)) return;
      this.#tails.set(operation, lines);
      if (lines.length > 0) this.#deps.publish(operation, { lines });
    } catch (error) {
      this.#deps.onError(error, `the log of operation ${operation} cannot be read`);
    }
  }
}
