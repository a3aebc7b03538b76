/** An audit log in a folder that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type SqliteFile } from '../../server/engines/sqlite/database.ts';
import type { SqliteOptions } from '../../server/engines/sqlite/messages.ts';
import { MIGRATIONS } from '../../server/migrations.ts';
import type { NewAuditRow } from '../../server/ports/audit-log.ts';
import type { AuditFacts } from '../../src/protocol/index.ts';
import { entries, row } from './entries.ts';

/** Entries of one append while a log is filled. */
const BATCH = 2_000;
/** Appends that are under way at once. */
const AHEAD = 4;

/** Runs work in a folder that goes with it. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'waooaw-bench-audit-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs work with a file that has the tables. */
export function withLog<T>(
  work: (file: SqliteFile, path: string) => Promise<T>,
  options?: SqliteOptions,
): Promise<T> {
  return withFolder(async (folder) => {
    const path = join(folder, 'waooaw.db');
    const file = openSqlite(path, options);
    try {
      await file.migrate(MIGRATIONS);
      return await work(file, path);
    } finally {
      await file.close();
    }
  });
}

/**
 * Appends so many entries of 300 bytes.
 * @param sealed makes the row of an entry; with hashes that nobody checks by default.
 * @returns seconds that it took.
 */
export async function fill(
  { auditLog }: SqliteFile,
  count: number,
  sealed: (facts: AuditFacts) => NewAuditRow = row,
): Promise<number> {
  const next = entries(1, 300);
  const started = performance.now();
  const appends: Promise<unknown>[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - done) }, () => sealed(next()));
    appends.push(auditLog.append(rows));
    if (appends.length > AHEAD) await appends.shift();
  }
  await Promise.all(appends);
  return (performance.now() - started) / 1_000;
}
