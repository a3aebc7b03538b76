/** What a widget does beside showing a number and its line: queries, thresholds, change, trend, markers. Loaded behind them. */
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import type { QueryLine } from '../../client/query-window.ts';
import { formatValue } from '../../i18n/format.ts';
import type { FormattedValue } from '../../i18n/format.ts';
import type { LocaleController } from '../../i18n/locale-controller.ts';
import { formatDuration, formatTime, formatUnit } from '../../i18n/times.ts';
import type { Json } from '../../protocol/frames.ts';
import type { QueryAnswer } from '../../protocol/queries.ts';
import { figures } from '../figures.ts';
import { ChartController } from './chart-controller.ts';
import type { ChartMarker, ChartOptions } from './chart-options.ts';
import { adopt } from './chart-styles.ts';
import { levelWord, sayCrossing } from './crossing.ts';
import type { ThresholdChange } from './crossing.ts';
import { factsView, footerView, toolbarView } from './details-view.ts';
import type { Facts, FooterValues } from './details-view.ts';
import { detailsMessages } from './details-words.ts';
import type { DetailsMessages } from './details-words.ts';
import { styles } from './details.styles.ts';
import type { Feed } from './feed.ts';
import { FollowedEvents, readMarkers } from './followed-events.ts';
import { Insights } from './insights.ts';
import { LevelWatch, levelOf } from './levels.ts';
import type { Level } from './levels.ts';
import { setMeter } from './meter.ts';
import { Question } from './question.ts';
import { Repaint } from './repaint.ts';
import { readSettings } from './settings.ts';
import type { Given, Settings } from './settings.ts';
import type { MetricsMessages } from './words.ts';

export type { ThresholdChange } from './crossing.ts';

/** The widget, as its details see it. */
export interface DetailsHost extends ReactiveControllerHost, HTMLElement, Given {
  readonly markers: unknown;
}

/** What the widget lends. */
export interface DetailsParts {
  readonly feed: Feed;
  readonly locale: LocaleController;
  /** What is measured. */
  name(): string;
  unit(): string;
  words(): MetricsMessages;
  /** Something changed that is shown. */
  moved(): void;
}

/** A level is told when it has lasted for a step, and not later than this, ms. */
const LONGEST_HOLD_MS = 10_000;
/** Spans that are told in whole units, s. */
const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
/** The chart in words changes at most this often, unless somebody comes to read it, ms. */
const SUMMARY_EVERY_MS = 30_000;
/** From this window on, times need no seconds, ms. */
const LONG_MS = 3_600_000;

/** The details of one widget. */
export class Details implements ReactiveController {
  settings: Settings;
  /** How bad the number is. */
  level: Level = 'ok';
  readonly #host: DetailsHost;
  readonly #parts: DetailsParts;
  readonly #feed: Feed;
  readonly #chart: ChartController;
  readonly #question: Question;
  readonly #insights: Insights;
  readonly #repaint: Repaint;
  readonly #events: FollowedEvents;
  readonly #watch: LevelWatch;
  #value: number | undefined;
  #options:
    | { readonly key: string; readonly markers: readonly ChartMarker[]; readonly options: ChartOptions }
    | undefined;
  #summary = { text: '', of: '', atMs: -Infinity };
  #eventsOf = '';
  #markersOf: unknown;
  #markers: readonly ChartMarker[] = [];

  constructor(host: DetailsHost, parts: DetailsParts) {
    this.#host = host;
    this.#parts = parts;
    this.settings = readSettings(host);
    const { feed } = parts;
    this.#feed = feed;
    this.#question = new Question(() => feed.channel.now());
    this.#chart = new ChartController(host, {
      target: () => host.shadowRoot?.querySelector<HTMLElement>('.chart') ?? null,
      get window() {
        return feed.line;
      },
      now: () => feed.now,
      options: () => this.options,
    });
    this.#insights = new Insights(host, feed, () => parts.moved());
    this.#repaint = new Repaint(() => parts.moved());
    this.#events = new FollowedEvents(host, () => this.#marked());
    this.#watch = new LevelWatch((level, previous) => this.#crossed(level, previous));
    const card = host.shadowRoot?.querySelector('.card');
    if (card) adopt(card, figures, styles);
    host.addController(this);
    this.read();
  }

  hostConnected(): void {
    this.#host.addEventListener('focusin', this.#approached);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('focusin', this.#approached);
    this.#repaint.stop();
    this.#watch.forget();
  }

  hostUpdated(): void {
    const element = this.#host.shadowRoot?.querySelector('.value');
    const { bounds: [min, max] = [] } = this.settings;
    const value = this.#value;
    const known = min !== undefined && max !== undefined && value !== undefined;
    if (element) setMeter(element, known ? { min, max, value, text: this.#text(value) } : undefined);
  }

  /** Reads the attributes anew. */
  read(): void {
    this.settings = readSettings(this.#host);
    const { events } = this.settings;
    if (events !== this.#eventsOf) this.#events.forget();
    this.#events.follow((this.#eventsOf = events));
    if (this.#host.markers !== this.#markersOf) {
      this.#markers = readMarkers((this.#markersOf = this.#host.markers));
      this.#marked();
    }
    this.#renew();
  }

  /** The channel to follow, and what it is about; see {@link Question.ask}. */
  ask(metric: string, seconds: number, counted: boolean): { channel: string; subject: string } {
    return this.#question.ask(this.settings, metric, seconds, counted);
  }

  /** The query's line; undefined while none is followed. */
  get line(): QueryLine | undefined {
    return this.#question.line;
  }

  /** Takes the first message of a channel. @returns what the answer says of the metric; undefined: it is not a query's. */
  snapshot(data: Json): QueryAnswer | undefined {
    if (!this.#question.query) return undefined;
    this.#question.snapshot(data);
    this.#renew();
    return this.#question.answer;
  }

  /** Takes one that follows. @returns false: it is not a query's. */
  update(data: Json): boolean {
    if (!this.#question.query) return false;
    this.#question.update(data);
    return true;
  }

  /** Something else is followed: nothing that is known is of it. */
  forget(): void {
    this.#question.forget();
    this.#watch.forget();
    this.#renew();
  }

  /** The preset's name of what is measured. */
  get label(): string {
    const { preset } = this.settings;
    return preset ? String(this.#words[preset.label]) : '';
  }

  /** The widget's own or its preset's unit, else that of a query's answer. */
  get unit(): string {
    return this.settings.unit || this.#question.unit;
  }

  /** A value, as the widget writes it. */
  format(value: number): FormattedValue {
    const unit = this.#parts.unit();
    const { locale } = this.#parts.locale;
    if (unit === 'duration') return { number: formatDuration(value, locale, 'narrow'), unit: '' };
    const [size, name] = unit === 'percent' ? [value / 100, 'ratio'] : [value, unit];
    return formatValue(size, name, locale, this.settings.digits);
  }

  /** Takes the number as it is now. */
  see(value: number | undefined): void {
    this.#chart.changed();
    this.#value = value;
    const before = this.level;
    const { thresholds, direction } = this.settings;
    this.level = value === undefined ? 'ok' : levelOf(value, thresholds, direction);
    if (value !== undefined) this.#watch.see(this.level, Math.min(this.#stepMs, LONGEST_HOLD_MS));
    // What is worse, or better again, is not to wait.
    if (this.level !== before) this.#repaint.renew();
  }

  /** Whether it is too early to write text anew; then it is written later, with all that comes until then. */
  waits(): boolean {
    return this.#repaint.waits(this.settings.everyMs);
  }

  /** Text is being written. */
  shown(): void {
    this.#repaint.shown();
  }

  /** All that is said beside the number, to see whether it changed. */
  get signature(): string {
    return JSON.stringify([this.#facts(), this.#values()]);
  }

  facts(): ReturnType<typeof factsView> {
    return factsView(this.#facts(), this.#words);
  }

  /** Lowest and highest value, or those of the lines that are asked for, and how far back they go; undefined without any. */
  footer(): TemplateResult | undefined {
    const values = this.#values();
    return values && footerView(values, this.#span);
  }

  toolbar(): TemplateResult {
    const chart = this.#chart;
    return toolbarView(chart.tableOpen, () => chart.toggleTable(), this.#words);
  }

  /** The chart in words. The number stands beside it as text, and is not repeated. Who reads finds no other with each tick. */
  get summary(): string {
    const { noData, summary } = this.#parts.words();
    const range = this.#feed.line.range();
    const span = this.#span;
    const text = range ? summary(this.#text(range.min), this.#text(range.max), span) : noData;
    // Another language, another window and the first data are told at once.
    const of = [noData, span, !range].join();
    const age = Date.now() - this.#summary.atMs;
    if (of !== this.#summary.of || age >= SUMMARY_EVERY_MS || age < 0)
      this.#summary = { text, of, atMs: Date.now() };
    return this.#summary.text;
  }

  /** What goes with the chart: the same object while nothing changed. */
  get options(): ChartOptions {
    const { thresholds, direction, target, everyMs } = this.settings;
    const { locale } = this.#parts;
    const label = this.#name;
    const lines = this.#insights.lines(this.settings);
    const markers = [...this.#markers, ...this.#events.markers];
    const long = this.#feed.line.windowMs >= LONG_MS;
    const key = JSON.stringify([
      [thresholds, direction, target, everyMs, lines, label, long],
      [this.#parts.unit(), this.settings.digits, locale.locale, locale.timeZone],
    ]);
    if (this.#options?.key === key && sameList(this.#options.markers, markers)) return this.#options.options;
    const options: ChartOptions = {
      thresholds,
      direction,
      target,
      lines,
      markers,
      format: (value) => this.#text(value),
      formatTime: (ms) => formatTime(ms, locale.locale, locale.timeZone, !long),
      label,
      everyMs,
    };
    this.#options = { key, markers, options };
    return options;
  }

  get #words(): DetailsMessages {
    return detailsMessages.get(this.#parts.locale.locale);
  }

  get #name(): string {
    return this.#host.textContent?.trim() || this.#parts.name();
  }

  get #stepMs(): number {
    return this.line?.stepMs ?? 1_000;
  }

  #text(value: number): string {
    const { number, unit } = this.format(value);
    return number + unit;
  }

  /** How far back the line goes, in the greatest unit of which it is a whole number. */
  get #span(): string {
    const seconds = Math.round(this.#feed.past.windowMs / 1000);
    const [unit, length] = SPANS.find(([, span]) => seconds % span === 0) ?? ['second', 1];
    return formatUnit(seconds / length, unit, this.#parts.locale.locale);
  }

  /** What stands below the chart: lowest and highest value, or those of lines and target by name. */
  #values(): FooterValues | undefined {
    const range = this.#feed.narrowed.unclear ? undefined : this.#feed.line.range();
    if (!range) return undefined;
    const { target } = this.settings;
    const words = this.#words;
    const named = [
      ...this.#insights.lines(this.settings),
      ...(target === undefined ? [] : [{ name: 'target', value: target } as const]),
    ].map(({ name, value }) => [words[name], this.#text(value)] as const);
    return named.length > 0 ? { named } : { min: this.#text(range.min), max: this.#text(range.max) };
  }

  #facts(): Facts {
    const { settings } = this;
    const value = this.#value;
    const known = value !== undefined;
    const { locale } = this.#parts.locale;
    const wording = {
      locale,
      unit: this.#parts.unit(),
      words: this.#words,
      format: (one: number) => this.#text(one),
    };
    const { query } = this.#question;
    return {
      level: this.level,
      levelWord: levelWord(this.level, locale),
      change: known ? this.#insights.change(value, settings, query, this.#stepMs, wording) : undefined,
      trend: known && settings.trend ? this.#insights.trend() : undefined,
      good: settings.good,
    };
  }

  #crossed(level: Level, previous: Level): void {
    const value = this.#value;
    if (value === undefined) return;
    const { locale } = this.#parts.locale;
    sayCrossing({ level, name: this.#name, value: this.#text(value), locale, words: this.#words });
    const detail: ThresholdChange = { level, previous, value };
    this.#host.dispatchEvent(new CustomEvent('waooaw-threshold', { detail, bubbles: true, composed: true }));
  }

  /** What was worked out is of something else. */
  #renew(): void {
    this.#insights.renew(this.settings);
    this.#repaint.renew();
    this.#summary.atMs = -Infinity;
  }

  readonly #marked = (): void => this.#chart.changed();

  /** Somebody comes to read the chart: they find it as it is. */
  readonly #approached = (): void => {
    this.#summary.atMs = -Infinity;
    this.#host.requestUpdate();
  };
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
