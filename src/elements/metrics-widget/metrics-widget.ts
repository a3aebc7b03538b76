import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { formatValue } from '../../i18n/format.ts';
import type { FormattedValue } from '../../i18n/format.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import type { BucketRow } from '../../protocol/metrics.ts';
import type { Across, Aggregation } from '../../protocol/queries.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { PaceController } from '../page-pace-controller.ts';
import type { ChartMarker, ChartThreshold } from './chart-options.ts';
import type { Details } from './details.ts';
import { Feed, WINDOW } from './feed.ts';
import { styles } from './metrics-widget.styles.ts';
import { metricsMessages } from './words.ts';
import type { MetricsMessages } from './words.ts';

export type { ChartMarker, ChartThreshold } from './chart-options.ts';
export type { ThresholdChange } from './crossing.ts';

/** All that a widget can do without its details. Who sets anything else waits for them. */
const PLAIN = 'metric label unit value rows window staleAfter theme messages context size'.split(' ');
/** Units that the details write. */
const LATER = ['duration', 'percent'];
/**
 * One number, live, with its recent past. Name a `metric` and the widget follows it through the page's socket; or set
 * `value` and `rows` yourself.
 *
 * @summary One number, its unit, its range, how it changed, whether that is well, and a sparkline.
 * @tag waooaw-metrics-widget
 *
 * @slot - Replaces the label.
 * @fires {CustomEvent<{why: LostReason}>} waooaw-gap - What happened for a while is not known; the line shows the gap.
 * @fires {CustomEvent<ThresholdChange>} waooaw-threshold - The number has been beyond a threshold, or back, for a step.
 * @csspart card - The whole.
 * @csspart label - What is measured.
 * @csspart value - The number and its unit.
 * @csspart facts - The row below the number: level, change and trend.
 * @csspart level - The word for a number beyond a threshold, with its figure.
 * @csspart delta - By how much it changed since `compare`.
 * @csspart trend - Where it is going.
 * @csspart chart - The sparkline's frame; its colour is the line's.
 * @csspart readout - What the chart shows below the pointer, or where the arrow keys are.
 * @csspart inspector - What is focused to read the chart point by point.
 * @csspart table - The line's values.
 * @csspart range - Lowest and highest value in the window, or the values of `lines` and `target`.
 * @csspart reason - Why the server refused the series, or why none could be asked for.
 * @csspart toolbar - Holds the button for the table.
 * @csspart table-toggle - Shows the line's values as a table, and hides them.
 * @cssproperty --waooaw-accent - Colour of the line.
 * @cssproperty --waooaw-surface - Background.
 * @cssproperty --waooaw-border - Border.
 * @cssproperty --waooaw-radius - Corners.
 * @cssproperty --waooaw-font-display - Font of the number.
 * @cssproperty --waooaw-ok - Tone of what changed for the better.
 * @cssproperty --waooaw-degraded - Tone of a number beyond a threshold of `degraded`.
 * @cssproperty --waooaw-critical - Tone of one beyond a threshold of `critical`, and of what changed for the worse.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate live - The number is of now.
 * @cssstate stale - The number was true once.
 * @cssstate empty - The series has no samples.
 * @cssstate error - The server refused the series.
 * @cssstate unclear - The context names more than one question can ask for, or nothing.
 * @cssstate degraded - The number is beyond a threshold of this severity.
 * @cssstate critical - The number is beyond a threshold of this severity.
 */
export class WaooawMetricsWidget extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    metric: {},
    label: {},
    unit: {},
    value: { type: Number },
    rows: { attribute: false },
    window: { type: Number },
    staleAfter: { type: Number, attribute: 'stale-after' },
    theme: { reflect: true },
    size: { reflect: true },
    preset: {},
    aggregation: {},
    across: {},
    step: { type: Number },
    digits: { type: Number },
    compare: {},
    trend: { type: Boolean },
    good: {},
    thresholds: {},
    direction: {},
    target: { type: Number },
    lines: {},
    min: { type: Number },
    max: { type: Number },
    refresh: { type: Number },
    events: {},
    markers: { attribute: false },
    messages: { attribute: false },
    context: {},
  };

  /**
   * What to follow: a series, `name` or `name{tag="value"}`, or a selector of several, `name{tag=~"a|b",other!="c"}`. Default:
   * the preset's.
   */
  declare metric: string;
  /** What is measured. Default: the preset's, the series' help text, else its name. */
  declare label: string;
  /**
   * `ratio`, `percent`, `bytes`, `seconds`, `duration`, `bytes_per_second`, `per_second`, `per_minute`, `count` or a word of
   * yours. Default: the series' own.
   */
  declare unit: string;
  /** The number, when no `metric` is followed. */
  declare value: number | undefined;
  /** The recent past as `[start in ms, value]`, oldest first, when no `metric` is followed. */
  declare rows: readonly BucketRow[];
  /** How far back the line goes, seconds, up to 63,072,000. Default: the page's context or the preset's, else 300. */
  declare window: number;
  /** Without a sample for this long, and a step more where there are steps, the number is stale, seconds. Default 5. */
  declare staleAfter: number;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** `s`, `m` (default) or `l`. */
  declare size: 's' | 'm' | 'l' | undefined;
  /**
   * A usual widget: `agents-online`, `response-time`, `success-rate`, `requests-per-minute`, `cpu`, `memory` or `queue-depth`.
   * Whatever is set beside it goes before it.
   */
  declare preset: string | undefined;
  /**
   * What is made of the samples of a step: `avg`, `min`, `max`, `sum`, `count`, `last`, `rate`, `increase`, `delta`, `p50`, `p90`,
   * `p95` or `p99`. Default: `last` of a gauge, `rate` of a counter, `p95` of a histogram.
   */
  declare aggregation: Aggregation | undefined;
  /** What is made of several series: `avg`, `min`, `max`, `sum` or `count`. Default: what suits the aggregation. */
  declare across: Across | undefined;
  /** Length of a step, seconds. Default: such that there are at most 300 in the window. */
  declare step: number | undefined;
  /** Digits behind the decimal sign at most, 0 to 20. Default: three significant digits. */
  declare digits: number | undefined;
  /** Tells the change since so many seconds ago; with `previous-window`, the mean against that of the window before. */
  declare compare: number | string | undefined;
  /** Tells where the number is going over the window. */
  declare trend: boolean | undefined;
  /** Which way is good, `up` or `down`: change and trend take its tone and say "better" or "worse". Tells the trend too. */
  declare good: 'up' | 'down' | undefined;
  /** Where it becomes worse: `[{ value, severity }]` with the severities `degraded` and `critical`, also as JSON. */
  declare thresholds: readonly ChartThreshold[] | string | undefined;
  /** On which side of a threshold it is worse: `above` (default) or `below`. */
  declare direction: 'above' | 'below' | undefined;
  /** What it should be: a line across the chart. */
  declare target: number | undefined;
  /** Lines across the chart, with their values below it: `min`, `max` and `avg`, with spaces between. */
  declare lines: string | undefined;
  /** The least that it can be. With `max` too, the number is a meter. */
  declare min: number | undefined;
  /** The most that it can be. */
  declare max: number | undefined;
  /** Number and line are drawn at most once in so many seconds. Default 0: as data comes. */
  declare refresh: number | undefined;
  /** A channel that tells what happened, such as `app/deploys`: `{ time, title, kind?, end? }` each. */
  declare events: string | undefined;
  /** What happened, when no channel tells: `{ time, title, kind?, end? }` each, times in ms since 1970 or ISO 8601. */
  declare markers: readonly ChartMarker[] | undefined;
  /** Texts of this widget's own, by name; what they leave out stays. */
  declare messages: Partial<MetricsMessages> | undefined;
  /**
   * Name of the page's context that narrows the widget; empty for the page's own. What is chosen there becomes tags of the
   * metric, whose own tags win, and its relative time range the window, unless `window` is set. Default null: none.
   */
  declare context: string | null;

  readonly #internals = this.attachInternals();
  readonly #locale = new LocaleController(this);
  readonly #pace = new PaceController(this);
  readonly #feed = new Feed<Details>(
    this,
    () => this.#moved(),
    (why) =>
      this.dispatchEvent(new CustomEvent('waooaw-gap', { detail: { why }, bubbles: true, composed: true })),
  );
  #loading = false;
  #text = '';

  constructor() {
    super();
    this.metric = this.label = this.unit = this.theme = '';
    this.rows = [];
    this.window = WINDOW;
    this.staleAfter = 5;
    this.context = null;
  }

  /** A tick: the line is drawn with the next frame, and the template only when its text would differ. */
  #moved(): void {
    const { details, value } = this.#feed;
    details?.see(value);
    if (details?.waits()) return;
    const { number, unit } = this.#texts;
    const text = [number, unit, this.#name, details?.signature].join();
    if (text === this.#text) return;
    this.#text = text;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const feed = this.#feed;
    for (const name of changed.keys()) feed.rich ||= !PLAIN.includes(name as string);
    if (changed.size > 0) feed.details?.read();
    feed.follow();
    if (changed.has('rows') && !feed.metric) feed.past.replace(goodRows(this.rows));
    if (changed.has('staleAfter')) feed.channel.judge();
    feed.details?.see(feed.value);
    feed.details?.shown();
    setStates(this.#internals, [feed.freshness, ...this.#marks]);
  }

  /** Behind the first paint: the chart, and all that is more than a number. */
  protected override updated(): void {
    const feed = this.#feed;
    if (feed.details || this.#loading || !(feed.rich || feed.waits || this.#isLater || !feed.line.empty))
      return;
    this.#loading = true;
    void import('./details.ts')
      .then(({ Details }) => {
        feed.details = new Details(this, {
          feed,
          locale: this.#locale,
          name: () => this.#name,
          unit: () => this.#unit,
          words: () => this.#words,
          moved: () => this.#moved(),
        });
        this.#moved();
        this.requestUpdate();
      }, console.warn)
      // What could not be loaded is tried again with the next update.
      .finally(() => (this.#loading = false));
  }

  get #unit(): string {
    const { details, series } = this.#feed;
    return this.unit || details?.unit || series?.unit || '';
  }

  get #name(): string {
    const { details, series } = this.#feed;
    return this.label || details?.label || series?.help || this.metric;
  }

  /** How the card looks, beside its freshness. */
  get #marks(): string[] {
    const { details, narrowed } = this.#feed;
    return [narrowed.unclear && 'unclear', details?.level].filter(
      (mark) => mark !== undefined && mark !== 'ok',
    ) as string[];
  }

  /** Its unit is one that the details write. */
  get #isLater(): boolean {
    return !this.#feed.details && LATER.includes(this.#unit);
  }

  /** Number and unit, as shown. */
  get #texts(): FormattedValue {
    const { value, details } = this.#feed;
    const unit = this.#unit;
    if (value === undefined || this.#isLater) return { number: '–', unit: '' };
    return details?.format(value) ?? formatValue(value, unit, this.#locale.locale);
  }

  get #words(): MetricsMessages {
    return metricsMessages.get(this.#locale.locale, this.messages);
  }

  #note(): string {
    const { freshness } = this.#feed;
    if (freshness === 'idle') return '';
    if (freshness === 'live' || freshness === 'stale') {
      if (this.#pace.paused) return this.#words.paused;
      return freshness === 'live' ? '' : this.#words.stale;
    }
    return this.#words[freshness];
  }

  protected override render(): TemplateResult {
    const { details, freshness, narrowed, narrowing, channel } = this.#feed;
    const { number, unit } = this.#texts;
    const { unclear } = narrowed;
    const [note = this.#note(), why] = (unclear && narrowing?.texts(unclear, this.#locale.locale)) ?? [];
    const reason = why ?? (freshness === 'error' ? channel.refused?.message : undefined);
    return html`<div
      class="card ${freshness} ${this.#marks.join(' ')}"
      part="card"
      role="group"
      aria-labelledby="label"
    >
      <div class="head">
        <span class="label" part="label" id="label"><slot>${this.#name}</slot></span>
        ${note ? html`<span class="note">${note}</span>` : nothing}${details?.toolbar()}
      </div>
      <div class="value" part="value"><span dir="auto">${number}</span><span class="unit">${unit}</span></div>
      ${details?.facts()}
      <div class="chart" part="chart" role="img" aria-label=${details?.summary ?? this.#words.noData}></div>
      <div class="range" part="range">
        ${details?.footer() ?? (reason ? html`<span part="reason">${reason}</span>` : nothing)}
      </div>
    </div>`;
  }
}

/** An element never throws on bad data: what is no row is left out. */
function goodRows(rows: unknown): BucketRow[] {
  if (!Array.isArray(rows)) return [];
  return (rows as unknown[]).filter(
    (row): row is BucketRow =>
      Array.isArray(row) && row.length >= 2 && row.every((cell) => Number.isFinite(cell)),
  );
}
