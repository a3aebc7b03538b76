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
];
