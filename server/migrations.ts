/** The database's schema, as numbered steps forward. A released step is never edited. */
import type { Migration } from './ports/database.ts';

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    // The health check's proof that rows can be written durably and read back.
    statements: ['CREATE TABLE heartbeat (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT'],
  },
];
