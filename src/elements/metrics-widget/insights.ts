/** What is worked out of a number's past: its change, its trend and the values of the lines across the chart. */
import type { ReactiveControllerHost } from 'lit';
import { formatDuration } from '../../i18n/times.ts';
import type { MetricQuery } from '../../protocol/queries.ts';
import { changeOf } from './change.ts';
import type { ChartLine } from './chart-options.ts';
import { Comparison } from './comparison.ts';
import type { Pair } from './comparison.ts';
import type { Facts } from './details-view.ts';
import type { DetailsMessages } from './details-words.ts';
import type { Feed } from './feed.ts';
import type { Settings } from './settings.ts';
import { trendOf } from './trend.ts';
import type { Trend } from './trend.ts';

/** How values are worded. */
export interface InsightWording {
  readonly unit: string;
  readonly locale: string;
  readonly words: DetailsMessages;
  /** A value with its unit. */
  readonly format: (value: number) => string;
}

/** What is worked out of the whole line is so at most this often, ms. */
const EVERY_MS = 2_000;

/** Works it out for one widget. */
export class Insights {
  readonly #feed: Feed;
  readonly #comparison: Comparison;
  #trend: { readonly atMs: number; readonly trend: Trend | undefined } | undefined;
  #pair: { readonly atMs: number; readonly pair: Pair } | undefined;

  /** @param changed the past that a number is compared with has come. */
  constructor(host: ReactiveControllerHost & HTMLElement, feed: Feed, changed: () => void) {
    this.#feed = feed;
    this.#comparison = new Comparison(host, changed);
  }

  /** What was worked out is of something else. */
  renew({ compare }: Settings): void {
    this.#trend = this.#pair = undefined;
    if (compare === undefined) this.#comparison.stop();
  }

  /**
   * By how much a number changed since the time that it is to be compared with.
   * @param query what is followed; undefined for the seconds of a series, or what the page set.
   */
  change(
    value: number,
    { compare }: Settings,
    query: MetricQuery | undefined,
    stepMs: number,
    wording: InsightWording,
  ): Facts['change'] {
    if (compare === undefined) return undefined;
    const { line, now } = this.#feed;
    if (!this.#pair || isOld(this.#pair)) {
      const asked = query ?? this.#seconds();
      const pair = this.#comparison.pair({ compare, value, line, stepMs, nowMs: now, query: asked });
      this.#pair = pair && { atMs: Date.now(), pair };
    }
    if (!this.#pair) return undefined;
    const { before, now: mean } = this.#pair.pair;
    const { locale, words } = wording;
    if (compare === 'previous-window') {
      const span = formatDuration(line.windowMs / 1000, locale, 'short', 1);
      return { ...changeOf(before, mean, wording), against: words.before(span) };
    }
    const span = formatDuration(compare / 1000, locale, 'short', 1);
    return { ...changeOf(before, value, wording), against: words.ago(span) };
  }

  /** Where the number is going. */
  trend(): Trend | undefined {
    if (!this.#trend || isOld(this.#trend))
      this.#trend = { atMs: Date.now(), trend: trendOf(this.#feed.line.columns()) };
    return this.#trend.trend;
  }

  /** The values of reference lines; none while nothing is known. */
  lines({ lines }: Settings): readonly ChartLine[] {
    if (lines.length === 0) return [];
    const values = this.#feed.line.columns()[1].filter((value) => value !== null);
    if (values.length === 0) return [];
    const of = {
      min: () => values.reduce((a, b) => Math.min(a, b)),
      max: () => values.reduce((a, b) => Math.max(a, b)),
      avg: () => values.reduce((a, b) => a + b) / values.length,
    };
    return lines.map((name) => ({ name, value: of[name]() }));
  }

  /** A series whose seconds are followed, as a query of its past: one second says too little of a longer step. */
  #seconds(): MetricQuery | undefined {
    const metric = this.#feed.metric && this.#feed.narrowed.series;
    return metric ? { metric, aggregation: 'avg' } : undefined;
  }
}

function isOld({ atMs }: { readonly atMs: number }): boolean {
  return Math.abs(Date.now() - atMs) >= EVERY_MS;
}
