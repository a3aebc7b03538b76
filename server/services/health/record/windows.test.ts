import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { FileWindow, NewMaintenance } from '../../../../src/protocol/health.schema.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { recording } from '../../../testing/health-recording.ts';
import type { Recording, RecordingParts } from '../../../testing/health-recording.ts';
import { random } from '../../../testing/random.ts';
import { PlannedWindow } from './planned-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-03-02, a Monday, 00:00 UTC. */
const MONDAY = Date.parse('2026-03-02T00:00:00Z');

const aWindow = (change: Partial<NewMaintenance> = {}): NewMaintenance => ({
  reason: 'upgrade',
  checks: ['api'],
  tags: {},
  ...change,
});

/** The record's own timers are not what this is about. */
const QUIET = { healthAliveIntervalMs: 4_000 * DAY, healthPruneIntervalMs: 4_000 * DAY };

const begin = (t: TestContext, parts: RecordingParts = {}): Promise<Recording> =>
  recording(t, { clock: createManualClock(MONDAY), ...parts, limits: { ...QUIET, ...parts.limits } });

/** The reason of the window that a check is in now. */
const inside = ({ record, clock }: Recording, check = 'api', tags = {}): string | undefined =>
  record.windowOf(check, tags, clock.now())?.reason;

describe('a maintenance window', () => {
  it('begins and ends when it was said to, and says when that is', async (t) => {
    const run = await begin(t);
    const { record, clock } = run;
    assert.equal(record.nextChangeAt(clock.now()), undefined);
    const made = await record.addWindow(
      aWindow({ startsAt: MONDAY + HOUR, endsAt: MONDAY + 2 * HOUR }),
      'ana',
    );
    assert.deepEqual(made, {
      id: made.id,
      reason: 'upgrade',
      checks: ['api'],
      tags: {},
      startsAt: MONDAY + HOUR,
      endsAt: MONDAY + 2 * HOUR,
      createdBy: 'ana',
      createdAt: MONDAY,
      source: 'api',
    });
    assert.equal(inside(run), undefined);
    assert.equal(record.nextChangeAt(clock.now()), MONDAY + HOUR);
    clock.advance(HOUR - 1);
    assert.equal(inside(run), undefined);
    clock.advance(1);
    assert.deepEqual(record.windowOf('api', {}, clock.now()), {
      id: made.id,
      reason: 'upgrade',
      endsAt: MONDAY + 2 * HOUR,
    });
    assert.equal(record.nextChangeAt(clock.now()), MONDAY + 2 * HOUR);
    clock.advance(HOUR - 1);
    assert.equal(inside(run), 'upgrade');
    clock.advance(1);
    assert.equal(inside(run), undefined);
    assert.equal(record.nextChangeAt(clock.now()), undefined);
  });

  it('is about the checks that it names, and those that carry all of its tags', async (t) => {
    const run = await begin(t);
    const tags = { service: 'payments', environment: 'production' };
    await run.record.addWindow(aWindow({ tags, endsAt: MONDAY + HOUR }), 'ana');
    assert.equal(inside(run, 'api'), 'upgrade');
    assert.equal(inside(run, 'web', { ...tags, agent: 'a' }), 'upgrade');
    assert.equal(inside(run, 'web', { service: 'payments' }), undefined);
    assert.equal(inside(run, 'web', { service: 'payments', environment: 'test' }), undefined);
    assert.equal(inside(run, 'web'), undefined);
  });

  it('without tags is about no check but those that it names', async (t) => {
    const run = await begin(t);
    await run.record.addWindow(aWindow({ endsAt: MONDAY + HOUR }), 'ana');
    assert.equal(inside(run, 'web', { service: 'payments' }), undefined);
  });

  it('that ends last wins where several are open', async (t) => {
    const run = await begin(t);
    for (const [reason, hours] of [
      ['short', 1],
      ['long', 3],
      ['middle', 2],
    ] as const)
      await run.record.addWindow(aWindow({ reason, endsAt: MONDAY + hours * HOUR }), 'ana');
    assert.equal(inside(run), 'long');
    assert.equal(run.record.nextChangeAt(run.clock.now()), MONDAY + HOUR);
  });

  it('recurs in the hours of its zone, from its beginning to its end', async (t) => {
    const run = await begin(t);
    const recurs = { cron: '0 22 * * SUN', durationMs: 4 * HOUR, timeZone: 'America/New_York' };
    await run.record.addWindow(aWindow({ recurs, endsAt: MONDAY + 14 * DAY }), 'ana');
    // Sunday evening in New York is Monday in London: first in winter time, then after the clocks changed.
    const opens: string[] = [];
    for (let i = 0; i < 10; i++) {
      const next = run.record.nextChangeAt(run.clock.now());
      if (next === undefined) break;
      run.clock.advance(next - run.clock.now());
      opens.push(`${new Date(next).toISOString()} ${inside(run) ?? '-'}`);
    }
    assert.deepEqual(opens, [
      '2026-03-02T03:00:00.000Z upgrade',
      '2026-03-02T07:00:00.000Z -',
      '2026-03-09T02:00:00.000Z upgrade',
      '2026-03-09T06:00:00.000Z -',
    ]);
  });

  it('that recurs without end goes on, and says when this time ends', async (t) => {
    const run = await begin(t);
    const recurs = { cron: '0 * * * *', durationMs: 10 * MINUTE, timeZone: 'UTC' };
    await run.record.addWindow(aWindow({ recurs, startsAt: MONDAY + 5 * MINUTE }), 'ana');
    run.clock.advance(7 * MINUTE);
    assert.equal(run.record.windowOf('api', {}, run.clock.now())?.endsAt, MONDAY + 10 * MINUTE);
    run.clock.advance(365 * DAY);
    assert.equal(run.record.windowOf('api', {}, run.clock.now())?.endsAt, MONDAY + 365 * DAY + 10 * MINUTE);
  });

  it('that recurs for the last time ends, and one of a far future never begins', async (t) => {
    const last = Date.parse('2999-12-31T00:30:00Z');
    const run = await begin(t, { clock: createManualClock(last) });
    const recurs = { cron: '0 0 * * *', durationMs: HOUR, timeZone: 'Asia/Kolkata' };
    const startsAt = 8_640_000_000_000_000;
    run.record.setFileWindows([
      { ...aWindow({ recurs: { ...recurs, timeZone: 'UTC' } }), id: 'nightly' },
      { ...aWindow({ recurs, startsAt, checks: ['web'] }), id: 'never' },
    ]);
    assert.equal(inside(run), 'upgrade');
    assert.equal(inside(run, 'web'), undefined);
    assert.equal(run.record.nextChangeAt(last), last + HOUR / 2);
  });

  it('that cannot be understood is refused, and nothing is kept of it', async (t) => {
    const { record, clock, column } = await begin(t);
    const refused = async (change: Partial<NewMaintenance>, message: RegExp): Promise<void> =>
      assert.rejects(record.addWindow(aWindow(change), 'ana'), { code: 'bad_request', message });
    const recurs = { cron: '0 0 30 2 *', durationMs: HOUR, timeZone: 'UTC' };
    await refused({ recurs }, /^\/recurs\/cron: .* never comes/);
    await refused({ endsAt: clock.now() }, /^\/endsAt: that is over/);
    await refused({}, /^\/endsAt: expected an end, or recurs/);
    assert.deepEqual(record.windows(), []);
    assert.deepEqual(await column('SELECT id FROM health_window'), []);
  });

  it('is refused beyond maxWindows, which those that are over do not count for', async (t) => {
    const { record, clock } = await begin(t, { limits: { maxWindows: 2 } });
    record.setFileWindows([{ ...aWindow({ endsAt: MONDAY + HOUR }), id: 'nightly' }]);
    const add = (): Promise<unknown> => record.addWindow(aWindow({ endsAt: clock.now() + HOUR }), 'ana');
    const [one, other] = await Promise.allSettled([add(), add()]);
    assert.equal(one?.status, 'fulfilled');
    assert.equal(other?.status === 'rejected' && (other.reason as { code: string }).code, 'window_limit');
    clock.advance(HOUR);
    await add();
  });

  it('ends when it is told to, and stays in the list for a while', async (t) => {
    const run = await begin(t, {
      limits: { keepWindowsMs: DAY },
    });
    const { record, clock } = run;
    const recurs = { cron: '0 * * * *', durationMs: 10 * MINUTE, timeZone: 'UTC' };
    const { id } = await record.addWindow(aWindow({ recurs }), 'ana');
    clock.advance(MINUTE);
    assert.equal(inside(run), 'upgrade');
    const ended = await record.endWindow(id);
    assert.equal(ended.endsAt, clock.now());
    assert.equal(inside(run), undefined);
    assert.equal(record.nextChangeAt(clock.now()), undefined);
    clock.advance(HOUR);
    assert.deepEqual(await record.endWindow(id), ended);
    assert.deepEqual(record.windows(), [ended]);
    clock.advance(DAY);
    assert.deepEqual(record.windows(), []);
    await run.stop();
    // Old rows are removed a minute after a start at the latest, and closing waits for it.
    const parts = { clock, folder: run.folder, limits: { keepWindowsMs: DAY } };
    const again = await begin(t, parts);
    assert.deepEqual(await again.column('SELECT id FROM health_window'), [id]);
    clock.advance(MINUTE);
    await again.stop();
    assert.deepEqual(await (await begin(t, parts)).column('SELECT id FROM health_window'), []);
  });

  it('that has not begun never will once it was ended', async (t) => {
    const run = await begin(t);
    const { record, clock } = run;
    const { id } = await record.addWindow(
      aWindow({ startsAt: MONDAY + HOUR, endsAt: MONDAY + 2 * HOUR }),
      'ana',
    );
    assert.equal((await record.endWindow(id)).endsAt, MONDAY + HOUR);
    clock.advance(HOUR);
    assert.equal(inside(run), undefined);
    assert.equal(record.nextChangeAt(clock.now()), undefined);
  });

  it('that is not there, or comes from the file, cannot be ended', async (t) => {
    const { record } = await begin(t);
    record.setFileWindows([{ ...aWindow({ endsAt: MONDAY + HOUR }), id: 'nightly' }]);
    await assert.rejects(record.endWindow('other'), { code: 'not_found' });
    await assert.rejects(record.endWindow('nightly'), { code: 'read_only' });
  });

  it('does not stand when the database refuses it, and goes on when it refuses its end', async (t) => {
    const run = await begin(t);
    const { record, refuse } = run;
    refuse.next = 1;
    await assert.rejects(record.addWindow(aWindow({ endsAt: MONDAY + HOUR }), 'ana'), {
      code: 'database_failed',
    });
    assert.equal(inside(run), undefined);
    const { id } = await record.addWindow(aWindow({ endsAt: MONDAY + HOUR }), 'ana');
    refuse.next = 1;
    await assert.rejects(record.endWindow(id), { code: 'database_failed' });
    assert.equal(inside(run), 'upgrade');
  });
});

describe('the windows of the file', () => {
  const inFile = (change: Partial<FileWindow> = {}): FileWindow => ({
    ...aWindow({ endsAt: MONDAY + DAY }),
    id: 'nightly',
    ...change,
  });

  it('are replaced as a whole, and keep when they were first read', async (t) => {
    const run = await begin(t);
    const { record, clock } = run;
    await record.addWindow(aWindow({ reason: 'by hand', endsAt: MONDAY + HOUR }), 'ana');
    record.setFileWindows([inFile(), inFile({ id: 'other', checks: ['web'] })]);
    assert.deepEqual(
      record
        .windows()
        .map(({ id, source, createdBy, startsAt }) => [id, source, createdBy, startsAt].join(' ')),
      [
        `nightly file file ${MONDAY}`,
        `other file file ${MONDAY}`,
        `${record.windows()[2]!.id} api ana ${MONDAY}`,
      ],
    );
    clock.advance(MINUTE);
    record.setFileWindows([inFile({ reason: 'longer', endsAt: MONDAY + 2 * DAY })]);
    const [nightly, byHand, ...more] = record.windows();
    assert.deepEqual(more, []);
    assert.deepEqual([nightly?.startsAt, nightly?.createdAt], [MONDAY, MONDAY]);
    assert.equal(byHand?.reason, 'by hand');
    assert.equal(inside(run), 'longer');
    assert.equal(inside(run, 'web'), undefined);
  });

  it('stay as they are when one of the new ones cannot be understood', async (t) => {
    const run = await begin(t);
    run.record.setFileWindows([inFile()]);
    const recurs = { cron: 'often', durationMs: HOUR, timeZone: 'UTC' };
    assert.throws(() => run.record.setFileWindows([inFile({ reason: 'new' }), inFile({ id: 'b', recurs })]), {
      code: 'bad_request',
    });
    assert.equal(inside(run), 'upgrade');
  });
});

describe('after a restart', () => {
  it('windows of the API are there, and one that is not understood is left as it is', async (t) => {
    const run = await begin(t);
    const { id } = await run.record.addWindow(aWindow({ endsAt: MONDAY + HOUR }), 'ana');
    const recurs = { cron: 'when the moon is full', durationMs: HOUR, timeZone: 'UTC' };
    const odd = JSON.stringify({ ...aWindow({ recurs }), id: 'odd', startsAt: 0 });
    await run.database.transaction([
      { sql: `INSERT INTO health_window VALUES ('odd', ?, 1, NULL)`, params: [odd] },
    ]);
    await run.stop();
    run.clock.advance(MINUTE);
    const again = await begin(t, { clock: run.clock, folder: run.folder });
    assert.equal(inside(again), 'upgrade');
    assert.deepEqual(
      again.record.windows().map((one) => one.id),
      [id],
    );
    assert.match(again.errors.join(), /^maintenance window odd is not understood: .*cron/);
    assert.deepEqual(await again.column('SELECT id FROM health_window ORDER BY id'), [id, 'odd'].sort());
  });
});

describe('whatever the windows', () => {
  it('what was remembered of them is what each says by itself', { timeout: 60_000 }, async (t) => {
    const chance = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
    const { record, clock } = await begin(t);
    const asked: FileWindow[] = Array.from({ length: 30 }, (_, i) => {
      const recurs = {
        cron: pick(['*/7 * * * *', '0 * * * *', '30 2 * * *', '0 22 * * SUN', '15 1 1 * *']),
        durationMs: pick([5 * MINUTE, HOUR, 2.5 * HOUR]),
        timeZone: pick(['UTC', 'Europe/Berlin', 'Asia/Kolkata']),
      };
      const startsAt = MONDAY + Math.floor(chance() * 40) * DAY;
      const ends = chance() < 0.5;
      return {
        ...aWindow({ checks: [`check-${i}`], startsAt }),
        id: `window-${i}`,
        ...((ends || i % 3 === 0) && { endsAt: startsAt + Math.ceil(chance() * 20) * HOUR }),
        ...(i % 3 !== 0 && { recurs }),
      };
    });
    record.setFileWindows(asked);
    const alone = new Map(record.windows().map((window) => [window.id, new PlannedWindow(window)]));
    let open = 0;
    for (let step = 0; step < 200; step++) {
      const now = clock.now();
      for (let i = 0; i < asked.length; i++) {
        const occurrence = alone.get(`window-${i}`)?.at(now).occurrence;
        const expected = occurrence && occurrence.from <= now ? occurrence.to : undefined;
        assert.equal(record.windowOf(`check-${i}`, {}, now)?.endsAt, expected, `window ${i} at ${now}`);
        open += expected === undefined ? 0 : 1;
      }
      const next = record.nextChangeAt(now);
      assert.ok(next === undefined || next > now);
      clock.advance(chance() < 0.3 && next !== undefined ? next - now : Math.floor(chance() * 4 * HOUR));
    }
    assert.ok(open > 150, `${open} were open`);
  });
});
