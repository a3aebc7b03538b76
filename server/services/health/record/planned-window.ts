/** One maintenance window: what it is about, and when it is open. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { MaintenanceWindow } from '../../../../src/protocol/index.ts';
import { Occurrences, recurrenceProblem } from './recurrence.ts';
import type { Occurrence } from './recurrence.ts';

/** A window at a moment. */
export interface WindowTime {
  /** The time that it is open at, or next; undefined when there is none any more. */
  readonly occurrence: Occurrence | undefined;
  /** When that changes, ms since 1970; Infinity for never. */
  readonly changesAt: number;
}

const OVER: WindowTime = { occurrence: undefined, changesAt: Infinity };

/** A window that was understood. */
export class PlannedWindow {
  readonly window: MaintenanceWindow;
  /** When it is over for good, ms since 1970; Infinity for never. */
  readonly endsAt: number;
  readonly #checks: ReadonlySet<string>;
  readonly #tags: readonly (readonly [string, string])[];
  readonly #occurrences: Occurrences | undefined;

  /** @throws WaooawError `bad_request` naming the field. */
  constructor(window: MaintenanceWindow) {
    const { checks, tags, recurs, endsAt } = window;
    const problem = recurs && recurrenceProblem(recurs);
    if (problem !== undefined) throw new WaooawError('bad_request', `/recurs/${problem}`);
    if (endsAt === undefined && !recurs)
      throw new WaooawError('bad_request', '/endsAt: expected an end, or recurs');
    this.window = window;
    this.endsAt = endsAt ?? Infinity;
    this.#checks = new Set(checks);
    this.#tags = Object.entries(tags);
    this.#occurrences = recurs && new Occurrences(recurs);
  }

  /** Whether it is about a check: by its id, or because it carries all of the tags. */
  names(check: string, tags: Readonly<Record<string, string>>): boolean {
    if (this.#checks.has(check)) return true;
    return this.#tags.length > 0 && this.#tags.every(([name, value]) => tags[name] === value);
  }

  /** @param now ms since 1970. */
  at(now: number): WindowTime {
    const { startsAt } = this.window;
    if (now >= this.endsAt) return OVER;
    if (!this.#occurrences) return timeOf({ from: startsAt, to: this.endsAt }, now, Infinity);
    const moment = Math.max(now, startsAt);
    const found = this.#occurrences.at(moment);
    if (!found || found.from >= this.endsAt) return OVER;
    const occurrence = { from: Math.max(found.from, startsAt), to: Math.min(found.to, this.endsAt) };
    // Of times that overlap, the next begins before this ends.
    return timeOf(occurrence, now, this.#occurrences.after(moment) ?? Infinity);
  }
}

function timeOf(occurrence: Occurrence, now: number, next: number): WindowTime {
  const { from, to } = occurrence;
  return { occurrence, changesAt: now < from ? from : Math.min(to, next) };
}
