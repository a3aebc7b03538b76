/** The health record on the database's rows. */
import type { Clock } from '../../../ports/clock.ts';
import type { Database } from '../../../ports/database.ts';
import { checkInput } from '../../../../src/protocol/health.schema.ts';
import { historyOf } from './history.ts';
import { Incidents } from './incidents.ts';
import { DEFAULT_RECORD_LIMITS } from './limits.ts';
import type { RecordLimits } from './limits.ts';
import type { HealthRecord, Kept, Pause } from './record.ts';
import { Retention } from './retention.ts';
import { aliveRow, deletePause, forgottenRows, judgedRow, transitionRow } from './rows.ts';
import { LATEST_SQL, Timeline } from './timeline.ts';
import type { KeptTransition } from './rows.ts';
import { Windows } from './windows.ts';
import { WriteBehind } from './write-behind.ts';

export type { Began, HealthRecord, Kept, Maintenance, Pause } from './record.ts';
export { DEFAULT_RECORD_LIMITS } from './limits.ts';
export type { RecordLimits } from './limits.ts';

/** What the record needs. */
export interface RecordDeps {
  /** Migrated. It is the owner's to close, after the record. */
  readonly database: Database;
  readonly clock: Clock;
  /** Over the defaults. */
  readonly limits?: Partial<RecordLimits>;
  /** Hears of what could not be written, read or removed; the record goes on. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Signs of life that may be late before the time between them counts as one in which nobody looked. */
const AWAY_TICKS = 3;

/** Opens the record. Nothing is read or written before `load`. */
export function openRecord({ database, clock, onError, ...rest }: RecordDeps): HealthRecord {
  const limits: RecordLimits = { ...DEFAULT_RECORD_LIMITS, ...rest.limits };
  const behind = new WriteBehind({
    database,
    clock,
    intervalMs: limits.healthPersistIntervalMs,
    maxRows: limits.maxUnwrittenHealthRows,
    onError,
  });
  const timeline = new Timeline();
  const incidents = new Incidents({ database, behind, clock, maxNotes: limits.maxIncidentNotes });
  const windows = new Windows({
    database,
    clock,
    maxWindows: limits.maxWindows,
    keepMs: limits.keepWindowsMs,
  });
  let aliveAt = 0;
  let stop: () => Promise<void> = () => Promise.resolve();

  const change = (transition: KeptTransition | undefined): void => {
    if (transition) behind.put(transitionRow(transition), true);
  };

  const live = (): void => {
    const now = clock.now();
    // The machine slept, or its clock was put forward: nobody looked meanwhile.
    if (now - aliveAt > limits.healthAliveIntervalMs * AWAY_TICKS)
      timeline.away(aliveAt, now).forEach(change);
    aliveAt = now;
    behind.put(aliveRow(now));
  };

  const begin = (): void => {
    const retention = new Retention({ database, clock, limits, timeline, windows, onError });
    const alive = clock.every(limits.healthAliveIntervalMs, live);
    stop = async () => {
      alive.cancel();
      await retention.close();
      live();
    };
  };

  return {
    async load() {
      const [latest, alive] = await Promise.all([
        database.read({ sql: LATEST_SQL }),
        database.read({ sql: 'SELECT at FROM health_alive' }),
        windows.load(onError),
      ]);
      const kept = await readKept(database, onError);
      const open = await incidents.load();
      aliveAt = clock.now();
      timeline.begin(latest, Number(alive[0]!['at']), aliveAt).forEach(change);
      live();
      await behind.flush();
      begin();
      return { ...kept, incidents: open };
    },
    judged(check, value) {
      behind.put(judgedRow(check, value, clock.now()));
    },
    observed(status, began) {
      const now = clock.now();
      const { check, word, state } = status;
      // What is left of before says nothing of now: neither that it fails, nor that it is up again.
      const fresh = timeline.isFresh(status);
      if (!fresh && word === state && word !== 'unknown') return incidents.open(check);
      const changed = timeline.observe(status, now);
      change(changed);
      if (!fresh) return incidents.open(check);
      const shown = changed ? { ...status, since: changed.at } : status;
      const at = Math.max(began?.at ?? shown.since, timeline.excusedUntil(check));
      return incidents.observe(shown, { ...began, at }, now);
    },
    forget(check) {
      const now = clock.now();
      change(timeline.forget(check, now));
      incidents.forget(check, now);
      for (const row of forgottenRows(check)) behind.put(row, true);
    },
    openIncident: (check) => incidents.open(check),
    incidents: (query) => incidents.find(query),
    acknowledge: (id, by, note) => incidents.acknowledge(id, by, note),
    addNote: (id, by, text) => incidents.addNote(id, by, text),
    history: (check, days, now) => historyOf({ database, behind, incidents }, check, days, now),
    async pause(check, by) {
      // That a former check of this id is forgotten goes before.
      await behind.flush();
      const at = clock.now();
      const sql = 'INSERT OR REPLACE INTO health_paused (check_id, by, at) VALUES (?, ?, ?)';
      await database.transaction([{ sql, params: [check, by, at] }]);
      return { by, at };
    },
    async resume(check) {
      await database.transaction([deletePause(check)]);
    },
    async saveDefinition(check, by) {
      const now = clock.now();
      const sql = `INSERT INTO health_check (check_id, definition, created_at, changed_at, changed_by)
          VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (check_id) DO UPDATE SET
          definition = excluded.definition, changed_at = excluded.changed_at, changed_by = excluded.changed_by`;
      await database.transaction([{ sql, params: [check.check, JSON.stringify(check), now, by] }]);
    },
    async deleteDefinition(check) {
      await database.transaction([{ sql: 'DELETE FROM health_check WHERE check_id = ?', params: [check] }]);
    },
    windows: () => windows.list(),
    setFileWindows: (list) => windows.setFile(list),
    addWindow: (window, by) => windows.add(window, by),
    endWindow: (id) => windows.end(id),
    windowOf: (check, tags, now) => windows.of(check, tags, now),
    nextChangeAt: (now) => windows.nextChangeAt(now),
    flush: () => behind.flush(),
    async close() {
      await stop();
      await behind.close();
    },
  };
}

async function readKept(
  database: Database,
  onError: (error: unknown, what: string) => void,
): Promise<Omit<Kept, 'incidents'>> {
  const [checks, judged, paused] = await Promise.all([
    database.read({ sql: 'SELECT check_id, definition FROM health_check ORDER BY created_at, rowid' }),
    database.read({ sql: 'SELECT check_id, known FROM health_judged' }),
    database.read({ sql: 'SELECT check_id, by, at FROM health_paused' }),
  ]);
  return {
    definitions: checks.flatMap(({ check_id, definition }) => {
      const { data, error } = checkInput.safeParse(JSON.parse(String(definition)));
      // Another release understood more. It is left as it is.
      if (error) onError(error, `check ${String(check_id)}, which the API defined, is not understood`);
      return data ? [data] : [];
    }),
    judged: new Map(
      judged.map(({ check_id, known }) => [String(check_id), JSON.parse(String(known)) as unknown]),
    ),
    paused: new Map(
      paused.map(({ check_id, by, at }): [string, Pause] => [
        String(check_id),
        { by: String(by), at: Number(at) },
      ]),
    ),
  };
}
