import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseCheckpoint,
  verifyCheckpoint,
  verifyConsistency,
  verifyProof,
} from '../../../src/proof/index.ts';
import type {
  AuditConsistency,
  AuditFacet,
  AuditKey,
  AuditPage,
  AuditProof,
  AuditRecord,
  ErrorCode,
  Role,
} from '../../../src/protocol/index.ts';
import type { AuditStatistics } from '../../../src/protocol/audit.schema.ts';
import { anEvent, auditing } from '../../testing/auditing.ts';
import { auditRoutes } from './routes.ts';
import type { Auditing } from '../../testing/auditing.ts';

interface Recorded {
  readonly sequences: readonly number[];
  readonly replayed: boolean;
}

const MINIMAL = { action: 'upgrade', resource: { type: 'agent', id: 'mail-7' } };

/** Sequences of a page, as somebody sees it. */
async function found({ ask }: Auditing, query: string, role: Role = 'admin'): Promise<number[]> {
  const { status, body, text } = await ask<AuditPage>(`/audit?${query}`, { role });
  assert.equal(status, 200, text);
  return body.items.map(({ sequence }) => sequence);
}

/** Entries that record reads. */
const reads = ({ audit }: Auditing) => audit.log.find({ action: ['access'] }, { limit: 100 });

describe('POST /audit', () => {
  it('records one, with whoever asks where nobody is named, and always with who said it', async (t) => {
    const { ask, audit } = await auditing(t);
    const { status, body } = await ask<Recorded>('/audit', { body: MINIMAL, role: 'operator' });
    assert.deepEqual([status, body], [200, { sequences: [1], replayed: false }]);
    const { facts } = (await audit.log.get(1))!;
    assert.deepEqual(
      { ...facts, time: 0 },
      {
        ...MINIMAL,
        time: 0,
        actor: { id: 'key:operator', kind: 'service', name: 'operator' },
        level: 'info',
        result: 'success',
        ip: '203.0.113.9',
        requestId: 'request-1',
        tags: { via: 'key:operator' },
      },
    );
    const actor = { id: 'planner', kind: 'agent' };
    await ask('/audit', { body: { ...MINIMAL, actor, requestId: 'own', tags: { agent: 'mail-7' } } });
    const other = (await audit.log.get(2))!.facts;
    assert.deepEqual(
      [other.actor, other.ip, other.requestId, other.tags],
      [actor, undefined, 'own', { agent: 'mail-7', via: 'key:admin' }],
    );
  });

  it('records many, all or none', async (t) => {
    const { ask, audit } = await auditing(t, { limits: { maxBatchEntries: 3 } });
    const entries = [MINIMAL, { ...MINIMAL, level: 'error' }];
    const { body } = await ask<Recorded>('/audit', { body: { entries } });
    assert.deepEqual(body.sequences, [1, 2]);
    const bad = await ask('/audit', { body: { entries: [MINIMAL, { ...MINIMAL, level: 'x' }] } });
    assert.deepEqual(
      [bad.status, bad.body.code, bad.body.errors?.[0]?.pointer],
      [400, 'bad_entry', '/entries/1/level'],
    );
    const deep = await ask('/audit', { body: { entries: [MINIMAL, { ...MINIMAL, details: ['\ud800'] }] } });
    assert.deepEqual([deep.body.code, deep.body.errors?.[0]?.pointer], ['bad_entry', '/entries/1/details/0']);
    for (const odd of [[], {}, 'x', [1, 2, 3, 4].map(() => MINIMAL)]) {
      const refused = await ask('/audit', { body: { entries: odd } });
      assert.deepEqual([refused.status, refused.body.errors?.[0]?.pointer], [400, '/entries']);
    }
    const beside = await ask('/audit', { body: { entries, colour: 1 } });
    assert.equal(beside.body.errors?.[0]?.pointer, '/colour');
    assert.equal(audit.stats().size, 2);
  });

  it('refuses what is no entry, naming the place', async (t) => {
    const { ask, audit } = await auditing(t);
    for (const [body, place] of [
      [{ ...MINIMAL, time: 1 }, ''],
      [{ ...MINIMAL, action: 'x y' }, '/action'],
      [{ ...MINIMAL, tags: { via: 'somebody' } }, '/tags/via'],
      [{ action: 'x' }, '/resource'],
      [[], ''],
      ['7', ''],
    ] as const) {
      const { status, body: problem } = await ask('/audit', { body });
      assert.deepEqual([status, problem.code, problem.errors?.[0]?.pointer], [400, 'bad_entry', place]);
    }
    const large = await ask('/audit', { body: { ...MINIMAL, details: 'x'.repeat(70_000) } });
    assert.deepEqual([large.status, large.body.code], [413, 'entry_too_large']);
    assert.equal((await ask('/audit', { body: '{' })).body.code, 'bad_json');
    assert.equal((await ask('/audit', { body: '['.repeat(200) + ']'.repeat(200) })).body.code, 'bad_request');
    assert.equal(audit.stats().size, 0);
  });

  it('records once with an idempotency key, a caller’s own', async (t) => {
    const { ask } = await auditing(t);
    const headers = { 'idempotency-key': 'k1' };
    const post = (role: Role, body: object = MINIMAL) => ask<Recorded>('/audit', { body, role, headers });
    assert.deepEqual((await post('admin')).body, { sequences: [1], replayed: false });
    assert.deepEqual((await post('admin')).body, { sequences: [1], replayed: true });
    assert.deepEqual((await post('operator')).body, { sequences: [2], replayed: false });
    const conflict = await ask('/audit', { body: { ...MINIMAL, reason: 'x' }, headers });
    assert.deepEqual([conflict.status, conflict.body.code], [422, 'idempotency_conflict']);
    const long = await ask('/audit', { body: MINIMAL, headers: { 'idempotency-key': 'x'.repeat(129) } });
    assert.deepEqual([long.status, long.body.code], [400, 'bad_request']);
  });

  it('is for operators and admins', async (t) => {
    const { ask, audit } = await auditing(t);
    for (const role of ['viewer', 'auditor'] as const)
      assert.equal((await ask('/audit', { body: MINIMAL, role })).status, 403);
    assert.equal(audit.stats().size, 0);
  });

  it('says so when the trail cannot be written', async (t) => {
    const { ask, refuse } = await auditing(t);
    refuse.with = 'storage_full';
    const { status, body } = await ask('/audit', { body: MINIMAL });
    assert.deepEqual([status, body.code, body.retryable], [503, 'audit_unavailable', true]);
  });
});

describe('GET /audit', () => {
  /** Four entries that differ in everything that can be asked for. */
  const filled = async (t: Parameters<typeof auditing>[0]): Promise<Auditing> => {
    const run = await auditing(t);
    const { clock, audit } = run;
    await audit.record(
      anEvent({ ip: '192.0.2.1', session: 's1', requestId: 'r1', tags: { environment: 'prod' } }),
    );
    clock.advance(1_000);
    await audit.record(
      anEvent({ action: 'start', level: 'warning', result: 'failure', reason: 'memory leak' }),
    );
    clock.advance(1_000);
    await audit.record(
      anEvent({ actor: { id: 'bo', kind: 'agent' }, resource: { type: 'service', id: 'api' } }),
    );
    clock.advance(1_000);
    await audit.record(anEvent({ tags: { environment: 'test' }, details: { note: 'hidden word' } }));
    return run;
  };

  it('finds by every parameter, and by all of them together with the language', async (t) => {
    const run = await filled(t);
    const start = run.clock.now() - 3_000;
    for (const [query, expected] of [
      ['', [4, 3, 2, 1]],
      ['actor=bo', [3]],
      ['actor=bo&actor=ana', [4, 3, 2, 1]],
      ['actorKind=agent', [3]],
      ['action=start', [2]],
      ['level=warning&level=error', [2]],
      ['result=failure', [2]],
      ['resourceType=service', [3]],
      ['resourceId=mail-7', [4, 2, 1]],
      ['ip=192.0.2.1', [1]],
      ['session=s1', [1]],
      ['requestId=r1', [1]],
      ['tag=environment%3Dprod&tag=environment%3Dtest', [4, 1]],
      ['tag=environment%3Dprod', [1]],
      [`from=${start + 1_000}&to=${start + 3_000}`, [3, 2]],
      [`from=${new Date(start + 3_000).toISOString()}`, [4]],
      ['text=memory', [2]],
      ['q=%22memory%20leak%22', [2]],
      ['q=-action:start&actor=ana', [4, 1]],
      ['q=action:start&action=upgrade', []],
      ['q=tag:environment%3Dprod&tag=environment%3Dtest', []],
      ['q=tag:environment%3Dprod&tag=environment%3Dtest&tag=environment%3Dprod', [1]],
      [`q=after:${new Date(start + 1_000).toISOString()}&from=${start + 2_000}&text=mail`, [4]],
      ['q=%20&text=%20', [4, 3, 2, 1]],
    ] as const)
      // As an auditor whose own reads are not in the way.
      assert.deepEqual(
        (await found(run, query)).filter((sequence) => sequence <= 4),
        expected,
        query,
      );
  });

  it('refuses what it does not understand, saying where', async (t) => {
    const { ask } = await auditing(t);
    for (const [query, code, words] of [
      ['q=level:%20x', 'bad_query', ''],
      ['q=colour:red', 'bad_query', 'colour'],
      ['colour=red', 'bad_request', 'colour'],
      ['level=fatal', 'bad_request', '/level'],
      ['tag=environment', 'bad_request', 'tag: expected name=value'],
      ['from=yesterday', 'bad_request', 'from: expected'],
      ['to=2026-99-99', 'bad_request', 'to: expected'],
      ['limit=501', 'bad_request', '/limit'],
      ['limit=0', 'bad_request', '/limit'],
      ['cursor=x', 'bad_cursor', 'cursor'],
      ['cursor=', 'bad_cursor', 'cursor'],
      [`q=${'x'.repeat(3_000)}`, 'bad_request', '/q'],
    ] as const) {
      const { status, body } = await ask(`/audit?${query}`);
      assert.deepEqual([status, body.code], [400, code], query);
      assert.ok(body.detail.includes(words), body.detail);
    }
  });

  it('goes on where the page before ended, whatever was appended meanwhile', async (t) => {
    const run = await auditing(t);
    await run.audit.recordAll(Array.from({ length: 25 }, () => anEvent()));
    const seen: number[] = [];
    let next: string | undefined;
    do {
      const cursor: string = next === undefined ? '' : `&cursor=${next}`;
      const { body } = await run.ask<AuditPage>(`/audit?limit=10&actor=ana${cursor}`);
      seen.push(...body.items.map(({ sequence }) => sequence));
      next = body.next;
      await run.audit.recordAll([anEvent(), anEvent()]);
    } while (next !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, i) => 25 - i),
    );
  });

  it('takes a cursor for its own query only, by the same eyes, and across a restart', async (t) => {
    const run = await auditing(t);
    await run.audit.recordAll(Array.from({ length: 5 }, () => anEvent()));
    const { next } = (await run.ask<AuditPage>('/audit?limit=2&actor=ana')).body;
    const refused = async (query: string, role: Role = 'admin'): Promise<void> => {
      const { status, body } = await run.ask(`/audit?${query}`, { role });
      assert.deepEqual([status, body.code], [400, 'bad_cursor'], query);
    };
    await refused(`actor=bo&cursor=${next}`);
    await refused(`actor=ana&cursor=${next}`, 'viewer');
    for (let at = 0; at < next!.length; at++) {
      const changed = next!.slice(0, at) + (next![at] === 'A' ? 'B' : 'A') + next!.slice(at + 1);
      await refused(`actor=ana&cursor=${changed}`);
    }
    await refused(`actor=ana&cursor=${next}A`);
    await run.stop();
    const again = await auditing(t, { folder: run.folder });
    assert.deepEqual(await found(again, `actor=ana&limit=2&cursor=${next}`), [3, 2]);
  });

  it('shows viewers and operators what is theirs, and lets nothing be found by what is not', async (t) => {
    const run = await filled(t);
    await run.audit.record(anEvent({ action: 'login' }));
    await run.audit.record(anEvent({ resource: { type: 'api-key', id: 'k' } }));
    for (const role of ['viewer', 'operator'] as const) {
      assert.deepEqual(await found(run, '', role), [4, 3, 2, 1], role);
      assert.deepEqual(await found(run, 'action=login', role), []);
      assert.deepEqual(await found(run, 'resourceType=api-key', role), []);
      assert.deepEqual(await found(run, 'text=hidden', role), []);
      assert.deepEqual(await found(run, 'q=hidden', role), []);
      assert.deepEqual(await found(run, 'q=-hidden', role), [4, 3, 2, 1], 'not by what is missing either');
      assert.deepEqual(await found(run, 'text=memory', role), [2]);
      for (const query of ['ip=192.0.2.1', 'session=s1', 'q=ip:192.0.2.1', 'q=-session:s1']) {
        const { status, body } = await run.ask(`/audit?${query}`, { role });
        assert.deepEqual([status, body.code], [403, 'forbidden'], query);
      }
    }
    assert.ok((await found(run, 'text=hidden', 'auditor')).includes(4));
    assert.deepEqual(await found(run, 'action=login', 'auditor'), [5]);
  });

  it('is recorded once a query, by who asked, what and from where', async (t) => {
    const run = await auditing(t, { limits: { readFoldMs: 60_000, readRepeatMs: 150_000 } });
    await run.audit.recordAll([anEvent(), anEvent(), anEvent()]);
    const { next } = (await run.ask<AuditPage>('/audit?limit=1&actor=ana')).body;
    await run.ask(`/audit?limit=1&actor=ana&cursor=${next}`);
    await run.ask('/audit?limit=2&actor=ana');
    const [entry, ...others] = await reads(run);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...entry?.facts, time: 0 },
      {
        time: 0,
        actor: { id: 'key:admin', kind: 'service', name: 'admin' },
        action: 'access',
        level: 'info',
        resource: { type: 'audit', id: 'trail' },
        result: 'success',
        ip: '203.0.113.9',
        requestId: 'request-1',
        details: { query: '/audit {"actor":["ana"]}' },
      },
    );
    await run.ask('/audit?actor=bo');
    await run.ask('/audit?actor=ana', { role: 'viewer' });
    assert.equal((await reads(run)).length, 3, 'another query, another reader');
    for (let i = 0; i < 4; i++) {
      run.clock.advance(59_000);
      await run.ask('/audit?actor=ana');
    }
    assert.equal((await reads(run)).length, 4, 'asked all the time: once more after readRepeatMs');
    run.clock.advance(60_000);
    await run.ask('/audit?actor=ana');
    assert.equal((await reads(run)).length, 5, 'and after a pause');
  });

  it('goes on when it cannot be recorded, is counted as missing, and recorded at the next time', async (t) => {
    const run = await auditing(t);
    await run.audit.record(anEvent());
    await run.audit.checkpoint(1);
    run.refuse.with = 'storage_full';
    const paths = ['', '/entries/1', '/entries/1/proof', '/facets?field=actor', '/statistics'];
    for (const path of paths) assert.equal((await run.ask(`/audit${path}`)).status, 200, path);
    assert.equal(run.audit.stats().missing, paths.length);
    run.refuse.with = undefined;
    assert.equal((await run.ask('/audit')).status, 200);
    assert.equal((await reads(run)).length, 1);
  });

  it('fills no disk: a reader’s many queries are counted in one entry, and a long one is cut', async (t) => {
    const run = await auditing(t, { limits: { maxReadEntries: 3 } });
    for (let i = 0; i < 10; i++) await run.ask(`/audit?text=${i}`, { role: 'viewer' });
    assert.equal((await reads(run)).length, 3);
    await run.ask('/audit?text=0', { role: 'auditor' });
    assert.equal((await reads(run)).length, 4, 'another reader has another share');
    await run.pass(60_000);
    const [folded] = await reads(run);
    assert.deepEqual(
      [folded?.facts.actor?.id, folded?.facts.details],
      ['key:viewer', { queries: 7, query: '7 more queries' }],
    );
    await run.ask(`/audit?text=${'%01'.repeat(2_000)}`, { role: 'viewer' });
    const [long] = await reads(run);
    const { query, sha256 } = long?.facts.details as { query: string; sha256: string };
    assert.equal(Buffer.byteLength(query), 1_024);
    assert.match(sha256, /^[0-9a-f]{64}$/);
  });

  it('is unavailable before the start', async (t) => {
    const { ask } = await auditing(t, { started: false });
    for (const path of ['/audit', '/audit/entries/1', '/audit/checkpoint', '/audit/keys']) {
      const { status, body } = await ask(path);
      assert.deepEqual([status, body.code], [503, 'unavailable'], path);
    }
  });
});

describe('an entry', () => {
  const FULL = anEvent({ ip: '192.0.2.1', session: 's1', details: { a: 1 }, before: null, after: { v: 2 } });

  it('is shown to each as they may see it, with a proof that holds', async (t) => {
    const run = await auditing(t);
    await run.audit.recordAll([FULL, anEvent(), anEvent()]);
    const verifiers = run.audit.keys().map(({ verifier }) => verifier);
    for (const role of ['viewer', 'operator', 'auditor', 'admin'] as const) {
      const { body: entry } = await run.ask<AuditRecord>('/audit/entries/1', { role });
      const { body: proof } = await run.ask<AuditProof>('/audit/entries/1/proof', { role });
      assert.deepEqual(proof.entry, entry);
      const all = role === 'auditor' || role === 'admin';
      assert.equal(entry.hidden === undefined, all);
      assert.equal(entry.ip, all ? '192.0.2.1' : undefined);
      assert.equal(proof.salts.ip !== undefined, all, 'without the salt nothing can be guessed');
      verifyProof(proof, verifiers);
      const lie = { ...proof, entry: { ...proof.entry, action: 'rollback' } };
      assert.throws(() => verifyProof(lie, verifiers));
    }
  });

  it('that is none, or none of the reader’s, is not found', async (t) => {
    const { ask, audit } = await auditing(t);
    await audit.record(anEvent({ action: 'login' }));
    const code = async (path: string, role: Role): Promise<ErrorCode> =>
      (await ask(path, { role })).body.code;
    for (const path of ['/audit/entries/1', '/audit/entries/1/proof']) {
      assert.equal(await code(path, 'viewer'), 'not_found');
      assert.equal((await ask(path, { role: 'auditor' })).status, 200);
    }
    assert.equal(await code('/audit/entries/99', 'admin'), 'not_found');
    for (const none of ['0', '-1', '1.5', 'x', '9007199254740993'])
      assert.equal(await code(`/audit/entries/${none}`, 'admin'), 'bad_request', none);
  });

  it('that was pruned is said to be', async (t) => {
    const { ask, audit, log } = await auditing(t);
    await audit.record(anEvent());
    const pruned = { ...log, get: () => Promise.resolve(undefined), first: () => Promise.resolve(65_537) };
    Object.defineProperty(audit, 'log', { value: pruned });
    const { status, body } = await ask('/audit/entries/1');
    assert.deepEqual([status, body.code], [410, 'pruned']);
    assert.equal((await ask('/audit/entries/65538')).body.code, 'not_found');
  });

  it('is recorded as read once, its proof included', async (t) => {
    const run = await auditing(t);
    await run.audit.record(anEvent());
    await run.ask('/audit/entries/1');
    await run.ask('/audit/entries/1');
    await run.ask('/audit/entries/1/proof');
    const entries = await reads(run);
    assert.deepEqual(
      entries.map(({ facts }) => facts.details),
      [{ query: '/audit/entries/1/proof {"sequence":1}' }, { query: '/audit/entries/1 {"sequence":1}' }],
    );
  });
});

describe('checkpoints, consistency and keys', () => {
  it('are there for every role', async (t) => {
    const run = await auditing(t);
    await run.audit.recordAll([anEvent(), anEvent()]);
    const role = 'viewer';
    const { body: known } = await run.ask<{ keys: AuditKey[] }>('/audit/keys', { role });
    const verifiers = known.keys.map(({ verifier }) => verifier);
    const first = await run.ask('/audit/checkpoint', { role });
    const older = verifyCheckpoint(first.text, verifiers);
    await run.audit.recordAll([anEvent(), anEvent(), anEvent()]);
    const newer = verifyCheckpoint((await run.ask('/audit/checkpoint?atLeast=5', { role })).text, verifiers);
    const { body } = await run.ask<AuditConsistency>(
      `/audit/consistency?first=${older.size}&second=${newer.size}`,
      { role },
    );
    assert.ok(
      verifyConsistency({
        first: body.first,
        second: body.second,
        firstRoot: older.root,
        secondRoot: newer.root,
        path: body.path.map((hash) => Buffer.from(hash, 'base64')),
      }),
    );
    const { body: list } = await run.ask<{ checkpoints: { size: number; text: string }[] }>(
      '/audit/checkpoints?limit=1',
      { role },
    );
    assert.deepEqual(
      list.checkpoints.map(({ text }) => parseCheckpoint(text).size),
      [newer.size],
    );
  });

  it('are refused beyond the trail', async (t) => {
    const { ask, audit } = await auditing(t);
    await audit.record(anEvent());
    for (const path of [
      '/audit/checkpoint?atLeast=2',
      '/audit/consistency?first=1&second=2',
      '/audit/consistency?first=2&second=1',
      '/audit/consistency?first=0&second=1',
      '/audit/consistency?first=1',
      '/audit/checkpoints?limit=0',
    ]) {
      const { status, body } = await ask(path);
      assert.deepEqual([status, body.code], [400, 'bad_request'], path);
    }
  });

  it('are signed by another key once an admin says so', async (t) => {
    const run = await auditing(t);
    for (const role of ['viewer', 'operator', 'auditor'] as const)
      assert.equal((await run.ask('/audit/keys/rotate', { method: 'POST', role })).status, 403);
    const { status, body } = await run.ask<AuditKey>('/audit/keys/rotate', { method: 'POST' });
    assert.equal(status, 200);
    const { body: known } = await run.ask<{ keys: AuditKey[] }>('/audit/keys');
    assert.deepEqual([known.keys.length, known.keys[1]], [2, body]);
    const [row] = await run.audit.log.find({ action: ['rotate_key'] }, { limit: 5 });
    assert.deepEqual([row?.facts.actor?.id, row?.facts.ip], ['key:admin', '203.0.113.9']);
  });
});

describe('GET /audit/facets', () => {
  it('counts the values of a field among what matches', async (t) => {
    const { ask, audit } = await auditing(t);
    await audit.recordAll([
      anEvent({ tags: { environment: 'prod' } }),
      anEvent({ action: 'start', tags: { environment: 'prod' } }),
      anEvent({ action: 'start', actor: { id: 'bo', kind: 'user' }, tags: { environment: 'test' } }),
      anEvent({ action: 'login' }),
    ]);
    const facet = async (query: string, role: Role = 'viewer') =>
      (await ask<AuditFacet>(`/audit/facets?${query}`, { role })).body;
    assert.deepEqual(await facet('field=action'), {
      field: 'action',
      values: [
        { value: 'start', count: 2 },
        { value: 'upgrade', count: 1 },
      ],
      more: false,
    });
    assert.deepEqual((await facet('field=actor&action=start&limit=1')).more, true);
    assert.deepEqual((await facet('field=tag:environment&actor=ana')).values, [{ value: 'prod', count: 2 }]);
    assert.deepEqual((await facet('field=tag')).values, [{ value: 'environment', count: 3 }]);
    const logins = (await facet('field=action&q=action:login', 'auditor')).values;
    assert.deepEqual(logins, [{ value: 'login', count: 1 }]);
    for (const query of ['', 'field=colour', 'field=tag:', 'field=ip', 'field=action&limit=101']) {
      const { status, body } = await ask(`/audit/facets?${query}`);
      assert.deepEqual([status, body.code], [400, 'bad_request'], query);
    }
  });
});

describe('GET /audit/statistics', () => {
  it('counts what was done, how it went, by whom and on which day', async (t) => {
    const { ask, audit, clock } = await auditing(t);
    await audit.recordAll([anEvent(), anEvent({ result: 'failure', level: 'error' })]);
    clock.advance(86_400_000);
    await audit.recordAll([anEvent({ actor: { id: 'bo', kind: 'user' }, action: 'start' })]);
    const { body } = await ask<AuditStatistics>('/audit/statistics', { role: 'viewer' });
    assert.equal(body.total, 3);
    assert.equal(body.to - body.from, 7 * 86_400_000);
    assert.deepEqual(body.actions, [
      { value: 'upgrade', count: 2 },
      { value: 'start', count: 1 },
    ]);
    assert.deepEqual(body.levels[1], { value: 'error', count: 1 });
    assert.deepEqual(body.results[1], { value: 'failure', count: 1 });
    assert.deepEqual(body.actors[0], { value: 'ana', count: 2 });
    assert.deepEqual(
      body.days.filter(({ count }) => count > 0).map(({ count }) => count),
      [2, 1],
    );
    const { body: narrower } = await ask<AuditStatistics>(
      `/audit/statistics?from=${clock.now() - 1_000}&action=start`,
    );
    assert.deepEqual([narrower.total, narrower.days.length], [1, 1]);
  });

  it('is of maxStatisticsDays at most, the right way round', async (t) => {
    const { ask, clock } = await auditing(t, { limits: { maxStatisticsDays: 10 } });
    const from = clock.now() - 12 * 86_400_000;
    for (const query of [`from=${from}`, `from=${clock.now()}&to=${from}`]) {
      const { status, body } = await ask(`/audit/statistics?${query}`);
      assert.deepEqual([status, body.code], [400, 'bad_request'], query);
    }
  });
});

describe('the API’s description', () => {
  it('names every route with its parameters and bodies', async (t) => {
    const { audit } = await auditing(t);
    const document = auditRoutes(audit).getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'x', version: '1' },
    });
    assert.deepEqual(Object.keys(document.paths ?? {}).sort(), [
      '/audit',
      '/audit/checkpoint',
      '/audit/checkpoints',
      '/audit/consistency',
      '/audit/entries/{sequence}',
      '/audit/entries/{sequence}/proof',
      '/audit/facets',
      '/audit/keys',
      '/audit/keys/rotate',
      '/audit/statistics',
    ]);
    const { get, post } = document.paths!['/audit']!;
    const names = get?.parameters?.map((parameter) => ('name' in parameter ? parameter.name : ''));
    assert.ok(['q', 'actor', 'tag', 'from', 'limit', 'cursor'].every((name) => names?.includes(name)));
    assert.ok(post?.requestBody);
  });
});
