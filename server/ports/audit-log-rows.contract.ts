/** What the contract suite of the AuditLog port is made of: its fixture and its rows. */
import type { AuditFacts } from '../../src/protocol/index.ts';
import { sha256 } from '../testing/reference-tree.ts';
import type { AuditFilter, AuditLog, NewAuditRow } from './audit-log.ts';
import type { Database } from './database.ts';

/** A log under test, and the database that commits with it. `reopen` opens the same storage again after a close. */
export interface AuditLogFixture {
  readonly log: AuditLog;
  /** Has a table `item (id INTEGER PRIMARY KEY)`. */
  readonly database: Database;
  reopen(): Promise<Omit<AuditLogFixture, 'reopen'>>;
  close(): Promise<void>;
}

/** µs. */
export const SECOND = 1_000_000;
/** Time of entry 0, µs since 1970. */
export const START = 1_780_000_000 * SECOND;
/** Holds for every entry. */
export const everything: AuditFilter = {};

/** An entry of a test; the number makes it one of its own. */
export function auditRow(number: number, facts: Partial<AuditFacts> = {}): NewAuditRow {
  return {
    facts: {
      time: START + number * SECOND,
      actor: { id: 'ana', kind: 'user' },
      action: 'update',
      level: 'info',
      resource: { type: 'agent', id: `agent-${number}` },
      result: 'success',
      ...facts,
    },
    seed: sha256(Buffer.from(`seed ${number}`)).subarray(0, 16),
    leaf: sha256(Buffer.from(`leaf ${number}`)),
  };
}

/** So many entries, from a number on. */
export const rowsFrom = (first: number, count: number): NewAuditRow[] =>
  Array.from({ length: count }, (_, i) => auditRow(first + i));

/** Where rows stand. */
export const sequencesOf = (rows: readonly { readonly sequence: number }[]): number[] =>
  rows.map(({ sequence }) => sequence);
