/** What a widget asks the server: a series' seconds where these are enough, a query for everything else. */
import { QueryLine, QueryWindow } from '../../client/query-window.ts';
import type { Json } from '../../protocol/frames.ts';
import { queryChannel } from '../../protocol/queries.ts';
import type { MetricQuery, QueryAnswer, QueryUpdate } from '../../protocol/queries.ts';
import { parseSelector } from '../../protocol/selector.ts';
import type { Settings } from './settings.ts';

/** How far back a `metrics/…` channel tells, s. */
const EACH_SECOND = 600;

/** A question, and what the server answered to it. */
export class Question {
  readonly #past: QueryWindow;
  readonly #nothing: QueryLine;
  #query: MetricQuery | undefined;

  /** @param now the server's clock, ms since 1970. */
  constructor(now: () => number) {
    this.#past = new QueryWindow(now);
    this.#nothing = new QueryLine({}, () => ({ stepMs: 1_000, windowMs: 300_000, whole: false }), now);
  }

  /** The query that is followed; undefined while a series' seconds are enough. */
  get query(): MetricQuery | undefined {
    return this.#query;
  }

  /** What the server said of the query. */
  get answer(): QueryAnswer | undefined {
    return this.#query && this.#past.answer;
  }

  /** The query's line; undefined while none is followed. */
  get line(): QueryLine | undefined {
    return this.#query && (this.#past.line ?? this.#nothing);
  }

  /**
   * Asks.
   * @param seconds how far back.
   * @param counted the series is known to be no gauge: its seconds are counts, not what happened in them.
   * @returns the channel, and what its answer is about: of another subject nothing that is known is true.
   */
  ask(
    settings: Settings,
    metric: string,
    seconds: number,
    counted: boolean,
  ): { channel: string; subject: string } {
    const { aggregation, across, stepMs } = settings;
    const made = aggregation !== undefined && aggregation !== 'last';
    if (!made && !across && !stepMs && !counted && seconds <= EACH_SECOND && isExact(metric)) {
      this.#query = undefined;
      return { channel: `metrics/${metric}`, subject: metric };
    }
    this.#query = { metric, aggregation, across, stepMs, windowMs: Math.round(seconds * 1000) };
    return { channel: queryChannel(this.#query), subject: [aggregation, across, metric].join(' ') };
  }

  /** Takes the first message of a query's channel. */
  snapshot(data: Json): void {
    this.#past.snapshot(data as unknown as QueryAnswer);
  }

  /** Takes one that follows. */
  update(data: Json): void {
    this.#past.update(data as unknown as QueryUpdate);
  }

  forget(): void {
    this.#past.clear();
  }

  /** The unit of the answer: what is made of a metric is not always in its own. */
  get unit(): string {
    const { aggregation, unit = '' } = this.answer ?? {};
    if (aggregation === 'count') return 'count';
    if (aggregation !== 'rate') return unit;
    if (unit === 'bytes') return 'bytes_per_second';
    // Seconds in a second: how much of the time.
    return unit === 'seconds' ? 'ratio' : 'per_second';
  }
}

/** One series and no more: a name, and each tag's value. What is no selector counts as one: the server says what is wrong. */
function isExact(metric: string): boolean {
  try {
    const { matchers } = parseSelector(metric);
    return matchers.every(({ operator }) => operator === '=');
  } catch {
    return true;
  }
}
