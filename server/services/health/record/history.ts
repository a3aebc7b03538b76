/** A check's past: how its time was spent, when it changed, and its incidents. */
import type { CheckHistory, CheckTransition, CheckWord } from '../../../../src/protocol/index.ts';
import type { Database } from '../../../ports/database.ts';
import { segmentsOf, uptimeOf } from '../uptime.ts';
import type { Incidents } from './incidents.ts';
import { transitionOf, transitionsIn } from './rows.ts';
import type { KeptTransition } from './rows.ts';
import type { WriteBehind } from './write-behind.ts';

const DAY_MS = 86_400_000;
/** Days of the longest window of uptime. */
const QUARTER_DAYS = 90;
/** Changes and incidents that an answer names. */
const MAX_TRANSITIONS = 500;
const MAX_INCIDENTS = 100;

/** A check's changes from the last one at a moment or before it. */
const SINCE_SQL = `SELECT sequence, check_id, at, word_before, word, reason FROM health_transition
  WHERE check_id = ?1 AND sequence >= coalesce(
    (SELECT max(sequence) FROM health_transition WHERE check_id = ?1 AND at <= ?2), 0)
  ORDER BY sequence`;

/** What a history is read from. */
export interface HistoryDeps {
  readonly database: Database;
  readonly behind: WriteBehind;
  readonly incidents: Incidents;
}

/** @param days 1 to 90. @param now ms since 1970. */
export async function historyOf(
  { database, behind, incidents }: HistoryDeps,
  check: string,
  days: number,
  now: number,
): Promise<CheckHistory> {
  const from = now - Math.max(days, QUARTER_DAYS) * DAY_MS;
  // First what is not written yet: what is written from now on is read.
  const unwritten = transitionsIn(behind.unwritten()).filter((transition) => transition.check === check);
  const [rows, lately] = await Promise.all([
    database.read({ sql: SINCE_SQL, params: [check, from] }),
    incidents.find({ check, limit: MAX_INCIDENTS }),
  ]);
  const read = new Map([...rows.map(transitionOf), ...unwritten].map((one) => [one.sequence, one]));
  const all = inOrder(
    [...read.values()].sort((one, other) => one.sequence - other.sequence),
    now,
  );
  // What lies before the first is not known: it was removed, or there was nothing.
  const first: CheckWord = 'unknown';
  const uptime = (length: number) => uptimeOf(all, first, now - length * DAY_MS, now);
  return {
    check,
    uptime: { day: uptime(1), week: uptime(7), month: uptime(30), quarter: uptime(QUARTER_DAYS) },
    segments: segmentsOf(all, first, now - days * DAY_MS, now, DAY_MS),
    transitions: all
      .filter(({ at }) => at >= now - days * DAY_MS)
      .slice(-MAX_TRANSITIONS)
      .reverse(),
    incidents: lately,
  };
}

/** The order in which they came, also where the wall clock was put back between them: the later one is right about the time. */
function inOrder(transitions: readonly KeptTransition[], now: number): readonly CheckTransition[] {
  let latest = now;
  return transitions
    .toReversed()
    .map(({ sequence: _, ...transition }) => {
      latest = Math.min(latest, transition.at);
      return { ...transition, at: latest };
    })
    .toReversed();
}
