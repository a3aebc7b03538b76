import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import { MetricWindow } from '../../client/metric-window.ts';
import { formatText, formatValue } from '../../i18n/format.ts';
import { LocaleController } from '../../i18n/locale-controller.ts';
import { formatUnit } from '../../i18n/times.ts';
import type { Json, LostReason } from '../../protocol/frames.ts';
import type { Bucket, BucketRow, MetricSnapshot, MetricUpdate } from '../../protocol/metrics.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { ChannelController } from '../channel-controller.ts';
import { setStates } from '../custom-states.ts';
import { PaceController } from '../page-pace-controller.ts';
import { ChartController } from './chart-controller.ts';
import { styles } from './metrics-widget.styles.ts';
import type { Narrowed, Narrowing } from './narrowing.ts';
import { metricsMessages } from './words.ts';
import type { MetricsMessages } from './words.ts';

/** Without a sample for this long a number is stale, s. */
const STALE_AFTER = 5;
/** How far back the line goes, s. */
const WINDOW = 300;

/**
 * One number, live, with its recent past. Name a `metric` and the widget follows it through the page's socket; or set
 * `value` and `rows` yourself.
 *
 * @summary One number, its unit, its range and a sparkline.
 * @tag waooaw-metrics-widget
 *
 * @slot - Replaces the label.
 * @fires {CustomEvent<{why: LostReason}>} waooaw-gap - What happened for a while is not known; the line shows the gap.
 * @csspart card - The whole.
 * @csspart label - What is measured.
 * @csspart value - The number and its unit.
 * @csspart chart - The sparkline's frame; its colour is the line's.
 * @csspart range - Lowest and highest value in the window.
 * @csspart reason - Why the server refused the series, or why none could be asked for.
 * @cssproperty --waooaw-accent - Colour of the line.
 * @cssproperty --waooaw-surface - Background.
 * @cssproperty --waooaw-border - Border.
 * @cssproperty --waooaw-radius - Corners.
 * @cssproperty --waooaw-font-display - Font of the number.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate live - The number is of now.
 * @cssstate stale - The number was true once.
 * @cssstate empty - The series has no samples.
 * @cssstate error - The server refused the series.
 * @cssstate unclear - The context names several things, or none, where one number can stand for one.
 */
export class WaooawMetricsWidget extends LitElement {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, styles];
  static override properties = {
    metric: { type: String },
    label: { type: String },
    unit: { type: String },
    value: { type: Number },
    rows: { attribute: false },
    window: { type: Number },
    staleAfter: { type: Number, attribute: 'stale-after' },
    theme: { type: String, reflect: true },
    messages: { attribute: false },
    context: {},
  };

  /** The series to follow: `name`, or `name{tag="value"}`. */
  declare metric: string;
  /** What is measured. Default: the series' help text, else its name. */
  declare label: string;
  /** `ratio`, `bytes`, `seconds`, `bytes_per_second`, `per_second`, `count` or a word of yours. Default: the series' own. */
  declare unit: string;
  /** The number, when no `metric` is followed. */
  declare value: number | undefined;
  /** The recent past as `[start in ms, value]`, oldest first, when no `metric` is followed. */
  declare rows: readonly BucketRow[];
  /** How far back the line goes, seconds. Default 300; the server keeps 600. */
  declare window: number;
  /** Without a sample for this long the number is stale, seconds. Default 5. */
  declare staleAfter: number;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
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
  readonly #past = new MetricWindow(WINDOW * 1000);
  readonly #channel = new ChannelController(this, {
    snapshot: (data) => this.#snapshot(data as unknown as MetricSnapshot),
    publication: (data) => this.#update(data),
    lost: (why) => this.#gap(why),
    forget: () => this.#forget(),
    dataTime: () => this.#dataTime,
    staleAfterMs: () => (this.staleAfter > 0 ? this.staleAfter : STALE_AFTER) * 1000,
  });
  readonly #chart = new ChartController(this, {
    target: () => this.renderRoot.querySelector<HTMLElement>('.chart'),
    window: this.#past,
    now: () => (this.metric ? this.#channel.now() : (this.#past.latest()?.start ?? 0)),
  });
  #series: MetricSnapshot | undefined;
  #dataTime: number | undefined;
  #text = '';
  #narrowing: Narrowing | undefined;
  #narrowed: Narrowed = {};
  /** The series that is known of. It is not forgotten while a context names several. */
  #known: string | undefined;

  constructor() {
    super();
    this.metric = '';
    this.label = '';
    this.unit = '';
    this.rows = [];
    this.window = WINDOW;
    this.staleAfter = STALE_AFTER;
    this.theme = '';
    this.messages = undefined;
    this.context = null;
  }

  #snapshot(snapshot: MetricSnapshot): void {
    this.#series = snapshot;
    this.#past.snapshot(snapshot);
    this.#setWindow();
    this.#moved();
  }

  #update(data: Json): void {
    const update = data as unknown as MetricUpdate;
    if (update.info && this.#series) this.#series = { ...this.#series, ...update.info };
    this.#past.update(update);
    this.#moved();
  }

  #gap(why: LostReason): void {
    this.dispatchEvent(new CustomEvent('waooaw-gap', { detail: { why }, bubbles: true, composed: true }));
  }

  /** A tick: the line is drawn with the next frame, and the template only when its text would differ. */
  #moved(): void {
    const latest = this.#latest();
    // A bucket is as fresh as its end: a series that is sampled once a step is not late before the next is due.
    this.#dataTime = latest && latest.start + (this.#series?.stepMs ?? 0);
    this.#chart.changed();
    const text = [...this.#texts(), this.#name].join();
    if (text === this.#text) return;
    this.#text = text;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.#follow();
    this.#setWindow();
    if (changed.has('rows') && !this.metric) {
      this.#past.replace(goodRows(this.rows));
      this.#chart.changed();
    }
    if (changed.has('staleAfter')) this.#channel.judge();
    setStates(this.#internals, [this.#freshness, ...(this.#narrowed.unclear ? ['unclear'] : [])]);
  }

  /** Follows the metric, or what a context makes of it. */
  #follow(): void {
    if (this.context !== null && !this.#narrowing) {
      this.#narrowed = {};
      void import('./narrowing.ts').then(({ Narrowing }) => {
        this.#narrowing ??= new Narrowing(this, () => this.context);
        this.requestUpdate();
      }, console.warn);
    } else {
      this.#narrowing?.follow();
      this.#narrowed = this.#narrowing?.narrow(this.metric) ?? { series: this.metric };
    }
    const { series } = this.#narrowed;
    // Several at once, or not known yet: what is known stays, for when it is asked for again.
    if (series !== undefined || !this.metric) {
      if (this.#known && this.#known !== series) this.#forget();
      this.#known = series;
    }
    this.#channel.follow(series ? `metrics/${series}` : undefined);
  }

  #setWindow(): void {
    const own = this.hasAttribute('window') || this.window !== WINDOW;
    // The page may look back further than the server remembers: the line says how far it really goes.
    const last = own ? undefined : this.#narrowing?.last;
    const kept = (this.#series?.windowMs ?? Infinity) / 1000;
    const seconds = last === undefined ? this.window : Math.min(last, kept);
    const windowMs = Math.max(1, Number.isFinite(seconds) ? seconds : WINDOW) * 1000;
    if (windowMs === this.#past.windowMs) return;
    this.#past.windowMs = windowMs;
    this.#chart.changed();
  }

  get #freshness(): Freshness {
    const { series, unclear } = this.#narrowed;
    return this.metric && series === undefined && !unclear ? 'loading' : this.#channel.freshness;
  }

  #forget(): void {
    this.#past.clear();
    this.#series = undefined;
    this.#dataTime = undefined;
    this.#chart.changed();
  }

  get #unit(): string {
    return this.unit || this.#series?.unit || '';
  }

  get #name(): string {
    return this.label || this.#series?.help || this.metric;
  }

  /** The newest bucket that is not ahead of the server's clock: one sender whose clock is wrong must not hide the others. */
  #latest(): Bucket | undefined {
    return this.#past.latest(this.metric ? this.#channel.now() : undefined);
  }

  get #value(): number | undefined {
    const latest = this.#latest()?.last;
    const value = this.metric ? latest : (this.value ?? latest);
    return Number.isFinite(value) ? value : undefined;
  }

  /** Number, unit, lowest and highest, as shown. */
  #texts(): [number: string, unit: string, min: string, max: string] {
    if (this.#narrowed.unclear) return ['–', '', '', ''];
    const { locale } = this.#locale;
    const value = this.#value;
    const { number, unit } =
      value === undefined ? { number: '–', unit: '' } : formatValue(value, this.#unit, locale);
    const range = this.#past.range();
    if (!range) return [number, unit, '', ''];
    return [
      number,
      unit,
      formatText(range.min, this.#unit, locale),
      formatText(range.max, this.#unit, locale),
    ];
  }

  get #words(): MetricsMessages {
    return metricsMessages.get(this.#locale.locale, this.messages);
  }

  /** The chart in words. The number itself stands beside it as text, and is not repeated. */
  #summarize(min: string, max: string): string {
    const { noData, summary } = this.#words;
    return min === '' ? noData : summary(min, max, this.#windowText());
  }

  #windowText(): string {
    const seconds = Math.round(this.#past.windowMs / 1000);
    const [amount, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
    return formatUnit(amount, unit, this.#locale.locale);
  }

  #note(): string {
    const freshness = this.#freshness;
    const { paused } = this.#pace;
    switch (freshness) {
      case 'stale':
      case 'live':
        return paused ? this.#words.paused : freshness === 'stale' ? this.#words.stale : '';
      case 'loading':
      case 'empty':
      case 'error':
        return this.#words[freshness];
      case 'idle':
        return '';
    }
  }

  protected override render(): TemplateResult {
    const [number, unit, min, max] = this.#texts();
    const { unclear } = this.#narrowed;
    const [note = this.#note(), why] = unclear
      ? (this.#narrowing?.texts(unclear, this.#locale.locale) ?? [])
      : [];
    const freshness = this.#freshness;
    const reason = why ?? (freshness === 'error' ? this.#channel.refused?.message : undefined);
    return html`<div
      class="card ${freshness} ${unclear ? 'unclear' : ''}"
      part="card"
      role="group"
      aria-labelledby="label"
    >
      <div class="head">
        <span class="label" part="label" id="label"><slot>${this.#name}</slot></span>
        ${note ? html`<span class="note">${note}</span>` : nothing}
      </div>
      <div class="value" part="value"><span>${number}</span><span class="unit">${unit}</span></div>
      <div class="chart" part="chart" role="img" aria-label=${this.#summarize(min, max)}></div>
      <div class="range" part="range">
        ${
          min === ''
            ? reason
              ? html`<span part="reason">${reason}</span>`
              : nothing
            : html`<span><bdi>${min}</bdi> – <bdi>${max}</bdi></span
                ><span dir="auto">${this.#windowText()}</span>`
        }
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
