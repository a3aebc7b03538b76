/** The database's schema, as numbered steps forward. A released step is never edited. */
import type { Migration } from './ports/database.ts';

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    // The health check's proof that rows can be written durably and read back.
    statements: ['CREATE TABLE heartbeat (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT'],
  },
  {
    version: 2,
    // Who may come in. `hash` is SHA-256 of a key; `role` and the later times may be absent.
    statements: [
      `CREATE TABLE api_keys (
         id TEXT PRIMARY KEY,
         name TEXT NOT NULL,
         role TEXT,
         grants TEXT NOT NULL,
         hash BLOB NOT NULL,
         created_at INTEGER NOT NULL,
         expires_at INTEGER,
         revoked_at INTEGER
       ) STRICT`,
      'CREATE TABLE revoked_subjects (subject TEXT PRIMARY KEY, revoked_at INTEGER NOT NULL) STRICT',
    ],
  },
  {
    version: 3,
    // Alerts, and who is still to be told of them. `record`, `rule` and `silence` hold JSON.
    statements: [
      `CREATE TABLE alert_rules (
         name TEXT PRIMARY KEY,
         rule TEXT NOT NULL,
         changed_at INTEGER NOT NULL,
         changed_by TEXT NOT NULL
       ) STRICT`,
      'CREATE TABLE alerts (id TEXT PRIMARY KEY, state TEXT NOT NULL, record TEXT NOT NULL) STRICT',
      // `settled`: what it withheld was looked at again after its end.
      `CREATE TABLE alert_silences (
         id TEXT PRIMARY KEY,
         silence TEXT NOT NULL,
         ends_at INTEGER NOT NULL,
         settled INTEGER NOT NULL
       ) STRICT`,
      // The outbox's first half: what a receiver is to be told of an alert (`wanted`), and was told last.
      `CREATE TABLE alert_tells (
         receiver TEXT NOT NULL,
         alert TEXT NOT NULL,
         group_key TEXT NOT NULL,
         wanted TEXT,
         due_at INTEGER NOT NULL,
         told TEXT,
         told_at INTEGER NOT NULL,
         PRIMARY KEY (receiver, alert)
       ) STRICT`,
      // Its second half: requests as they are made, until they are delivered or given up.
      `CREATE TABLE alert_notices (
         id TEXT PRIMARY KEY,
         receiver TEXT NOT NULL,
         group_key TEXT NOT NULL,
         body TEXT NOT NULL,
         resolves INTEGER NOT NULL,
         made_at INTEGER NOT NULL,
         attempts INTEGER NOT NULL,
         refusals INTEGER NOT NULL,
         next_at INTEGER NOT NULL,
         last_error TEXT,
         dead_at INTEGER
       ) STRICT`,
    ],
  },
];
