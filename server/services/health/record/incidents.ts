/** Incidents: they open when a check fails of its own, and end when it is up again. */
import { randomUUID } from 'node:crypto';
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { CheckStatus, Incident } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Database, Statement } from '../../../ports/database.ts';
import { Serial } from '../../../serial.ts';
import type { IncidentQuery } from '../health.ts';
import type { Began } from './record.ts';
import { incidentRow, incidentsIn } from './rows.ts';
import type { WriteBehind } from './write-behind.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What incidents need. */
export interface IncidentsDeps {
  readonly database: Database;
  readonly behind: WriteBehind;
  readonly clock: Clock;
  readonly maxNotes: number;
}

/** The incidents of all checks: the open ones in memory, all of them in the database. */
export class Incidents {
  readonly #deps: IncidentsDeps;
  readonly #open = new Map<string, Incident>();
  readonly #serial = new Serial();

  constructor(deps: IncidentsDeps) {
    this.#deps = deps;
  }

  async load(): Promise<ReadonlyMap<string, Incident>> {
    const sql = 'SELECT incident FROM health_incident WHERE ended_at IS NULL ORDER BY started_at';
    for (const row of await this.#deps.database.read({ sql })) {
      const incident = JSON.parse(String(row['incident'])) as Incident;
      this.#open.set(incident.check, incident);
    }
    return new Map(this.#open);
  }

  open(check: string): Incident | undefined {
    return this.#open.get(check);
  }

  /**
   * A check as it is shown now.
   * @param began what its failure began with, as far as that is not excused.
   * @returns the incident that is open.
   */
  observe(status: CheckStatus, began: Began, now: number): Incident | undefined {
    const { check, state, word, since, at } = status;
    const open = this.#open.get(check);
    const failing = isFailing(word) && status.causedBy === undefined;
    if (!open) return failing ? this.#begin(status, began, now) : undefined;
    // A state that is up behind a window or a pause was so at its last result.
    if (state === 'up') return this.#end(open, word === 'up' ? since : (at ?? now), now);
    if (failing && word === 'down' && open.worst !== 'down') return this.#put({ ...open, worst: 'down' });
    return open;
  }

  /** The check is no more. */
  forget(check: string, now: number): void {
    const open = this.#open.get(check);
    if (open) this.#end(open, now, now);
  }

  async find(query: IncidentQuery): Promise<readonly Incident[]> {
    const limit = Math.min(Math.max(query.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
    // First what is not written yet: what is written from now on is read.
    const unwritten = this.#unwritten();
    const rows = await this.#deps.database.read(select(query, limit + unwritten.size));
    const read = rows
      .map((row) => JSON.parse(String(row['incident'])) as Incident)
      .filter(({ id }) => !unwritten.has(id));
    return [...read, ...[...unwritten.values()].filter((incident) => meets(incident, query))]
      .sort((one, other) => other.startedAt - one.startedAt || (one.id < other.id ? 1 : -1))
      .slice(0, limit);
  }

  acknowledge(id: string, by: string, note?: string): Promise<Incident> {
    const at = this.#deps.clock.now();
    const acknowledged = { by, at, ...(note !== undefined && { note }) };
    return this.#change(id, (incident) => {
      if (incident.endedAt !== undefined)
        throw new WaooawError(
          'conflict',
          `The incident ended at ${new Date(incident.endedAt).toISOString()}`,
        );
      return { ...incident, acknowledged };
    });
  }

  addNote(id: string, by: string, text: string): Promise<Incident> {
    const { clock, maxNotes } = this.#deps;
    const note = { at: clock.now(), by, text };
    return this.#change(id, (incident) => {
      if (incident.notes.length >= maxNotes)
        throw new WaooawError('note_limit', `The incident has ${maxNotes} notes already`);
      return { ...incident, notes: [...incident.notes, note] };
    });
  }

  #begin(status: CheckStatus, began: Began, now: number): Incident {
    const { check, title, word, reason, tags } = status;
    return this.#put({
      id: randomUUID(),
      check,
      title,
      worst: word === 'down' ? 'down' : 'degraded',
      startedAt: Math.min(began.at, now),
      confirmedAt: now,
      cause: began.reason ?? reason ?? '',
      ...(tags && { tags }),
      notes: [],
    });
  }

  #end(open: Incident, at: number, now: number): undefined {
    this.#put({ ...open, endedAt: Math.max(open.startedAt, Math.min(at, now)) });
    return undefined;
  }

  #put(incident: Incident): Incident {
    if (incident.endedAt === undefined) this.#open.set(incident.check, incident);
    else this.#open.delete(incident.check);
    this.#deps.behind.put(incidentRow(incident), true);
    return incident;
  }

  /** What people do to an incident, one after another. It stands once it is durable, and is taken back otherwise. */
  #change(id: string, change: (incident: Incident) => Incident): Promise<Incident> {
    return this.#serial.run(async () => {
      const before = this.#known(id) ?? (await this.#read(id));
      const after = this.#put(change(before));
      try {
        await this.#deps.behind.flush();
        return after;
      } catch (error) {
        // A run may have changed it meanwhile, and that stays.
        const { acknowledged: _, ...rest } = this.#known(id) ?? after;
        const { acknowledged, notes } = before;
        this.#put({ ...rest, notes, ...(acknowledged && { acknowledged }) });
        throw error;
      }
    });
  }

  /** One that is open, or not written yet: whatever a run may still change is here. */
  #known(id: string): Incident | undefined {
    for (const incident of this.#open.values()) if (incident.id === id) return incident;
    return this.#unwritten().get(id);
  }

  async #read(id: string): Promise<Incident> {
    const sql = 'SELECT incident FROM health_incident WHERE id = ?';
    const [row] = await this.#deps.database.read({ sql, params: [id] });
    if (!row) throw new WaooawError('not_found', `There is no incident "${id}"`);
    return JSON.parse(String(row['incident'])) as Incident;
  }

  #unwritten(): ReadonlyMap<string, Incident> {
    return new Map(incidentsIn(this.#deps.behind.unwritten()).map((incident) => [incident.id, incident]));
  }
}

function isFailing(word: string): boolean {
  return word === 'degraded' || word === 'down';
}

function meets(incident: Incident, { check, open, before }: IncidentQuery): boolean {
  return (
    (check === undefined || incident.check === check) &&
    (open === undefined || open === (incident.endedAt === undefined)) &&
    (before === undefined || incident.startedAt < before)
  );
}

function select({ check, open, before }: IncidentQuery, limit: number): Statement {
  const conditions = [
    ...(check === undefined ? [] : ['check_id = ?']),
    ...(open === undefined ? [] : [`ended_at IS ${open ? '' : 'NOT '}NULL`]),
    ...(before === undefined ? [] : ['started_at < ?']),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const params = [...(check === undefined ? [] : [check]), ...(before === undefined ? [] : [before]), limit];
  return {
    sql: `SELECT incident FROM health_incident ${where} ORDER BY started_at DESC, id DESC LIMIT ?`,
    params,
  };
}
