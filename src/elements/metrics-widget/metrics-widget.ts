import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { MetricWindow } from '../../client/metric-window.ts';
import { formatText, formatValue, pageLocale } from '../../i18n/format.ts';
import type { Json, LostReason } from '../../protocol/frames.ts';
import type { Bucket, BucketRow, MetricSnapshot, MetricUpdate } from '../../protocol/metrics.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { ChannelController } from '../channel-controller.ts';
import { setStates } from '../custom-states.ts';
import { ChartController } from './chart-controller.ts';
import { styles } from './metrics-widget.styles.ts';

/** Without a sample for this long a number is stale, s. */
const STALE_AFTER = 5;

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
 * @csspart reason - Why the server refused the series.
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

  readonly #internals = this.attachInternals();
  readonly #past = new MetricWindow(300_000);
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

  constructor() {
    super();
    this.metric = '';
    this.label = '';
    this.unit = '';
    this.rows = [];
    this.window = 300;
    this.staleAfter = STALE_AFTER;
    this.theme = '';
  }

  #snapshot(snapshot: MetricSnapshot): void {
    this.#series = snapshot;
    this.#past.snapshot(snapshot);
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
    if (changed.has('window')) {
      this.#past.windowMs = Math.max(1, Number.isFinite(this.window) ? this.window : 300) * 1000;
      this.#chart.changed();
    }
    if (changed.has('metric')) {
      if (changed.get('metric')) this.#forget();
      this.#channel.follow(this.metric ? `metrics/${this.metric}` : undefined);
    }
    if (changed.has('rows') && !this.metric) {
      this.#past.clear();
      this.#past.update({ rows: goodRows(this.rows) });
      this.#chart.changed();
    }
    if (changed.has('staleAfter')) this.#channel.judge();
    setStates(this.#internals, [this.#channel.freshness]);
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
    const locale = pageLocale();
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

  /** The chart in words. The number itself stands beside it as text, and is not repeated. */
  #summarize(min: string, max: string): string {
    return min === '' ? 'No data yet' : `From ${min} to ${max} in ${this.#windowText()}`;
  }

  #windowText(): string {
    const seconds = Math.round(this.#past.windowMs / 1000);
    const [amount, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
    return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
  }

  #note(): string {
    switch (this.#channel.freshness) {
      case 'stale':
        return 'Stale';
      case 'loading':
        return 'Loading…';
      case 'empty':
        return 'No data';
      case 'error':
        return 'Not available';
      case 'idle':
      case 'live':
        return '';
    }
  }

  protected override render(): TemplateResult {
    const [number, unit, min, max] = this.#texts();
    const note = this.#note();
    const { freshness, refused } = this.#channel;
    return html`<div class="card ${freshness}" part="card" role="group" aria-labelledby="label">
      <div class="head">
        <span class="label" part="label" id="label"><slot>${this.#name}</slot></span>
        ${note ? html`<span class="note">${note}</span>` : nothing}
      </div>
      <div class="value" part="value"><span>${number}</span><span class="unit">${unit}</span></div>
      <div class="chart" part="chart" role="img" aria-label=${this.#summarize(min, max)}></div>
      <div class="range" part="range">
        ${
          min === ''
            ? freshness === 'error' && refused
              ? html`<span part="reason">${refused.message}</span>`
              : nothing
            : html`<span><bdi>${min}</bdi> – <bdi>${max}</bdi></span
                ><span>${this.#windowText()}</span>`
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
