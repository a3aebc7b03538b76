/** One clock for all durations of a page: it beats once a second while somebody waits for it, and else not at all. */

const BEAT_MS = 1_000;

const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Calls once a second. @returns stops. */
export function onBeat(call: () => void): () => void {
  const beaten = (): void => call();
  waiting.add(beaten);
  timer ??= setTimeout(beat, BEAT_MS);
  return () => {
    waiting.delete(beaten);
    if (waiting.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function beat(): void {
  timer = setTimeout(beat, BEAT_MS);
  for (const call of [...waiting]) call();
}
