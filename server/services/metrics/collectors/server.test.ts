import assert from 'node:assert/strict';
import { PerformanceObserver } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Sample } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { turn } from '../../../testing/event-loop.ts';
import { Rate, gauge } from './collector.ts';
import type { Collector } from './collector.ts';
import { eventLoopCollector, gcCollector, heapCollector, trafficCollector } from './server.ts';
import type { Served } from './server.ts';

async function read(collector: Collector): Promise<Record<string, number>> {
  const samples: readonly Sample[] = await collector.collect();
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}

describe('Rate', () => {
  it('is the growth a second since the last reading', () => {
    const rate = new Rate();
    assert.equal(rate.next(100, 0), undefined);
    assert.equal(rate.next(150, 1_000), 50);
    assert.equal(rate.next(150, 2_000), 0);
    assert.equal(rate.next(151, 2_500), 2);
  });

  it('says nothing when the count was reset or no time passed, and goes on from there', () => {
    const rate = new Rate();
    rate.next(100, 0);
    assert.equal(rate.next(30, 1_000), undefined);
    assert.equal(rate.next(40, 2_000), 10);
    assert.equal(rate.next(50, 2_000), undefined);
    assert.equal(rate.next(60, 1_999), undefined);
  });
});

describe('gauge', () => {
  it('is no sample while the value is not known', () => {
    assert.deepEqual(gauge('x', undefined, 'count', 'help'), []);
    assert.deepEqual(gauge('x', 0, 'count', 'help'), [{ name: 'x', value: 0, unit: 'count', help: 'help' }]);
  });
});

describe('the server’s own collectors', () => {
  it('measure how late timers run, and nothing before one has run', async (t) => {
    const collector = eventLoopCollector();
    t.after(() => collector.close?.());
    assert.deepEqual(await read(collector), {});
    let delay: number | undefined;
    while (delay === undefined) {
      await turn();
      delay = (await read(collector))['waooaw_event_loop_delay_p99_seconds'];
    }
    assert.ok(delay >= 0 && delay < 600, `${delay}`);
  });

  it('measure the heap within what the process holds', async () => {
    const { waooaw_heap_used_bytes: heap = 0, waooaw_resident_bytes: resident = 0 } =
      await read(heapCollector());
    assert.ok(heap > 1e6);
    assert.ok(resident > 1e7);
  });

  it('measure the share of time that garbage collection took', async (t) => {
    const clock = createManualClock();
    const collector = gcCollector(clock);
    t.after(() => collector.close?.());
    assert.deepEqual(await read(collector), {});
    const collected = new Promise<void>((resolve) => {
      const observer = new PerformanceObserver(() => {
        observer.disconnect();
        resolve();
      });
      observer.observe({ entryTypes: ['gc'] });
    });
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    await collected;
    clock.advance(1_000_000);
    const ratio = (await read(collector))['waooaw_gc_ratio'] ?? 0;
    assert.ok(ratio > 0 && ratio < 1, `${ratio}`);
  });

  it('count what was served, a second, and connections as they are', async () => {
    const clock = createManualClock();
    let served: Served = { requests: 10, deliveries: 100, samples: 1_000, connections: 3 };
    const collector = trafficCollector(() => served, clock);
    assert.deepEqual(await read(collector), { waooaw_connections: 3 });
    served = { requests: 20, deliveries: 100, samples: 1_002, connections: 0 };
    clock.advance(2_000);
    assert.deepEqual(await read(collector), {
      waooaw_requests_per_second: 5,
      waooaw_deliveries_per_second: 0,
      waooaw_samples_per_second: 1,
      waooaw_connections: 0,
    });
  });
});
