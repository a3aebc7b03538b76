import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditProof } from '../../../src/protocol/index.ts';
import { leafOfRecord, parseCheckpoint, verifyProof } from '../../../src/proof/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { anEvent, auditing } from '../../testing/auditing.ts';
import type { Auditing } from '../../testing/auditing.ts';
import { coded } from '../../testing/harness.ts';
import { random } from '../../testing/random.ts';
import { platformHash } from './platform-hash.ts';

const ADMIN = { id: 'root', kind: 'jwt', name: 'Root', role: 'admin', grants: [] } as const;

/** The proof of an entry, put together as the API does. */
async function proofOf({ audit }: Auditing, sequence: number): Promise<AuditProof> {
  const view = audit.view(ADMIN);
  const row = (await audit.log.get(sequence))!;
  const checkpoint = await audit.checkpoint(sequence);
  const path = await audit.log.inclusion(sequence - 1, parseCheckpoint(checkpoint).size);
  return {
    entry: view.record(row),
    salts: view.salts(row),
    path: path.map((hash) => Buffer.from(hash).toString('base64')),
    checkpoint,
  };
}

const verifiers = ({ audit }: Auditing): string[] => audit.keys().map(({ verifier }) => verifier);

describe('record', () => {
  it('gives each entry the next sequence, the time in µs, and a place in the tree', async (t) => {
    const run = await auditing(t);
    assert.deepEqual(await run.audit.record(anEvent()), { sequence: 1 });
    run.clock.advance(5);
    assert.deepEqual(await run.audit.record(anEvent({ reason: 'again' })), { sequence: 2 });
    const rows = await run.audit.log.range(1, 10);
    const start = run.clock.now() - 5;
    assert.deepEqual(
      rows.map(({ facts }) => facts.time),
      [start * 1_000, (start + 5) * 1_000],
    );
    for (const sequence of [1, 2]) {
      const proof = await proofOf(run, sequence);
      assert.ok(verifyProof(proof, verifiers(run)).size >= sequence);
    }
    const stats = run.audit.stats();
    assert.deepEqual([stats.size, stats.entries.info, stats.blocked], [2, 2, 0]);
  });

  it('never forks, whoever records at once, and proves every entry', async (t) => {
    const run = await auditing(t);
    const chance = random(7);
    const all = await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        chance() < 0.5
          ? run.audit.record(anEvent({ requestId: `r${i}` })).then((one) => [one!.sequence])
          : run.audit
              .recordAll([anEvent({ requestId: `r${i}` }), anEvent({ requestId: `r${i}b` })])
              .then(({ sequences }) => sequences),
      ),
    );
    const sequences = all.flat().sort((one, other) => one - other);
    assert.deepEqual(
      sequences,
      sequences.map((_, i) => i + 1),
    );
    const view = run.audit.view(ADMIN);
    for (const row of await run.audit.log.range(1, 1_000))
      assert.deepEqual(Buffer.from(leafOfRecord(view.record(row), view.salts(row))), Buffer.from(row.leaf));
    verifyProof(await proofOf(run, 150), verifiers(run));
  });

  it('is refused without a trace where the entry is bad', async (t) => {
    const { audit, ask } = await auditing(t);
    await assert.rejects(audit.record(anEvent({ action: 'NO' })), coded('bad_entry', '/action'));
    await assert.rejects(
      audit.recordAll([anEvent(), anEvent({ reason: 7 as never })]),
      coded('bad_entry', '/entries/1/reason'),
    );
    assert.equal(audit.stats().size, 0);
    assert.equal((await ask('/audit/entries/1')).status, 404);
  });

  it('mends what a service says rather than to go without', async (t) => {
    const { audit } = await auditing(t);
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    await audit.record(
      anEvent({
        reason: `${'x'.repeat(5_000)}`,
        error: 'a\ud800',
        before: { text: 'b\ud800', '\udc00': [null, 1] },
        after: 'x'.repeat(10_000_000),
        details: nested(40) as never,
      }),
    );
    await audit.record(anEvent({ reason: '\udfff', details: cycle as never, after: (() => 1) as never }));
    const [first, second] = await audit.log.range(1, 10);
    assert.equal(first?.facts.reason?.length, 4_096);
    assert.equal(first.facts.error, 'a\ufffd');
    assert.deepEqual(first.facts.before, { text: 'b\ufffd', '\ufffd': [null, 1] });
    const { sha256, ...after } = first.facts.after as { sha256: string };
    assert.deepEqual(after, { omitted: 'too large', bytes: 10_000_002 });
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.equal((first.facts.details as { omitted: string }).omitted, 'nested too deeply');
    assert.deepEqual(
      [second?.facts.details, second?.facts.after],
      [{ omitted: 'no JSON' }, { omitted: 'no JSON' }],
    );
  });

  it('commits what stands alongside, or neither', async (t) => {
    const { audit, database } = await auditing(t);
    await database.transaction([{ sql: 'CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT' }]);
    const insert = { sql: 'INSERT INTO thing VALUES (1)' };
    await audit.record(anEvent(), [insert]);
    await assert.rejects(audit.record(anEvent(), [insert]), coded('database_failed'));
    assert.deepEqual(await database.read({ sql: 'SELECT count(*) AS n FROM thing' }), [{ n: 1 }]);
    assert.equal((await audit.log.head()).size, 1);
    assert.equal(audit.state().state, 'up', 'the caller’s own mistake is no fault of the trail');
  });

  it('follows a clock that goes backwards, and keeps the order', async (t) => {
    let wall = 1_750_000_000_000;
    const clock = { ...createManualClock(), now: () => wall };
    const run = await auditing(t, { clock });
    await run.audit.record(anEvent());
    wall -= 60_000;
    await run.audit.record(anEvent());
    wall += 120_000;
    await run.audit.record(anEvent());
    const rows = await run.audit.log.range(1, 10);
    assert.deepEqual(
      rows.map(({ sequence, facts }) => [sequence, facts.time / 1_000 - wall]),
      [
        [1, -60_000],
        [2, -120_000],
        [3, 0],
      ],
    );
    for (const sequence of [1, 2, 3]) verifyProof(await proofOf(run, sequence), verifiers(run));
  });

  it('tells times within a millisecond apart, and none of the next one', async (t) => {
    let elapsed = 0;
    const clock = { ...createManualClock(), now: () => 5, monotonicMs: () => elapsed };
    const { audit } = await auditing(t, { clock });
    for (elapsed of [0, 0.25, 7]) await audit.record(anEvent());
    const rows = await audit.log.range(1, 10);
    assert.deepEqual(
      rows.map(({ facts }) => facts.time),
      [5_000, 5_250, 5_999],
    );
  });

  it('is refused before the start and after the end', async (t) => {
    const { audit, log, stop } = await auditing(t, { started: false });
    await assert.rejects(audit.record(anEvent()), coded('audit_unavailable', 'not open'));
    assert.throws(() => audit.log, coded('unavailable'));
    assert.throws(() => audit.cursors, coded('unavailable'));
    assert.equal(audit.state().state, 'down');
    await audit.start(log);
    assert.equal(audit.state().state, 'up');
    await audit.record(anEvent());
    await stop();
    await assert.rejects(audit.record(anEvent()), coded('audit_unavailable'));
  });

  it('goes on where it was after the process was killed, and signs what was not signed', async (t) => {
    const first = await auditing(t);
    await first.audit.recordAll([anEvent(), anEvent()]);
    // Neither signed nor closed: what a killed process leaves behind.
    await first.database.close();
    const second = await auditing(t, { folder: first.folder });
    assert.equal(second.audit.stats().checkpointSize, 0);
    assert.deepEqual(await second.audit.record(anEvent()), { sequence: 3 });
    for (const sequence of [1, 2, 3]) verifyProof(await proofOf(second, sequence), verifiers(second));
    assert.deepEqual(second.errors, []);
  });
});

describe('a key of a request', () => {
  it('records once, whatever is asked again with it', async (t) => {
    const { audit } = await auditing(t);
    const idempotency = { key: 'ana\nk', bodyHash: platformHash(Buffer.from('x')) };
    const events = [anEvent(), anEvent()];
    const first = await audit.recordAll(events, { idempotency });
    assert.deepEqual(first, { sequences: [1, 2], replayed: false });
    await audit.record(anEvent());
    assert.deepEqual(await audit.recordAll(events, { idempotency }), { sequences: [1, 2], replayed: true });
    const other = { ...idempotency, bodyHash: platformHash(Buffer.from('y')) };
    await assert.rejects(audit.recordAll(events, { idempotency: other }), coded('idempotency_conflict'));
    const stats = audit.stats();
    assert.deepEqual([stats.size, stats.replayed, stats.entries.info], [3, 1, 3]);
    assert.equal(audit.state().state, 'up');
  });
});

describe('a trail that cannot be written', () => {
  for (const code of ['storage_full', 'storage_failed', 'database_failed'] as const) {
    it(`blocks what it cannot record (${code}), and says so until it works again`, async (t) => {
      const { audit, refuse, errors } = await auditing(t);
      refuse.with = code;
      for (let i = 0; i < 2; i++)
        await assert.rejects(audit.record(anEvent()), (error) => {
          assert.ok(coded('audit_unavailable')(error));
          assert.ok(coded(code)((error as Error).cause));
          return true;
        });
      await assert.rejects(audit.recordAll([anEvent(), anEvent()]), coded('audit_unavailable'));
      assert.deepEqual([audit.state().state, audit.writable], ['down', false]);
      assert.equal(errors.length, 1, 'told once');
      assert.equal(audit.stats().blocked, 4);
      refuse.with = undefined;
      assert.deepEqual(await audit.record(anEvent()), { sequence: 1 });
      assert.deepEqual([audit.state().state, audit.writable], ['up', true]);
    });
  }

  it('lets levels pass that may leave a gap, and tells of them with counts and times', async (t) => {
    const onFailure = { info: 'gap', warning: 'gap', error: 'block', critical: 'block' } as const;
    const { audit, refuse, clock, pass } = await auditing(t, { limits: { onFailure } });
    refuse.with = 'storage_full';
    const from = clock.now();
    assert.equal(await audit.record(anEvent()), undefined);
    clock.advance(2_000);
    assert.equal(await audit.record(anEvent({ level: 'warning' })), undefined);
    assert.equal(await audit.record(anEvent({ level: 'warning' })), undefined);
    await assert.rejects(audit.record(anEvent({ level: 'error' })), coded('audit_unavailable'));
    await assert.rejects(
      audit.record(anEvent(), [{ sql: 'SELECT 1' }]),
      coded('audit_unavailable'),
      'never without what stands alongside',
    );
    await assert.rejects(audit.recordAll([anEvent()]), coded('audit_unavailable'));
    const { missing, pendingGap } = audit.stats();
    assert.deepEqual([missing, pendingGap], [3, 3]);
    await pass(5_000);
    assert.equal(audit.stats().pendingGap, 3, 'tried, and refused');
    refuse.with = undefined;
    await pass(5_000);
    const [gap, ...others] = await audit.log.range(1, 10);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...gap?.facts, time: undefined },
      {
        time: undefined,
        actor: { id: 'waooaw', kind: 'system' },
        action: 'audit_gap',
        level: 'critical',
        resource: { type: 'audit', id: 'trail' },
        result: 'failure',
        error: 'storage_full',
        details: {
          missing: 3,
          levels: { info: 1, warning: 2 },
          from: new Date(from).toISOString(),
          to: new Date(from + 2_000).toISOString(),
        },
      },
    );
    assert.equal(audit.state().state, 'up');
  });

  it('tells of a gap with the next entry that can be written, and is degraded until then', async (t) => {
    const onFailure = { info: 'gap', warning: 'gap', error: 'gap', critical: 'gap' } as const;
    const run = await auditing(t, { limits: { onFailure } });
    run.refuse.with = 'storage_full';
    await run.audit.record(anEvent());
    assert.equal(run.audit.state().state, 'down');
    run.refuse.with = undefined;
    await run.audit.record(anEvent());
    await run.pass(0);
    const actions = (await run.audit.log.range(1, 10)).map(({ facts }) => facts.action);
    assert.deepEqual(actions, ['upgrade', 'audit_gap']);
  });

  it('says in the server’s log what it could not tell the trail before it ends', async (t) => {
    const onFailure = { info: 'gap', warning: 'gap', error: 'gap', critical: 'gap' } as const;
    const { audit, refuse, errors, stop } = await auditing(t, { limits: { onFailure } });
    refuse.with = 'storage_failed';
    await audit.record(anEvent());
    await stop();
    assert.ok(
      errors.some((line) => line.startsWith('1 entries are missing')),
      errors.join('\n'),
    );
  });
});
