import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { MIGRATIONS } from '../../migrations.ts';
import { auditLogContract, type AuditLogFixture, auditRow } from '../../ports/audit-log.contract.ts';
import type { NewAuditRow } from '../../ports/audit-log.ts';
import { testLeaf } from '../../testing/audit-appender.ts';
import { openAuditTrail } from './audit-trail.ts';
import { TreeEdge } from './audit-tree.ts';
import { openSqlite, type SqliteFile } from './database.ts';
import type { SqliteOptions } from './messages.ts';

const items = { sql: 'CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY)' };
const coded = (code: string, words = /./) => {
  return (error: unknown) => error instanceof WaooawError && error.code === code && words.test(error.message);
};

async function opened(path: string, options?: SqliteOptions): Promise<SqliteFile> {
  const file = openSqlite(path, options);
  await file.migrate(MIGRATIONS);
  await file.transaction([items]);
  return file;
}

function fixtureOf(file: SqliteFile): Omit<AuditLogFixture, 'reopen'> {
  return { log: file.auditLog, database: file, close: () => file.close() };
}

auditLogContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waooaw-audit-'));
  const path = join(folder, 'waooaw.db');
  const fixture = fixtureOf(await opened(path));
  return {
    ...fixture,
    reopen: async () => fixtureOf(await opened(path)),
    close: async () => {
      await fixture.close();
      await rm(folder, { recursive: true });
    },
  };
});

/** Runs a test with a file that is closed and removed after it; `reopen` closes it and opens it again. */
function withFile(
  test: (
    file: SqliteFile,
    path: string,
    reopen: (options?: SqliteOptions) => Promise<SqliteFile>,
  ) => Promise<void>,
  options?: SqliteOptions,
) {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waooaw-audit-'));
    const path = join(folder, 'waooaw.db');
    let file = await opened(path, options);
    try {
      await test(file, path, async (other) => {
        await file.close();
        return (file = await opened(path, other));
      });
    } finally {
      await file.close();
      await rm(folder, { recursive: true });
    }
  };
}

/** A row whose leaf covers all of it. */
function sealed(number: number): NewAuditRow {
  const row = auditRow(number, { reason: `reason ${number}` });
  return { ...row, leaf: testLeaf(row) };
}

/** The first sequence at which a trail is not what it was, as a verifier sees it. */
function firstBad(path: string, size: number): number | undefined {
  const trail = openAuditTrail(path);
  try {
    let next = trail.first;
    for (const row of trail.rows()) {
      const whole = Buffer.from(testLeaf(row)).equals(row.leaf);
      if (row.sequence !== next || !whole) return next;
      next += 1;
    }
    return next === size + 1 ? undefined : next;
  } catch {
    return 0;
  } finally {
    trail.close();
  }
}

/** What somebody does who owns the file. */
function tamper(path: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  for (const sql of statements) database.exec(sql);
  database.close();
}

const CHANGES: Readonly<Record<string, readonly string[]>> = {
  sequence: ['UPDATE audit_entry SET sequence = 99 WHERE sequence = 3'],
  time: ['UPDATE audit_entry SET time = time + 1 WHERE sequence = 3'],
  seed: ["UPDATE audit_entry SET seed = x'00112233445566778899aabbccddeeff' WHERE sequence = 3"],
  leaf: ['UPDATE audit_entry SET leaf = zeroblob(32) WHERE sequence = 3'],
  facts: ["UPDATE audit_entry SET facts = replace(facts, 'ana', 'eve') WHERE sequence = 3"],
  'facts that tell another time': [
    "UPDATE audit_entry SET time = time + 1, facts = json_set(facts, '$.time', time) WHERE sequence = 3",
  ],
  erased: [`UPDATE audit_entry SET erased = '{"reason":"AAAA"}' WHERE sequence = 3`],
  'a row that is gone': ['DELETE FROM audit_entry WHERE sequence = 3'],
  'rows in another order': [
    'UPDATE audit_entry SET sequence = -3 WHERE sequence = 3',
    'UPDATE audit_entry SET sequence = 3 WHERE sequence = 4',
    'UPDATE audit_entry SET sequence = 4 WHERE sequence = -3',
  ],
};

describe('SQLite audit log', () => {
  it(
    'refuses to change, to replace, to remove or to skip a row, and says so',
    withFile(async (file) => {
      await file.auditLog.append(Array.from({ length: 300 }, (_, i) => auditRow(i + 1)));
      await file.auditLog.saveCheckpoint({ size: 300, text: 'note', at: 1 });
      const row = "1, x'', x'', '{}', NULL";
      const statements = [
        'UPDATE audit_entry SET facts = facts WHERE sequence = 1',
        'DELETE FROM audit_entry WHERE sequence = 300',
        `REPLACE INTO audit_entry VALUES (300, ${row})`,
        `INSERT INTO audit_entry VALUES (302, ${row})`,
        `INSERT INTO audit_entry VALUES (0, ${row})`,
        `INSERT INTO audit_entry VALUES (NULL, ${row})`,
        'UPDATE audit_node SET hash = hash',
        'DELETE FROM audit_node',
        'UPDATE audit_checkpoint SET size = 1',
        'DELETE FROM audit_checkpoint',
        'DELETE FROM audit_pruned',
        'INSERT INTO audit_pruned VALUES (5)',
        "REPLACE INTO audit_checkpoint VALUES (1, 1, 'other', 1)",
        'REPLACE INTO audit_node VALUES (8, 0, zeroblob(32))',
        'INSERT INTO audit_leaves VALUES (0, zeroblob(8192))',
        'UPDATE audit_index_key SET key = zeroblob(8)',
        'DELETE FROM audit_index_key',
        'INSERT INTO audit_index_key VALUES (zeroblob(8))',
        ...[2, 257, 301, 65_537].map((below) => `UPDATE audit_pruned SET below = ${below}`),
      ];
      for (const sql of statements) {
        await assert.rejects(
          file.transaction([{ sql }]),
          coded('database_failed', /append-only|keeps its one row|only whole segments/),
          sql,
        );
      }
      await file.transaction([{ sql: 'UPDATE audit_pruned SET below = 1' }]);
      assert.equal((await file.auditLog.range(1, 999)).length, 300);
    }),
  );

  it(
    'lets nobody delete a pruned row whose leaf is not kept, nor change what is kept',
    withFile(async (file) => {
      await file.auditLog.append(Array.from({ length: 512 }, (_, i) => auditRow(i + 1)));
      const run = (...statements: readonly string[]) => file.transaction(statements.map((sql) => ({ sql })));
      const refused = coded('database_failed', /append-only/);
      await run('DROP TRIGGER audit_pruned_update', 'UPDATE audit_pruned SET below = 513');
      await assert.rejects(run('DELETE FROM audit_entry WHERE sequence = 1'), refused);
      await run('INSERT INTO audit_leaves VALUES (0, zeroblob(8192))');
      await assert.rejects(run('DELETE FROM audit_entry WHERE sequence = 1'), refused);
      await assert.rejects(run('REPLACE INTO audit_leaves VALUES (0, zeroblob(8192))'), refused);
      await assert.rejects(run('INSERT INTO audit_leaves VALUES (1, zeroblob(32))'), refused);
    }),
  );

  for (const [what, statements] of Object.entries(CHANGES)) {
    it(
      `gives a verifier what it takes to see a change by force: ${what}`,
      withFile(async (file, path) => {
        await file.auditLog.append(Array.from({ length: 6 }, (_, i) => sealed(i + 1)));
        await file.close();
        assert.equal(firstBad(path, 6), undefined);
        tamper(path, ...statements);
        assert.equal(firstBad(path, 6), what === 'rows in another order' ? undefined : 3);
        // Leaves that are whole but in another order make another tree.
        const trail = openAuditTrail(path);
        const edge = new TreeEdge({ size: 0, peaks: [] });
        for (const { leaf } of trail.rows()) edge.append(leaf);
        trail.close();
        const before = new TreeEdge({ size: 0, peaks: [] });
        for (let i = 1; i <= 6; i += 1) before.append(sealed(i).leaf);
        if (/order|gone|leaf|sequence/.test(what)) assert.notDeepEqual(edge.head(), before.head());
      }),
    );
  }

  it(
    'reads a trail while it is written to: rows, checkpoints, and the leaves of what was pruned',
    withFile(async (file, path) => {
      await file.auditLog.append(Array.from({ length: 5 }, (_, i) => sealed(i + 1)));
      for (const size of [2, 5]) await file.auditLog.saveCheckpoint({ size, text: `of ${size}`, at: size });
      const trail = openAuditTrail(path);
      await file.auditLog.append([sealed(6)]);
      assert.deepEqual([trail.size, trail.first, [...trail.prunedLeaves()]], [5, 1, []]);
      assert.deepEqual(
        [...trail.rows(4)].map(({ sequence }) => sequence),
        [4, 5],
      );
      assert.deepEqual(
        trail.checkpoints().map(({ size }) => size),
        [2, 5],
      );
      trail.close();
      assert.throws(() => openAuditTrail(join(path, 'none')));
      const empty = `${path}.other`;
      new DatabaseSync(empty).close();
      assert.throws(() => openAuditTrail(empty));
    }),
  );

  it(
    'goes on pruning where a restart broke it off',
    withFile(async (file, path, reopen) => {
      await file.auditLog.append(Array.from({ length: 5_000 }, (_, i) => sealed(i + 1)));
      const head = await file.auditLog.head();
      await file.transaction([
        { sql: 'DROP TRIGGER audit_pruned_update' },
        { sql: 'UPDATE audit_pruned SET below = 4097' },
      ]);
      const { auditLog: log, read } = await reopen();
      const oldest = async () =>
        Number((await read({ sql: 'SELECT min(sequence) AS n FROM audit_entry' }))[0]!['n']);
      let appended = 0;
      while ((await oldest()) < 4_097 && appended < 1_000) {
        appended += 1;
        await log.append([sealed(5_000 + appended)]);
      }
      assert.equal(await oldest(), 4_097);
      assert.deepEqual(await log.root(5_000), head.root);
      assert.equal((await log.inclusion(0, 5_000)).length, 13);
      const trail = openAuditTrail(path);
      const leaves = [...trail.prunedLeaves()];
      trail.close();
      assert.equal(leaves.length, 4_096);
      assert.deepEqual([leaves[0], leaves[4_095]], [sealed(1).leaf, sealed(4_096).leaf]);
    }),
  );

  it(
    'answers while a long transaction is being written',
    withFile(async ({ auditLog: log, transaction }) => {
      await log.append([auditRow(1)]);
      assert.equal((await log.find({}, { limit: 1 })).length, 1);
      let written = false;
      const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)';
      const writing = transaction([{ sql: `${numbers} INSERT INTO item SELECT i FROM n` }]).then(() => {
        written = true;
      });
      assert.equal((await log.find({ actor: ['ana'] }, { limit: 1 })).length, 1);
      assert.equal(written, false);
      await writing;
    }),
  );

  it(
    'refuses what a full disk has no room for, and goes on without a hole once there is room',
    withFile(async (file) => {
      const { auditLog: log } = file;
      await log.append([auditRow(1)]);
      await file.read({ sql: 'PRAGMA max_page_count = 60' });
      const large = auditRow(2, { details: 'x'.repeat(300_000) });
      const refused = await Promise.allSettled([log.append([auditRow(3)]), log.append([large])]);
      assert.ok(refused[1].status === 'rejected' && coded('storage_full')(refused[1].reason));
      await file.read({ sql: 'PRAGMA max_page_count = 100000' });
      const { head, sequences } = await log.append([large]);
      const rows = await log.range(1, 9);
      assert.equal(sequences[0], rows.length);
      const edge = new TreeEdge({ size: 0, peaks: [] });
      for (const { leaf } of rows) edge.append(leaf);
      assert.deepEqual(head, edge.head());
    }),
  );

  it(
    'finds without an index, and indexes what is missing once it may',
    withFile(
      async (file, _path, reopen) => {
        const filter = { resourceId: ['agent-77', 'agent-4000'], text: ['agent'] };
        const find = async ({ auditLog }: SqliteFile) =>
          (await auditLog.find(filter, { limit: 9 })).map(({ sequence }) => sequence);
        const blocks = async ({ read }: SqliteFile) =>
          (await read({ sql: 'SELECT block FROM audit_block' })).length;
        await file.auditLog.append(Array.from({ length: 4_200 }, (_, i) => auditRow(i + 1)));
        assert.deepEqual([await blocks(file), await find(file)], [0, [4_000, 77]]);
        const again = await reopen();
        await again.auditLog.append([auditRow(4_201)]);
        assert.deepEqual([await blocks(again), await find(again)], [2, [4_000, 77]]);
      },
      { auditIndex: false },
    ),
  );

  it(
    'refuses a seed or a leaf of another length, and whatever is asked before there are tables',
    withFile(async ({ auditLog: log }, path) => {
      const row = auditRow(1);
      await assert.rejects(log.append([{ ...row, seed: row.leaf }]), coded('bad_request'));
      await assert.rejects(log.append([{ ...row, leaf: row.seed }]), coded('bad_request'));
      assert.deepEqual((await log.append([])).sequences, []);
      const bare = openSqlite(`${path}.bare`);
      await assert.rejects(bare.auditLog.find({}, { limit: 1 }), coded('database_failed', /no such table/));
      await assert.rejects(bare.auditLog.append([row]), coded('database_failed', /no such table/));
      await bare.close();
    }),
  );
});
