/** The alert machine: one observation takes a standing to the next. Pure; time comes with the observation. */
import type { AlertState } from '../../../src/protocol/index.ts';
import { flaps, remember } from '../../flapping.ts';
import type { FlapLimits } from '../../flapping.ts';

/** What was seen. `gone`: it is not watched any more, for the reason that comes with it. */
export type Outcome = 'firing' | 'clear' | 'unknown' | 'gone';

/** One look at the condition. */
export interface Observation {
  readonly outcome: Outcome;
  /** ms since 1970. */
  readonly at: number;
  /** The figure that was judged. */
  readonly value?: number;
  /** Why it is gone, for people. */
  readonly reason?: string;
}

/** How long a condition holds until something follows from it. */
export interface Timing {
  /** From the first breach to firing, ms. */
  readonly forMs: number;
  /** From the first clear to resolved, ms. */
  readonly keepFiringForMs: number;
  /** What `unknown` does: `alert` and `ok` lead to `no-data`, `ok` only from what was active; `keep` changes nothing. */
  readonly noData: 'alert' | 'keep' | 'ok';
}

/** How an alert stands. Plain data: what is kept through a restart. */
export interface Standing {
  readonly state: 'inactive' | AlertState;
  /** Since when the condition, or the lack of data, holds; ms since 1970. */
  readonly activeAt: number;
  readonly firedAt?: number;
  readonly resolvedAt?: number;
  /** A firing alert's condition is clear since then. */
  readonly clearAt?: number;
  readonly value?: number;
  /** Why it resolved, where its condition did not clear. */
  readonly reason?: string;
  /** The last states, see flapping.ts. */
  readonly history: string;
  readonly flapping: boolean;
}

/** Where everything begins. @param at ms since 1970. */
export function inactive(at: number): Standing {
  return { state: 'inactive', activeAt: at, history: '', flapping: false };
}

/** Takes one observation. */
export function step(standing: Standing, seen: Observation, timing: Timing, limits: FlapLimits): Standing {
  const next = { ...judged(standing, seen, timing), ...(seen.value !== undefined && { value: seen.value }) };
  if (seen.outcome === 'gone') return { ...next, flapping: false };
  // Not knowing is neither a change nor calm.
  if (seen.outcome === 'unknown') return next;
  const history = remember(standing.history, next.state === 'firing' ? '1' : '0');
  return { ...next, history, flapping: flaps(history, standing.flapping, limits) };
}

/** True when a restart must not forget the difference. */
export function differs(one: Standing, other: Standing): boolean {
  const keys = ['state', 'flapping', 'activeAt', 'firedAt', 'resolvedAt', 'clearAt', 'reason'] as const;
  return keys.some((key) => one[key] !== other[key]);
}

function judged(standing: Standing, seen: Observation, timing: Timing): Standing {
  switch (seen.outcome) {
    case 'firing':
      return breached(standing, seen.at, timing);
    case 'clear':
      return cleared(standing, seen.at, timing);
    case 'unknown':
      return unknown(standing, seen.at, timing);
    case 'gone':
      return isActive(standing) ? resolved(standing, seen.at, seen.reason) : standing;
  }
}

function breached(standing: Standing, at: number, { forMs }: Timing): Standing {
  const { state, firedAt } = standing;
  const { clearAt: _, ...others } = standing;
  if (state === 'firing') return others;
  // It was firing when the data stopped: nobody saw it clear.
  if (state === 'no-data' && firedAt !== undefined) return { ...others, state: 'firing' };
  // A wall clock that was put back must not make the wait longer than `for`.
  const activeAt = state === 'pending' ? Math.min(standing.activeAt, at) : at;
  const { history, flapping } = standing;
  const fires = at - activeAt >= forMs;
  return { state: fires ? 'firing' : 'pending', activeAt, ...(fires && { firedAt: at }), history, flapping };
}

function cleared(standing: Standing, at: number, { keepFiringForMs }: Timing): Standing {
  if (!isActive(standing)) return standing;
  if (standing.state === 'pending') return { ...inactive(at), ...flapPart(standing) };
  if (standing.firedAt === undefined) return resolved(standing, at);
  const clearAt = Math.min(standing.clearAt ?? at, at);
  if (at - clearAt >= keepFiringForMs) return resolved(standing, at);
  return { ...standing, state: 'firing', clearAt };
}

function unknown(standing: Standing, at: number, { noData }: Timing): Standing {
  if (standing.state === 'no-data') return standing;
  const { clearAt: _, ...others } = standing;
  // That it is clear is not known to hold any longer.
  if (noData === 'keep') return others;
  if (standing.state === 'firing') return { ...others, state: 'no-data' };
  if (standing.state === 'pending' || noData === 'alert')
    return { state: 'no-data', activeAt: at, ...flapPart(standing) };
  return others;
}

function resolved(standing: Standing, at: number, reason?: string): Standing {
  if (standing.state === 'pending') return { ...inactive(at), ...flapPart(standing) };
  const { clearAt: _, ...others } = standing;
  return { ...others, state: 'resolved', resolvedAt: at, ...(reason !== undefined && { reason }) };
}

function isActive({ state }: Standing): boolean {
  return state !== 'inactive' && state !== 'resolved';
}

function flapPart({ history, flapping }: Standing): Pick<Standing, 'history' | 'flapping'> {
  return { history, flapping };
}
