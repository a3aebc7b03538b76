import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startScheduling } from '../../testing/scheduling.ts';

describe('a clock that is put', () => {
  it('forward, as by a machine that slept, has each check run once and not once a point', async () => {
    const { clock, scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 10_000, phaseMs: 1_000 });
    scheduler.set('b', { intervalMs: 10_000, phaseMs: 2_000 });
    await pass(2_000);
    news();
    clock.putWall(3_600_000);
    await pass(10_000);
    assert.equal(news(), 'a@3611000 b@3611000 b@3612000');
    await pass(10_000);
    assert.equal(news(), 'a@3621000 b@3622000');
    assert.equal(scheduler.stats().skewP99Ms, 0, 'nobody was late');
    assert.equal(scheduler.stats().overruns, 0);
    clock.stand(3_000);
    await pass(10_000);
    assert.ok(scheduler.stats().skewP99Ms >= 1_000, 'what is late afterwards is late');
    await scheduler.close();
  });

  it('back has no check wait until it is where it was', async () => {
    const { clock, scheduler, begun, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 10_000, phaseMs: 1_000 });
    scheduler.set('b', { intervalMs: 20_000, phaseMs: 2_000 });
    await pass(25_000);
    const before = begun.length;
    clock.putWall(-3_600_000);
    await pass(60_000);
    const after = begun.slice(before);
    assert.ok(after.filter(({ id }) => id === 'a').length >= 5);
    assert.ok(after.filter(({ id }) => id === 'b').length >= 2);
    for (const { id, at } of after)
      assert.equal(((at % 10_000) + 10_000) % 10_000, id === 'a' ? 1_000 : 2_000);
    await scheduler.close();
  });

  it('a little back makes no point come twice', async () => {
    const { clock, scheduler, begun, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    for (let i = 0; i < 20; i++) {
      await pass(1_000);
      clock.putWall(-7);
    }
    const points = begun.map(({ at }) => at);
    assert.deepEqual(points, [...new Set(points)]);
    assert.ok(points.every((at) => at % 1_000 < 50) && points.length >= 18);
    await scheduler.close();
  });

  it('forward is noticed within half a minute by checks that are rare', async () => {
    const { clock, scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 86_400_000 });
    await pass(1_000);
    assert.match(news(), /^a@\d+$/);
    clock.putWall(2 * 86_400_000);
    await pass(30_000);
    assert.match(news(), /^a@\d+$/);
    await scheduler.close();
  });

  it('while the process stands still has each check run once, late', async () => {
    const { clock, scheduler, news, pass } = startScheduling(5);
    scheduler.set('a', { intervalMs: 1_000, phaseMs: 0 });
    await pass(1_000);
    news();
    clock.stand(10_500);
    await pass(1_800);
    assert.equal(news(), 'a@12500 a@13000');
    assert.ok(scheduler.stats().skewP99Ms >= 10_000);
    assert.equal(scheduler.stats().overruns, 0);
    await scheduler.close();
  });
});
