/** Runs the collectors on an interval and hands what they read to the aggregator. */
import type { Sample } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Collector } from './collector.ts';

export type { Collector } from './collector.ts';
export * from './host.ts';
export * from './server.ts';

/** What running collectors takes. */
export interface CollectingDeps {
  readonly clock: Clock;
  readonly collectors: readonly Collector[];
  readonly intervalMs: number;
  ingest(samples: readonly Sample[]): void;
  /** Told once a collector, the first time that it cannot read. */
  unreadable(collector: string, error: unknown): void;
}

/** Collects now and on every interval, never twice at once, until the function it returns is called. */
export function startCollecting(deps: CollectingDeps): () => void {
  const complained = new Set<string>();
  let running = false;

  const collectOne = async (collector: Collector): Promise<readonly Sample[]> => {
    try {
      return await collector.collect();
    } catch (error) {
      if (!complained.has(collector.name)) deps.unreadable(collector.name, error);
      complained.add(collector.name);
      return [];
    }
  };

  const collectAll = async (): Promise<void> => {
    if (running) return;
    running = true;
    const samples = await Promise.all(deps.collectors.map(collectOne));
    running = false;
    deps.ingest(samples.flat());
  };

  void collectAll();
  const timer = deps.clock.every(deps.intervalMs, () => void collectAll());
  return () => {
    timer.cancel();
    for (const collector of deps.collectors) collector.close?.();
  };
}
