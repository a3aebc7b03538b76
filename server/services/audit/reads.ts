/** Who reads the trail, once a query: a page that asks every few seconds is one entry, and not thousands. */
import { hash } from 'node:crypto';
import type { AuditLimits } from './limits.ts';

/** What is to be done about a query: recorded, nothing since it was, or counted, since its reader asks too many. */
export type Verdict = 'news' | 'known' | 'more';

/** Remembers what was recorded. */
export class Reads {
  readonly #limits: AuditLimits;
  /** By the hash of reader and query, which a reader may make long; the least lately asked first. */
  readonly #seen = new Map<string, { asked: number; recorded: number }>();
  /** By reader, the oldest first. */
  readonly #windows = new Map<string, { readonly since: number; recorded: number }>();

  constructor(limits: AuditLimits) {
    this.#limits = limits;
  }

  /** @param now ms, of a clock that never goes back. */
  judge(reader: string, query: string, now: number): Verdict {
    const { readFoldMs, readRepeatMs, maxFoldedReads } = this.#limits;
    const key = keyOf(reader, query);
    const seen = this.#seen.get(key);
    this.#seen.delete(key);
    const folded = seen && now - seen.asked < readFoldMs && now - seen.recorded < readRepeatMs;
    this.#seen.set(key, { asked: now, recorded: folded ? seen.recorded : now });
    trim(this.#seen, maxFoldedReads);
    if (folded) return 'known';
    return this.#spend(reader, now) ? 'news' : 'more';
  }

  /** As if it had never been asked: it could not be recorded. */
  forget(reader: string, query: string): void {
    this.#seen.delete(keyOf(reader, query));
  }

  #spend(reader: string, now: number): boolean {
    const { readWindowMs, maxReadEntries, maxFoldedReads } = this.#limits;
    let window = this.#windows.get(reader);
    if (!window || now - window.since >= readWindowMs) {
      this.#windows.delete(reader);
      window = { since: now, recorded: 0 };
      this.#windows.set(reader, window);
      trim(this.#windows, maxFoldedReads);
    }
    if (window.recorded >= maxReadEntries) return false;
    window.recorded += 1;
    return true;
  }
}

function keyOf(reader: string, query: string): string {
  return hash('sha256', `${reader}\n${query}`, 'base64');
}

function trim(map: Map<string, unknown>, atMost: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= atMost) break;
    map.delete(oldest);
  }
}
