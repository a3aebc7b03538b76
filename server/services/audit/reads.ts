/** Who reads the trail, once a query: a page that asks every few seconds is one entry, and not thousands. */
import type { AuditLimits } from './limits.ts';

/** Remembers what was recorded. */
export class Reads {
  readonly #limits: AuditLimits;
  /** By reader and query, the least lately asked first. */
  readonly #seen = new Map<string, { asked: number; recorded: number }>();

  constructor(limits: AuditLimits) {
    this.#limits = limits;
  }

  /** True when it is to be recorded. @param now ms, of a clock that never goes back. */
  isNews(reader: string, query: string, now: number): boolean {
    const { readFoldMs, readRepeatMs, maxFoldedReads } = this.#limits;
    const key = `${reader}\n${query}`;
    const seen = this.#seen.get(key);
    this.#seen.delete(key);
    const folded = seen && now - seen.asked < readFoldMs && now - seen.recorded < readRepeatMs;
    this.#seen.set(key, { asked: now, recorded: folded ? seen.recorded : now });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= maxFoldedReads) break;
      this.#seen.delete(oldest);
    }
    return !folded;
  }

  /** As if it had never been asked: it could not be recorded. */
  forget(reader: string, query: string): void {
    this.#seen.delete(`${reader}\n${query}`);
  }
}
