/** Publications of a series, put together for readers that are behind. */
import type { BucketRow, Json, MetricUpdate, SeriesInfo } from '../../../src/protocol/index.ts';

/** The newest row of each bucket, and the newest of what is known of the series: one update in the place of many. */
export function mergeChanges(updates: readonly Json[]): readonly Json[] {
  const rows = new Map<number, BucketRow>();
  let info: SeriesInfo | undefined;
  for (const update of updates as unknown as readonly MetricUpdate[]) {
    for (const row of update.rows) rows.set(row[0]!, row);
    info = update.info ?? info;
  }
  const merged: MetricUpdate = { rows: [...rows.values()], ...(info && { info }) };
  return [merged as unknown as Json];
}
