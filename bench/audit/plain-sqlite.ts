/** SQLite as one writes it first: one thread, a transaction an insert, three indexes, and FTS5 where there is full text. */
import { DatabaseSync } from 'node:sqlite';
import type { NewAuditRow } from '../../server/ports/audit-log.ts';

/** @returns inserts a second. */
export function plainSqlite(
  path: string,
  rows: readonly NewAuditRow[],
  fullText: boolean,
  forMs: number,
): number {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE audit_entry (
      sequence INTEGER PRIMARY KEY, time INTEGER, actor TEXT, action TEXT, facts TEXT, seed BLOB, leaf BLOB);
    CREATE INDEX by_time ON audit_entry (time);
    CREATE INDEX by_actor ON audit_entry (actor, sequence);
    CREATE INDEX by_action ON audit_entry (action, sequence);
    CREATE VIRTUAL TABLE audit_text USING fts5(words, content = '');
  `);
  const insert = database.prepare(
    'INSERT INTO audit_entry (time, actor, action, facts, seed, leaf) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const index = database.prepare('INSERT INTO audit_text (rowid, words) VALUES (?, ?)');
  const started = performance.now();
  let inserted = 0;
  while (performance.now() - started < forMs) {
    const { facts, seed, leaf } = rows[inserted % rows.length]!;
    database.exec('BEGIN');
    const { lastInsertRowid } = insert.run(
      facts.time,
      facts.actor.id,
      facts.action,
      JSON.stringify(facts),
      seed,
      leaf,
    );
    if (fullText) {
      const details = JSON.stringify(facts.details ?? '');
      index.run(lastInsertRowid, `${facts.actor.id} ${facts.resource.id} ${facts.reason ?? ''} ${details}`);
    }
    database.exec('COMMIT');
    inserted += 1;
  }
  const seconds = (performance.now() - started) / 1_000;
  database.close();
  return Math.round(inserted / seconds);
}
