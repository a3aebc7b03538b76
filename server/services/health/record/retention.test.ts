import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { recording } from '../../../testing/health-recording.ts';
import type { Recording, RecordingParts } from '../../../testing/health-recording.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = 1_750_000_000_000;

/** A record whose timers do nothing but what a test is about. */
function begin(t: TestContext, limits: RecordingParts['limits'] = {}): Promise<Recording> {
  const quiet = { healthAliveIntervalMs: 4_000 * DAY, healthPruneIntervalMs: 4_000 * DAY };
  return recording(t, { clock: createManualClock(START), limits: { ...quiet, ...limits } });
}

/** The same once old rows were removed: a minute after a start, and closing waits for it. */
async function pruned(
  t: TestContext,
  run: Recording,
  limits: RecordingParts['limits'] = {},
): Promise<Recording> {
  await run.stop();
  const quiet = { healthAliveIntervalMs: 4_000 * DAY, healthPruneIntervalMs: 4_000 * DAY };
  const parts = { clock: run.clock, folder: run.folder, limits: { ...quiet, ...limits } };
  const next = await recording(t, parts);
  next.clock.advance(60_000);
  await next.stop();
  assert.deepEqual(next.errors, []);
  return recording(t, parts);
}

describe('old rows', () => {
  it('of words go, but for the one that stood when the time that is kept began', async (t) => {
    const run = await begin(t);
    for (const [day, state] of [
      [0, 'up'],
      [10, 'down'],
      [20, 'up'],
      [150, 'degraded'],
    ] as const) {
      run.clock.advance(START + day * DAY - run.clock.now());
      run.show({ state });
    }
    const next = await pruned(t, run);
    assert.deepEqual(await next.column('SELECT word FROM health_transition ORDER BY sequence'), [
      'up',
      'degraded',
      'unknown',
    ]);
    const { uptime } = await next.record.history('api', 90, next.clock.now());
    assert.equal(uptime.quarter.downMs, 0);
    assert.ok(uptime.quarter.upMs > 89 * DAY);
  });

  it('of a check that is no more go wholly, and it may come again', async (t) => {
    const run = await begin(t);
    run.show({ state: 'up' });
    run.show({ check: 'web', state: 'up' });
    run.clock.advance(1_000);
    run.record.forget('api');
    run.clock.advance(200 * DAY);
    run.show({ check: 'web', state: 'up' });
    run.show({ check: 'web', state: 'down' });
    const next = await pruned(t, run);
    assert.deepEqual(await next.column('SELECT DISTINCT check_id FROM health_transition'), ['web']);
    next.show({ state: 'up' });
    const { transitions } = await next.record.history('api', 1, next.clock.now());
    assert.equal(transitions.length, 1);
  });

  it('of one that comes again while they are removed go without what is new', async (t) => {
    const run = await begin(t, { healthPruneIntervalMs: 60_000 });
    run.show({ state: 'up' });
    run.record.forget('api');
    await run.record.flush();
    run.clock.advance(59_999);
    const { now } = run.clock;
    Object.assign(run.clock, { now: () => now() + 200 * DAY });
    run.clock.advance(1);
    run.show({ state: 'down' });
    await run.record.flush();
    await run.record.close();
    const { transitions, uptime } = await run.record.history('api', 1, run.clock.now() + 1_000);
    assert.equal(`${transitions[0]?.from} ${transitions[0]?.to}`, 'unknown down');
    assert.equal(uptime.day.downMs, 1_000);
  });

  it('that are too many of one check go, the oldest first, and what was before them is unknown', async (t) => {
    const run = await begin(t);
    for (let i = 0; i < 20; i++) {
      run.show({ state: i % 2 === 0 ? 'up' : 'down' });
      run.show({ check: 'web', state: i === 0 ? 'up' : 'down' });
      run.clock.advance(HOUR);
    }
    const next = await pruned(t, run, { maxTransitionsPerCheck: 5 });
    const counts = await next.database.read({
      sql: 'SELECT check_id, count(*) AS count FROM health_transition GROUP BY check_id ORDER BY check_id',
    });
    assert.deepEqual(
      counts.map(({ check_id, count }) => [check_id, count]),
      [
        ['api', 5],
        ['web', 3],
      ],
    );
    const { uptime } = await next.record.history('api', 1, START + 20 * HOUR);
    assert.equal(uptime.day.unknownMs, 20 * HOUR);
    assert.equal(uptime.day.upMs, 2 * HOUR);
    assert.equal(uptime.day.downMs, 2 * HOUR);
  });

  it('of incidents go some time after their end, open ones never', async (t) => {
    const run = await begin(t, { keepIncidentsMs: 10 * DAY });
    run.show({ state: 'down' });
    run.clock.advance(5 * DAY);
    run.show({ state: 'up' });
    run.show({ check: 'web', state: 'down' });
    run.clock.advance(9 * DAY);
    const within = await pruned(t, run, { keepIncidentsMs: 10 * DAY });
    assert.equal((await within.record.incidents({})).length, 2);
    within.clock.advance(2 * DAY);
    const after = await pruned(t, within, { keepIncidentsMs: 10 * DAY });
    assert.deepEqual(
      (await after.record.incidents({})).map(({ check }) => check),
      ['web'],
    );
  });

  it('of what was known go with checks that have had no result for as long', async (t) => {
    const run = await begin(t);
    run.record.judged('gone', {});
    await run.record.flush();
    run.clock.advance(200 * DAY);
    run.record.judged('api', {});
    const next = await pruned(t, run);
    assert.deepEqual(await next.column('SELECT check_id FROM health_judged'), ['api']);
  });

  it('are removed again and again while the server runs', async (t) => {
    const run = await begin(t, { healthPruneIntervalMs: HOUR, keepIncidentsMs: DAY });
    run.show({ state: 'down' });
    run.show({ state: 'up' });
    await run.record.flush();
    const endedAt = run.clock.now();
    // One removal at a time: those that are due while one is under way are left out.
    while ((await run.record.incidents({})).length > 0) run.clock.advance(HOUR);
    assert.ok(run.clock.now() > endedAt + DAY);
  });

  it('stay where the database refuses, which is told, and the record goes on', async (t) => {
    const run = await begin(t, { healthPruneIntervalMs: HOUR });
    run.refuse.next = 1;
    run.clock.advance(60_000);
    while (run.errors.length === 0) await run.column('SELECT 1');
    assert.match(run.errors.join(), /^old rows of the health record cannot be removed: WaooawError/);
    run.show({ state: 'up' });
    await run.record.flush();
    assert.deepEqual(await run.column('SELECT word FROM health_transition'), ['up']);
  });
});
