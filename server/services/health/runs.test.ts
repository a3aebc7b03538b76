import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../engines/memory/clock.ts';
import { turn } from '../../testing/event-loop.ts';
import { DEFAULT_HEALTH_LIMITS } from './limits.ts';
import type { ProbeResult } from './probes/probe.ts';
import { Runs } from './runs.ts';
import { CHECK_DEFAULTS } from './settings.ts';
import type { CheckSettings } from './settings.ts';
import { watch } from './watched.ts';

describe('a probe that takes long to let go', () => {
  it('is not called again meanwhile, holds its slot, and is closed once it let go', async () => {
    const clock = createManualClock();
    const letGo: ((result: ProbeResult) => void)[] = [];
    let looks = 0;
    let closed = 0;
    const probe = {
      look(): Promise<ProbeResult> {
        looks += 1;
        return new Promise((resolve) => letGo.push(resolve));
      },
      close: () => void (closed += 1),
    };
    const settings: CheckSettings = {
      ...CHECK_DEFAULTS,
      check: 'slow',
      title: 'Slow',
      kind: 'exec',
      source: 'file',
      tags: {},
      dependsOn: [],
      intervalMs: 1_000,
      timeoutMs: 500,
    };
    const watched = watch({ settings, probe }, clock.now());
    const found: string[] = [];
    const runs = new Runs({
      clock,
      limits: DEFAULT_HEALTH_LIMITS,
      ended: (_watched, { result, why }) => void found.push(result?.state ?? why ?? ''),
      onError: (error) => assert.fail(String(error)),
    });
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms);
      for (let i = 0; i < 6; i++) await turn();
    };
    runs.set(watched);
    await pass(1_000);
    await pass(500);
    assert.deepEqual([looks, found, runs.stats().stuck], [1, ['down'], 1]);
    runs.remove(watched);
    runs.set(watched);
    await pass(2_000);
    assert.equal(looks, 1);
    letGo.shift()?.({ state: 'up' });
    await pass(0);
    await pass(1_000);
    assert.deepEqual([looks, runs.stats().stuck], [2, 0]);
    runs.retire(watched);
    runs.retire(watched);
    await pass(0);
    assert.equal(closed, 0);
    const closing = runs.close();
    letGo.shift()?.({ state: 'up' });
    await closing;
    assert.deepEqual([closed, found.length, clock.pending], [1, 1, 0]);
  });
});
