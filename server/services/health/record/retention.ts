/** What is too old goes: changes of words, incidents, windows, and what was known of checks that are no more. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Database, Row, Statement } from '../../../ports/database.ts';
import type { RecordLimits } from './limits.ts';
import type { Timeline } from './timeline.ts';
import type { Windows } from './windows.ts';

/** What retention needs. */
export interface RetentionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly limits: RecordLimits;
  readonly timeline: Timeline;
  readonly windows: Windows;
  readonly onError: (error: unknown, what: string) => void;
}

/** After a start, ms: what comes first then is to look. */
const FIRST_MS = 60_000;

/** Each check's changes: how many there are, the oldest, and what the check is shown as since when. */
const EXTENT_SQL = `SELECT check_id, count(*) AS count, min(at) AS oldest, max(sequence) AS last FROM health_transition
  GROUP BY check_id`;

/** Removes what is too old, again and again. */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #timers: readonly Timer[];
  #running: Promise<void> | undefined;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    const { healthPruneIntervalMs } = deps.limits;
    const run = (): void => this.#run();
    this.#timers = [
      deps.clock.every(healthPruneIntervalMs, run),
      // A server that is often restarted must not keep everything.
      deps.clock.after(Math.min(FIRST_MS, healthPruneIntervalMs), run),
    ];
  }

  /** @throws the database's own. */
  async prune(): Promise<void> {
    const { database, clock, limits, timeline, windows } = this.#deps;
    const now = clock.now();
    const before = now - limits.keepTransitionsMs;
    const extents = await database.read({ sql: EXTENT_SQL });
    const gone = await database.read({
      sql: `SELECT check_id FROM health_transition
        WHERE sequence IN (SELECT max(sequence) FROM health_transition GROUP BY check_id)
          AND word = 'unknown' AND at < ?`,
      params: [before],
    });
    const ended = windows.prune(now - limits.keepWindowsMs);
    await database.transaction([
      ...extents.flatMap((row) => outdated(row, before, limits.maxTransitionsPerCheck)),
      // One that came again meanwhile keeps what is new.
      ...gone.map(({ check_id }) =>
        remove('health_transition WHERE check_id = ? AND at < ?', check_id, before),
      ),
      remove('health_incident WHERE ended_at < ?', now - limits.keepIncidentsMs),
      remove('health_judged WHERE at < ?', before),
      ...ended.map((id) => remove('health_window WHERE id = ?', id)),
    ]);
    for (const { check_id } of gone) timeline.drop(String(check_id), before);
  }

  /** Resolves when nothing is removed any more. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#running;
  }

  #run(): void {
    this.#running ??= this.prune()
      .catch((error: unknown) => this.#deps.onError(error, 'old rows of the health record cannot be removed'))
      .finally(() => (this.#running = undefined));
  }
}

/** Of one check: what ended before a time, and what is too much. What it was shown as at that time stays known. */
function outdated(row: Row, before: number, most: number): readonly Statement[] {
  const check = row['check_id']!;
  const old: Statement = {
    sql: `DELETE FROM health_transition WHERE check_id = ?1 AND sequence <
      (SELECT max(sequence) FROM health_transition WHERE check_id = ?1 AND at < ?2)`,
    params: [check, before],
  };
  const many: Statement = {
    sql: `DELETE FROM health_transition WHERE check_id = ?1 AND sequence <=
      (SELECT sequence FROM health_transition WHERE check_id = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)`,
    params: [check, most],
  };
  return [...(Number(row['oldest']) < before ? [old] : []), ...(Number(row['count']) > most ? [many] : [])];
}

function remove(what: string, ...params: readonly (Row[string] | undefined)[]): Statement {
  return { sql: `DELETE FROM ${what}`, params: params.map((param) => param!) };
}
