/** Contract suite of the AuditLog port, its second half: what is found, counted and grouped. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AuditFacts } from '../../src/protocol/index.ts';
import {
  type AuditLogFixture,
  auditRow,
  everything,
  rowsFrom,
  SECOND,
  sequencesOf,
  START,
} from './audit-log-rows.contract.ts';
import type { AuditFilter, AuditLog } from './audit-log.ts';

const find = async (log: AuditLog, filter: AuditFilter, limit = 100, before?: number) =>
  sequencesOf(await log.find(filter, { limit, ...(before === undefined ? {} : { before }) }));

/** Declares this half. @param withLog runs a test with a log of its own. */
export function auditSearchContract(
  withLog: (test: (fixture: AuditLogFixture) => Promise<void>) => () => Promise<void>,
): void {
  for (const bulk of [0, 5_000]) {
    const where = bulk === 0 ? 'among the newest' : 'among thousands of older ones';

    it(
      `finds by every field, by its negation and by all together, ${where}`,
      withLog(async ({ log }) => {
        await log.append(rowsFrom(1, bulk));
        const rows: readonly Partial<AuditFacts>[] = [
          {
            actor: { id: 'Bo', kind: 'agent' },
            level: 'critical',
            ip: '10.0.0.1',
            tags: { environment: 'live' },
          },
          {
            action: 'vault.open',
            result: 'refused',
            session: 's9',
            tags: { environment: 'test', team: 'live' },
          },
          { resource: { type: 'key', id: 'k1' }, requestId: 'r7', result: 'refused' },
        ];
        await log.append(rows.map((facts, i) => auditRow(bulk + i + 1, facts)));
        // They stand among the older ones once others have come.
        if (bulk > 0) await log.append(rowsFrom(bulk + 4, bulk));
        const [a, b, c] = [bulk + 1, bulk + 2, bulk + 3];
        const cases: readonly (readonly [AuditFilter, readonly number[]])[] = [
          [{ actor: ['Bo'] }, [a]],
          [{ actor: ['bo'] }, []],
          [{ actorKind: ['agent', 'system'] }, [a]],
          [{ level: ['critical'] }, [a]],
          [{ ip: ['10.0.0.1'] }, [a]],
          [{ action: ['vault.open'] }, [b]],
          [{ result: ['refused'] }, [c, b]],
          [{ result: ['refused'], resourceType: ['key'] }, [c]],
          [{ session: ['s9', 's8'] }, [b]],
          [{ resourceId: ['k1'] }, [c]],
          [{ requestId: ['r7'] }, [c]],
          [{ requestId: [] }, []],
          [{ tags: { environment: ['live', 'test'] } }, [b, a]],
          [{ tags: { environment: ['live'], team: ['live'] } }, []],
          [{ tags: { team: ['live'] } }, [b]],
          [{ tags: { constructor: ['x'] } }, []],
          [{ result: ['refused'], not: [{ action: ['vault.open'] }] }, [c]],
          [{ result: ['refused'], not: [{ action: ['vault.open'], session: ['other'] }] }, [c, b]],
          [{ result: ['refused'], withoutActions: ['vault.open', 'login'] }, [c]],
          [{ from: START + b * SECOND, to: START + c * SECOND }, [b]],
          [{ result: ['refused'], from: START + c * SECOND }, [c]],
          [{ result: ['refused'], not: [{ to: START + c * SECOND }] }, [c]],
        ];
        for (const [filter, expected] of cases) {
          const said = JSON.stringify(filter);
          assert.deepEqual(await find(log, filter), expected, said);
          assert.equal(await log.count(filter, 1_000), expected.length, said);
          assert.deepEqual(sequencesOf(await log.range(1, 100, filter)), [...expected].reverse(), said);
        }
      }),
    );

    it(
      `finds words and phrases whatever their case, accents and script, and takes nothing as syntax, ${where}`,
      withLog(async ({ log }) => {
        await log.append(rowsFrom(1, bulk));
        const texts: readonly Partial<AuditFacts>[] = [
          { reason: 'Memory LEAK in Café “Zürich”' },
          { reason: 'a leak of memory', error: 'memory' },
          { details: { deep: [{ note: 'leak 内存不足' }] }, tags: { host: 'leak-7' } },
          { before: { key: 'OR' }, after: 'x AND y' },
        ];
        await log.append(texts.map((facts, i) => auditRow(bulk + i + 1, facts)));
        if (bulk > 0) await log.append(rowsFrom(bulk + 5, bulk));
        const [a, b, c, d] = [bulk + 1, bulk + 2, bulk + 3, bulk + 4];
        const cases: readonly (readonly [readonly string[], readonly number[]])[] = [
          [['memory'], [b, a]],
          [
            ['memory', 'leak'],
            [b, a],
          ],
          [['memory leak'], [a]],
          [['leak memory'], []],
          [['cafe'], [a]],
          [['CAFÉ zurich'], [a]],
          [['内存'], [c]],
          [['存内'], []],
          [['leak-7'], [c]],
          [['mem'], []],
          [['or'], [d]],
          [['AND y'], [d]],
          [['"'], []],
          [['leak"*)'], [c, b, a]],
          [[`agent ${a}`], [a]],
          [['NEAR(memory leak)'], []],
        ];
        for (const [text, expected] of cases) {
          assert.deepEqual(await find(log, { text }), expected, text.join('+'));
          assert.equal(await log.count({ text }, 1_000), expected.length, text.join('+'));
        }
        assert.deepEqual(await find(log, { text: ['memory'], not: [{ text: ['memory leak'] }] }), [b]);
      }),
    );

    it(
      `lets nobody find by what is hidden from him, ${where}`,
      withLog(async ({ log }) => {
        const secret = {
          reason: 'seen',
          ip: '10.9.8.7',
          session: 'hidden-session',
          details: { word: 'whisper' },
          before: 'whisper',
          after: ['whisper'],
        };
        await log.append([auditRow(1, secret)]);
        await log.append(rowsFrom(2, bulk));
        const blind = ['ip', 'session', 'details', 'before', 'after'] as const;
        const hidden: readonly AuditFilter[] = [
          { ip: ['10.9.8.7'] },
          { session: ['hidden-session'] },
          { text: ['whisper'] },
        ];
        for (const filter of hidden) {
          const said = JSON.stringify(filter);
          assert.deepEqual(await find(log, filter), [1], said);
          assert.deepEqual(await find(log, { ...filter, blind }), [], said);
          assert.equal(await log.count({ ...filter, blind }, 9), 0, said);
          // Nor by what is missing when it is asked to be.
          const not = { resourceId: ['agent-1'], not: [filter] };
          assert.deepEqual(await find(log, not), [], said);
          assert.deepEqual(await find(log, { ...not, blind }), [1], said);
        }
        assert.deepEqual(await find(log, { text: ['seen'], blind }), [1]);
        assert.deepEqual(await find(log, { text: ['seen'], blind: ['reason'] }), []);
        assert.equal(await log.count({ text: ['seen'], blind: ['reason'] }, 9), 0);
        assert.deepEqual(await find(log, { text: ['whisper'], blind: ['details', 'before'] }), [1]);
        assert.deepEqual(await log.facet('actor', { blind: ['actor'] }, { limit: 5 }), []);
      }),
    );
  }

  it(
    'pages from the newest on, and no append moves a page',
    withLog(async ({ log }) => {
      await log.append(rowsFrom(1, 3_000));
      const filter = { actor: ['ana'], not: [{ resourceId: ['agent-2995'] }] };
      const first = await find(log, filter, 6);
      assert.deepEqual(first, [3_000, 2_999, 2_998, 2_997, 2_996, 2_994]);
      await log.append(rowsFrom(3_001, 1_200));
      assert.deepEqual(await find(log, filter, 2, 2_994), [2_993, 2_992]);
      assert.deepEqual(await find(log, filter, 3, 2_049), [2_048, 2_047, 2_046]);
      assert.deepEqual(await find(log, filter, 3, 2), [1]);
      assert.deepEqual(await find(log, filter, 3, 1), []);
      assert.deepEqual(await find(log, filter, 0), []);
      assert.deepEqual(sequencesOf(await log.range(4_199, 9)), [4_199, 4_200]);
      assert.deepEqual(await log.range(1, 0), []);
      assert.equal(await log.count(filter, 10_000), 4_199);
      assert.equal(await log.count(filter, 17), 17);
    }),
  );

  it(
    'finds by time though the clock went backwards',
    withLog(async ({ log }) => {
      const rows = rowsFrom(1, 6_000).map((row, i) => {
        const time = START + (i < 3_000 ? 10_000 + i : i) * SECOND;
        return { ...row, facts: { ...row.facts, time } };
      });
      await log.append(rows);
      assert.deepEqual(await find(log, { from: START + 12_999 * SECOND }), [3_000]);
      assert.equal(await log.count({ from: START + 5_998 * SECOND }, 9_999), 3_002);
      assert.equal(await log.count({ to: START + 5_998 * SECOND }, 9_999), 2_998);
    }),
  );

  it(
    'counts the values of a field among what matches, most first',
    withLog(async ({ log }) => {
      const rows = rowsFrom(1, 4_500).map((row, i) => ({
        ...row,
        facts: {
          ...row.facts,
          actor: { id: `user ${i % 500}`, kind: 'user' as const },
          level: i % 3 === 0 ? ('error' as const) : ('info' as const),
          tags: { environment: i % 9 === 0 ? 'live' : 'test', ...(i === 7 ? { odd: 'x' } : {}) },
        },
      }));
      await log.append(rows);
      const facet = (...asked: Parameters<AuditLog['facet']>) => log.facet(...asked);
      assert.deepEqual(await facet('level', everything, { limit: 9 }), [
        { value: 'info', count: 3_000 },
        { value: 'error', count: 1_500 },
      ]);
      assert.deepEqual(await facet('action', { level: ['error'] }, { limit: 9 }), [
        { value: 'update', count: 1_500 },
      ]);
      assert.deepEqual(await facet('tag', everything, { limit: 9 }), [
        { value: 'environment', count: 4_500 },
        { value: 'odd', count: 1 },
      ]);
      assert.deepEqual(await facet('tag', { text: ['agent 1'] }, { limit: 9, tag: 'environment' }), [
        { value: 'live', count: 1 },
      ]);
      assert.deepEqual(await facet('tag', everything, { limit: 1, tag: 'environment' }), [
        { value: 'test', count: 4_000 },
      ]);
      const actors = await facet('actor', everything, { limit: 3 });
      assert.deepEqual(
        actors.map(({ count }) => count),
        [9, 9, 9],
      );
      assert.deepEqual(await facet('resourceType', { actor: ['user 3'] }, { limit: 3 }), [
        { value: 'agent', count: 9 },
      ]);
    }),
  );
}
