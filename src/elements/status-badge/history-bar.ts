/** A check's past as a bar: a segment a day, told by height and gaps as well as by colour, read one by one with the keys. */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { intl } from '../../i18n/intl.ts';
import { formatDuration, formatList } from '../../i18n/times.ts';
import type { HistorySegment } from '../../protocol/health.ts';
import type { BadgeDetailsMessages } from './details-words.ts';
import { labelOf } from './facts.ts';
import type { Wording } from './wording.ts';

/** How tall the bar is, and how wide a segment and what is left free of it, in units of its own. */
const [HIGH, STEP, WIDE] = [24, 4, 3];
/** Segments that Page Up and Page Down go. */
const PAGE = 10;

/** Where a word's strokes begin and end: what is worse is higher, and what failed has a gap. */
const STROKES: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  up: [[12, HIGH]],
  degraded: [
    [6, 17],
    [20, HIGH],
  ],
  down: [
    [0, 16],
    [20, HIGH],
  ],
  unreachable: [
    [0, 4],
    [7, 16],
    [20, HIGH],
  ],
  maintenance: [
    [14, 16],
    [22, HIGH],
  ],
  paused: [
    [14, 16],
    [22, HIGH],
  ],
  unknown: [[22, HIGH]],
};

/** The bar of one panel. */
export class HistoryBar {
  readonly #wording: Wording;
  readonly #words: () => BadgeDetailsMessages;
  readonly #changed: () => void;
  /** Begin of the segment that is read, ms since 1970; undefined: the newest. */
  #at: number | undefined;

  /** @param changed another segment is read. */
  constructor(wording: Wording, words: () => BadgeDetailsMessages, changed: () => void) {
    this.#wording = wording;
    this.#words = words;
    this.#changed = changed;
  }

  /** The next one begins at the newest segment. */
  leave(): void {
    this.#at = undefined;
  }

  /** @param segments oldest first. */
  view(segments: readonly HistorySegment[]): TemplateResult | typeof nothing {
    const newest = segments.at(-1);
    const oldest = segments[0];
    if (!newest || !oldest) return nothing;
    const found = segments.findIndex(({ from }) => from === this.#at);
    const index = found < 0 ? segments.length - 1 : found;
    const current = segments[index] ?? newest;
    const words = this.#words();
    const { locale } = this.#wording;
    const span = formatDuration(Math.round((newest.to - oldest.from) / 1000), locale, 'long', 1);
    const text = this.#textOf(current);
    // Time runs from left to right in every language, as it does in charts.
    return html`<h3 id="history">${words.history(span)}</h3>
      <div
        class="history"
        part="history"
        role="slider"
        tabindex="0"
        dir="ltr"
        aria-labelledby="history"
        aria-orientation="horizontal"
        aria-readonly="true"
        aria-valuemin="1"
        aria-valuemax=${segments.length}
        aria-valuenow=${index + 1}
        aria-valuetext=${text}
        @keydown=${(event: KeyboardEvent) => this.#press(event, segments, index)}
        @pointermove=${(event: PointerEvent) => this.#point(event, segments)}
        @pointerdown=${(event: PointerEvent) => this.#point(event, segments)}
      >
        <svg
          class="bar"
          viewBox="0 0 ${segments.length * STEP} ${HIGH}"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          ${pathsOf(segments).map(([word, path]) => svg`<path class=${word} d=${path} />`)}
          <rect class="cursor" x=${index * STEP} y="0" width=${WIDE} height=${HIGH} />
        </svg>
      </div>
      <p class="ends" dir="ltr" aria-hidden="true">
        <bdi>${this.#dayOf(oldest)}</bdi><bdi>${words.today}</bdi>
      </p>
      <p class="readout" aria-hidden="true">${text}</p>`;
  }

  #textOf(segment: HistorySegment): string {
    const { upMs, degradedMs, downMs, maintenanceMs, unknownMs, worst } = segment;
    const { locale } = this.#wording;
    const words = this.#words();
    const spent = (
      [
        ['down', downMs],
        ['degraded', degradedMs],
        ['maintenance', maintenanceMs],
        ['unknown', unknownMs],
      ] as const
    ).filter(([, ms]) => ms > 0);
    const whole = spent.length === 0 || (spent.length === 1 && upMs === 0);
    const what = whole
      ? labelOf(worst, this.#wording)
      : formatList(
          spent.map(([word, ms]) =>
            words.spent(labelOf(word, this.#wording), formatDuration(ms / 1000, locale, 'short')),
          ),
          locale,
        );
    return words.segment(this.#dayOf(segment), what);
  }

  /** Of its end: what ends now is of today, wherever the segments are cut. */
  #dayOf({ to }: HistorySegment): string {
    const { locale, timeZone } = this.#wording;
    const options = { dateStyle: 'medium', ...(timeZone && { timeZone }) } as const;
    return intl(Intl.DateTimeFormat, locale, options).format(to - 1);
  }

  #press(event: KeyboardEvent, segments: readonly HistorySegment[], index: number): void {
    const to = target(event.key, index, segments.length - 1);
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#go(segments, to);
  }

  #point(event: PointerEvent, segments: readonly HistorySegment[]): void {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#go(segments, Math.floor(((event.clientX - left) / width) * segments.length));
  }

  #go(segments: readonly HistorySegment[], to: number): void {
    const from = segments[Math.max(0, Math.min(to, segments.length - 1))]?.from;
    if (from === this.#at) return;
    this.#at = from;
    this.#changed();
  }
}

function target(key: string, at: number, newest: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return at - 1;
    case 'ArrowRight':
    case 'ArrowUp':
      return at + 1;
    case 'PageDown':
      return at - PAGE;
    case 'PageUp':
      return at + PAGE;
    case 'Home':
      return 0;
    case 'End':
      return newest;
    default:
      return undefined;
  }
}

/** A path a word: ninety segments are a handful of elements. */
function pathsOf(segments: readonly HistorySegment[]): readonly (readonly [word: string, path: string])[] {
  const paths = new Map<string, string>();
  segments.forEach(({ worst }, i) => {
    const word = Object.hasOwn(STROKES, worst) ? worst : 'unknown';
    const strokes = (STROKES[word] ?? []).map(([from, to]) => `M${i * STEP} ${from}h${WIDE}V${to}h${-WIDE}z`);
    paths.set(word, (paths.get(word) ?? '') + strokes.join(''));
  });
  return [...paths];
}
