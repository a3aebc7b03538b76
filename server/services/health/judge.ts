/** The state machine of a check: one result takes what is thought of it to the next. Pure; time comes with the result. */
import type { CheckState, Flapping, SoftState } from '../../../src/protocol/index.ts';
import { changePercent, changesIn, flaps, remember, STATES } from '../../flapping.ts';
import type { JudgeSettings } from './settings.ts';

/** What a result can say. */
export type Found = SoftState['state'];

/** A result, as it came in. */
export interface Seen {
  readonly state: Found;
  /** When it came in, ms since 1970. */
  readonly at: number;
  /** How long the look took, ms; absent: its latency is not judged. */
  readonly tookMs?: number | undefined;
  readonly reason?: string | undefined;
}

/** Results in a row that have something in common. */
export interface Run {
  /** 0: the last result has it not. */
  readonly count: number;
  /** When the first of them came in, ms since 1970. */
  readonly since: number;
  /** The reason of the first of them. */
  readonly reason?: string;
}

/** What is thought of a check. Plain data: as JSON it outlasts a restart. */
export interface Judged {
  /** What enough results in a row agreed on. */
  readonly hard: CheckState;
  /** When the first of these results came in, ms since 1970. */
  readonly since: number;
  /** The reason of the first of these results: what a failure began with. */
  readonly cause?: string;
  /** What the last results say, while they are too few. */
  readonly soft?: SoftState;
  readonly flapping?: Flapping;
  /** The last result, after its latency was judged. Not `counted`: it failed before the check had ever been up, in its grace. */
  readonly last?: {
    readonly state: Found;
    readonly at: number;
    readonly reason?: string;
    readonly counted: boolean;
  };
  /** It was seen at least once not to be down, so that its grace is over. */
  readonly started: boolean;
  /** Results in a row up to the last: all up, none down, none up, all down. */
  readonly runs: { readonly up: Run; readonly good: Run; readonly bad: Run; readonly down: Run };
  /** The last states, see flapping.ts. */
  readonly history: string;
  /** When these came in, ms since 1970. */
  readonly times: readonly number[];
}

const NONE: Run = { count: 0, since: 0 };
const LETTERS = { up: 'u', degraded: 'g', down: 'd' } as const;

/** Where every check begins. @param now ms since 1970. */
export function beginning(now: number): Judged {
  return {
    hard: 'unknown',
    since: now,
    started: false,
    runs: { up: NONE, good: NONE, bad: NONE, down: NONE },
    history: '',
    times: [],
  };
}

/** A result whose latency was judged: a success that took longer than `degradedAfterMs` is degraded, and says so. */
export function graded<Result extends Omit<Seen, 'at'>>(
  result: Result,
  { degradedAfterMs }: Pick<JudgeSettings, 'degradedAfterMs'>,
): Result {
  const { state, tookMs } = result;
  if (state !== 'up' || degradedAfterMs === undefined || tookMs === undefined || tookMs <= degradedAfterMs)
    return result;
  return {
    ...result,
    state: 'degraded',
    reason: `Took ${Math.round(tookMs)} ms, over ${degradedAfterMs} ms`,
  };
}

/**
 * Takes one result. A `NoResult` is not taken: it says nothing.
 * @param startedAt when the check began to be watched, ms since 1970: its grace begins there.
 */
export function judge(before: Judged, seen: Seen, settings: JudgeSettings, startedAt: number): Judged {
  const { state, at, reason } = graded(seen, settings);
  const started = before.started || state !== 'down';
  const ageMs = at - startedAt;
  // Where the wall clock was put back, nobody knows how much of the grace is left: it is over.
  const counted = started || ageMs >= settings.startGraceMs || ageMs < 0;
  const last = { state, at, ...(reason !== undefined && { reason }), counted };
  if (!counted) return { ...before, last };
  const runs = continued(before.runs, last);
  const { hard, since, cause } = hardOf(before, runs, settings);
  const soft = softOf(hard, runs, settings);
  const history = remember(before.history, LETTERS[state]);
  const times = [...before.times, at].slice(-STATES);
  const flapping = flaps(history, before.flapping !== undefined, settings)
    ? flappingOf(history, times)
    : undefined;
  return {
    hard,
    since,
    ...(cause !== undefined && { cause }),
    ...(soft && { soft }),
    ...(flapping && { flapping }),
    last,
    started,
    runs,
    history,
    times,
  };
}

function continued(
  runs: Judged['runs'],
  last: { state: Found; at: number; reason?: string },
): Judged['runs'] {
  const { state, at, reason } = last;
  const next = (run: Run, belongs: boolean): Run => {
    if (!belongs) return NONE;
    // A wall clock that was put back must not leave a beginning in the future.
    if (run.count > 0) return { ...run, count: run.count + 1, since: Math.min(run.since, at) };
    return { count: 1, since: at, ...(reason !== undefined && { reason }) };
  };
  return {
    up: next(runs.up, state === 'up'),
    good: next(runs.good, state !== 'down'),
    bad: next(runs.bad, state !== 'up'),
    down: next(runs.down, state === 'down'),
  };
}

/** A way to another state: as many results in a row lead there. */
interface Way {
  readonly to: Found;
  readonly run: Run;
  readonly needed: number;
}

/** The ways out of a state. Where two are open at once, the first is gone. */
function waysFrom(
  hard: CheckState,
  { up, good, bad, down }: Judged['runs'],
  { failureThreshold, successThreshold }: JudgeSettings,
): readonly Way[] {
  const toDown: Way = { to: 'down', run: down, needed: failureThreshold };
  const toUp: Way = { to: 'up', run: up, needed: successThreshold };
  const worse: Way = { to: 'degraded', run: bad, needed: failureThreshold };
  switch (hard) {
    case 'up':
      return [toDown, worse];
    case 'degraded':
      return [toDown, toUp];
    case 'down':
      return [toUp, { to: 'degraded', run: good, needed: successThreshold }];
    case 'unknown': {
      // Neither good nor bad for long enough, and never down meanwhile: that it is degraded is known by then.
      const mixed: Way = { to: 'degraded', run: good, needed: Math.max(failureThreshold, successThreshold) };
      return [toDown, toUp, worse, mixed];
    }
  }
}

function hardOf(
  before: Judged,
  runs: Judged['runs'],
  settings: JudgeSettings,
): Pick<Judged, 'hard' | 'since' | 'cause'> {
  const way = waysFrom(before.hard, runs, settings).find(({ run, needed }) => run.count >= needed);
  if (!way) return before;
  const { since, reason } = way.run;
  return { hard: way.to, since, ...(reason !== undefined && { cause: reason }) };
}

/** The nearest of the ways that the last result lies on. */
function softOf(hard: CheckState, runs: Judged['runs'], settings: JudgeSettings): SoftState | undefined {
  let nearest: Way | undefined;
  for (const way of waysFrom(hard, runs, settings))
    if (way.run.count > 0 && (!nearest || left(way) < left(nearest))) nearest = way;
  if (!nearest) return undefined;
  const { to, run, needed } = nearest;
  return { state: to, runs: run.count, needed, since: run.since };
}

function left({ run, needed }: Way): number {
  return needed - run.count;
}

function flappingOf(history: string, times: readonly number[]): Flapping {
  const windowMs = Math.max(0, times.at(-1)! - times[0]!);
  return { percent: Math.round(changePercent(history) * 10) / 10, changes: changesIn(history), windowMs };
}
