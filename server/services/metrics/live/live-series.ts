/** One series on its `metrics/…` channel: each bucket that changed. */
import type { MetricUpdate, SeriesInfo } from '../../../../src/protocol/index.ts';
import type { Series, Watcher } from '../series/series.ts';
import type { Pace, Paced } from './pace.ts';

/** Watches a series, and publishes its rows. */
export class LiveSeries implements Watcher, Paced {
  dueAt = 0;
  readonly #series: Series;
  readonly #pace: Pace;
  readonly #send: (update: MetricUpdate) => boolean;
  #from = Number.POSITIVE_INFINITY;
  /** What readers know of the series. */
  #told: SeriesInfo | undefined;

  /** @param send publishes; false when nobody follows any more. */
  constructor(series: Series, pace: Pace, send: (update: MetricUpdate) => boolean) {
    this.#series = series;
    this.#pace = pace;
    this.#send = send;
  }

  changed(fromMs: number): void {
    this.#from = Math.min(this.#from, fromMs);
    this.#pace.changed(this);
  }

  publish(): void {
    const from = this.#from;
    this.#from = Number.POSITIVE_INFINITY;
    const { info } = this.#series;
    const ring = ringOf(this.#series);
    const rows = ring.rows(from - (from % ring.stepMs), Number.POSITIVE_INFINITY);
    if (rows.length === 0) return;
    const news = info === this.#told ? {} : { info: { ...info } };
    this.#told = info;
    if (!this.#send({ rows, ...news })) this.stop();
  }

  stop(): void {
    this.#series.unwatch(this);
    this.#pace.forget(this);
  }
}

/** A series' finest buckets. */
export function ringOf(series: Series): Series['minutes'] {
  return series.fine?.second ?? series.minutes;
}
