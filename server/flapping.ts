/** Flap detection as Nagios does it: weighted changes among the last 21 states. */

/** States that are remembered; 20 changes at most. */
export const STATES = 21;
/** Weight of a change, from the oldest to the newest (Nagios Core, "Detection and Handling of State Flapping"). */
const OLDEST = 0.75;
const NEWEST = 1.25;

/** When flapping begins and ends, percent. */
export interface FlapLimits {
  readonly flapStartPercent: number;
  readonly flapStopPercent: number;
}

/**
 * The history with one more state: a text of one letter a state, oldest first.
 * @param letter any one character; equal letters are the same state.
 */
export function remember(history: string, letter: string): string {
  return (history + letter).slice(-STATES);
}

/** The weighted share of changes, percent. States from before the first are taken to be like it. */
export function changePercent(history: string): number {
  const changes = STATES - 1;
  const before = STATES - history.length;
  let sum = 0;
  for (let i = 1; i < history.length; i++) {
    if (history[i] === history[i - 1]) continue;
    sum += OLDEST + ((before + i - 1) * (NEWEST - OLDEST)) / (changes - 1);
  }
  return (sum / changes) * 100;
}

/** How often the state changed in the history, unweighted. */
export function changesIn(history: string): number {
  let changes = 0;
  for (let i = 1; i < history.length; i++) if (history[i] !== history[i - 1]) changes += 1;
  return changes;
}

/** Whether it flaps now. Between the two limits it goes on as it was. */
export function flaps(history: string, flapping: boolean, limits: FlapLimits): boolean {
  const percent = changePercent(history);
  return flapping ? percent > limits.flapStopPercent : percent >= limits.flapStartPercent;
}
