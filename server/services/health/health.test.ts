import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckStatus } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { CheckDefinition, ProbeResult } from '../../ports/health-gate.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { coded } from '../../testing/harness.ts';
import { latestOfEach } from './channels.ts';
import { createHealth } from './index.ts';
import { worstOf } from './word.ts';

/** What a check of a service has that was given nothing else. */
const IN_CODE = { kind: 'custom', source: 'service', critical: true } as const;
const NEVER = new AbortController().signal;

function setUp() {
  const clock = createManualClock();
  const publisher = new FakePublisher();
  const reader = { query: () => Promise.reject(new Error('nothing is asked here')) };
  const onError = (error: unknown): never => assert.fail(String(error));
  const health = createHealth({ clock, publisher, reader, onError });
  /** Resolves once the probes that have answered are taken down. */
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await turn();
  };
  /** Lets time pass and every probe that is then due answer. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { clock, publisher, health, settled, pass };
}

const define = (check: string, probe: CheckDefinition['probe'], more: Partial<CheckDefinition> = {}) => ({
  check,
  title: `The ${check}`,
  intervalMs: 1_000,
  timeoutMs: 200,
  probe,
  ...more,
});

/** A probe that is answered by hand. */
function byHand() {
  const asked: ((result: ProbeResult) => void)[] = [];
  const signals: AbortSignal[] = [];
  const probe = (signal: AbortSignal): Promise<ProbeResult> => {
    signals.push(signal);
    return new Promise((resolve) => asked.push(resolve));
  };
  return { probe, asked, signals, answer: (result: ProbeResult) => asked.shift()?.(result) };
}

describe('a check', () => {
  it('is unknown until its first result, for which it does not wait an interval', async () => {
    const { health, clock, settled } = setUp();
    health.register(define('disk', () => ({ state: 'up' })));
    assert.deepEqual(health.check('disk'), {
      check: 'disk',
      title: 'The disk',
      ...IN_CODE,
      state: 'unknown',
      word: 'unknown',
      since: clock.now(),
      intervalMs: 1_000,
    });
    await settled();
    assert.equal(health.stateOf('disk'), 'up');
  });

  it('has the state, the reason and the time of its last result', async () => {
    const { health, clock, pass } = setUp();
    const { probe, answer } = byHand();
    health.register(define('disk', probe));
    clock.advance(150);
    answer({ state: 'degraded', reason: '5 % free' });
    await pass(0);
    assert.deepEqual(health.check('disk'), {
      check: 'disk',
      title: 'The disk',
      ...IN_CODE,
      state: 'degraded',
      word: 'degraded',
      since: clock.now(),
      at: clock.now(),
      tookMs: 150,
      intervalMs: 1_000,
      reason: '5 % free',
    });
  });

  it('keeps since while its state stays, and begins it anew when the state changes', async () => {
    const { health, clock, pass, settled } = setUp();
    let result: ProbeResult = { state: 'up', reason: 'first' };
    health.register(define('disk', () => result));
    await settled();
    const start = clock.now();
    result = { state: 'up' };
    await pass(3_000);
    assert.deepEqual([health.check('disk').since, health.check('disk').at], [start, start + 3_000]);
    assert.equal(health.check('disk').reason, undefined, 'a reason is not carried over');
    result = { state: 'down' };
    await pass(1_000);
    assert.equal(health.check('disk').since, start + 4_000);
  });

  it('that throws or rejects is down, with the reason', async () => {
    const { health, settled } = setUp();
    const thrown = (error: unknown) => () => {
      throw error;
    };
    health.register(define('throws', thrown(new Error('no such thing'))));
    health.register(define('rejects', () => Promise.reject(new Error('not today'))));
    health.register(define('odd', thrown('just text')));
    await settled();
    assert.deepEqual(
      health.summary().checks.map(({ state, reason }) => [state, reason]),
      [
        ['down', 'no such thing'],
        ['down', 'not today'],
        ['down', 'just text'],
      ],
    );
  });

  it('that takes longer than its time is down, is told to stop, and its late answer does not count', async () => {
    const { health, pass } = setUp();
    const { probe, signals, answer } = byHand();
    health.register(define('slow', probe));
    await pass(199);
    assert.equal(health.stateOf('slow'), 'unknown');
    assert.equal(signals[0]?.aborted, false);
    await pass(1);
    assert.deepEqual(
      [health.stateOf('slow'), health.check('slow').reason],
      ['down', 'No answer within 200 ms'],
    );
    assert.equal(signals[0]?.aborted, true);
    answer({ state: 'up' });
    await pass(0);
    assert.equal(health.stateOf('slow'), 'down');
    await pass(800);
    answer({ state: 'up' });
    await pass(0);
    assert.equal(health.stateOf('slow'), 'up');
  });

  it('never runs twice at once: intervals pass while it is at it', async () => {
    const { health, pass } = setUp();
    const { probe, asked, answer } = byHand();
    health.register(define('slow', probe, { timeoutMs: 60_000 }));
    await pass(10_000);
    assert.equal(asked.length, 1);
    answer({ state: 'up' });
    await pass(0);
    assert.equal(health.check('slow').tookMs, 10_000);
    await pass(1_000);
    assert.equal(asked.length, 1);
  });

  it('that failed in time leaves no timer behind which could call it down later', async () => {
    const { health, pass, settled } = setUp();
    health.register(define('quick', () => ({ state: 'up' }), { intervalMs: 60_000 }));
    await settled();
    await pass(1_000);
    assert.equal(health.stateOf('quick'), 'up');
  });

  it('is looked at no more once the service closes, and the one under way is told to stop', async () => {
    const { health, publisher, pass } = setUp();
    const { probe, asked, signals, answer } = byHand();
    health.register(define('disk', probe, { timeoutMs: 100_000 }));
    void health.close();
    assert.equal(signals[0]?.aborted, true);
    answer({ state: 'up' });
    await pass(50_000);
    assert.equal(asked.length, 0);
    assert.equal(health.stateOf('disk'), 'unknown');
    assert.deepEqual(publisher.take(), []);
  });
});

describe('registering', () => {
  it('wants a kebab-case id that is free', () => {
    const { health } = setUp();
    const up = (): ProbeResult => ({ state: 'up' });
    for (const bad of ['', 'A', 'a b', 'a_b', '-a', 'a-', 'a--b', 'a/b', '__proto__', 'é']) {
      assert.throws(() => health.register(define(bad, up)), coded('bad_request', `"${bad}"`), bad);
    }
    health.register(define('a-b2', up));
    assert.throws(() => health.register(define('a-b2', up)), coded('bad_request', 'already'));
  });

  it('wants numbers that can be', () => {
    const { health } = setUp();
    for (const more of [{ intervalMs: 0 }, { timeoutMs: NaN }, { failureThreshold: Infinity }]) {
      const [name = ''] = Object.keys(more);
      assert.throws(
        () => health.register(define('disk', () => ({ state: 'up' }), more)),
        coded('bad_request', name),
      );
    }
    assert.deepEqual(health.summary().checks, []);
  });

  it('ends by its own function, once, and frees the id', async () => {
    const { health, publisher, pass } = setUp();
    const unregister = health.register(define('disk', () => ({ state: 'up' })));
    await pass(0);
    unregister();
    publisher.take();
    await pass(5_000);
    assert.deepEqual(publisher.take(), []);
    assert.equal(health.stateOf('disk'), 'unknown');
    assert.throws(() => health.check('disk'), coded('not_found', '"disk"'));
    health.register(define('disk', () => ({ state: 'degraded' })));
    unregister();
    await pass(0);
    assert.equal(health.stateOf('disk'), 'degraded');
  });

  it('lets go of what it holds when it ends or the service closes, once', () => {
    const { health } = setUp();
    const closed: string[] = [];
    const watch = (check: string) =>
      health.register(define(check, () => ({ state: 'up' }), { close: () => closed.push(check) }));
    const unregister = watch('disk');
    watch('net');
    unregister();
    unregister();
    assert.deepEqual(closed, ['disk']);
    void health.close();
    assert.deepEqual(closed, ['disk', 'net']);
  });

  it('ended during a run makes that run’s result count for nothing, not even for a successor', async () => {
    const { health, publisher, pass } = setUp();
    const first = byHand();
    const unregister = health.register(define('disk', first.probe));
    unregister();
    const second = byHand();
    health.register(define('disk', second.probe));
    first.answer({ state: 'down' });
    await pass(0);
    assert.equal(health.stateOf('disk'), 'unknown');
    assert.deepEqual(publisher.take(), []);
    second.answer({ state: 'up' });
    await pass(0);
    assert.equal(health.stateOf('disk'), 'up');
  });
});

describe('the tags of a check', () => {
  it('are part of its status, and listed with its state while it is watched', async () => {
    const { health, settled } = setUp();
    const { tagSource } = health;
    const tags: Record<string, string> = { agent: 'a' };
    const start = tagSource.version();
    health.register(define('plain', () => ({ state: 'up' })));
    const unregister = health.register(define('disk', () => ({ state: 'down' }), { tags }));
    tags['agent'] = 'changed later';
    assert.deepEqual([...tagSource.tagged()], [{ tags: { agent: 'a' }, state: 'unknown' }]);
    const registered = tagSource.version();
    assert.notEqual(registered, start);
    await settled();
    assert.notEqual(tagSource.version(), registered);
    assert.deepEqual([...tagSource.tagged()], [{ tags: { agent: 'a' }, state: 'down' }]);
    assert.deepEqual(health.check('disk').tags, { agent: 'a' });
    const known = tagSource.version();
    unregister();
    assert.notEqual(tagSource.version(), known);
    assert.deepEqual([...tagSource.tagged()], []);
  });

  it('are no news while the state stays', async () => {
    const { health, settled, pass } = setUp();
    health.register(define('disk', () => ({ state: 'up' }), { tags: { agent: 'a' } }));
    await settled();
    const known = health.tagSource.version();
    await pass(5_000);
    assert.equal(health.tagSource.version(), known);
  });

  it('have tag names and texts', () => {
    const { health } = setUp();
    for (const tags of [{ 'a b': 'x' }, { __x: 'x' }, { agent: 5 as unknown as string }]) {
      assert.throws(
        () => health.register(define('disk', () => ({ state: 'up' }), { tags })),
        coded('bad_tags', 'Check disk'),
      );
    }
    assert.deepEqual(health.summary().checks, []);
  });
});

describe('publications', () => {
  it('tell each result on the check’s own channel and on the channel of all', async () => {
    const { health, publisher, pass } = setUp();
    health.register(define('disk', () => ({ state: 'up' })));
    await pass(0);
    const told = publisher.take();
    assert.deepEqual(
      told.map(([channel]) => channel),
      ['health/disk', 'health'],
    );
    for (const [, data] of told) assert.deepEqual(data, { ...health.check('disk') });
    await pass(1_000);
    assert.equal(publisher.take().length, 2, 'also when nothing changed: freshness is news');
  });

  it('start from a snapshot: all checks with the worst state, or the one', async () => {
    const { health, settled } = setUp();
    const { namespace } = health;
    health.register(define('disk', () => ({ state: 'up' })));
    health.register(define('queue', () => ({ state: 'degraded' })));
    await settled();
    assert.deepEqual(namespace.snapshot!('health'), { state: 'degraded', checks: health.summary().checks });
    assert.deepEqual(namespace.snapshot!('health/disk'), health.check('disk'));
  });

  it('exist for checks that exist', () => {
    const { health } = setUp();
    const { namespace } = health;
    health.register(define('disk', () => ({ state: 'up' })));
    assert.equal(namespace.resolve('health'), 'health');
    assert.equal(namespace.resolve('health/disk'), 'health/disk');
    for (const none of ['health/', 'health/cpu', 'health/disk/x'])
      assert.equal(namespace.resolve(none), undefined);
  });
});

describe('the whole', () => {
  it('is the worst of all, and not knowing never masks a failure', () => {
    assert.equal(worstOf([]), 'unknown');
    assert.equal(worstOf(['up', 'up']), 'up');
    assert.equal(worstOf(['up', 'unknown', 'up']), 'unknown');
    assert.equal(worstOf(['unknown', 'degraded']), 'degraded');
    assert.equal(worstOf(['degraded', 'unknown']), 'degraded');
    assert.equal(worstOf(['unknown', 'down', 'unknown']), 'down');
    assert.equal(worstOf(['down', 'degraded', 'up']), 'down');
  });

  it('is unknown before there is a check, and lists checks in the order of their registration', async () => {
    const { health, settled } = setUp();
    assert.deepEqual(health.summary(), { state: 'unknown', checks: [] });
    for (const check of ['b', 'a']) health.register(define(check, () => ({ state: 'up' })));
    await settled();
    const { state, checks } = health.summary();
    assert.deepEqual([state, checks.map(({ check }: CheckStatus) => check)], ['up', ['b', 'a']]);
  });
});

describe('latestOfEach', () => {
  it('keeps the last result of each check, in the order in which they were the last', () => {
    const results = [
      { check: 'a', state: 'up' },
      { check: 'b', state: 'up' },
      { check: 'a', state: 'down' },
      { check: 'c', state: 'up' },
      { check: 'b', state: 'degraded' },
    ];
    assert.deepEqual(latestOfEach(results), [results[2], results[3], results[4]]);
  });
});

describe('waiting for a state', () => {
  it('is over at once when the check is in it already', async () => {
    const { health, settled } = setUp();
    await health.waitFor('not-yet-there', 'up', AbortSignal.abort('aborted')).then(
      () => assert.fail('resolved'),
      (reason: unknown) => assert.equal(reason, 'aborted'),
    );
    health.register(define('disk', () => ({ state: 'up' })));
    await settled();
    await health.waitFor('disk', 'up', NEVER);
  });

  it('is over when the check gets into it, and not in another one before', async () => {
    const { health, pass } = setUp();
    let state: ProbeResult['state'] = 'down';
    let over = false;
    const waiting = health.waitFor('disk', 'up', NEVER).then(() => void (over = true));
    health.register(define('disk', () => ({ state })));
    await pass(1_000);
    assert.equal(over, false);
    state = 'up';
    await pass(1_000);
    await waiting;
  });

  it('is given up when its signal aborts, and nobody else’s is', async () => {
    const { health, settled } = setUp();
    const controller = new AbortController();
    const given = health.waitFor('disk', 'up', controller.signal);
    const kept = health.waitFor('disk', 'up', NEVER);
    controller.abort(new Error('enough'));
    await assert.rejects(given, /enough/);
    health.register(define('disk', () => ({ state: 'up' })));
    await settled();
    await kept;
  });
});

describe('the service', () => {
  it('closes once, and tells what a probe would not let go of', async () => {
    const errors: [string, string][] = [];
    const health = createHealth({
      clock: createManualClock(),
      publisher: new FakePublisher(),
      reader: { query: () => Promise.reject(new Error('nothing is asked here')) },
      onError: (error, what) => errors.push([what, String(error)]),
    });
    const close = (): never => {
      throw new Error('it holds on');
    };
    health.register(define('disk', () => ({ state: 'up' }), { close }));
    await Promise.all([health.close(), health.close()]);
    assert.deepEqual(errors, [['the checks cannot be closed', 'Error: it holds on']]);
  });
});
