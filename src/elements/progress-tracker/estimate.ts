/** How long stages have taken, and how much longer they may: from what each of them took before. */
import { intl } from '../../i18n/intl.ts';
import { formatUnit } from '../../i18n/times.ts';
import { isOver } from './stages.ts';
import type { Stage, Work } from './stages.ts';

/** How much longer, ms: usually, and nine times of ten at most. */
export interface TimeLeft {
  readonly p50Ms: number;
  readonly p90Ms: number;
}

/** Up to which time left, ms, it is told in which unit, in steps of so many of it. */
const SCALES = [
  [90_000, 'second', 1_000, 5],
  [90 * 60_000, 'minute', 60_000, 1],
  [Infinity, 'hour', 3_600_000, 0.5],
] as const;

/** What an operation is in when nothing of it is left to come. */
const ENDS = ['completed', 'failed', 'cancelled', 'rolled-back'];

/** Whether it is not at its end. Stages alone go on while one of them runs. */
export function goesOn({ state, status }: Work): boolean {
  return status ? !ENDS.includes(state) : state === 'running';
}

/** How long a stage has run, ms; undefined before it began. @param now ms since 1970. */
export function elapsedOf({ startedAt, endedAt, durationMs, state }: Stage, now: number): number | undefined {
  if (durationMs !== undefined) return durationMs;
  if (startedAt === undefined) return undefined;
  if (endedAt !== undefined) return Math.max(0, endedAt - startedAt);
  return state === 'running' ? Math.max(0, now - startedAt) : undefined;
}

/** By how much a stage that runs is over what it takes nine times of ten, ms; 0: it is not. */
export function overUsual(stage: Stage, now: number): number {
  if (stage.state !== 'running' || !stage.expected) return 0;
  return Math.max(0, (elapsedOf(stage, now) ?? 0) - stage.expected.p90Ms);
}

/**
 * How much longer the whole may take; undefined where that cannot be said of each stage that is left. What the stages
 * may take longer than usual adds up as it does of independent ones: not all are slow at once.
 */
export function timeLeft({ stages, state }: Work, now: number): TimeLeft | undefined {
  if (state !== 'running') return undefined;
  let usual = 0;
  let spread = 0;
  for (const stage of stages) {
    if (isOver(stage)) continue;
    const { expected } = stage;
    if (!expected) return undefined;
    const elapsed = elapsedOf(stage, now) ?? 0;
    const left = Math.max(0, expected.p50Ms - elapsed);
    usual += left;
    spread += (Math.max(0, expected.p90Ms - elapsed) - left) ** 2;
  }
  const most = usual + Math.sqrt(spread);
  return most > 0 ? { p50Ms: usual, p90Ms: most } : undefined;
}

/** "3–5 min". */
export function rangeText({ p50Ms, p90Ms }: TimeLeft, locale: string): string {
  const [, unit, size, step] = SCALES.find(([until]) => p90Ms < until) ?? SCALES[2];
  const [from, to] = [p50Ms, p90Ms].map((ms) => Math.max(step, Math.round(ms / size / step) * step));
  if (from === undefined || to === undefined || from === to)
    return formatUnit(to ?? 0, unit, locale, 'short');
  const format = intl(Intl.NumberFormat, locale, { style: 'unit', unit, unitDisplay: 'short' } as const);
  return format.formatRange(from, to);
}
