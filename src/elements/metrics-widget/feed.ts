/** What a widget follows, and what it has heard of it: the newest number and the recent past. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import { MetricWindow } from '../../client/metric-window.ts';
import type { Json, LostReason } from '../../protocol/frames.ts';
import type { MetricSnapshot, MetricUpdate } from '../../protocol/metrics.ts';
import { ChannelController } from '../channel-controller.ts';
import type { ChartData } from './chart-options.ts';
import type { Narrowed, Narrowing } from './narrowing.ts';

/** Without a sample for this long a number is stale, s. */
const STALE_AFTER = 5;
/** How far back the line goes, s. */
export const WINDOW = 300;
/** How far back it can go, s: what the server keeps at most. */
const LONGEST = 63_072_000;
/** How far back the server tells every second of a series, s. What is older, or of several series, takes a query. */
const EACH_SECOND = 600;

/** The widget, as its feed sees it. */
export interface FeedHost extends ReactiveControllerHost, HTMLElement {
  readonly metric: string;
  readonly preset: string | undefined;
  readonly value: number | undefined;
  readonly rows: readonly unknown[];
  readonly window: number;
  readonly staleAfter: number;
  readonly context: string | null;
}

/** A line, with its newest bucket and its bounds. */
export interface Line extends ChartData {
  latest(notAfterMs?: number): { readonly start: number; readonly last: number } | undefined;
  range(): { readonly min: number; readonly max: number } | undefined;
}

/** What is known of a series, or of what a query made of several. */
type SeriesFacts = Partial<Pick<MetricSnapshot, 'kind' | 'unit' | 'help' | 'stepMs'>>;

/** What the details do for a feed, once they are there. */
export interface FeedDetails {
  readonly settings: {
    readonly preset: { readonly metric: string; readonly window?: number } | undefined;
  };
  /** The line of a query; undefined while none is followed. */
  readonly line: (Line & { readonly stepMs: number }) | undefined;
  /** The channel to follow, and what it is about. */
  ask(
    metric: string,
    seconds: number,
    counted: boolean,
  ): { readonly channel: string; readonly subject: string };
  /** Takes the first message of a channel. @returns what it says of the metric; undefined: it is not a query's. */
  snapshot(data: Json): SeriesFacts | undefined;
  /** Takes one that follows. @returns false: it is not a query's. */
  update(data: Json): boolean;
  forget(): void;
}

/** Follows for one widget. */
export class Feed<D extends FeedDetails = FeedDetails> {
  readonly channel: ChannelController;
  /** What the page set, or the seconds of a series; a query's line is with the details. */
  readonly past = new MetricWindow(WINDOW * 1000);
  /** Are there once they are loaded. */
  details: D | undefined;
  /** Something is asked for that takes the details. */
  rich = false;
  narrowing: Narrowing | undefined;
  narrowed: Narrowed = {};
  series: SeriesFacts | undefined;
  readonly #host: FeedHost;
  readonly #changed: () => void;
  #dataTime: number | undefined;
  /** The series that is known to be no gauge. */
  #counted: string | undefined;
  /** What is known is about this. It is not forgotten while a context lets nothing be asked. */
  #subject: string | undefined;

  /** @param changed there is something new to be shown. */
  constructor(host: FeedHost, changed: () => void, lost: (why: LostReason) => void) {
    this.#host = host;
    this.#changed = changed;
    this.channel = new ChannelController(host, {
      snapshot: (data) => this.#snapshot(data),
      publication: (data) => this.#update(data),
      lost,
      forget: () => this.#forget(),
      dataTime: () => this.#dataTime,
      // A step that has just begun may have no sample yet.
      staleAfterMs: () =>
        (host.staleAfter > 0 ? host.staleAfter : STALE_AFTER) * 1000 + (this.details?.line?.stepMs ?? 0),
    });
  }

  /** The widget's metric, or its preset's, unless the page sets the values. */
  get metric(): string {
    const { metric, value, rows } = this.#host;
    const preset = this.details?.settings.preset?.metric ?? '';
    return metric || (value === undefined && !rows?.length ? preset : '');
  }

  get line(): Line {
    return this.details?.line ?? this.past;
  }

  /** The line's end, ms since 1970. */
  get now(): number {
    return this.metric ? this.channel.now() : (this.past.latest()?.start ?? 0);
  }

  get value(): number | undefined {
    const latest = this.#latest?.last;
    const value = this.metric ? latest : (this.#host.value ?? latest);
    return Number.isFinite(value) && !this.narrowed.unclear && !this.waits ? value : undefined;
  }

  get freshness(): Freshness {
    const { series, unclear } = this.narrowed;
    return this.waits || (this.metric && series === undefined && !unclear)
      ? 'loading'
      : this.channel.freshness;
  }

  /** The details are needed to ask, and are not there yet. */
  get waits(): boolean {
    const { series = '' } = this.narrowed;
    const more = this.rich || this.#seconds > EACH_SECOND || /[!~]/.test(series) || this.#isCounted;
    return !this.details && more && !!(series || this.#host.preset);
  }

  /** Follows the metric, or what a context makes of it. */
  follow(): void {
    const { context } = this.#host;
    if (context !== null && !this.narrowing) {
      this.narrowed = {};
      void import('./narrowing.ts').then(({ Narrowing }) => {
        this.narrowing ??= new Narrowing(this.#host, () => this.#host.context);
        this.#host.requestUpdate();
      }, console.warn);
    } else {
      this.narrowing?.follow();
      this.narrowed = this.narrowing?.narrow(this.metric) ?? { series: this.metric };
    }
    this.past.windowMs = this.#seconds * 1000;
    if (!this.waits) this.#ask();
  }

  #ask(): void {
    const { series } = this.narrowed;
    const { channel, subject } =
      series && this.details
        ? this.details.ask(series, this.#seconds, this.#isCounted)
        : { channel: series && `metrics/${series}`, subject: series };
    // Too many at once, or not known yet: what is known stays, for when it is asked for again.
    if (series !== undefined || !this.metric) {
      if (this.#subject && this.#subject !== subject) this.#forget();
      this.#subject = subject;
    }
    this.channel.follow(channel || undefined);
  }

  get #isCounted(): boolean {
    return this.#counted !== undefined && this.#counted === this.narrowed.series;
  }

  /** How far back the line goes, s. */
  get #seconds(): number {
    const { window } = this.#host;
    const own = this.#host.hasAttribute('window') || window !== WINDOW;
    const preset = this.details?.settings.preset?.window;
    const seconds = own ? window : (this.narrowing?.last ?? preset ?? WINDOW);
    return Math.min(LONGEST, Math.max(1, Number.isFinite(seconds) ? seconds : WINDOW));
  }

  /** The newest bucket that is not ahead of the server's clock: one sender whose clock is wrong must not hide the others. */
  get #latest(): ReturnType<Line['latest']> {
    return this.line.latest(this.metric ? this.channel.now() : undefined);
  }

  #snapshot(data: Json): void {
    this.series = this.details?.snapshot(data);
    if (!this.series) this.past.snapshot((this.series = data as unknown as MetricSnapshot));
    this.#heard();
  }

  #update(data: Json): void {
    if (!this.details?.update(data)) {
      const update = data as unknown as MetricUpdate;
      if (update.info && this.series) this.series = { ...this.series, ...update.info };
      this.past.update(update);
    }
    this.#heard();
  }

  #heard(): void {
    const { kind = 'gauge', stepMs = 0 } = this.series ?? {};
    if (kind !== 'gauge' && !this.#isCounted) {
      this.#counted = this.narrowed.series;
      this.#host.requestUpdate();
    }
    const latest = this.#latest;
    // A bucket is as fresh as its end: a series that is sampled once a step is not late before the next is due.
    this.#dataTime = latest && latest.start + stepMs;
    this.#changed();
  }

  #forget(): void {
    this.past.clear();
    this.details?.forget();
    this.series = undefined;
    this.#dataTime = undefined;
    this.#changed();
  }
}
