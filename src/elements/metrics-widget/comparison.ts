/** The past that a number is compared with: the line's own, or where that is too short, a query of its own. */
import type { ReactiveControllerHost } from 'lit';
import { QueryWindow } from '../../client/query-window.ts';
import { queryChannel } from '../../protocol/queries.ts';
import type { Aggregation, MetricQuery, QueryAnswer, QueryUpdate } from '../../protocol/queries.ts';
import { ChannelController } from '../channel-controller.ts';
import { valueAt } from './change.ts';
import type { ChartData } from './chart-options.ts';
import type { Settings } from './settings.ts';

/** What is compared. */
export interface Compared {
  readonly compare: NonNullable<Settings['compare']>;
  /** The number that is shown, and the line that it is the end of. */
  readonly value: number;
  readonly line: ChartData;
  readonly stepMs: number;
  readonly nowMs: number;
  /** What is followed; undefined where the page sets the values. */
  readonly query: MetricQuery | undefined;
}

/** Two values of one kind. */
export interface Pair {
  readonly before: number;
  readonly now: number;
}

/** Of these a step's value depends on its length: the past has to be asked for in the same steps. */
const BY_STEP: readonly (Aggregation | undefined)[] = ['increase', 'delta', 'sum', 'count'];
/** How far off the value of then may be, in steps and as a share of the time between. */
const SLACK_STEPS = 2.5;
const SLACK_SHARE = 0.05;

/** Looks up the past for one widget. */
export class Comparison {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #past = new QueryWindow(() => this.#channel?.now() ?? Date.now());
  readonly #changed: () => void;
  #channel: ChannelController | undefined;
  #followed: string | undefined;

  /** @param changed the past that was asked for has come. */
  constructor(host: ReactiveControllerHost & HTMLElement, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** Forgets the past: something else is compared, or nothing. */
  stop(): void {
    this.#follow(undefined);
  }

  /** Then and now; undefined while then is not known. */
  pair(compared: Compared): Pair | undefined {
    const { compare, value: now, line, stepMs, nowMs } = compared;
    if (compare === 'previous-window') return this.#windows(compared);
    const slackMs = Math.max(stepMs * SLACK_STEPS, compare * SLACK_SHARE);
    if (compare <= line.windowMs) {
      this.stop();
      return paired(valueAt(line.columns(), nowMs - compare, slackMs), now);
    }
    this.#ask(compared, compare + 2 * slackMs);
    const past = this.#past.line;
    if (!past) return undefined;
    return paired(
      valueAt(past.columns(), nowMs - compare, Math.max(slackMs, past.stepMs * SLACK_STEPS)),
      now,
    );
  }

  /** The mean of the window, and that of the one before. */
  #windows(compared: Compared): Pair | undefined {
    const { line, nowMs } = compared;
    const fromMs = nowMs - line.windowMs;
    this.#ask(compared, 2 * line.windowMs);
    const now = this.#past.line?.range(fromMs)?.avg;
    return now === undefined ? undefined : paired(this.#past.line?.range(-Infinity, fromMs)?.avg, now);
  }

  #ask({ query, stepMs }: Compared, windowMs: number): void {
    if (!query) return this.stop();
    const { metric, across, aggregation } = query;
    this.#follow(
      queryChannel({
        metric,
        aggregation,
        across,
        windowMs: Math.round(windowMs),
        ...(BY_STEP.includes(aggregation) && { stepMs }),
      }),
    );
  }

  #follow(channel: string | undefined): void {
    if (channel === this.#followed) return;
    this.#followed = channel;
    this.#past.clear();
    const heard = (): void => this.#changed();
    this.#channel ??= new ChannelController(this.#host, {
      snapshot: (data) => {
        this.#past.snapshot(data as unknown as QueryAnswer);
        heard();
      },
      publication: (data) => {
        this.#past.update(data as unknown as QueryUpdate);
        heard();
      },
      forget: () => this.#past.clear(),
      dataTime: () => undefined,
      staleAfterMs: () => Infinity,
    });
    this.#channel.follow(channel);
  }
}

function paired(before: number | undefined, now: number): Pair | undefined {
  return before === undefined ? undefined : { before, now };
}
