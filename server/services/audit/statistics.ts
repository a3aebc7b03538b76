/** Counts over a range: what was done, how it went, who did most, and on which days. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditStatistics } from '../../../src/protocol/audit.schema.ts';
import type { AuditFilter, AuditLog, FacetField } from '../../ports/audit-log.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
/** Values of each field. */
const VALUES = 50;
const ACTORS = 10;

/** What is asked beside the filter. */
export interface StatisticsAsked {
  /** The wall clock, ms since 1970. */
  readonly now: number;
  /** Days that a range may have. */
  readonly maxDays: number;
  /** Ends it early, when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/**
 * Counts the entries of a filter's range: the last 7 days where it has none.
 * @throws WaooawError `bad_request` for more days than `maxDays`, or an end before the beginning; the signal's reason.
 */
export async function statisticsOf(
  log: AuditLog,
  filter: AuditFilter,
  { now, maxDays, signal: given }: StatisticsAsked,
): Promise<AuditStatistics> {
  const to = filter.to === undefined ? now + 1 : Math.ceil(filter.to / 1_000);
  const from = filter.from === undefined ? to - DEFAULT_DAYS * DAY_MS : Math.floor(filter.from / 1_000);
  const firstDay = Math.floor(from / DAY_MS);
  const days = Math.ceil(to / DAY_MS) - firstDay;
  if (to < from) throw new WaooawError('bad_request', 'to: expected no earlier time than from');
  if (days > maxDays + 1)
    throw new WaooawError('bad_request', `from, to: expected at most ${maxDays} days, was ${days}`);
  const between = (start: number, end: number): AuditFilter => ({
    ...filter,
    from: Math.max(start, from) * 1_000,
    to: Math.min(end, to) * 1_000,
  });
  const whole = between(from, to);
  // Where one of them fails the others are of no use.
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  const count = (between: AuditFilter) => log.count(between, Number.MAX_SAFE_INTEGER, { signal });
  const facet = async (field: FacetField, limit: number) =>
    (await log.facet(field, whole, { limit, signal })).map(({ value, count }) => ({ value, count }));
  const [total, actions, levels, results, actors, counts] = await Promise.all([
    count(whole),
    facet('action', VALUES),
    facet('level', VALUES),
    facet('result', VALUES),
    facet('actor', ACTORS),
    Promise.all(
      Array.from({ length: days }, async (_, i) => {
        const start = (firstDay + i) * DAY_MS;
        return {
          day: new Date(start).toISOString().slice(0, 10),
          count: await count(between(start, start + DAY_MS)),
        };
      }),
    ),
  ]).catch((error: unknown) => {
    failed.abort();
    throw error;
  });
  return { from, to, total, actions, levels, results, actors, days: counts };
}
