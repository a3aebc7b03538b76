/** The record's rows: as they are written, and as they are read. */
import type {
  CheckTransition,
  CheckWord,
  Incident,
  MaintenanceWindow,
} from '../../../../src/protocol/index.ts';
import type { Row, Statement } from '../../../ports/database.ts';
import type { Unwritten } from './write-behind.ts';

/** A change of a word, with its place among those of all checks. */
export interface KeptTransition extends CheckTransition {
  readonly sequence: number;
}

/** What `Unwritten` rows say. */
export type UnwrittenTransition = Unwritten<KeptTransition>;
export type UnwrittenIncident = Unwritten<Incident>;

const TRANSITION = 'transition/';
const INCIDENT = 'incident/';

/** A change of a word, to be written. */
export function transitionRow(transition: KeptTransition): UnwrittenTransition {
  const { sequence, check, at, from, to, reason } = transition;
  return {
    key: `${TRANSITION}${sequence}`,
    value: transition,
    statement: () => ({
      sql: 'INSERT OR REPLACE INTO health_transition (sequence, check_id, at, word_before, word, reason) VALUES (?, ?, ?, ?, ?, ?)',
      params: [sequence, check, at, from, to, reason ?? null],
    }),
  };
}

/** An incident as it is now, to be written. */
export function incidentRow(incident: Incident): UnwrittenIncident {
  const { id, check, startedAt, endedAt } = incident;
  return {
    key: `${INCIDENT}${id}`,
    value: incident,
    statement: () => ({
      sql: 'INSERT OR REPLACE INTO health_incident (id, check_id, started_at, ended_at, incident) VALUES (?, ?, ?, ?, ?)',
      params: [id, check, startedAt, endedAt ?? null, JSON.stringify(incident)],
    }),
  };
}

/** What is known of a check, to be written. @param at ms since 1970. */
export function judgedRow(check: string, value: object, at: number): Unwritten {
  return {
    key: `judged/${check}`,
    statement: () => ({
      sql: 'INSERT OR REPLACE INTO health_judged (check_id, known, at) VALUES (?, ?, ?)',
      params: [check, JSON.stringify(value), at],
    }),
  };
}

/** That nothing is known of a check any more, and nobody paused it. */
export function forgottenRows(check: string): readonly Unwritten[] {
  return [
    {
      key: `judged/${check}`,
      statement: () => ({ sql: 'DELETE FROM health_judged WHERE check_id = ?', params: [check] }),
    },
    { key: `paused/${check}`, statement: () => deletePause(check) },
  ];
}

/** That the server looks. @param at ms since 1970. */
export function aliveRow(at: number): Unwritten {
  return {
    key: 'alive',
    statement: () => ({ sql: 'UPDATE health_alive SET at = ?', params: [at] }),
  };
}

/** Nobody pauses it any more. */
export function deletePause(check: string): Statement {
  return { sql: 'DELETE FROM health_paused WHERE check_id = ?', params: [check] };
}

/** A maintenance window as it is now. */
export function saveWindow(window: MaintenanceWindow): Statement {
  const { id, createdAt, endsAt } = window;
  return {
    sql: `INSERT INTO health_window (id, content, created_at, ends_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET content = excluded.content, ends_at = excluded.ends_at`,
    params: [id, JSON.stringify(window), createdAt, endsAt ?? null],
  };
}

/** A change of a word that was read. */
export function transitionOf(row: Row): KeptTransition {
  const reason = row['reason'];
  return {
    sequence: Number(row['sequence']),
    check: String(row['check_id']),
    at: Number(row['at']),
    from: String(row['word_before']) as CheckWord,
    to: String(row['word']) as CheckWord,
    ...(typeof reason === 'string' && { reason }),
  };
}

/** Changes of words among rows that are not written yet. */
export function transitionsIn(rows: Iterable<Unwritten>): readonly KeptTransition[] {
  return valuesOf<KeptTransition>(rows, TRANSITION);
}

/** Incidents among rows that are not written yet. */
export function incidentsIn(rows: Iterable<Unwritten>): readonly Incident[] {
  return valuesOf<Incident>(rows, INCIDENT);
}

function valuesOf<Value>(rows: Iterable<Unwritten>, kind: string): readonly Value[] {
  return [...rows].filter(({ key }) => key.startsWith(kind)).map(({ value }) => value as Value);
}
