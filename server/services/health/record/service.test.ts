import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { checking, loadCheck } from '../../../testing/health-checking.ts';
import type { Checking } from '../../../testing/health-checking.ts';

/** Stops the service, lets time pass, and starts it again with the metric as it is then. */
async function again(t: TestContext, run: Checking, load: number, awayMs: number): Promise<Checking> {
  await run.stop();
  run.clock.advance(awayMs);
  const next = await checking(t, { clock: run.clock, folder: run.folder });
  next.metrics.set(load);
  return next;
}

/** What a check was shown as, oldest first. */
async function words({ health }: Checking): Promise<string[]> {
  return (await health.history('load', 1)).transitions.map(({ to }) => to).reverse();
}

describe('the whole service, started again', () => {
  it('knows nothing of the time between, and counts on where it was', async (t) => {
    let run = await checking(t);
    run.metrics.set(5);
    await run.health.create(loadCheck({ failureThreshold: 3 }), 'ana');
    await run.pass(5_000);
    run.metrics.set(50);
    await run.pass(2_000);
    assert.equal(run.health.check('load').word, 'up');
    const { soft } = run.health.check('load');
    assert.deepEqual([soft?.state, soft?.runs, soft?.needed], ['down', 2, 3]);
    run = await again(t, run, 60, 600_000);
    assert.deepEqual(run.health.check('load').soft, soft);
    await run.pass(1_000);
    assert.equal(run.health.check('load').word, 'down');
    assert.deepEqual(await words(run), ['up', 'unknown', 'down']);
    const [incident] = await run.health.incidents({});
    assert.equal(incident?.startedAt, soft?.since);
    assert.match(incident?.cause ?? '', /^50, /, 'of the first failure, not of the one that confirmed it');
    const { uptime } = await run.health.history('load', 1);
    assert.ok(uptime.day.downMs < 10_000, 'ten minutes of which nobody knows are no outage');
  });

  it('goes on with an incident, through a window, and ends it with the first success', async (t) => {
    let run = await checking(t);
    run.metrics.set(50);
    await run.health.create(loadCheck(), 'ana');
    await run.pass(2_000);
    const [opened] = await run.health.incidents({});
    await run.health.acknowledge(opened!.id, 'ana');
    const endsAt = run.clock.now() + 100_000;
    await run.health.addWindow({ reason: 'upgrade', checks: ['load'], tags: {}, endsAt }, 'ana');
    run = await again(t, run, 50, 10_000);
    const status = run.health.check('load');
    assert.deepEqual(
      [status.word, status.maintenance?.endsAt, status.incident?.id, status.incident?.acknowledgedBy],
      ['maintenance', endsAt, opened?.id, 'ana'],
    );
    await run.pass(100_000);
    assert.equal(run.health.check('load').word, 'down');
    run.metrics.set(5);
    await run.pass(20_000);
    assert.equal(run.health.check('load').incident, undefined);
    const [ended, ...more] = await run.health.incidents({});
    assert.deepEqual(more, []);
    assert.equal(ended?.id, opened?.id);
    assert.notEqual(ended?.endedAt, undefined);
    assert.deepEqual(await words(run), ['down', 'maintenance', 'unknown', 'maintenance', 'down', 'up']);
  });
});
