import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { turn } from '../../testing/event-loop.ts';
import { look } from './look.ts';
import { NoResult } from './probes/probe.ts';
import type { Probe, ProbeResult } from './probes/probe.ts';

const UP: ProbeResult = { state: 'up' };
const LATE = 'No answer within 100 ms';

function setUp(probe: Probe['look']) {
  const clock = createManualClock();
  const gone = new AbortController();
  let released = false;
  const looked = look({ look: probe }, { clock, timeoutMs: 100, signal: gone.signal });
  void looked.released.then(() => (released = true));
  return { ...looked, clock, gone, wasReleased: () => released };
}

/** A probe that is answered by hand, and what its signal says. */
function byHand() {
  const hand = {
    resolve: (_: ProbeResult): void => undefined,
    reject: (_: Error): void => undefined,
    signal: undefined as AbortSignal | undefined,
  };
  const probe = (signal: AbortSignal): Promise<ProbeResult> =>
    new Promise((resolve, reject) => Object.assign(hand, { resolve, reject, signal }));
  return { hand, probe };
}

describe('a look', () => {
  it('finds what the probe says, and how long it took, and leaves no timer behind', async () => {
    const { hand, probe } = byHand();
    const { found, clock, wasReleased } = setUp(probe);
    clock.advance(42);
    hand.resolve(UP);
    assert.deepEqual(await found, { result: UP, tookMs: 42 });
    assert.equal(clock.pending, 0);
    await turn();
    assert.equal(wasReleased(), true);
  });

  it('has found the thing down when the probe throws or rejects, whatever that is', async () => {
    const thrown = (error: unknown) => () => {
      throw error;
    };
    for (const [probe, reason] of [
      [thrown(new Error('refused')), 'refused'],
      [() => Promise.reject(new Error('refused')), 'refused'],
      [thrown('just text'), 'just text'],
    ] as const)
      assert.deepEqual((await setUp(probe).found).result, { state: 'down', reason });
  });

  it('has found nothing when the probe says so', async () => {
    const { found } = setUp(() => Promise.reject(new NoResult('no disk')));
    assert.deepEqual(await found, { why: 'no disk' });
  });

  it('takes an answer that came in the turn in which its time ended', async () => {
    const { found, clock } = setUp(() => UP);
    clock.advance(100);
    assert.deepEqual((await found).result, UP);
  });
});

describe('a look whose time is over', () => {
  it('is a failure at once, and the probe is told', async () => {
    const { hand, probe } = byHand();
    const { found, clock, wasReleased } = setUp(probe);
    clock.advance(99);
    await turn();
    assert.equal(hand.signal?.aborted, false);
    clock.advance(1);
    assert.deepEqual(await found, { result: { state: 'down', reason: LATE }, tookMs: 100 });
    assert.equal((hand.signal?.reason as Error).message, LATE);
    assert.equal(wasReleased(), false);
    hand.resolve(UP);
    await turn();
    assert.equal(wasReleased(), true);
  });

  it('says what a probe that heeds its signal says, unless that is a success', async () => {
    for (const [answer, expected] of [
      [
        new Error(`${LATE}: connecting`),
        { result: { state: 'down', reason: `${LATE}: connecting` }, tookMs: 100 },
      ],
      [new NoResult('stood still'), { why: 'stood still' }],
      [UP, { result: { state: 'down', reason: LATE }, tookMs: 100 }],
      [{ state: 'degraded' } as const, { result: { state: 'down', reason: LATE }, tookMs: 100 }],
    ] as const) {
      const { found, clock } = setUp(
        (signal) =>
          new Promise((resolve, reject) => {
            const answers = (): void => (answer instanceof Error ? reject(answer) : resolve(answer));
            signal.addEventListener('abort', answers);
          }),
      );
      clock.advance(100);
      assert.deepEqual(await found, expected);
    }
  });
});

describe('a look that nobody wants any more', () => {
  it('finds nothing, at once', async () => {
    const { hand, probe } = byHand();
    const { found, gone, clock } = setUp(probe);
    gone.abort();
    assert.deepEqual(await found, { why: 'Nobody wants to know any more' });
    assert.equal(hand.signal?.aborted, true);
    assert.equal(clock.pending, 0);
    hand.reject(new Error('aborted'));
    await turn();
  });

  it('has a signal that is aborted from the beginning where it is', async () => {
    const clock = createManualClock();
    const { hand, probe } = byHand();
    const { found } = look({ look: probe }, { clock, timeoutMs: 100, signal: AbortSignal.abort() });
    assert.deepEqual(await found, { why: 'Nobody wants to know any more' });
    assert.equal(hand.signal?.aborted, true);
  });
});
