/** For tests: the plainest metric store there can be. */
import assert from 'node:assert/strict';
import { type BucketBlock, ROW_LENGTH, type StoredTier } from '../ports/metric-store.ts';

/** A row: `seriesId, start, min, max, sum, count, last`, and its sketch. */
export interface ModelRow {
  readonly numbers: readonly number[];
  readonly sketch: Uint8Array | undefined;
}

/** What a store must answer after the same calls. */
export class MetricStoreModel {
  readonly #rows = new Map<string, ModelRow & { readonly tier: StoredTier }>();
  /** A store may forget less than it is told to: rows that are older than these may be there or not. */
  readonly #pruned = new Map<StoredTier, number>();

  write(tier: StoredTier, rows: readonly ModelRow[]): void {
    for (const one of rows) this.#rows.set(`${tier} ${one.numbers[0]} ${one.numbers[1]}`, { tier, ...one });
  }

  prune(tier: StoredTier, beforeMs: number): void {
    this.#pruned.set(tier, Math.max(beforeMs, this.#prunedBefore(tier)));
  }

  /** Holds the newest start against the rows. One that is older than what was pruned may be gone. */
  checkNewest(tier: StoredTier, newest: number | undefined): void {
    const starts = [...this.#rows.values()]
      .filter((one) => one.tier === tier)
      .map(({ numbers }) => numbers[1]!);
    const expected = starts.length === 0 ? undefined : Math.max(...starts);
    if (expected === undefined || expected >= this.#prunedBefore(tier)) assert.equal(newest, expected);
  }

  /** Holds an answer against the rows, to the last bit. What is found forgotten must stay so. */
  check(
    { tier, rows, sketches }: BucketBlock,
    series: readonly number[] | undefined,
    from: number,
    to: number,
  ): void {
    const wanted = [...this.#rows.entries()]
      .filter(([, one]) => one.tier === tier && (series?.includes(one.numbers[0]!) ?? true))
      .filter(([, { numbers }]) => numbers[1]! >= from && numbers[1]! < to)
      .sort(([, { numbers: a }], [, { numbers: b }]) => a[0]! - b[0]! || a[1]! - b[1]!);
    const found = new Set<string>();
    for (let at = 0; at < rows.length; at += ROW_LENGTH) found.add(`${tier} ${rows[at]} ${rows[at + 1]}`);
    const expected = wanted.filter(([key, { numbers }]) => {
      if (found.has(key) || numbers[1]! >= this.#prunedBefore(tier)) return true;
      this.#rows.delete(key);
      return false;
    });
    assert.deepEqual(
      [...rows],
      expected.flatMap(([, { numbers }]) => numbers),
    );
    assert.deepEqual(
      sketches,
      expected.flatMap(([, { sketch }], row) => (sketch ? [[row, sketch]] : [])),
    );
  }

  #prunedBefore(tier: StoredTier): number {
    return this.#pruned.get(tier) ?? -Infinity;
  }
}
