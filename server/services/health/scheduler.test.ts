import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { phaseOf } from '../../phase.ts';
import { turn } from '../../testing/event-loop.ts';
import { settled, START, startScheduling } from '../../testing/scheduling.ts';

const MINUTE = 60_000;

describe('a check', () => {
  it('runs on its grid, whatever its runs take, without drift', async () => {
    const { scheduler, news, pass } = startScheduling(777);
    scheduler.set('a', { intervalMs: 5_000, phaseMs: 1_000 });
    await pass(20_000);
    assert.equal(news(), 'a@1000 a@6000 a@11000 a@16000');
    await scheduler.close();
  });

  it('has the phase of its id, after a restart too', async () => {
    const phases = new Set<number>();
    for (const shift of [0, 123_456_789]) {
      const { clock, scheduler, begun, pass } = startScheduling(5);
      clock.putWall(shift);
      scheduler.set('database', { intervalMs: 10_000 });
      await pass(40_000);
      for (const { at } of begun.slice(1)) phases.add((START + at) % 10_000);
      await scheduler.close();
    }
    assert.deepEqual([...phases], [phaseOf('database', 10_000)]);
  });

  it('runs first within a second, and next at a point that is not right behind', async () => {
    const { scheduler, begun, pass } = startScheduling(5);
    for (let i = 0; i < 200; i++) scheduler.set(`check-${i}`, { intervalMs: MINUTE });
    await pass(1_000);
    assert.equal(new Set(begun.map(({ id }) => id)).size, 200);
    // In any quarter of that second.
    for (let quarter = 0; quarter < 4; quarter++) {
      const count = begun.filter(({ at }) => Math.min(3, Math.floor(at / 250)) === quarter).length;
      assert.ok(count > 20, `${count} of 200`);
    }
    await pass(2 * MINUTE);
    for (let i = 0; i < 200; i++) {
      const [first, second, third] = begun.filter(({ id }) => id === `check-${i}`).map(({ at }) => at);
      assert.ok(second! - first! >= MINUTE / 2 && second! - first! <= 1.5 * MINUTE);
      assert.equal(second! % MINUTE, phaseOf(`check-${i}`, MINUTE));
      if (third !== undefined) assert.equal(third - second!, MINUTE);
    }
    await scheduler.close();
  });

  it('begins in the same turn where that is asked for', async () => {
    const { scheduler, news, pass } = startScheduling(5);
    await pass(250);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 250, atOnce: true });
    assert.equal(news(), 'a@250');
    await pass(2_000);
    assert.equal(news(), 'a@1250 a@2250');
    await scheduler.close();
  });

  it('never runs twice at once: what is due meanwhile is left out and counted', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(3_500);
    assert.deepEqual([news(), scheduler.stats().overruns], ['a@1000', 2]);
    begun[0]!.end();
    await pass(1_000);
    assert.deepEqual([news(), scheduler.stats().overruns], ['a@4000', 2]);
    await scheduler.close();
  });

  it('goes on when a run rejects or throws, and the failure is told', async () => {
    const { scheduler, begun, errors, pass } = startScheduling(undefined);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(1_000);
    begun[0]!.fail(new Error('broken'));
    await pass(1_000);
    assert.equal(begun.length, 2);
    await scheduler.close();

    const throwing = startScheduling(undefined, {
      run: () => {
        throw new Error('thrown');
      },
    });
    throwing.scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await throwing.pass(2_000);
    const told = [...errors, ...throwing.errors].map(String);
    assert.deepEqual(told, ['Error: broken', 'Error: thrown', 'Error: thrown']);
    assert.equal(throwing.scheduler.stats().running, 0);
    await throwing.scheduler.close();
  });

  it('hears from its run whether the process stood still', async () => {
    const heard: boolean[] = [];
    const { clock, scheduler, pass } = startScheduling(undefined, {
      stallMs: 300,
      run: async (_id, _signal, stall) => {
        await new Promise<void>((resolve) => clock.after(500, resolve));
        heard.push(stall.stoodStill());
      },
    });
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(1_900);
    await pass(100);
    clock.stand(400);
    await pass(800);
    assert.deepEqual(heard, [false, true]);
    await scheduler.close();
  });
});

describe('setting a check again', () => {
  it('as it was changes nothing', async () => {
    const { scheduler, news, pass } = startScheduling(5);
    for (let i = 0; i < 50; i++) {
      scheduler.set('a', { intervalMs: 1_000, phaseMs: 500, atOnce: i > 0 });
      await pass(50);
    }
    assert.equal(news(), 'a@500 a@1500 a@2500');
    await scheduler.close();
  });

  it('at another rhythm keeps to the new grid from now on, and its run goes on', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined);
    scheduler.set('a', { intervalMs: MINUTE, phaseMs: 500 });
    await pass(600);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(1_000);
    assert.deepEqual([news(), begun[0]!.signal.aborted, scheduler.stats().overruns], ['a@500', false, 1]);
    begun[0]!.end();
    await pass(1_000);
    assert.equal(news(), 'a@2000');
    await scheduler.close();
  });

  it('at another interval, or in another phase, keeps to the new grid too', async () => {
    const { scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: MINUTE, phaseMs: 500 });
    await pass(500);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 500 });
    await pass(1_000);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 700 });
    await pass(1_000);
    assert.equal(news(), 'a@500 a@1500 a@1700');
    await scheduler.close();
  });

  it('does not put off the first run', async () => {
    const { scheduler, begun, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: MINUTE });
    scheduler.set('a', { intervalMs: 2 * MINUTE });
    await pass(1_000);
    assert.equal(begun.length, 1);
    await scheduler.close();
  });

  it('counts for another host from the next run on', async () => {
    const { scheduler, news, pass } = startScheduling(undefined, { maxPerHost: 1 });
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 100, host: 'h' });
    scheduler.set('b', { intervalMs: 1_000, phaseMs: 200, host: 'h' });
    scheduler.set('b', { intervalMs: 1_000, phaseMs: 200, host: 'i' });
    await pass(500);
    assert.equal(news(), 'a@100 b@200');
    await scheduler.close();
  });

  it('a thousand times leaves nothing behind', async () => {
    const { scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 1_000, atOnce: true });
    for (let i = 0; i < 1_000; i++) scheduler.set('a', { intervalMs: 1_000 + i, phaseMs: 0 });
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(3_000);
    assert.equal(news(), 'a@0 a@1000 a@2000 a@3000');
    await scheduler.close();
  });
});

describe('removing a check', () => {
  it('aborts its run, and the same id may begin again at once', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined, {});
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 100, atOnce: true });
    scheduler.remove('a');
    scheduler.remove('a');
    assert.equal(begun[0]!.signal.aborted, true);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 100, atOnce: true });
    assert.equal(news(), 'a@0 a@0');
    await pass(500);
    assert.deepEqual([begun[1]!.signal.aborted, scheduler.stats().running], [false, 1]);
    begun[1]!.end();
    await pass(1_000);
    assert.equal(news(), 'a@1100', 'the first one’s grid is gone');
    await scheduler.close();
  });

  it('leaves no timer behind once there is none', async () => {
    const { clock, scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    scheduler.remove('a');
    await pass(1_000);
    assert.deepEqual([news(), clock.pending], ['', 0]);
    await scheduler.close();
  });

  it('drops what waits', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined, { maxConcurrent: 1 });
    scheduler.set('a', { intervalMs: MINUTE, atOnce: true });
    scheduler.set('b', { intervalMs: MINUTE, atOnce: true });
    scheduler.remove('b');
    begun[0]!.end();
    await pass(MINUTE / 2 - 50);
    assert.equal(news(), 'a@0');
    assert.equal(scheduler.stats().waiting, 0);
    await scheduler.close();
  });
});

describe('running a check now', () => {
  const far = { intervalMs: 86_400_000, phaseMs: 86_399_999 };

  it('resolves when the run ended, and it may be asked for again', async () => {
    const { scheduler, begun, news, pass } = startScheduling(undefined);
    scheduler.set('a', far);
    await pass(1_000);
    begun[0]!.end();
    await settled();
    news();
    for (let i = 0; i < 2; i++) {
      const run = scheduler.runNow('a');
      begun.at(-1)!.end();
      await run;
    }
    assert.equal(news(), 'a@1000 a@1000');
    assert.ok(scheduler.stats().skewP99Ms <= 50, 'it is not late');
    await scheduler.close();
  });

  it('rejects with what the run does, which is told to nobody else', async () => {
    const { scheduler, begun, errors } = startScheduling(undefined);
    scheduler.set('a', far);
    const run = scheduler.runNow('a');
    begun[0]!.fail(new Error('broken'));
    await assert.rejects(run, { message: 'broken' });
    assert.deepEqual(errors, []);
    await scheduler.close();
  });

  it('is refused for a check that is not there, runs, or waits', async () => {
    const { scheduler, begun } = startScheduling(undefined, { maxConcurrent: 1 });
    await assert.rejects(scheduler.runNow('a'), { code: 'not_found' });
    scheduler.set('a', far);
    scheduler.set('b', far);
    const running = scheduler.runNow('a');
    await assert.rejects(scheduler.runNow('a'), { code: 'conflict' });
    const waiting = scheduler.runNow('b');
    await assert.rejects(scheduler.runNow('b'), { code: 'conflict' });
    scheduler.remove('b');
    await assert.rejects(waiting, { code: 'not_found' });
    begun[0]!.end();
    await running;
    await scheduler.close();
  });

  it('waits for its slot like the others', async () => {
    const { scheduler, begun, news } = startScheduling(undefined, { maxPerHost: 1 });
    scheduler.set('a', { ...far, host: 'h' });
    scheduler.set('b', { ...far, host: 'h' });
    const [first, second] = [scheduler.runNow('a'), scheduler.runNow('b')];
    assert.equal(news(), 'a@0');
    begun[0]!.end();
    await first;
    assert.equal(news(), 'b@0');
    begun[1]!.end();
    await second;
    await scheduler.close();
  });
});

describe('closing', () => {
  it('aborts what runs, refuses what waits, and resolves when all has ended', async () => {
    const { clock, scheduler, begun } = startScheduling(undefined, { maxConcurrent: 1 });
    scheduler.set('a', { intervalMs: 1_000, atOnce: true });
    scheduler.set('b', { intervalMs: 1_000, phaseMs: 999 });
    const waiting = scheduler.runNow('b');
    const closing = Promise.all([scheduler.close(), scheduler.close()]);
    assert.equal(begun[0]!.signal.aborted, true);
    await assert.rejects(waiting, { code: 'unavailable' });
    await closing;
    assert.equal(clock.pending, 0);
    await assert.rejects(scheduler.runNow('a'), { code: 'unavailable' });
    scheduler.set('c', { intervalMs: 1_000, atOnce: true });
    clock.advance(10_000);
    assert.deepEqual([begun.length, scheduler.stats().checks], [1, 0]);
  });

  it('waits for a run that takes its time to let go, of a check that was removed too', async () => {
    const letGo: (() => void)[] = [];
    const { scheduler } = startScheduling(undefined, {
      run: () => new Promise((resolve) => letGo.push(resolve)),
    });
    scheduler.set('a', { intervalMs: 1_000, atOnce: true });
    scheduler.remove('a');
    scheduler.set('b', { intervalMs: 1_000, atOnce: true });
    let closed = false;
    const closing = scheduler.close().then(() => (closed = true));
    letGo[1]!();
    await turn();
    assert.equal(closed, false);
    letGo[0]!();
    await closing;
  });
});
