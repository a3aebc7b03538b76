import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditSnapshot, AuditUpdate } from '../../../src/protocol/index.ts';
import type { AuditRow } from '../../ports/audit-log.ts';
import { anEvent, auditing } from '../../testing/auditing.ts';
import type { Auditing, AuditingParts } from '../../testing/auditing.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import { Live } from './live.ts';

const SECRET = anEvent({
  ip: '192.0.2.1',
  session: 's1',
  details: { a: 1 },
  before: { v: 1 },
  after: { v: 2 },
  reason: 'slow',
});

const snapshot = ({ audit }: Pick<Auditing, 'audit'>, channel: string): AuditSnapshot =>
  audit.namespaces.find(({ name }) => name === channel)!.snapshot!(channel) as unknown as AuditSnapshot;

/** What was published on a channel since it was last asked. */
function published({ publisher }: Pick<Auditing, 'publisher'>, channel: string): AuditUpdate[] {
  return publisher
    .take()
    .filter(([name]) => name === channel)
    .map(([, data]) => data as unknown as AuditUpdate);
}

const sequences = ({ items }: AuditUpdate): number[] => items.map(({ sequence }) => sequence);

describe('the live channels', () => {
  it('are two, and each tells who may follow it', async (t) => {
    const { namespaces } = (await auditing(t)).audit;
    assert.deepEqual(
      namespaces.map(({ name, access }) => [name, access.subscribe, access.publish]),
      [
        ['audit', ['viewer', 'operator', 'auditor', 'admin'], []],
        ['audit/all', ['auditor', 'admin'], []],
      ],
    );
    const [narrow, all] = namespaces;
    assert.equal(narrow!.resolve('audit'), 'audit');
    assert.equal(narrow!.resolve('audit/other'), undefined);
    assert.equal(all!.resolve('audit/all'), 'audit/all');
    assert.equal(all!.resolve('audit/all/x'), undefined);
  });

  it('begin with the newest entries, newest first, before a restart or after it', async (t) => {
    const parts: AuditingParts = { limits: { auditSnapshotItems: 3 } };
    const run = await auditing(t, parts);
    assert.deepEqual(snapshot(run, 'audit'), { items: [], size: 0 });
    for (let i = 0; i < 5; i++) await run.audit.record(anEvent());
    await turn();
    const expected = { items: [5, 4, 3], size: 5 };
    const seen = ({ items, size }: AuditSnapshot) => ({ items: sequences({ items }), size });
    assert.deepEqual(seen(snapshot(run, 'audit/all')), expected);
    await run.stop();
    const again = await auditing(t, { ...parts, folder: run.folder });
    for (const channel of ['audit', 'audit/all']) assert.deepEqual(seen(snapshot(again, channel)), expected);
  });

  it('show viewers neither what they may not see nor entries that are none of theirs', async (t) => {
    const run = await auditing(t);
    await run.audit.record(SECRET);
    await run.audit.record(anEvent({ action: 'login' }));
    await run.audit.record(anEvent({ resource: { type: 'api-key', id: 'k' } }));
    await turn();
    const [first, ...others] = snapshot(run, 'audit').items;
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(first!.hidden ?? {}).sort(), [
      'after',
      'before',
      'details',
      'ip',
      'session',
    ]);
    for (const field of ['after', 'before', 'details', 'ip', 'session'])
      assert.equal(Object.hasOwn(first!, field), false, field);
    assert.equal(first!.reason, 'slow');
    assert.equal(snapshot(run, 'audit/all').items.length, 3);
    assert.deepEqual(published(run, 'audit').flatMap(sequences), [1]);
  });

  it('tell each entry once, in the order of the sequence, whoever records at once', async (t) => {
    const run = await auditing(t);
    await Promise.all(Array.from({ length: 200 }, () => run.audit.record(SECRET)));
    await turn();
    const updates = published(run, 'audit/all');
    assert.deepEqual(
      updates.flatMap(sequences),
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    assert.ok(updates.length < 100, `${updates.length} publications: what comes together is told together`);
  });

  it('publish nothing while nobody follows, and know it all for who comes', async (t) => {
    const run = await auditing(t);
    run.publisher.wanted = new Set();
    await run.audit.record(anEvent());
    await turn();
    assert.deepEqual(run.publisher.take(), []);
    assert.equal(snapshot(run, 'audit').items.length, 1);
  });

  it('cut what is large in parts', async (t) => {
    const run = await auditing(t, { limits: { maxAuditPublicationBytes: 2_000 } });
    await run.audit.recordAll(Array.from({ length: 10 }, () => anEvent({ details: 'x'.repeat(700) })));
    await turn();
    assert.deepEqual(published(run, 'audit/all').map(sequences), [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
    assert.deepEqual(sequences(snapshot(run, 'audit/all')), [10, 9]);
    await run.audit.record(anEvent({ details: 'x'.repeat(5_000) }));
    await turn();
    assert.deepEqual(published(run, 'audit/all').map(sequences), [[11]], 'one is always told');
    assert.deepEqual(sequences(snapshot(run, 'audit/all')), [11]);
  });

  it('do not tell again what a key had recorded before', async (t) => {
    const run = await auditing(t);
    const idempotency = { key: 'k', bodyHash: new Uint8Array(32) };
    await run.audit.recordAll([anEvent()], { idempotency });
    await run.audit.recordAll([anEvent()], { idempotency });
    await turn();
    assert.deepEqual(published(run, 'audit').flatMap(sequences), [1]);
  });
});

describe('entries that come out of order', () => {
  const row = (sequence: number): AuditRow => ({
    sequence,
    facts: { ...anEvent(), time: sequence },
    seed: new Uint8Array(16),
    leaf: new Uint8Array(32),
  });

  it('wait for those that are under way, and not for those that nobody brings', async () => {
    const publisher = new FakePublisher();
    const live = new Live({ publisher, limits: DEFAULT_AUDIT_LIMITS });
    let inFlight = 1;
    live.saw([row(2), row(3)], () => inFlight);
    await turn();
    assert.deepEqual(published({ publisher }, 'audit'), []);
    live.saw([row(1)], () => inFlight);
    await turn();
    assert.deepEqual(published({ publisher }, 'audit').flatMap(sequences), [1, 2, 3]);
    inFlight = 0;
    live.saw([row(6), row(5)], () => inFlight);
    await turn();
    assert.deepEqual(published({ publisher }, 'audit').flatMap(sequences), [5, 6]);
    live.saw([row(4)], () => inFlight);
    await turn();
    assert.deepEqual(published({ publisher }, 'audit'), [], 'too late to be in order');
  });

  it('are told before the end', () => {
    const publisher = new FakePublisher();
    const live = new Live({ publisher, limits: DEFAULT_AUDIT_LIMITS });
    live.saw([row(1)], () => 0);
    live.close();
    assert.deepEqual(published({ publisher }, 'audit/all').flatMap(sequences), [1]);
  });
});
