/** How far the heap may grow before it is collected as a whole. */
import { setFlagsFromString } from 'node:v8';

/** Of what was left by the last collection, percent. */
const GROWTH_PERCENT = 100;

/**
 * Lets the heap double before it is collected as a whole, as Go's runtime does by default. Left alone, V8 lets the heap of a process
 * that allocates little grow by some eight megabytes and then marks all of it again: with ten thousand series scraped every second that
 * was every seven seconds, and half of all processor time. The flag is read anew by each collection; `--max-old-space-size` holds
 * as before. For a process of our own: a host's heap is the host's to tune.
 */
export function letHeapDouble(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
