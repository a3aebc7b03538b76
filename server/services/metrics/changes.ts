/** Publications of a series, put together for readers that are behind. */
import type {
  BucketRow,
  Json,
  MetricUpdate,
  QueryGroupUpdate,
  QueryUpdate,
  SeriesInfo,
} from '../../../src/protocol/index.ts';

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

/** The newest point of each step and group, and what was last said of each group. */
export function mergeQueryUpdates(updates: readonly Json[]): readonly Json[] {
  const groups = new Map<string, { update: QueryGroupUpdate; points: Map<number, number> }>();
  let to = 0;
  let about: QueryUpdate['about'];
  for (const update of updates as unknown as readonly QueryUpdate[]) {
    to = update.to;
    about = update.about ?? about;
    for (const group of update.groups) {
      const known = groups.get(group.key);
      const points = group.gone ? new Map<number, number>() : (known?.points ?? new Map<number, number>());
      for (const [start, value] of group.points) points.set(start, value);
      groups.set(group.key, { update: group.gone ? group : { ...known?.update, ...group }, points });
    }
  }
  const merged: QueryUpdate = {
    to,
    groups: [...groups.values()].map(({ update, points }) => ({ ...update, points: [...points] })),
    ...(about && { about }),
  };
  return [merged as unknown as Json];
}
