/** Randomness that comes again. */

/** Mulberry32: 0 ≤ number < 1, the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets chance fall on next to nothing, so that no back-off outlasts a test. @returns gives chance back. */
export function withoutWaiting(): () => void {
  const real = Math.random;
  Math.random = () => 0.001;
  return () => {
    Math.random = real;
  };
}
