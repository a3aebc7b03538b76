import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { MIGRATIONS } from '../../migrations.ts';
import { auditRow } from '../../ports/audit-log.contract.ts';
import { openSqlite, type SqliteFile } from './database.ts';
import type { SqliteOptions } from './messages.ts';

const coded = (code: string, words = /./) => {
  return (error: unknown) => error instanceof WaooawError && error.code === code && words.test(error.message);
};
const rows = (count: number, reason = 'left then right') =>
  Array.from({ length: count }, (_, i) => auditRow(i + 1, { reason }));
const ofNobody = { text: ['right left'] };

type Open = (options?: SqliteOptions) => Promise<SqliteFile>;

/** Runs a test with what opens a file, as often as it likes. */
function withFile(test: (open: Open, path: string) => Promise<void>) {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waooaw-audit-'));
    const path = join(folder, 'waooaw.db');
    const files: SqliteFile[] = [];
    try {
      await test(async (options) => {
        const file = openSqlite(path, options);
        files.push(file);
        await file.migrate(MIGRATIONS);
        return file;
      }, path);
    } finally {
      for (const file of files) await file.close();
      await rm(folder, { recursive: true });
    }
  };
}

describe('SQLite audit log against who means it ill', () => {
  it(
    'finds an entry whatever words were chosen for it',
    withFile(async (open) => {
      const { auditLog: log } = await open();
      // Once it had the index take the entry for a login.
      await log.append([auditRow(1, { reason: 'xrowbp0ua' }), ...rows(3_000)]);
      const viewer = { withoutActions: ['login'], text: ['xrowbp0ua'] };
      assert.deepEqual(
        (await log.find(viewer, { limit: 9 })).map(({ sequence }) => sequence),
        [1],
      );
      assert.equal(await log.count({ withoutActions: ['login'] }, 9_999), 3_001);
    }),
  );

  it(
    'answers other reads and short searches while long ones go on',
    withFile(async (open) => {
      const { auditLog: log } = await open({ auditScans: { sliceMs: 0 } });
      await log.append(rows(4_500));
      const order: string[] = [];
      const asked = (name: string, answer: Promise<unknown>) => answer.then(() => order.push(name));
      await Promise.all([
        ...[1, 2, 3].map(() => asked('long', log.count(ofNobody, 9))),
        asked('short', log.find({}, { limit: 1 })),
        asked('get', log.get(1)),
        asked('proof', log.inclusion(7, 4_500)),
      ]);
      assert.deepEqual(order.slice(3), ['long', 'long', 'long']);
    }),
  );

  it(
    'refuses a search that takes too long, and ends one that was given up',
    withFile(async (open) => {
      const { auditLog: log } = await open({ auditScans: { sliceMs: 0, maxScanMs: 0 } });
      await log.append(rows(3_000));
      await assert.rejects(log.count(ofNobody, 9), coded('query_limit', /0 ms/));
      assert.equal((await log.get(1))?.sequence, 1);
      const patient = await open({ auditScans: { sliceMs: 0 } });
      const giving = new AbortController();
      const { signal } = giving;
      const searches = [
        patient.auditLog.find(ofNobody, { limit: 9, signal }),
        patient.auditLog.range(1, 9, ofNobody, { signal }),
        patient.auditLog.count(ofNobody, 9, { signal }),
        patient.auditLog.facet('level', ofNobody, { limit: 9, signal }),
      ];
      const refused = Promise.all(
        searches.map((search) => assert.rejects(search, (error) => error === signal.reason)),
      );
      assert.equal((await patient.auditLog.get(2))?.sequence, 2);
      giving.abort(new Error('gave up'));
      await refused;
      await assert.rejects(
        patient.auditLog.find({}, { limit: 1, signal }),
        (error) => error === signal.reason,
      );
      assert.equal((await patient.auditLog.find({}, { limit: 1 })).length, 1);
    }),
  );

  it(
    'goes on after another process appended to the same file',
    withFile(async (open) => {
      const [one, other] = [await open(), await open()];
      await one.auditLog.append(rows(2_000));
      await other.auditLog.append(rows(100));
      const { sequences, head } = await one.auditLog.append([auditRow(2_101)]);
      assert.deepEqual([sequences, head.size], [[2_101], 2_101]);
      assert.deepEqual((await other.auditLog.append([auditRow(2_102)])).sequences, [2_102]);
      assert.deepEqual(await one.auditLog.root(2_101), head.root);
      assert.equal(await one.auditLog.count({ level: ['info'] }, 9_999), 2_102);
      const [block] = await one.read({ sql: 'SELECT count(*) AS n FROM audit_block' });
      assert.equal(block!['n'], 1);
    }),
  );

  it(
    'compares an entry of thousands of words in full',
    withFile(async (open) => {
      const { auditLog: log } = await open();
      const words = Array.from({ length: 5_000 }, (_, i) => `w${i}`).join(' ');
      await log.append([auditRow(1, { details: words }), auditRow(2, { reason: words }), ...rows(3_000)]);
      const found = async (text: string, blind: 'details'[] = []) =>
        (await log.find({ text: [text], blind }, { limit: 9 })).map(({ sequence }) => sequence);
      assert.deepEqual(await found('w4999'), [2, 1]);
      assert.deepEqual(await found('w0 w1'), [2, 1]);
      assert.deepEqual(await found('w4999', ['details']), [2]);
      assert.deepEqual(await found('w5000'), []);
      assert.equal(await log.count({ text: ['w77'] }, 9), 2);
      assert.equal(await log.count({ not: [{ text: ['w77'] }] }, 9_999), 3_000);
    }),
  );

  it(
    'counts every tag, however many names somebody makes up',
    withFile(async (open) => {
      const { auditLog: log } = await open();
      const made = Array.from({ length: 3_000 }, (_, i) =>
        auditRow(i + 1, {
          tags: { [`made${i % 200}`]: 'x', ...(i > 1_000 ? { agent: 'a', late: 'y' } : {}) },
        }),
      );
      await log.append(made);
      const facet = (tag?: string, limit = 3) =>
        log.facet('tag', {}, tag === undefined ? { limit } : { limit, tag });
      assert.deepEqual(await facet('agent'), [{ value: 'a', count: 1_999 }]);
      assert.deepEqual(await facet('late'), [{ value: 'y', count: 1_999 }]);
      assert.deepEqual(await facet('made199'), [{ value: 'x', count: 15 }]);
      assert.deepEqual(await facet(undefined, 2), [
        { value: 'agent', count: 1_999 },
        { value: 'late', count: 1_999 },
      ]);
      assert.equal((await facet(undefined, 999)).length, 202);
    }),
  );

  it(
    'names the entry that is missing',
    withFile(async (open, path) => {
      const file = await open();
      await file.auditLog.append(rows(300));
      await file.close();
      const database = new DatabaseSync(path);
      database.exec('DROP TRIGGER audit_entry_delete; DELETE FROM audit_entry WHERE sequence IN (5, 270)');
      database.close();
      const { auditLog: log } = await open();
      await assert.rejects(log.head(), coded('database_failed', /lost entry 270\b/));
      await assert.rejects(log.append([auditRow(301)]), coded('database_failed', /lost entry 270\b/));
      await assert.rejects(log.inclusion(0, 256), coded('database_failed', /lost entry 5\b/));
    }),
  );
});
