/** When each stage waited and ran, on one axis of time: it grows while the work goes on. */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { goesOn } from './estimate.ts';
import { isOver } from './stages.ts';
import type { Work } from './stages.ts';
import { faceOf } from './view.ts';
import type { Wording } from './wording.ts';

/** Units of the axis: fine enough that nobody sees the rounding. */
const WIDE = 1_000;
/** What is shorter is drawn so long, units, or it would not be seen. */
const LEAST = 4;
/** Shorter waiting is not told, ms: every step takes a moment. */
const WAITED_MS = 500;

/** When one stage waited and ran, ms since 1970. */
export interface Bar {
  readonly name: string;
  readonly title: string;
  readonly state: string;
  /** When what was before it was over, or the whole was asked for; undefined: its turn has not come. */
  readonly waitedFrom?: number;
  /** Undefined: it has not begun. */
  readonly from?: number;
  /** Its end, or now. */
  readonly to?: number;
}

/** Bars, and the axis that they stand on, ms since 1970; it has no beginning where no time is known. */
export interface Bars {
  readonly bars: readonly Bar[];
  readonly from: number;
  readonly to: number;
}

/** @param now ms since 1970. */
export function barsOf(work: Work, now: number): Bars {
  const { stages, status } = work;
  const starts = stages.flatMap(({ startedAt }) => startedAt ?? []);
  const created = typeof status?.createdAt === 'number' ? [status.createdAt] : [];
  const from = Math.min(...starts, ...created);
  let freeAt = from;
  // While it goes on one stage runs, or the next one waits.
  let waits = goesOn(work) && !stages.some(({ state }) => state === 'running');
  const bars = stages.map((stage): Bar => {
    const { name, title, state, startedAt, endedAt, durationMs } = stage;
    if (startedAt === undefined) {
      const isNext = waits && !isOver(stage) && Number.isFinite(from);
      if (!isNext) return { name, title, state };
      waits = false;
      return { name, title, state, waitedFrom: freeAt, to: Math.max(freeAt, now) };
    }
    const known = endedAt ?? (durationMs === undefined ? undefined : startedAt + durationMs);
    const until = Math.max(startedAt, known ?? (isOver(stage) ? startedAt : now));
    const waitedFrom = Math.min(freeAt, startedAt);
    freeAt = Math.max(freeAt, until);
    return { name, title, state, waitedFrom, from: startedAt, to: until };
  });
  return { bars, from, to: Math.max(from + 1, ...bars.map(({ to = 0 }) => to)) };
}

/** The whole. Its texts say what the bars show. */
export function waterfallView(work: Work, now: number, wording: Wording): TemplateResult | typeof nothing {
  const { bars, from, to } = barsOf(work, now);
  if (!Number.isFinite(from)) return nothing;
  const { texts } = wording;
  const place = (at: number): number => ((at - from) / (to - from)) * WIDE;
  return html`<div class="waterfall" part="waterfall">
    <p class="caption" id="waterfall">${texts.timesOf}</p>
    <ul aria-labelledby="waterfall">
      ${bars.map((bar) => {
        const { severity } = faceOf(bar.state);
        return html`<li class=${severity}>
          <bdi class="of">${bar.title}</bdi>
          <svg class="span" viewBox="0 0 ${WIDE} 10" preserveAspectRatio="none" aria-hidden="true">
            ${bar.to === undefined ? nothing : rectsOf(bar, place)}
          </svg>
          <span class="spent">${spentText(bar, wording)}</span>
        </li>`;
      })}
    </ul>
  </div>`;
}

function rectsOf({ waitedFrom = 0, from, to = 0 }: Bar, place: (at: number) => number): unknown {
  const [wait, run, end] = [place(waitedFrom), place(from ?? to), place(to)];
  const wide = Math.max(LEAST, end - run);
  return svg`<rect class="waited" x=${wait} y="4" width=${Math.max(0, run - wait)} height="2" />
    ${
      from === undefined
        ? nothing
        : svg`<rect class="ran" x=${Math.min(run, WIDE - wide)} y="0" width=${wide} height="10" />`
    }`;
}

function spentText({ waitedFrom, from, to, state }: Bar, wording: Wording): string {
  const { texts } = wording;
  if (waitedFrom === undefined || to === undefined)
    return state === 'pending' ? texts.notBegun : wording.labelOf(faceOf(state));
  if (from === undefined) return texts.waitedFor(wording.running(to - waitedFrom));
  const waited = from - waitedFrom;
  const ran = state === 'running' ? wording.running(to - from) : wording.span(to - from);
  return [waited >= WAITED_MS && texts.waitedFor(wording.span(waited)), texts.ranFor(ran)]
    .filter(Boolean)
    .join(', ');
}
