/** Where an answer knows nothing. */

/** A silence longer than this many usual distances is a gap: what is read once a step is now and then read a little late. */
const USUAL = 2.5;

/**
 * @param starts of the steps that hold something, ascending.
 * @param to the first ms after the window, or now where that is earlier.
 * @returns spans `[from, to)`.
 */
export function gapsOf(
  starts: readonly number[],
  from: number,
  to: number,
  stepMs: number,
): [from: number, to: number][] {
  if (starts.length === 0) return [[from, to]];
  const gaps: [number, number][] = [];
  const distances = starts.slice(1).map((start, i) => start - starts[i]!);
  const usual = Math.max(stepMs, distances.sort((a, b) => a - b)[distances.length >> 1] ?? stepMs);
  const longest = usual * USUAL;
  let known = from;
  for (const start of starts) {
    if (start - known > (known === from ? usual : longest - stepMs)) gaps.push([known, start]);
    known = start + stepMs;
  }
  if (to - known > longest - stepMs) gaps.push([known, to]);
  return gaps;
}
