/** Contract suite of the AuditLog port. Every engine runs it against the real thing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import { random } from '../testing/random.ts';
import { rootByInclusion, rootOf, rootsByConsistency, sha256 } from '../testing/reference-tree.ts';
import {
  type AuditLogFixture,
  auditRow,
  everything,
  rowsFrom,
  sequencesOf,
} from './audit-log-rows.contract.ts';
import { auditSearchContract } from './audit-log-search.contract.ts';
import { type AuditLog, type NewAuditRow, SEGMENT_ROWS } from './audit-log.ts';

export { type AuditLogFixture, auditRow } from './audit-log-rows.contract.ts';

const coded = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;
const insert = (id: number) => ({ sql: 'INSERT INTO item (id) VALUES (?)', params: [id] });

/** Declares the suite for one engine. */
export function auditLogContract(engine: string, create: () => Promise<AuditLogFixture>): void {
  const withLog = (test: (fixture: AuditLogFixture) => Promise<void>) => async () => {
    const fixture = await create();
    try {
      await test(fixture);
    } finally {
      await fixture.close();
    }
  };

  describe(`AuditLog contract: ${engine}`, () => {
    it(
      'gives back what was appended, in one sequence from 1, with every field as it was',
      withLog(async ({ log }) => {
        assert.deepEqual(await log.head(), { size: 0, root: rootOf([]) });
        assert.deepEqual(await log.find(everything, { limit: 10 }), []);
        assert.equal(await log.get(1), undefined);
        const full = auditRow(2, {
          actor: { id: 'gruß\u0000\ud800', kind: 'service', name: '内存' },
          resource: { type: 'agent', id: '"', name: "Robert'); --" },
          reason: 'a\u202eb',
          error: '',
          ip: '::1',
          session: 's',
          requestId: 'r',
          before: null,
          after: [0.1, -1e300, { '': false, __proto__x: 'y' }],
          details: { text: 'x'.repeat(100_000) },
          tags: { agent: 'a', constructor: 'b' },
        });
        assert.deepEqual((await log.append([auditRow(1)])).sequences, [1]);
        assert.deepEqual((await log.append([full, auditRow(3)])).sequences, [2, 3]);
        const row = await log.get(2);
        assert.deepEqual(row, { sequence: 2, facts: full.facts, seed: full.seed, leaf: full.leaf });
        assert.deepEqual(sequencesOf(await log.range(1, 10)), [1, 2, 3]);
        assert.equal(await log.first(), 1);
        assert.ok((await log.bytes()) > 100_000);
      }),
    );

    it(
      'orders concurrent appends without a hole, a fork or a row out of its own',
      withLog(async ({ log }) => {
        const chance = random(7);
        let handed = 0;
        const appends = Array.from({ length: 200 }, () => {
          const rows = rowsFrom(handed + 1, 1 + Math.floor(chance() * 4));
          handed += rows.length;
          return { rows, done: log.append(rows) };
        });
        const rowsOf: NewAuditRow[] = [];
        for (const { rows, done } of appends) {
          const { sequences, replayed } = await done;
          assert.equal(replayed, false);
          assert.deepEqual(
            sequences,
            rows.map((_, i) => rowsOf.length + i + 1),
          );
          rowsOf.push(...rows);
        }
        const stored = await log.range(1, handed + 1);
        assert.deepEqual(
          sequencesOf(stored),
          Array.from({ length: handed }, (_, i) => i + 1),
        );
        assert.deepEqual(
          stored.map(({ leaf }) => leaf),
          rowsOf.map(({ leaf }) => leaf),
        );
        assert.deepEqual((await log.head()).root, rootOf(rowsOf.map(({ leaf }) => leaf)));
      }),
    );

    it(
      'tells the tree with each append: of its rows at least, and true',
      withLog(async ({ log }) => {
        const leaves = rowsFrom(1, 40).map(({ leaf }) => leaf);
        const heads = await Promise.all(rowsFrom(1, 40).map((row) => log.append([row])));
        for (const [i, { head }] of heads.entries()) {
          assert.ok(head.size > i);
          assert.deepEqual(head.root, rootOf(leaves.slice(0, head.size)));
        }
      }),
    );

    it(
      'commits what goes alongside, or nothing of either, and a refused append leaves no trace in the tree',
      withLog(async ({ log, database }) => {
        const results = await Promise.allSettled([
          log.append([auditRow(1)], [insert(1)]),
          log.append([auditRow(2), auditRow(3)], [insert(2), insert(1)]),
          database.transaction([insert(3)]),
          log.append([auditRow(4)], [insert(4)]),
        ]);
        assert.deepEqual(
          results.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
        );
        const ids = await database.read({ sql: 'SELECT id FROM item ORDER BY id' });
        assert.deepEqual(
          ids.map(({ id }) => id),
          [1, 3, 4],
        );
        const { leaf } = (await log.get(2))!;
        assert.deepEqual(leaf, auditRow(4).leaf);
        assert.deepEqual(await log.head(), { size: 2, root: rootOf([auditRow(1).leaf, leaf]) });
        assert.deepEqual((await log.append([auditRow(5)])).sequences, [3]);
      }),
    );

    it(
      'appends once under a key, however often and however soon it comes again',
      withLog(async ({ log, database }) => {
        const keyed = (body: string) => {
          const idempotency = { key: 'ana/1', bodyHash: sha256(Buffer.from(body)) };
          return rowsFrom(1, 2).map((row) => ({ ...row, idempotency }));
        };
        const both = await Promise.all([
          log.append(keyed('a'), [insert(1)]),
          log.append(keyed('a'), [insert(1)]),
        ]);
        assert.deepEqual(
          both.map(({ sequences, replayed }) => ({ sequences, replayed })),
          [
            { sequences: [1, 2], replayed: false },
            { sequences: [1, 2], replayed: true },
          ],
        );
        await assert.rejects(log.append(keyed('b')), coded('idempotency_conflict'));
        const again = await log.append(keyed('a'), [insert(2)]);
        assert.deepEqual([again.sequences, again.replayed, again.head.size], [[1, 2], true, 2]);
        assert.equal((await database.read({ sql: 'SELECT id FROM item' })).length, 1);
        assert.deepEqual((await log.append([auditRow(3)])).sequences, [3]);
      }),
    );

    it(
      'goes on where it was after it is opened again',
      withLog(async ({ log, database, reopen }) => {
        const idempotency = { key: 'k', bodyHash: sha256() };
        await log.append(rowsFrom(1, 300).map((row) => ({ ...row, idempotency })));
        await log.saveCheckpoint({ size: 300, text: 'note', at: 5 });
        const head = await log.head();
        await database.close();
        await assert.rejects(log.append([auditRow(301)]), coded('database_closed'));
        await assert.rejects(
          log.head().then(() => log.get(1)),
          coded('database_closed'),
        );
        const again = await reopen();
        assert.deepEqual(await again.log.head(), head);
        assert.equal((await again.log.append([{ ...auditRow(1), idempotency }])).replayed, true);
        const appended = await again.log.append([auditRow(301)]);
        assert.deepEqual(appended.sequences, [301]);
        assert.deepEqual(appended.head.root, rootOf(rowsFrom(1, 301).map(({ leaf }) => leaf)));
        assert.deepEqual(await again.log.checkpoints(5), [{ size: 300, text: 'note', at: 5 }]);
        assert.deepEqual(
          sequencesOf(await again.log.find({ resourceId: ['agent-7', 'agent-301'] }, { limit: 9 })),
          [301, 7],
        );
        await again.close();
      }),
    );

    it(
      'proves inclusion and consistency in every tree up to a size, and refuses what is beyond the tree',
      withLog(async ({ log }) => {
        const rows = rowsFrom(1, 70);
        await log.append(rows);
        const leaves = rows.map(({ leaf }) => leaf);
        const roots = Array.from({ length: 71 }, (_, size) => rootOf(leaves.slice(0, size)));
        for (const size of [1, 2, 3, 6, 7, 8, 33, 64, 70]) {
          assert.deepEqual(await log.root(size), roots[size]);
          for (let index = 0; index < size; index += 1) {
            const path = await log.inclusion(index, size);
            assert.deepEqual(rootByInclusion(index, size, leaves[index]!, path), roots[size]);
          }
          for (let first = 1; first < size; first += 1) {
            const proof = await log.consistency(first, size);
            assert.deepEqual(rootsByConsistency(first, size, roots[first]!, proof), [
              roots[first],
              roots[size],
            ]);
          }
          assert.deepEqual(await log.consistency(size, size), []);
          assert.deepEqual(await log.consistency(0, size), []);
        }
        for (const [index, size] of [
          [70, 70],
          [0, 71],
          [-1, 3],
          [0.5, 3],
          [0, 0],
        ] as const) {
          await assert.rejects(log.inclusion(index, size), coded('bad_request'), `${index} of ${size}`);
        }
        await assert.rejects(log.consistency(4, 3), coded('bad_request'));
        await assert.rejects(log.consistency(1, 71), coded('bad_request'));
        await assert.rejects(log.root(71), coded('bad_request'));
      }),
    );

    it(
      'keeps checkpoints in the order they came, the newest first',
      withLog(async ({ log }) => {
        assert.deepEqual(await log.checkpoints(9), []);
        for (const size of [3, 8, 8]) await log.saveCheckpoint({ size, text: `of ${size}`, at: size * 10 });
        assert.deepEqual(await log.checkpoints(2), [
          { size: 8, text: 'of 8', at: 80 },
          { size: 8, text: 'of 8', at: 80 },
        ]);
        assert.equal((await log.checkpoints(9)).at(-1)?.size, 3);
      }),
    );

    auditSearchContract(withLog);

    it(
      'prunes whole segments only, and proves what it removed as before',
      withLog(async ({ log, database, reopen }) => {
        const size = SEGMENT_ROWS + 500;
        const chance = random(3);
        for (let first = 1; first <= size; first += 8_192) {
          await log.append(rowsFrom(first, Math.min(8_192, size - first + 1)));
        }
        const idempotency = { key: 'k', bodyHash: sha256() };
        await log.append([{ ...auditRow(size + 1), idempotency }]);
        const leaves = rowsFrom(1, size + 1).map(({ leaf }) => leaf);
        const root = rootOf(leaves);
        for (const below of [2, SEGMENT_ROWS, 2 * SEGMENT_ROWS + 1, 0, 1.5, -SEGMENT_ROWS + 1]) {
          await assert.rejects(log.prune(below), coded('bad_request'), String(below));
        }
        assert.equal(await log.prune(1), 0);
        const check = async (pruned: AuditLog) => {
          assert.equal(await pruned.first(), SEGMENT_ROWS + 1);
          assert.equal(await pruned.get(SEGMENT_ROWS), undefined);
          assert.deepEqual(sequencesOf(await pruned.range(1, 2)), [SEGMENT_ROWS + 1, SEGMENT_ROWS + 2]);
          assert.equal(await pruned.count(everything, 99_999), 501);
          assert.deepEqual(await pruned.find({ resourceId: ['agent-9'] }, { limit: 9 }), []);
          assert.deepEqual(await pruned.find(everything, { limit: 1, before: SEGMENT_ROWS + 1 }), []);
          assert.deepEqual(await pruned.facet('level', everything, { limit: 2 }), [
            { value: 'info', count: 501 },
          ]);
          assert.deepEqual(await pruned.head(), { size: size + 1, root });
          for (let i = 0; i < 20; i += 1) {
            const index = Math.floor(chance() * (size + 1));
            const path = await pruned.inclusion(index, size + 1);
            assert.deepEqual(rootByInclusion(index, size + 1, leaves[index]!, path), root, String(index));
          }
          const part = rootOf(leaves.slice(0, 1_000));
          const proof = await pruned.consistency(1_000, size + 1);
          assert.deepEqual(rootsByConsistency(1_000, size + 1, part, proof), [part, root]);
        };
        const [removed] = await Promise.all([
          log.prune(SEGMENT_ROWS + 1),
          log.find(everything, { limit: 5 }),
        ]);
        assert.equal(removed, SEGMENT_ROWS);
        assert.equal(await log.prune(SEGMENT_ROWS + 1), 0);
        await check(log);
        await database.close();
        const again = await reopen();
        await check(again.log);
        assert.equal((await again.log.append([{ ...auditRow(0), idempotency }])).replayed, true);
        assert.deepEqual((await again.log.append([auditRow(size + 2)])).sequences, [size + 2]);
        await again.close();
      }),
    );
  });
}
