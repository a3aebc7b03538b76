import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchLoopDelay } from './loop-delay.ts';
import type { LoopDelay } from './loop-delay.ts';
import { block, turn } from './testing/event-loop.ts';

/** Turns the loop until something was measured. */
async function measured(delay: LoopDelay): Promise<number> {
  for (;;) {
    const p99Ms = delay.takeP99Ms();
    if (p99Ms !== undefined) return p99Ms;
    await turn();
  }
}

describe('the event loop’s delay', () => {
  it('is not known before anything was measured, and counts each time from the last call on', async (t) => {
    const delay = watchLoopDelay();
    t.after(() => delay.close());
    assert.equal(delay.takeP99Ms(), undefined);
    assert.ok((await measured(delay)) >= 0);
    assert.equal(delay.takeP99Ms(), undefined);
  });

  it('is at least what the loop was blocked for, less one look', async (t) => {
    const delay = watchLoopDelay();
    t.after(() => delay.close());
    await measured(delay);
    await block(300);
    assert.ok((await measured(delay)) >= 240);
  });
});
