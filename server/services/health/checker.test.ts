import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CheckStatus, Json, MetricQuery, QueryAnswer } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { CheckDefinition, ProbeResult } from '../../ports/health-gate.ts';
import { FakeMetrics } from '../../testing/alerting.ts';
import { coded } from '../../testing/harness.ts';
import { checking, loadCheck } from '../../testing/health-checking.ts';
import type { Checking, CheckingParts } from '../../testing/health-checking.ts';
import { healthFamilies } from './index.ts';
import { NoResult } from './probes/probe.ts';

type Result = { state: ProbeResult['state']; reason?: string };

/** Checks of services, each of which is what the test says. */
async function saying(t: TestContext, parts: CheckingParts = {}) {
  const run = await checking(t, parts);
  const results: Record<string, Result> = {};
  const add = (check: string, result: Result, more: Partial<CheckDefinition> = {}): (() => void) => {
    results[check] = result;
    return run.health.register({
      check,
      title: `The ${check}`,
      intervalMs: 1_000,
      timeoutMs: 500,
      probe: () => results[check]!,
      ...more,
    });
  };
  const says = async (check: string, state: Result['state'], reason?: string): Promise<CheckStatus> => {
    results[check] = { state, ...(reason !== undefined && { reason }) };
    await run.pass(1_000);
    return run.health.check(check);
  };
  return { ...run, add, says };
}

const inShort = ({ word, state, causedBy, unreachableBy }: CheckStatus): string =>
  [word, state, causedBy ?? unreachableBy].filter((part) => part !== undefined).join(' ');
const words = ({ health }: Checking): Record<string, string> =>
  Object.fromEntries(health.summary().checks.map((status) => [status.check, inShort(status)]));

describe('a check with thresholds', () => {
  it('keeps its state below them, says what the last results say, and dates a failure back', async (t) => {
    const { add, says, clock, pass, publisher } = await saying(t);
    add('api', { state: 'up' }, { failureThreshold: 3, successThreshold: 2 });
    await pass(1_000);
    const first = await says('api', 'down', 'refused');
    const since = clock.now();
    assert.deepEqual(
      [first.state, first.word, first.reason, first.soft],
      ['up', 'up', 'refused', { state: 'down', runs: 1, needed: 3, since }],
    );
    const told = publisher.take().at(-1)?.[1] as unknown as CheckStatus;
    assert.deepEqual(told.soft, first.soft);
    await says('api', 'down');
    const third = await says('api', 'down', 'still refused');
    assert.deepEqual([third.state, third.since, third.soft], ['down', since, undefined]);
    assert.equal((await says('api', 'up')).soft?.runs, 1);
    assert.equal((await says('api', 'up')).state, 'up');
  });

  it('in its start-up grace shows failures and does not count them', async (t) => {
    const { add, says, health, pass } = await saying(t);
    add('api', { state: 'down', reason: 'starting' }, { startGraceMs: 5_000 });
    await pass(3_000);
    assert.deepEqual([health.check('api').state, health.check('api').reason], ['unknown', 'starting']);
    await pass(3_000);
    assert.equal(health.stateOf('api'), 'down');
    assert.equal((await says('api', 'up')).state, 'up');
  });

  it('is degraded by a success that took too long, and says how long', async (t) => {
    const { health, clock, pass } = await checking(t);
    let answer = (_: ProbeResult): void => undefined;
    const probe = (): Promise<ProbeResult> => new Promise((resolve) => (answer = resolve));
    const timing = { intervalMs: 60_000, timeoutMs: 500, degradedAfterMs: 100 };
    health.register({ check: 'api', title: 'x', ...timing, probe });
    clock.advance(101);
    answer({ state: 'up' });
    await pass(0);
    const { state, reason, tookMs } = health.check('api');
    assert.deepEqual([state, reason, tookMs], ['degraded', 'Took 101 ms, over 100 ms', 101]);
  });
});

describe('a check that depends on others', () => {
  it('is down with what is critical to it, at once, says who is to blame, and comes back with it', async (t) => {
    const run = await saying(t);
    const { add, says, health, publisher, clock } = run;
    add('database', { state: 'up' });
    add('api', { state: 'up' }, { dependsOn: [{ check: 'database' }], intervalMs: 60_000 });
    add('page', { state: 'up' }, { dependsOn: [{ check: 'api' }], intervalMs: 60_000 });
    await run.pass(0);
    publisher.take();
    await says('database', 'down');
    assert.deepEqual(words(run), { database: 'down down', api: 'down down database', page: 'down down api' });
    const { reason, since } = health.check('api');
    assert.deepEqual([reason, since], ['It depends on database, which is down', clock.now()]);
    assert.deepEqual(
      publisher.take().map(([channel]) => channel),
      ['health/database', 'health', 'health/api', 'health', 'health/page', 'health'],
    );
    await says('database', 'up');
    assert.deepEqual(words(run), { database: 'up up', api: 'up up', page: 'up up' });
  });

  it('is degraded where that is not critical', async (t) => {
    const run = await saying(t);
    run.add('cache', { state: 'down' });
    run.add('api', { state: 'up' }, { dependsOn: [{ check: 'cache', critical: false }] });
    await run.pass(0);
    assert.deepEqual(words(run), { cache: 'down down', api: 'degraded degraded cache' });
    assert.equal(run.health.summary().state, 'down');
  });

  it('is unreachable behind a parent that is down, and then counts for nothing', async (t) => {
    const run = await saying(t);
    const { add, says, health } = run;
    add('router', { state: 'up' }, { critical: false });
    add('api', { state: 'up' }, { parent: 'router' });
    await says('router', 'down');
    assert.equal(words(run)['api'], 'up up', 'what answers is there');
    await says('api', 'down');
    assert.equal(words(run)['api'], 'unreachable down router');
    assert.equal(health.summary().state, 'unknown');
    await says('router', 'up');
    assert.equal(words(run)['api'], 'down down');
    assert.equal(health.summary().state, 'down');
  });

  it('is refused when it names what is not there, or itself, and then nothing has changed', async (t) => {
    const { add, health } = await saying(t);
    add('a', { state: 'up' });
    for (const [more, text] of [
      [{ dependsOn: [{ check: 'nobody' }] }, 'nobody'],
      [{ parent: 'nobody' }, 'nobody'],
      [{ dependsOn: [{ check: 'b' }] }, 'b → b'],
    ] as const) {
      assert.throws(() => add('b', { state: 'up' }, more), coded('bad_request', text));
    }
    assert.deepEqual(
      health.summary().checks.map(({ check }) => check),
      ['a'],
    );
  });

  it('goes on without what is watched no more', async (t) => {
    const run = await saying(t);
    const end = run.add('database', { state: 'down' });
    run.add('api', { state: 'up' }, { dependsOn: [{ check: 'database' }] });
    await run.pass(0);
    assert.equal(words(run)['api'], 'down down database');
    end();
    assert.deepEqual(words(run), { api: 'up up' });
  });
});

describe('the whole', () => {
  it('is of the critical checks only, and of those with the tags that are asked for', async (t) => {
    const { add, health, pass } = await saying(t);
    add('api', { state: 'up' }, { tags: { service: 'payments', region: 'eu' } });
    add('search', { state: 'degraded' }, { tags: { service: 'search' } });
    add('toy', { state: 'down' }, { critical: false });
    await pass(0);
    assert.equal(health.summary().state, 'degraded');
    assert.equal(health.summary({ service: 'payments' }).state, 'up');
    assert.equal(health.summary({ service: 'payments', region: 'us' }).state, 'unknown');
    assert.deepEqual(health.summary({ toString: 'x' }).checks, []);
  });
});

describe('a probe', () => {
  it('that finds nothing changes nothing, and is counted', async (t) => {
    const { add, health, pass, publisher } = await saying(t);
    let fault = false;
    const probe = (): ProbeResult => {
      if (fault) throw new NoResult('the disk is full');
      return { state: 'up' };
    };
    add('api', { state: 'up' }, { probe });
    await pass(0);
    const before = health.check('api');
    publisher.take();
    fault = true;
    await pass(2_000);
    assert.equal(health.check('api'), before);
    assert.deepEqual(publisher.take(), []);
    assert.deepEqual(health.stats().runs, { up: 1, degraded: 0, down: 0, none: 2 });
  });

  it('that heeds its signal says where it was when its time was over', async (t) => {
    const { health, pass } = await checking(t);
    const probe = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        const end = (): void =>
          reject(new Error(`${(signal.reason as Error).message}: waiting for the answer`));
        signal.addEventListener('abort', end);
      });
    health.register({ check: 'api', title: 'x', intervalMs: 60_000, timeoutMs: 500, probe });
    await pass(500);
    assert.equal(health.check('api').reason, 'No answer within 500 ms: waiting for the answer');
    assert.equal(health.stats().stuck, 0);
  });

  it('that does not let go keeps its slot, is not run again, and is told', async (t) => {
    const { health, pass } = await checking(t);
    const probe = (): Promise<never> => new Promise(() => undefined);
    health.register({ check: 'api', title: 'x', intervalMs: 1_000, timeoutMs: 500, probe });
    await pass(3_000);
    const { stuck, running, runs, overruns } = health.stats();
    assert.deepEqual([stuck, running, runs.down, overruns], [1, 1, 1, 3]);
    assert.equal(health.check('api').state, 'down');
  });

  it('that fails while the server itself stood still is not believed, unless it looks at the server', async (t) => {
    const clock = createManualClock();
    let lostMs = 0;
    let loseMs = 2_000;
    const time = {
      ...clock,
      now: () => clock.now() + lostMs,
      monotonicMs: () => clock.monotonicMs() + lostMs,
    };
    const metrics = new FakeMetrics(time);
    const lose = (): void => void (lostMs += loseMs);
    const query = (asked: MetricQuery): Promise<QueryAnswer> => {
      lose();
      return metrics.query(asked);
    };
    const { health, pass } = await checking(t, { clock, time, reader: { query } });
    metrics.set(50);
    await health.create(loadCheck(), 'ana');
    await pass(1_000);
    const { runs } = health.stats();
    assert.deepEqual([runs.down, runs.none > 0, health.stateOf('load')], [0, true, 'unknown']);
    const probe = (): ProbeResult => {
      lose();
      return { state: 'down' };
    };
    health.register({ check: 'own', title: 'x', intervalMs: 60_000, timeoutMs: 500, probe });
    await pass(0);
    assert.equal(health.stateOf('own'), 'down');
    loseMs = 0;
    await pass(2_000);
    assert.equal(health.stateOf('load'), 'down');
  });
});

describe('tags as channels', () => {
  it('carry the checks that have the tag, while somebody follows', async (t) => {
    const { add, health, publisher, pass, says } = await saying(t);
    const { tagNamespace, namespace } = health;
    const channel = 'health/tag/service=payments';
    for (const one of [tagNamespace, namespace]) assert.equal(one.resolve(channel), channel);
    assert.deepEqual(tagNamespace.snapshot!(channel), { state: 'unknown', checks: [] });
    assert.equal(tagNamespace.onDemand, true);
    add('api', { state: 'up' }, { tags: { service: 'payments', region: 'eu' } });
    add('other', { state: 'up' }, { tags: { service: 'search' } });
    await pass(0);
    assert.deepEqual(tagNamespace.snapshot!(channel), {
      state: 'up',
      checks: [health.check('api')] as unknown as Json[],
    });
    publisher.wanted = new Set([channel]);
    publisher.take();
    await says('api', 'down');
    assert.deepEqual(
      publisher.take().map(([to, data]) => [to, (data as unknown as CheckStatus).check]),
      [
        ['health/other', 'other'],
        ['health', 'other'],
        ['health/api', 'api'],
        ['health', 'api'],
        [channel, 'api'],
      ].sort((one, other) => Number(one[1] === 'other') - Number(other[1] === 'other')),
    );
  });

  it('are not there for what is no tag', async (t) => {
    const { health } = await checking(t);
    for (const none of ['health/tag', 'health/tag/', 'health/tag/x', 'health/tag/x=', 'health/tag/a b=c'])
      assert.equal(health.tagNamespace.resolve(none), undefined, none);
    assert.equal(health.tagNamespace.resolve('health/tag/x=a/b=c'), 'health/tag/x=a/b=c');
  });

  it('tell of a check that is watched no more', async (t) => {
    const { add, publisher, pass } = await saying(t);
    const end = add('api', { state: 'up' }, { tags: { service: 'payments' } });
    await pass(0);
    publisher.take();
    end();
    const removed = { check: 'api', removed: true };
    assert.deepEqual(publisher.take(), [
      ['health', removed],
      ['health/tag/service=payments', removed],
    ]);
  });
});

describe('a paused check', () => {
  it('is not looked at, counts for nothing and drags nothing down; resumed, it begins anew', async (t) => {
    const run = await saying(t);
    const { add, health, says, pass, clock } = run;
    add('database', { state: 'down' });
    add('api', { state: 'up' }, { dependsOn: [{ check: 'database' }] });
    await pass(0);
    const paused = await health.pause('database', 'ana');
    assert.deepEqual([paused.word, paused.paused], ['paused', { by: 'ana', at: clock.now() }]);
    assert.deepEqual(words(run), { database: 'paused unknown', api: 'up up' });
    assert.equal(health.summary().state, 'up');
    const { at } = health.check('database');
    await says('database', 'up');
    assert.equal(health.check('database').at, at);
    await assert.rejects(health.run('database'), coded('conflict', 'paused'));
    assert.deepEqual(await health.pause('database', 'bob'), health.check('database'), 'paused already');
    assert.equal(health.check('database').paused?.by, 'ana');
    const resumed = await health.resume('database');
    assert.deepEqual([resumed.word, resumed.paused], ['unknown', undefined]);
    await pass(0);
    assert.deepEqual(words(run), { database: 'up up', api: 'up up' });
    await health.resume('database');
    await assert.rejects(health.pause('nobody', 'ana'), coded('not_found'));
  });
});

describe('the tag source', () => {
  it('has no state for what is paused', async (t) => {
    const { add, health, pass } = await saying(t);
    add('api', { state: 'down' }, { tags: { agent: 'a' } });
    await pass(0);
    const before = health.tagSource.version();
    await health.pause('api', 'ana');
    assert.notEqual(health.tagSource.version(), before);
    assert.deepEqual([...health.tagSource.tagged()], [{ tags: { agent: 'a' } }]);
  });
});

describe('the service’s account of itself', () => {
  it('counts checks, runs and what flaps', async (t) => {
    const { add, says, health } = await saying(t);
    add('api', { state: 'up' });
    for (let i = 0; i < 12; i++) await says('api', i % 2 ? 'up' : 'down');
    const stats = health.stats();
    assert.deepEqual(
      [stats.checks, stats.words, stats.flapping, stats.runs],
      [1, { up: 1 }, 1, { up: 7, degraded: 0, down: 6, none: 0 }],
    );
    assert.ok((health.check('api').flapping?.changes ?? 0) >= 10);
    const families = healthFamilies(stats);
    const of = (name: string) => families.find((family) => family.name === name)?.samples;
    assert.deepEqual(of('waooaw_health_flapping'), [{ value: 1 }]);
    assert.deepEqual(of('waooaw_health_checks')?.[1], { labels: { word: 'up' }, value: 1 });
    assert.deepEqual(of('waooaw_health_runs_total')?.[0], { labels: { found: 'up' }, value: 7 });
  });
});
