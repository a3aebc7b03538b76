/** Grids in time: points an interval apart, at a phase of each one's own, so that many spread over the interval. */

/** Where on its interval something stands, ms from 0 to below the interval. The same key has the same phase, after a restart too. */
export function phaseOf(key: string, intervalMs: number): number {
  return hash(key) % intervalMs;
}

/** The first point of a grid after a moment, all in ms since 1970. */
export function nextOnGrid(after: number, intervalMs: number, phaseMs: number): number {
  return Math.floor((after - phaseMs) / intervalMs) * intervalMs + intervalMs + phaseMs;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
