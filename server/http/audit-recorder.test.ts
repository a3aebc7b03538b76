import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import { FakeAuditSink, recorderOf } from '../testing/fake-audit-sink.ts';
import { coded } from '../testing/harness.ts';
import type { FoldKind } from './audit-folds.ts';
import type { AuditRecorderDeps } from './audit-recorder.ts';

const WINDOW_MS = 300_000;

const event = (more: Partial<AuditEvent> = {}): AuditEvent => ({
  actor: { id: 'ana', kind: 'user' },
  action: 'create',
  level: 'info',
  resource: { type: 'thing', id: '1' },
  result: 'success',
  requestId: 'r1',
  ...more,
});

/** Each from somebody else, where nobody is named. */
const kind = (key: string, owner = key, pool: FoldKind['pool'] = 'callers'): FoldKind => ({
  key,
  owner,
  pool,
});

/** Lets promises that are settled be heard. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recording(deps: Partial<AuditRecorderDeps> = {}) {
  const clock = createManualClock();
  const sink = new FakeAuditSink();
  const complaints: string[] = [];
  const onError = (_: unknown, what: string): void => void complaints.push(what);
  const recorder = recorderOf(clock, { sink, onError, summaryMs: WINDOW_MS, ...deps });
  return { clock, sink, recorder, complaints };
}

describe('what happens again and again', () => {
  it('is one entry at once, and one a window with the count and when it was', async () => {
    const { clock, sink, recorder } = recording();
    const begin = clock.now();
    let made = 0;
    const make = (): AuditEvent => {
      made += 1;
      return event({ details: { route: '/x' } });
    };
    for (let i = 0; i < 5; i++) {
      recorder.fold(kind('a'), make);
      clock.advance(10);
    }
    await settled();
    assert.deepEqual([made, sink.entries], [1, [event({ details: { route: '/x' } })]]);
    clock.advance(WINDOW_MS);
    await settled();
    const { requestId: _, ...summary } = event({
      details: { route: '/x', count: 4, from: begin + 10, to: begin + 40 },
    });
    assert.deepEqual(sink.entries.slice(1), [summary]);
  });

  it('goes on without a first entry while it does not cease, and begins anew after a window without', async () => {
    const { clock, sink, recorder } = recording();
    for (let windows = 0; windows < 3; windows++) {
      for (let i = 0; i < 3; i++) recorder.fold(kind('a'), () => event());
      clock.advance(WINDOW_MS);
      await settled();
    }
    const counts = (): unknown[] => sink.entries.map(({ details }) => (details as { count?: number })?.count);
    assert.deepEqual(counts(), [undefined, 2, 3, 3]);
    clock.advance(WINDOW_MS);
    assert.equal(clock.pending, 0, 'nothing is waited for any more');
    recorder.fold(kind('a'), () => event());
    await settled();
    assert.deepEqual(counts().slice(4), [undefined]);
  });

  it('keeps kinds apart, and puts those over the limit together without naming anybody', async () => {
    const { clock, sink, recorder } = recording({ maxFolds: 2 });
    for (const key of ['a', 'b', 'c', 'd', 'c'])
      recorder.fold(kind(key), () => event({ actor: { id: key, kind: 'user' }, ip: '192.0.2.1' }));
    recorder.fold(kind('e'), () => event({ result: 'refused', error: 'forbidden' }));
    clock.advance(WINDOW_MS);
    await settled();
    assert.deepEqual(sink.said, [
      'create thing/1 success by a',
      'create thing/1 success by b',
      'create thing/* success by *',
      'create thing/* refused (forbidden) by *',
      'create thing/* success by *',
    ]);
    const last = sink.entries.at(-1);
    assert.deepEqual([(last?.details as { count: number }).count, last?.ip], [2, undefined]);
  });

  it('is told apart for each up to a share, and those over it are put together by name', async () => {
    const { clock, sink, recorder } = recording({ maxOwnFolds: 2, maxFolds: 5 });
    const by = (id: string, place: number): void =>
      recorder.fold(kind(`${place}`, id), () =>
        event({ actor: { id, kind: 'user' }, resource: { type: 'thing', id: `${place}` } }),
      );
    for (let place = 0; place < 50; place++) by('eve', place);
    for (let place = 0; place < 2; place++) by('ana', place);
    clock.advance(WINDOW_MS);
    await settled();
    assert.deepEqual(sink.said, [
      'create thing/0 success by eve',
      'create thing/1 success by eve',
      'create thing/* success by eve',
      'create thing/0 success by ana',
      'create thing/1 success by ana',
      'create thing/* success by eve',
    ]);
    assert.equal((sink.entries.at(-1)?.details as { count: number }).count, 47);
    // A share that nobody uses any more is free again.
    clock.advance(2 * WINDOW_MS);
    await settled();
    by('eve', 60);
    await settled();
    assert.equal(sink.said.at(-1), 'create thing/60 success by eve');
  });

  it('of one pool takes nothing from another', async () => {
    const { sink, recorder } = recording({ maxFolds: 3 });
    for (let i = 0; i < 20; i++)
      recorder.fold(kind(`${i}`, `net ${i}`, 'credentials'), () =>
        event({ action: 'login', result: 'refused' }),
      );
    recorder.fold(kind('a', 'ana', 'callers'), () => event());
    recorder.fold(kind('a', 'net 1', 'strangers'), () => event({ action: 'access' }));
    await settled();
    assert.deepEqual(sink.said.slice(-3), [
      'login thing/* refused by *',
      'create thing/1 success by ana',
      'access thing/1 success by ana',
    ]);
  });

  it('is not lost to a trail that fails meanwhile: it counts for the next entry', async () => {
    const { clock, sink, recorder } = recording();
    const begin = clock.now();
    sink.break();
    recorder.fold(kind('a'), () => event());
    await settled();
    clock.advance(WINDOW_MS);
    await settled();
    assert.equal(sink.entries.length, 0);
    sink.broken = undefined;
    recorder.fold(kind('a'), () => event());
    clock.advance(WINDOW_MS);
    await settled();
    assert.deepEqual(sink.entries.at(-1)?.details, { count: 2, from: begin, to: begin + WINDOW_MS });
  });

  it('is written when the server goes down, and nothing after', async () => {
    const { clock, sink, recorder } = recording();
    for (let i = 0; i < 3; i++) recorder.fold(kind('a'), () => event());
    await recorder.close();
    assert.deepEqual((sink.entries.at(-1)?.details as { count: number }).count, 2);
    recorder.fold(kind('b'), () => event());
    clock.advance(2 * WINDOW_MS);
    await settled();
    assert.deepEqual([sink.entries.length, clock.pending], [2, 0]);
  });
});

describe('a trail that cannot be written', () => {
  it('turns nothing away before that is known', async () => {
    const { recorder, sink } = recording();
    sink.break();
    await recorder.demand(event());
    await assert.rejects(recorder.record(event()), coded('audit_unavailable'));
    await assert.rejects(recorder.demand(event()), coded('audit_unavailable', 'nothing was done'));
  });

  it('is known from what others found', async () => {
    let writable = false;
    const { recorder, sink, clock } = recording({ writable: () => writable });
    sink.break();
    await assert.rejects(recorder.demand(event()), coded('audit_unavailable', 'nothing was done'));
    writable = true;
    sink.broken = undefined;
    clock.advance(1_000);
    await recorder.demand(event());
    await recorder.demand(event());
    assert.deepEqual(sink.said, ['create thing/1 refused (audit_unavailable) by ana']);
  });

  it('turns away what blocks, lets through what may leave a gap, and complains once', async () => {
    const onFailure = { info: 'gap', warning: 'block', error: 'block', critical: 'block' } as const;
    const { recorder, sink, complaints } = recording({ onFailure });
    sink.break();
    for (let i = 0; i < 3; i++) await assert.rejects(recorder.record(event({ level: 'warning' })));
    await recorder.demand(event({ level: 'info' }));
    await assert.rejects(recorder.demand(event({ level: 'warning' })), coded('audit_unavailable'));
    assert.deepEqual(complaints, ['the audit trail cannot be written']);
  });

  it('is known from an entry that left a gap, too', async () => {
    const onFailure = { info: 'gap', warning: 'block', error: 'block', critical: 'block' } as const;
    const { recorder, sink } = recording({ onFailure });
    sink.gap = true;
    await recorder.record(event());
    await assert.rejects(recorder.demand(event({ level: 'error' })), coded('audit_unavailable'));
  });

  it('is tried again about once a second, with the entry of who was turned away', async () => {
    const { recorder, sink, clock } = recording();
    sink.break();
    await assert.rejects(recorder.record(event()));
    for (let i = 0; i < 5; i++) await assert.rejects(recorder.demand(event()));
    assert.equal(sink.attempts, 1);
    clock.advance(1_000);
    for (let i = 0; i < 5; i++) await assert.rejects(recorder.demand(event()));
    assert.equal(sink.attempts, 2);
    sink.broken = undefined;
    clock.advance(1_000);
    await recorder.demand(event());
    assert.deepEqual(sink.said, ['create thing/1 refused (audit_unavailable) by ana']);
    assert.deepEqual(sink.entries[0]?.details, { count: 10 });
    await recorder.demand(event());
    await recorder.close();
    assert.equal(sink.attempts, 3);
  });

  it('is told of who was turned away as soon as it takes any entry', async () => {
    const { recorder, sink } = recording();
    sink.break();
    await assert.rejects(recorder.record(event()));
    await assert.rejects(recorder.demand(event()));
    sink.broken = undefined;
    await recorder.record(event({ action: 'delete' }));
    await settled();
    assert.deepEqual(sink.said, [
      'delete thing/1 success by ana',
      'create thing/1 refused (audit_unavailable) by ana',
    ]);
  });

  it('is told at the end of who was turned away', async () => {
    const { recorder, sink } = recording();
    sink.break();
    await assert.rejects(recorder.record(event()));
    await assert.rejects(recorder.demand(event()));
    sink.broken = undefined;
    await recorder.close();
    assert.deepEqual(sink.entries[0]?.details, { count: 1 });
  });

  it('is not said to be broken by an entry that it does not take', async () => {
    const { recorder, sink, complaints } = recording();
    sink.broken = new WaooawError('entry_too_large');
    await assert.rejects(recorder.record(event()), coded('entry_too_large'));
    await recorder.demand(event());
    assert.deepEqual(complaints, ['create of thing: its entry was not taken']);
  });
});
