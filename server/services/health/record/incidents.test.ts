import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckStatus } from '../../../../src/protocol/index.ts';
import { turn } from '../../../testing/event-loop.ts';
import { recording } from '../../../testing/health-recording.ts';

const MAINTENANCE = { id: 'w', endsAt: 0, reason: 'upgrade' };

describe('an incident', () => {
  it('begins with the first failure, and names its reason', async (t) => {
    const { show, clock, record } = await recording(t);
    const start = clock.now();
    show({ state: 'up' });
    clock.advance(10_000);
    const incident = show(
      { state: 'down', since: start + 8_000, reason: 'HTTP 503', tags: { service: 'payments' } },
      { at: start + 8_000, reason: 'ECONNREFUSED' },
    );
    assert.deepEqual(incident, {
      id: incident?.id,
      check: 'api',
      title: 'API',
      worst: 'down',
      startedAt: start + 8_000,
      confirmedAt: start + 10_000,
      cause: 'ECONNREFUSED',
      tags: { service: 'payments' },
      notes: [],
    });
    assert.deepEqual(record.openIncident('api'), incident);
    assert.deepEqual(await record.incidents({}), [incident]);
  });

  it('has the reason of the status where nothing else is known, or none', async (t) => {
    const { show } = await recording(t);
    assert.equal(show({ state: 'degraded', reason: 'slow' })?.cause, 'slow');
    assert.equal(show({ check: 'web', state: 'down' })?.cause, '');
  });

  it('is one, gets worse, never better, and ends with the first success', async (t) => {
    const { show, clock, record } = await recording(t);
    const start = clock.now();
    const opened = show({ state: 'degraded' });
    assert.equal(opened?.worst, 'degraded');
    clock.advance(1_000);
    const worse = show({ state: 'down' });
    assert.deepEqual(worse, { ...opened, worst: 'down' });
    clock.advance(1_000);
    assert.equal(show({ state: 'degraded' }), worse);
    clock.advance(5_000);
    assert.equal(show({ state: 'up', since: start + 4_000 }), undefined);
    assert.equal(record.openIncident('api'), undefined);
    assert.deepEqual(await record.incidents({}), [{ ...worse, endedAt: start + 4_000 }]);
    clock.advance(1_000);
    assert.notEqual(show({ state: 'down' })?.id, worse?.id);
    assert.equal((await record.incidents({})).length, 2);
  });

  it('does not begin for what is expected, or another check’s fault', async (t) => {
    const { show } = await recording(t);
    const excused: Partial<CheckStatus>[] = [
      { word: 'maintenance', maintenance: MAINTENANCE },
      { word: 'paused', paused: { by: 'ana', at: 0 } },
      { word: 'unreachable', unreachableBy: 'router' },
      { causedBy: 'database' },
    ];
    for (const change of excused) assert.equal(show({ state: 'down', ...change }), undefined);
    assert.equal(show({ state: 'unknown' }), undefined);
  });

  it('begins where the excuse ends, not before', async (t) => {
    const { show, clock } = await recording(t);
    const start = clock.now();
    show({ state: 'down', word: 'maintenance', maintenance: MAINTENANCE });
    clock.advance(60_000);
    const afterWindow = show({ state: 'down', since: start + 60_000 }, { at: start, reason: 'refused' });
    assert.deepEqual([afterWindow?.startedAt, afterWindow?.cause], [start + 60_000, 'refused']);
    show({ check: 'web', state: 'down', causedBy: 'api' });
    clock.advance(60_000);
    const ofItsOwn = show(
      { check: 'web', state: 'down', since: start + 60_000 },
      { at: start + 90_000, reason: 'timed out' },
    );
    assert.deepEqual([ofItsOwn?.startedAt, ofItsOwn?.cause], [start + 90_000, 'timed out']);
  });

  it('stays open behind a window, a pause and an unknown state, and ends there with a success', async (t) => {
    const { show, clock, record } = await recording(t);
    const opened = show({ state: 'down' });
    clock.advance(1_000);
    assert.equal(show({ state: 'down', word: 'maintenance', maintenance: MAINTENANCE }), opened);
    assert.equal(show({ state: 'down', word: 'paused', paused: { by: 'ana', at: 0 } }), opened);
    assert.equal(show({ state: 'unknown' }), opened);
    assert.equal(show({ state: 'down', causedBy: 'database' }), opened);
    clock.advance(1_000);
    assert.equal(show({ state: 'up', word: 'maintenance', maintenance: MAINTENANCE }), undefined);
    assert.equal((await record.incidents({}))[0]?.endedAt, clock.now());
  });

  it('ends with its check', async (t) => {
    const { show, clock, record } = await recording(t);
    show({ state: 'down' });
    clock.advance(1_000);
    record.forget('api');
    record.forget('never-there');
    assert.equal(record.openIncident('api'), undefined);
    assert.equal((await record.incidents({}))[0]?.endedAt, clock.now());
  });

  it('is acknowledged, by another instead, and never once it has ended', async (t) => {
    const { show, clock, record, column } = await recording(t);
    const { id } = show({ state: 'down' })!;
    const at = clock.now();
    const acknowledged = await record.acknowledge(id, 'ana');
    assert.deepEqual(acknowledged.acknowledged, { by: 'ana', at });
    assert.deepEqual(record.openIncident('api'), acknowledged);
    assert.deepEqual(
      JSON.parse(String((await column('SELECT incident FROM health_incident'))[0])),
      acknowledged,
    );
    const again = await record.acknowledge(id, 'ben', 'mine now');
    assert.deepEqual(again.acknowledged, { by: 'ben', at, note: 'mine now' });
    show({ state: 'up' });
    await assert.rejects(record.acknowledge(id, 'ana'), { code: 'conflict' });
    assert.deepEqual((await record.incidents({}))[0]?.acknowledged, again.acknowledged);
    await assert.rejects(record.acknowledge('other', 'ana'), { code: 'not_found' });
  });

  it('takes notes, also after its end, and not without end', async (t) => {
    const { show, clock, record } = await recording(t, { limits: { maxIncidentNotes: 3 } });
    const { id } = show({ state: 'down' })!;
    const at = clock.now();
    await Promise.all([record.addNote(id, 'ana', 'looking'), record.addNote(id, 'ben', 'me too')]);
    show({ state: 'up' });
    await record.flush();
    const noted = await record.addNote(id, 'ana', 'it was DNS');
    assert.deepEqual(noted.notes, [
      { at, by: 'ana', text: 'looking' },
      { at, by: 'ben', text: 'me too' },
      { at, by: 'ana', text: 'it was DNS' },
    ]);
    await assert.rejects(record.addNote(id, 'ana', 'really'), { code: 'note_limit' });
    await assert.rejects(record.addNote('other', 'ana', 'x'), { code: 'not_found' });
    assert.deepEqual(await record.incidents({}), [noted]);
  });

  it('is as it was where the database refuses, and what a run changed meanwhile stays', async (t) => {
    const { show, record, refuse, clock, column } = await recording(t);
    const opened = show({ state: 'degraded' })!;
    await record.flush();
    refuse.next = 1;
    const refused = assert.rejects(record.acknowledge(opened.id, 'ana'), { code: 'database_failed' });
    const worse = show({ state: 'down' })!;
    await refused;
    assert.deepEqual(record.openIncident('api'), { ...opened, worst: 'down' });
    assert.equal(worse.worst, 'down');
    refuse.next = 1;
    const alsoRefused = assert.rejects(record.addNote(opened.id, 'ana', 'x'), { code: 'database_failed' });
    clock.advance(1);
    show({ state: 'up' });
    await alsoRefused;
    const ended = { ...opened, worst: 'down', endedAt: clock.now() };
    assert.deepEqual(await record.incidents({}), [ended]);
    await record.flush();
    assert.deepEqual(JSON.parse(String((await column('SELECT incident FROM health_incident'))[0])), ended);
  });
});

describe('what people did to an incident', () => {
  it('is what it was where the database refuses more of it', async (t) => {
    const { show, record, refuse } = await recording(t);
    const { id } = show({ state: 'down' })!;
    const before = await record.acknowledge(id, 'ana');
    refuse.next = 1;
    await assert.rejects(record.acknowledge(id, 'ben'), { code: 'database_failed' });
    assert.deepEqual(record.openIncident('api'), before);
  });

  it('is what it was also where so much waits that the row was given up', async (t) => {
    const limits = { maxUnwrittenHealthRows: 1 };
    const { show, record, refuse, tried } = await recording(t, { limits });
    const { id } = show({ state: 'down' })!;
    await record.flush();
    show({ state: 'up' });
    await record.flush();
    const [before] = await record.incidents({});
    refuse.next = 1;
    const refused = assert.rejects(record.addNote(id, 'ana', 'x'), { code: 'database_failed' });
    const count = tried.length;
    while (tried.length === count) await turn();
    record.judged('api', {});
    await refused;
    await record.flush();
    assert.deepEqual((await record.incidents({}))[0]?.notes, before?.notes);
  });
});

describe('incidents', () => {
  it('are found by check, by whether they are open, and by when they began, newest first', async (t) => {
    const { show, clock, record, refuse } = await recording(t);
    const start = clock.now();
    for (const check of ['one', 'two', 'three', 'one']) {
      show({ check, state: 'down' });
      clock.advance(1_000);
      if (check === 'one') show({ check, state: 'up' });
      clock.advance(1_000);
    }
    const found = async (query: Parameters<typeof record.incidents>[0]): Promise<string> =>
      (await record.incidents(query)).map(({ check, startedAt }) => `${check}${startedAt - start}`).join(' ');
    const all = async (): Promise<void> => {
      assert.equal(await found({}), 'one6000 three4000 two2000 one0');
      assert.equal(await found({ check: 'one' }), 'one6000 one0');
      assert.equal(await found({ open: true }), 'three4000 two2000');
      assert.equal(await found({ open: false }), 'one6000 one0');
      assert.equal(await found({ before: start + 4_000 }), 'two2000 one0');
      assert.equal(await found({ before: start + 6_000, check: 'one', open: false }), 'one0');
      assert.equal(await found({ limit: 2 }), 'one6000 three4000');
      assert.equal(await found({ limit: 0 }), 'one6000');
    };
    await record.flush();
    await all();
    // The same while some of it cannot be written.
    refuse.next = 1_000;
    await record.acknowledge((await record.incidents({ check: 'two' }))[0]!.id, 'ana').catch(() => undefined);
    show({ check: 'three', state: 'up' });
    show({ check: 'four', state: 'down' });
    assert.equal(await found({}), 'four8000 one6000 three4000 two2000 one0');
    assert.equal(await found({ open: true }), 'four8000 two2000');
    assert.equal(await found({ limit: 2, open: false }), 'one6000 three4000');
    assert.equal(await found({ before: start + 8_000, limit: 2 }), 'one6000 three4000');
    refuse.next = 0;
  });

  it('that began at once have an order all the same', async (t) => {
    const { show, record } = await recording(t);
    for (let i = 0; i < 20; i++) show({ check: `check-${i}`, state: 'down' });
    const before = (await record.incidents({})).map(({ id }) => id);
    await record.flush();
    assert.deepEqual(
      (await record.incidents({})).map(({ id }) => id),
      before,
    );
    assert.deepEqual(
      (await record.incidents({ limit: 7 })).map(({ id }) => id),
      before.slice(0, 7),
    );
  });
});
