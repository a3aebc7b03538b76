/** How late the event loop is: Node's own monitor, without the time that it sleeps between two looks. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Between two looks, ms. Node’s histogram counts this sleep in, so that an idle loop reads as this "late". A look each 10 ms would be most
 * of what an idle server does; a loop that stands still is noticed as well by fewer.
 */
const RESOLUTION_MS = 50;

/** A running measurement. */
export interface LoopDelay {
  /** 99th percentile since the last call, ms; undefined when nothing was measured in between. */
  takeP99Ms(): number | undefined;
  close(): void;
}

/** Starts measuring. */
export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    takeP99Ms() {
      if (histogram.count === 0) return undefined;
      const p99Ms = histogram.percentile(99) / 1e6 - RESOLUTION_MS;
      histogram.reset();
      return Math.max(0, p99Ms);
    },
    close: () => void histogram.disable(),
  };
}
