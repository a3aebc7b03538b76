/** When something recurs: a cron expression, in the hours of a time zone. */
import { Cron } from 'croner';

/** What recurs, and how long each time lasts. */
export interface Recurrence {
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  readonly durationMs: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** One time of it, ms since 1970; `to` is the first moment after it. */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
}

/** Where the parser's calendar ends, ms since 1970. */
const END = Date.UTC(2999, 11, 31);

/** What is wrong with a recurrence, for people; undefined when nothing is. */
export function recurrenceProblem(recurs: Recurrence): string | undefined {
  const { cron, durationMs, timeZone } = recurs;
  if (!(Number.isSafeInteger(durationMs) && durationMs > 0)) return 'durationMs: expected whole ms above 0';
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return `timeZone: "${timeZone}" is no time zone, such as Europe/Berlin`;
  }
  // A text with a colon is a date to the parser, and not a recurrence.
  if (!/^\S+( +\S+){4}$/.test(cron) || cron.includes(':'))
    return `cron: expected minute, hour, day of the month, month and day of the week, not "${cron}"`;
  try {
    return schedule(recurs).nextRun() ? undefined : `cron: "${cron}" never comes`;
  } catch (error) {
    const why = (error as Error).message.replace(/^CronPattern: /, '');
    return `cron: "${cron}" is not understood (${why})`;
  }
}

/** Finds the times of a recurrence. An hour that a clock change leaves out comes at its end; one that comes twice counts once. */
export class Occurrences {
  readonly #schedule: Cron;
  readonly #durationMs: number;

  /** @param recurs without a problem. */
  constructor(recurs: Recurrence) {
    this.#schedule = schedule(recurs);
    this.#durationMs = recurs.durationMs;
  }

  /**
   * The time that a moment is in, or the next. Times that touch or overlap follow one another: of several that a moment is
   * in, it is the one that began last.
   * @param at ms since 1970.
   */
  at(at: number): Occurrence | undefined {
    // The first that is not over. Those after it may have begun too.
    const first = this.after(at - this.#durationMs);
    if (first === undefined) return undefined;
    const from = first > at ? first : this.#schedule.previousRuns(1, new Date(at + 1_000))[0]!.getTime();
    return { from, to: from + this.#durationMs };
  }

  /** When the next begins after a moment, ms since 1970; undefined when that is too far away. */
  after(at: number): number | undefined {
    return at < END ? this.#schedule.nextRun(new Date(at))?.getTime() : undefined;
  }
}

function schedule({ cron, timeZone }: Recurrence): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}
