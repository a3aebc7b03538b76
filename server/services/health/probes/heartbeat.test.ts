import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { look, probeOf } from '../../../testing/probing.ts';
import { NoResult } from './probe.ts';

function watched() {
  const clock = createManualClock();
  const probe = probeOf({ kind: 'heartbeat', everyMs: 60_000, graceMs: 30_000 }, { clock });
  return {
    clock,
    beat: () => probe.beat!(),
    async says(): Promise<string> {
      const { state, reason } = await look(probe);
      return `${state}: ${reason}`;
    },
  };
}

describe('the probe that waits to be told', () => {
  it('is up, late and down by the age of the last beat', async () => {
    const { clock, beat, says } = watched();
    beat();
    assert.equal(await says(), 'up: The last beat came 0 s ago');
    clock.advance(60_000);
    assert.equal(await says(), 'up: The last beat came 60 s ago');
    clock.advance(1);
    assert.equal(await says(), 'degraded: The last beat came 60 s ago');
    clock.advance(29_999);
    assert.equal(await says(), 'degraded: The last beat came 90 s ago');
    clock.advance(1);
    assert.equal(await says(), 'down: The last beat came 90 s ago');
    clock.advance(30_000);
    assert.equal(await says(), 'down: The last beat came 2 min ago');
    clock.advance(3 * 3_600_000);
    assert.equal(await says(), 'down: The last beat came 3 h ago');
    beat();
    assert.equal(await says(), 'up: The last beat came 0 s ago');
  });

  it('has no result before the first beat, until it is as late as one may be', async () => {
    const { clock, beat, says } = watched();
    const nothing = (error: unknown) => error instanceof NoResult && error.message === 'No beat came yet';
    await assert.rejects(says(), nothing);
    clock.advance(90_000);
    await assert.rejects(says(), nothing);
    clock.advance(1);
    assert.equal(await says(), 'down: No beat came in the 90 s since this is watched');
    beat();
    assert.equal(await says(), 'up: The last beat came 0 s ago');
  });
});
