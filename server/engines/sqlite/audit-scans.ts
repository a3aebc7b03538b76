/** Searches of the audit trail that take turns, so that a long one holds nobody up. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Steps } from './audit-search.ts';

/** How long searches may take. */
export interface ScanLimits {
  /** A search works so long before it is the next one's turn. Default 10 ms. */
  readonly sliceMs?: number;
  /** A search that has worked so long is refused with `query_limit`; turns of others do not count. Default 10,000 ms. */
  readonly maxScanMs?: number;
}

/** What becomes of a search. */
export interface ScanEnds<T> {
  done(id: number, answer: T): void;
  failed(id: number, error: unknown): void;
}

interface Scan<T> {
  readonly id: number;
  readonly steps: Steps<T>;
  spentMs: number;
}

/** A ring of searches. */
export class ScanQueue<T> {
  readonly #ends: ScanEnds<T>;
  readonly #now: () => number;
  readonly #sliceMs: number;
  readonly #maxScanMs: number;
  readonly #scans: Scan<T>[] = [];

  /** @param now ms, of a clock that never goes back. */
  constructor(ends: ScanEnds<T>, now: () => number, { sliceMs = 10, maxScanMs = 10_000 }: ScanLimits = {}) {
    this.#ends = ends;
    this.#now = now;
    this.#sliceMs = sliceMs;
    this.#maxScanMs = maxScanMs;
  }

  get idle(): boolean {
    return this.#scans.length === 0;
  }

  add(id: number, steps: Steps<T>): void {
    this.#scans.push({ id, steps, spentMs: 0 });
  }

  /** Ends a search, if it has not ended: nothing becomes of it. */
  cancel(id: number): void {
    const at = this.#scans.findIndex((scan) => scan.id === id);
    if (at >= 0) this.#scans.splice(at, 1);
  }

  /** Lets the next search work for a while. */
  turn(): void {
    const scan = this.#scans.shift();
    if (!scan) return;
    const start = this.#now();
    try {
      for (;;) {
        const step = scan.steps.next();
        if (step.done) {
          this.#ends.done(scan.id, step.value);
          return;
        }
        const ms = this.#now() - start;
        if (scan.spentMs + ms >= this.#maxScanMs) {
          throw new WaooawError(
            'query_limit',
            `The search took more than ${this.#maxScanMs} ms: narrow it by time or by a field`,
          );
        }
        if (ms >= this.#sliceMs) {
          scan.spentMs += ms;
          this.#scans.push(scan);
          return;
        }
      }
    } catch (error) {
      this.#ends.failed(scan.id, error);
    }
  }
}
