import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { coded, temporaryFolder } from '../testing/harness.ts';
import { checkDatabase, readSchema } from './database-file.ts';

/** A database of schema 7 with some thousand rows and an index over them. */
function database(): string {
  const path = join(temporaryFolder(), 'rows.db');
  const made = new DatabaseSync(path);
  made.exec('PRAGMA user_version = 7; CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT)');
  made.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO one SELECT i, 'row ' || i FROM n`);
  made.exec('CREATE INDEX by_text ON one (text)');
  made.close();
  return path;
}

describe('a database file', () => {
  it('tells its schema, and that it is sound', () => {
    const path = database();
    assert.deepEqual([checkDatabase(path), readSchema(path)], [7, 7]);
  });

  it('that is damaged in the middle is found to be', () => {
    const path = database();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4_096 * 3, 4_096 * 4);
    writeFileSync(path, bytes);
    assert.throws(() => checkDatabase(path), coded('bad_backup', path, 'is damaged'));
  });

  it('that is none, or not there, is told by its path', () => {
    const none = join(temporaryFolder(), 'none.db');
    writeFileSync(none, 'not a database at all, whatever its name says'.repeat(50));
    assert.throws(() => checkDatabase(none), coded('bad_backup', none, 'is damaged'));
    assert.throws(() => readSchema(none), coded('database_failed', none));
    const missing = join(temporaryFolder(), 'missing.db');
    assert.throws(() => readSchema(missing), coded('database_failed', missing));
  });
});
