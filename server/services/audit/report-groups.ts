/** Entries gathered by what they have in common, in a memory that does not grow with the trail. */
import type { AuditRecord, AuditResult } from '../../../src/protocol/index.ts';
import type { ReportCounts, ReportEntries, ReportGroups } from '../../../src/protocol/audit-report.ts';

/** Groups that are told apart; entries of later ones are counted together. */
const MAX_GROUPS = 10_000;

type Counts = { -readonly [K in keyof ReportCounts]: ReportCounts[K] };

/** Counts by group. */
export class Groups<T extends object> {
  readonly #groups = new Map<string, { readonly value: T; readonly counts: Counts }>();
  readonly #shown: number;
  #overflowed = false;

  /** @param shown groups that are listed at most. */
  constructor(shown: number) {
    this.#shown = shown;
  }

  /** @param make what is said of the group, of its first entry. @returns that, or undefined where there are too many groups. */
  add(key: string, entry: AuditRecord, isOutside: boolean, make: () => T): T | undefined {
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size >= MAX_GROUPS) {
        this.#overflowed = true;
        return undefined;
      }
      const counts = {
        entries: 0,
        success: 0,
        failure: 0,
        refused: 0,
        outOfHours: 0,
        first: entry.time,
        last: entry.time,
      };
      group = { value: make(), counts };
      this.#groups.set(key, group);
    }
    const { counts } = group;
    counts.entries += 1;
    counts[entry.result] += 1;
    if (isOutside) counts.outOfHours += 1;
    counts.first = Math.min(counts.first, entry.time);
    counts.last = Math.max(counts.last, entry.time);
    return group.value;
  }

  /** The largest first. */
  list<U>(finish: (value: T) => U): ReportGroups<U & ReportCounts> {
    const all = [...this.#groups.values()].sort((a, b) => b.counts.entries - a.counts.entries);
    return {
      items: all.slice(0, this.#shown).map(({ value, counts }) => ({ ...finish(value), ...counts })),
      more: Math.max(0, all.length - this.#shown),
      ...(this.#overflowed && { orMore: true as const }),
    };
  }
}

/** Values, of which the first few are kept. */
export class FewValues {
  readonly #values = new Set<string>();
  readonly #shown: number;
  #overflowed = false;

  constructor(shown: number) {
    this.#shown = shown;
  }

  add(value: string): void {
    if (this.#values.size < this.#shown * 10 || this.#values.has(value)) this.#values.add(value);
    else this.#overflowed = true;
  }

  list(): ReportGroups<string> {
    return {
      items: [...this.#values].slice(0, this.#shown),
      more: Math.max(0, this.#values.size - this.#shown),
      ...(this.#overflowed && { orMore: true as const }),
    };
  }
}

/** The newest of entries that come in order. */
export class Newest {
  readonly #entries: AuditRecord[] = [];
  readonly #shown: number;
  #count = 0;

  constructor(shown: number) {
    this.#shown = shown;
  }

  add(entry: AuditRecord): void {
    this.#entries[this.#count % this.#shown] = entry;
    this.#count += 1;
  }

  list(): ReportEntries {
    const items = this.#entries.toSorted((a, b) => b.sequence - a.sequence);
    return { items, more: this.#count - items.length };
  }
}

/** Counts by result. */
export function noResults(): Record<AuditResult, number> {
  return { success: 0, failure: 0, refused: 0 };
}
