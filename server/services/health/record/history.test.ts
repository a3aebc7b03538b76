import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckWord, TimeSpent } from '../../../../src/protocol/index.ts';
import { aStatus, recording } from '../../../testing/health-recording.ts';
import type { Recording } from '../../../testing/health-recording.ts';
import { random } from '../../../testing/random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The record's own timers are not what most of this is about. */
const QUIET = { healthAliveIntervalMs: 400 * DAY, healthPruneIntervalMs: 400 * DAY };

/** Changes as `from>to@second`, newest first. */
async function changes({ record, clock }: Recording, start: number): Promise<string[]> {
  const { transitions } = await record.history('api', 90, clock.now());
  return transitions.map(({ from, to, at }) => `${from}>${to}@${(at - start) / 1_000}`);
}

describe('a check’s history', () => {
  it('of one that was never seen is unknown', async (t) => {
    const { record, clock } = await recording(t);
    const now = clock.now();
    const { check, uptime, segments, transitions, incidents } = await record.history('api', 2, now);
    const unknown = { upMs: 0, degradedMs: 0, downMs: 0, maintenanceMs: 0 };
    assert.equal(check, 'api');
    assert.deepEqual(uptime.day, { ...unknown, unknownMs: DAY, windowMs: DAY, ratio: null });
    assert.deepEqual(
      segments,
      [2, 1].map((days) => ({
        ...unknown,
        unknownMs: DAY,
        from: now - days * DAY,
        to: now - (days - 1) * DAY,
        worst: 'unknown',
      })),
    );
    assert.deepEqual([transitions, incidents], [[], []]);
  });

  it('names changes, dates failures back, and weighs time', async (t) => {
    const run = await recording(t, { limits: QUIET });
    const { record, clock, show } = run;
    const start = clock.now();
    show({ state: 'up' });
    clock.advance(10 * HOUR);
    show({ state: 'up' });
    show({ state: 'down', since: start + 8 * HOUR, reason: 'refused' });
    clock.advance(2 * HOUR);
    show({ state: 'degraded' });
    clock.advance(2 * HOUR);
    show({ state: 'degraded', word: 'maintenance' });
    clock.advance(HOUR);
    show({ state: 'up' });
    clock.advance(9 * HOUR);
    const { uptime, segments, transitions, incidents } = await record.history('api', 1, clock.now());
    assert.deepEqual(
      transitions.map(({ from, to, at, reason }) => [from, to, (at - start) / HOUR, reason].join(' ')),
      [
        'maintenance up 15 ',
        'degraded maintenance 14 ',
        'down degraded 12 ',
        'up down 8 refused',
        'unknown up 0 ',
      ],
    );
    const spent = {
      upMs: 17 * HOUR,
      degradedMs: 2 * HOUR,
      downMs: 4 * HOUR,
      maintenanceMs: HOUR,
      unknownMs: 0,
    };
    assert.deepEqual(uptime.day, { ...spent, windowMs: DAY, ratio: 19 / 23 });
    assert.deepEqual(uptime.week, { ...spent, unknownMs: 6 * DAY, windowMs: 7 * DAY, ratio: 19 / 23 });
    assert.equal(uptime.month.windowMs, 30 * DAY);
    assert.equal(uptime.quarter.windowMs, 90 * DAY);
    assert.deepEqual(segments, [{ ...spent, from: start, to: start + DAY, worst: 'down' }]);
    assert.equal(incidents.length, 1);
    assert.equal(incidents[0]?.endedAt, start + 15 * HOUR);
  });

  it('knows what was before the time that is asked for', async (t) => {
    const { record, clock, show } = await recording(t, { limits: QUIET });
    show({ state: 'up' });
    clock.advance(200 * DAY);
    const { uptime, segments, transitions } = await record.history('api', 90, clock.now());
    assert.equal(uptime.quarter.ratio, 1);
    assert.equal(segments.length, 90);
    assert.ok(segments.every(({ upMs }) => upMs === DAY));
    assert.deepEqual(transitions, []);
  });

  it('is its own, and has what is not written yet', async (t) => {
    const run = await recording(t);
    const { clock, show, record, refuse, column } = run;
    const start = clock.now();
    show({ state: 'up' });
    await record.flush();
    refuse.next = 10;
    clock.advance(1_000);
    show({ state: 'down' });
    show({ check: 'web', state: 'degraded' });
    assert.deepEqual(await changes(run, start), ['up>down@1', 'unknown>up@0']);
    assert.deepEqual(await column('SELECT count(*) FROM health_transition'), [1]);
    refuse.next = 0;
    await record.flush();
    assert.deepEqual(await changes(run, start), ['up>down@1', 'unknown>up@0']);
    assert.deepEqual(await column('SELECT count(*) FROM health_transition'), [3]);
  });

  it('names the newest changes where they are very many', async (t) => {
    const { clock, show, record } = await recording(t, { limits: QUIET });
    for (let i = 0; i < 600; i++) {
      show({ state: i % 2 === 0 ? 'up' : 'down' });
      clock.advance(1_000);
    }
    const { transitions, uptime } = await record.history('api', 1, clock.now());
    assert.equal(transitions.length, 500);
    assert.equal(transitions[0]?.at, clock.now() - 1_000);
    assert.equal(uptime.day.upMs, 300_000);
    assert.equal(uptime.day.downMs, 300_000);
  });

  it('never dates a failure back into a window, a pause, or behind what stood before it', async (t) => {
    const run = await recording(t);
    const { clock, show } = run;
    const start = clock.now();
    const began = show({ state: 'up' });
    assert.equal(began, undefined);
    clock.advance(5_000);
    show({ state: 'up', word: 'maintenance' });
    clock.advance(5_000);
    const incident = show({ state: 'down', since: start + 6_000 });
    assert.equal(incident?.startedAt, start + 10_000);
    clock.advance(1_000);
    show({ state: 'up', since: start + 1_000 });
    clock.advance(1_000);
    show({ state: 'degraded', since: start + 99_000 });
    assert.deepEqual(await changes(run, start), [
      'up>degraded@12',
      'down>up@10',
      'maintenance>down@10',
      'up>maintenance@5',
      'unknown>up@0',
    ]);
  });

  it('ends where the check is removed, and begins anew with another of its id', async (t) => {
    const run = await recording(t);
    const { clock, show, record, column } = run;
    const start = clock.now();
    show({ state: 'up' });
    record.judged('api', { some: 'thing' });
    await record.pause('api', 'ana');
    clock.advance(1_000);
    record.forget('api');
    record.forget('api');
    await record.flush();
    assert.deepEqual(await column('SELECT check_id FROM health_judged'), []);
    assert.deepEqual(await column('SELECT check_id FROM health_paused'), []);
    clock.advance(1_000);
    show({ state: 'unknown' });
    show({ state: 'down' });
    assert.deepEqual(await changes(run, start), ['unknown>down@2', 'up>unknown@1', 'unknown>up@0']);
  });

  it('names a window also of a check that has had no result', async (t) => {
    const run = await recording(t);
    const start = run.clock.now();
    run.clock.advance(1_000);
    const { at: _, ...status } = aStatus({ state: 'unknown', word: 'maintenance' });
    assert.equal(run.record.observed(status), undefined);
    assert.deepEqual(await changes(run, start), ['unknown>maintenance@1']);
  });

  it('is unknown while the machine slept', async (t) => {
    const run = await recording(t, { limits: { healthAliveIntervalMs: 5_000 } });
    const { clock, show } = run;
    const start = clock.now();
    show({ state: 'up' });
    clock.advance(12_000);
    // A wall clock that jumps, and timers that did not run meanwhile, are the same to whoever counts time.
    const { now } = clock;
    Object.assign(clock, { now: () => now() + HOUR });
    clock.advance(5_000);
    show({ state: 'up', at: start + 12_000 });
    assert.deepEqual(await changes(run, start), ['up>unknown@10', 'unknown>up@0']);
    clock.advance(1_000);
    show({ state: 'up', since: start });
    assert.deepEqual(await changes(run, start), ['unknown>up@3618', 'up>unknown@10', 'unknown>up@0']);
  });

  it('stays in order when the wall clock is put back', async (t) => {
    const run = await recording(t);
    const { clock, show } = run;
    const start = clock.now();
    show({ state: 'up' });
    clock.advance(HOUR);
    show({ state: 'down' });
    const { now } = clock;
    Object.assign(clock, { now: () => now() - HOUR / 2 });
    show({ state: 'up' });
    clock.advance(1_000);
    show({ state: 'down' });
    assert.deepEqual(await changes(run, start), [
      'up>down@1801',
      'down>up@1800',
      'up>down@1800',
      'unknown>up@0',
    ]);
  });
});

describe('whatever happens', () => {
  const PLACES = {
    up: 'upMs',
    degraded: 'degradedMs',
    down: 'downMs',
    maintenance: 'maintenanceMs',
    unknown: 'unknownMs',
    paused: 'unknownMs',
    unreachable: 'unknownMs',
  } as const satisfies Record<CheckWord, keyof TimeSpent>;

  it('a history says what was shown, second for second', { timeout: 60_000 }, async (t) => {
    const chance = random(11);
    const upTo = (most: number): number => Math.floor(chance() * most);
    const states = ['up', 'degraded', 'down'] as const;
    let run = await recording(t);
    const start = run.clock.now();
    /** The word of each second. */
    const shown: CheckWord[] = [];
    let word: CheckWord = 'unknown';
    /** The second from which on a failure may be dated back. */
    let since = 0;
    const pass = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) shown.push(word);
      run.clock.advance(seconds * 1_000);
    };
    for (let step = 0; step < 400; step++) {
      pass(upTo(20));
      if (step % 20 === 19) {
        await run.stop();
        word = 'unknown';
        pass(upTo(500));
        run = await recording(t, { clock: run.clock, folder: run.folder });
        // What was kept is shown at once, and proves nothing.
        if (chance() < 0.5) run.show({ state: 'up', at: start, since: start });
        pass(upTo(20));
        since = shown.length;
        continue;
      }
      const state = states[upTo(3)]!;
      const above =
        chance() < 0.2 ? (['maintenance', 'paused', 'unreachable'] as const)[upTo(3)]! : undefined;
      const next = above ?? state;
      const isState = (states as readonly CheckWord[]).includes(word) && above === undefined;
      const back = isState && next !== word ? upTo(shown.length - since) : 0;
      run.show({ state, word: next, since: run.clock.now() - back * 1_000 });
      if (next === word) continue;
      shown.fill(next, shown.length - back);
      since = shown.length - back;
      word = next;
    }
    pass(10);
    const { uptime } = await run.record.history('api', 1, run.clock.now());
    const expected: Record<string, number> = { upMs: 0, degradedMs: 0, downMs: 0, maintenanceMs: 0 };
    for (const one of shown) expected[PLACES[one]] = (expected[PLACES[one]] ?? 0) + 1_000;
    expected['unknownMs']! += DAY - shown.length * 1_000;
    const { windowMs: _, ratio, ...spent } = uptime.day;
    assert.deepEqual(spent, expected);
    const available = expected['upMs']! + expected['degradedMs']!;
    assert.equal(ratio, available / (available + expected['downMs']!));
    assert.ok(available > 600_000);
  });
});
