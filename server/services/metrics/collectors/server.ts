/** Collectors of the server's own vital signs. */
import { PerformanceObserver } from 'node:perf_hooks';
import { watchLoopDelay } from '../../../loop-delay.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Rate, gauge } from './collector.ts';
import type { Collector } from './collector.ts';

/** How late the event loop runs its timers: the 99th percentile since the last reading. */
export function eventLoopCollector(): Collector {
  const delay = watchLoopDelay();
  return {
    name: 'event-loop',
    collect() {
      const p99Ms = delay.takeP99Ms();
      const seconds = p99Ms === undefined ? undefined : p99Ms / 1000;
      return gauge(
        'waooaw_event_loop_delay_p99_seconds',
        seconds,
        'seconds',
        'Event loop delay, 99th percentile',
      );
    },
    close: () => delay.close(),
  };
}

/** JavaScript heap and resident memory. */
export function heapCollector(): Collector {
  return {
    name: 'heap',
    collect() {
      const { heapUsed, rss } = process.memoryUsage();
      return [
        ...gauge('waooaw_heap_used_bytes', heapUsed, 'bytes', 'JavaScript heap in use'),
        ...gauge('waooaw_resident_bytes', rss, 'bytes', 'Memory that the server holds'),
      ];
    },
  };
}

/** Share of time that went into garbage collection. */
export function gcCollector(clock: Clock): Collector {
  let collectedMs = 0;
  const rate = new Rate();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collectedMs += entry.duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    name: 'gc',
    collect() {
      const perSecond = rate.next(collectedMs, clock.monotonicMs());
      const ratio = perSecond === undefined ? undefined : perSecond / 1000;
      return gauge('waooaw_gc_ratio', ratio, 'ratio', 'Share of time spent collecting garbage');
    },
    close: () => observer.disconnect(),
  };
}

/** What the server has served since its start. */
export interface Served {
  readonly requests: number;
  readonly deliveries: number;
  readonly connections: number;
  readonly samples: number;
}

/** Requests, connections, deliveries and samples. */
export function trafficCollector(served: () => Served, clock: Clock): Collector {
  const rates = { requests: new Rate(), deliveries: new Rate(), samples: new Rate() };
  return {
    name: 'traffic',
    collect() {
      const at = clock.monotonicMs();
      const now = served();
      const rate = (name: keyof typeof rates, help: string) =>
        gauge(`waooaw_${name}_per_second`, rates[name].next(now[name], at), 'per_second', help);
      return [
        ...rate('requests', 'HTTP requests answered'),
        ...rate('deliveries', 'Publications delivered to readers'),
        ...rate('samples', 'Samples taken'),
        ...gauge('waooaw_connections', now.connections, 'count', 'Open connections'),
      ];
    },
  };
}
