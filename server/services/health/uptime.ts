/** How time was spent: words weighed by how long each was shown. Pure. */
import type {
  CheckTransition,
  CheckWord,
  HistorySegment,
  TimeSpent,
  Uptime,
} from '../../../src/protocol/index.ts';

/** A change of the word. */
export type Change = Pick<CheckTransition, 'at' | 'to'>;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Where the time of a word goes. */
const PLACES = {
  up: 'upMs',
  degraded: 'degradedMs',
  down: 'downMs',
  maintenance: 'maintenanceMs',
  unknown: 'unknownMs',
  paused: 'unknownMs',
  unreachable: 'unknownMs',
} as const satisfies Record<CheckWord, keyof TimeSpent>;

/** From best to worst. `unknown` is the least: a restart of a minute does not make a good day one that nobody knows of. */
const WORSE: readonly CheckWord[] = [
  'unknown',
  'up',
  'paused',
  'maintenance',
  'degraded',
  'unreachable',
  'down',
];

/**
 * How the time from `from` to `to` was spent, ms since 1970.
 * @param transitions oldest first; those outside of the time do no harm.
 * @param wordAtStart the word before the first of them.
 */
export function spent(
  transitions: readonly Change[],
  wordAtStart: CheckWord,
  from: number,
  to: number,
): TimeSpent {
  return new Walk(transitions, wordAtStart).take(from, to).spent;
}

/** Availability from `from` to `to`, ms since 1970; see `spent`. */
export function uptimeOf(
  transitions: readonly Change[],
  wordAtStart: CheckWord,
  from: number,
  to: number,
): Uptime {
  const time = spent(transitions, wordAtStart, from, to);
  const available = time.upMs + time.degradedMs;
  const known = available + time.downMs;
  return { ...time, windowMs: Math.max(0, to - from), ratio: known > 0 ? available / known : null };
}

/**
 * A history in pieces, oldest first; see `spent`.
 * @param segmentMs how long each is, ms; they are counted back from `to`, and the oldest may be shorter.
 */
export function segmentsOf(
  transitions: readonly Change[],
  wordAtStart: CheckWord,
  from: number,
  to: number,
  segmentMs: number,
): HistorySegment[] {
  const walk = new Walk(transitions, wordAtStart);
  const count = Math.max(0, Math.ceil((to - from) / segmentMs));
  return Array.from({ length: count }, (_, i) => {
    const start = Math.max(from, to - (count - i) * segmentMs);
    const end = to - (count - i - 1) * segmentMs;
    const { spent, worst } = walk.take(start, end);
    return { from: start, to: end, ...spent, worst };
  });
}

/** Goes over transitions once, however many pieces are asked for, each beginning where the one before ended or later. */
class Walk {
  readonly #transitions: readonly Change[];
  #word: CheckWord;
  #next = 0;

  constructor(transitions: readonly Change[], wordAtStart: CheckWord) {
    this.#transitions = transitions;
    this.#word = wordAtStart;
  }

  take(from: number, to: number): { readonly spent: TimeSpent; readonly worst: CheckWord } {
    const time: Mutable<TimeSpent> = { upMs: 0, degradedMs: 0, downMs: 0, maintenanceMs: 0, unknownMs: 0 };
    let worst: CheckWord = 'unknown';
    let at = from;
    const until = (end: number): void => {
      if (end <= at) return;
      time[PLACES[this.#word]] += end - at;
      if (WORSE.indexOf(this.#word) > WORSE.indexOf(worst)) worst = this.#word;
      at = end;
    };
    for (
      let next = this.#transitions[this.#next];
      next && next.at < to;
      next = this.#transitions[this.#next]
    ) {
      until(next.at);
      this.#word = next.to;
      this.#next += 1;
    }
    until(to);
    return { spent: time, worst };
  }
}
