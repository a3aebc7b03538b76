/** Draws the eye to a badge that changed; not to all of a page at once, which would draw it nowhere. */
import { REDUCED_MOTION } from '../media.ts';

/** A change is shown for twice this, ms: WCAG 2.2.2 lets five seconds pass. */
const PULSE_MS = 1_200;
const TIMES = 2;
/** How long a badge that has just pulsed stays still, ms: what changes all the time must not flash all the time. */
const REST_MS = 5_000;
/** Changes of a page within a second that are still shown one by one. More would hold it up, and tell nobody anything. */
const MAX_A_SECOND = 3;
const SECOND_MS = 1_000;

/** Changes of this second, and of the one before. */
let second = { at: -Infinity, changes: 0, before: 0 };

/** The pulse of one badge. */
export class Pulse {
  #lastAt = -Infinity;

  /** It changed. @param box what pulses, where that is to be seen and wanted. */
  show(box: HTMLElement): void {
    const now = performance.now();
    if (isCrowd(now) || now - this.#lastAt < REST_MS || matchMedia(REDUCED_MOTION).matches) return;
    this.#lastAt = now;
    const from = { boxShadow: '0 0 0 0 currentColor' };
    const to = { boxShadow: '0 0 0 0.4em transparent' };
    box.animate([from, to], { duration: PULSE_MS, iterations: TIMES, easing: 'ease-out' });
  }
}

/** Counts a change. */
function isCrowd(now: number): boolean {
  const passed = Math.floor((now - second.at) / SECOND_MS);
  if (passed > 0) second = { at: now, changes: 0, before: passed === 1 ? second.changes : 0 };
  second.changes += 1;
  return Math.max(second.changes, second.before) > MAX_A_SECOND;
}
