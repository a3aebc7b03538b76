/** One look at a rule: its query's answer, judged. */
import type { QueryAnswer, QueryGroup } from '../../../src/protocol/index.ts';
import type { AlertRule, RuleTest } from '../../../src/protocol/alerts.schema.ts';
import type { MetricReader } from '../../ports/metric-reader.ts';
import { inactive, step } from './machine.ts';
import type { Observation, Outcome } from './machine.ts';
import type { FlapLimits } from '../../flapping.ts';
import { fingerprint, labelsOf, wordsOf } from './record.ts';
import type { AlertRecord, Labels } from './record.ts';

/** The span that is judged where a rule does not say, ms. */
const STEP_MS = 60_000;

/** A group of the answer, with the value of its newest complete step that is not too old. */
export interface Found {
  readonly id: string;
  readonly tags: Labels;
  readonly value?: number;
  /** When the newest complete step ended, ms since 1970. */
  readonly endedAt?: number;
}

/**
 * Asks.
 * @param at now, ms since 1970: a step that is completed while the answer is on its way was asked for too early.
 * @throws whatever the reader throws: that is no result, and changes nothing.
 */
export async function find(rule: AlertRule, reader: MetricReader, at: number): Promise<readonly Found[]> {
  const { query } = rule;
  const stepMs = query.stepMs ?? Math.max(1_000, Math.min(STEP_MS, Math.floor(query.windowMs / 2)));
  const answer = await reader.query({ ...query, stepMs });
  return answer.groups.map((group) => foundOf(rule, group, answer, at));
}

/** True when the value is bad. @param firing a firing alert clears only beyond `clearValue`. */
export function breaches({ condition }: AlertRule, value: number, firing: boolean): boolean {
  const { op, value: limit, clearValue = limit } = condition;
  const over = firing ? clearValue : limit;
  switch (op) {
    case '>':
      return value > over;
    case '>=':
      return value >= over;
    case '<':
      return value < over;
    case '<=':
      return value <= over;
  }
}

/** What a group's value says to the machine; undefined: nothing yet. */
export function observe(
  rule: AlertRule,
  found: Found | undefined,
  record: AlertRecord | undefined,
  at: number,
  startedAt: number,
): Observation | undefined {
  if (found?.value !== undefined) {
    const { value } = found;
    // It fired, and nobody saw it clear since.
    const { state, firedAt } = record?.standing ?? inactive(at);
    const firing = firedAt !== undefined && (state === 'firing' || state === 'no-data');
    return { outcome: breaches(rule, value, firing) ? 'firing' : 'clear', at, value };
  }
  // The time that this server was away, or did not know of the group, proves nothing.
  const silentMs = at - Math.max(record?.seenAt ?? at, startedAt);
  if (record && hasTags(record) && silentMs >= rule.goneAfterMs)
    return { outcome: 'gone', at, reason: `gone: no data for ${Math.round(silentMs / 1_000)} s` };
  return silentMs >= rule.noDataAfterMs ? { outcome: 'unknown', at } : undefined;
}

/** What a rule would say now, were it new. */
export function dryRun(rule: AlertRule, found: readonly Found[], at: number, limits: FlapLimits): RuleTest {
  // A group of no tags stands for a rule that finds nothing at all.
  const groups = found.length === 0 ? [{ id: '', tags: {} }] : found;
  return {
    at,
    alerts: groups.map(({ tags, value, endedAt }: Omit<Found, 'id'>) => {
      const outcome: Exclude<Outcome, 'gone'> =
        value === undefined ? 'unknown' : breaches(rule, value, false) ? 'firing' : 'clear';
      const seen = { outcome, at, ...(value !== undefined && { value }) };
      const standing = step(inactive(at), seen, rule, limits);
      const labels = labelsOf(rule, tags);
      return {
        labels,
        outcome,
        state: standing.state as RuleTest['alerts'][number]['state'],
        ...(value !== undefined && { value }),
        ...(endedAt !== undefined && { valueAt: endedAt }),
        ...wordsOf(rule, labels, standing),
      };
    }),
  };
}

/** A rule without `by` has one group for ever: it may have no data, it cannot be gone. */
function hasTags({ tags }: AlertRecord): boolean {
  return Object.keys(tags).length > 0;
}

function foundOf(rule: AlertRule, group: QueryGroup, { stepMs }: QueryAnswer, now: number): Found {
  const tags = { ...group.tags };
  const id = fingerprint('metrics', rule.name, labelsOf(rule, tags));
  const newest = group.points.findLast(([start]) => start + stepMs <= now);
  if (!newest) return { id, tags };
  const [start, value] = newest;
  const endedAt = start + stepMs;
  // NaN would be neither over nor under any limit, and so good; what is infinite cannot be kept.
  const counts = now - endedAt < rule.noDataAfterMs && Number.isFinite(value);
  return { id, tags, endedAt, ...(counts && { value }) };
}
