/** One animation frame for all widgets of the page: each asks for its drawing, all are drawn together. */

const waiting = new Set<() => void>();
let scheduled = false;

/** Runs `draw` in the next animation frame, once however often it is asked for. */
export function inNextFrame(draw: () => void): void {
  waiting.add(draw);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    const draws = [...waiting];
    waiting.clear();
    for (const run of draws) run();
  });
}

/** Takes the wish back. */
export function forgetFrame(draw: () => void): void {
  waiting.delete(draw);
}
