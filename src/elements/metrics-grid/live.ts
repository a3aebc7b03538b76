/** What a grid does once it names a metric: asks one live query, and keeps its groups. Loaded behind the first paint. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import { QueryWindow } from '../../client/query-window.ts';
import type { ErrorBody, Json } from '../../protocol/frames.ts';
import { queryChannel } from '../../protocol/queries.ts';
import type { Across, Aggregation, QueryAnswer, QueryUpdate } from '../../protocol/queries.ts';
import { ChannelController } from '../channel-controller.ts';
import { Groups } from './groups.ts';
import type { GridGroup, GridOrder } from './groups.ts';
import type { GridNarrowing } from './narrowing.ts';

/** The grid, as its living part sees it. */
export interface GridHost extends ReactiveControllerHost, HTMLElement {
  readonly metric: string;
  readonly by: string;
  readonly window: number;
  readonly step: number | undefined;
  readonly aggregation: Aggregation | '';
  readonly across: Across | '';
  readonly sort: GridOrder;
  readonly direction: 'above' | 'below' | '';
  readonly refresh: number;
  readonly context: string | null;
}

/** How far back lines go, s. */
export const WINDOW = 300;
/** Between two renderings, s. */
export const REFRESH = 1;
/** A group that was not heard of for so many steps, and at least this many ms, is silent. */
const SILENT = { steps: 3, ms: 10_000 } as const;
/** Values change places every moment: the order by value holds for this long, ms. */
const ORDER_MS = 5_000;

/** The living part of a grid. */
export class LiveGrid {
  readonly #host: GridHost;
  readonly #past = new QueryWindow(() => this.#channel.now());
  readonly #groups = new Groups();
  readonly #channel: ChannelController;
  #dataTime: number | undefined;
  #narrowing: GridNarrowing | undefined;
  #narrowed: string | undefined = '';
  #asked: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What it was ordered by, and when. */
  #ordered = { by: '', atMs: -Infinity };

  constructor(host: GridHost) {
    this.#host = host;
    this.#channel = new ChannelController(host, {
      snapshot: (data) => this.#answered(data),
      publication: (data) => this.#updated(data),
      forget: () => this.#forget(),
      dataTime: () => this.#dataTime,
      staleAfterMs: () => this.silentMs,
    });
    host.addController({ hostDisconnected: () => this.#rest() });
  }

  get freshness(): Freshness {
    return this.#channel.freshness;
  }

  /** Why the query was refused. */
  get refused(): ErrorBody | undefined {
    return this.#channel.refused;
  }

  /** What is asked for; undefined where the selection lets nothing through, and empty before it is known. */
  get narrowed(): string | undefined {
    return this.#narrowed;
  }

  /** What the server said of the query. */
  get answer(): QueryAnswer | undefined {
    return this.#past.answer;
  }

  /** How long a group may say nothing, ms. */
  get silentMs(): number {
    return Math.max(SILENT.ms, SILENT.steps * (this.answer?.stepMs ?? 0));
  }

  /** The server's clock, ms since 1970. */
  now(): number {
    return this.#channel.now();
  }

  /** Asks for what the host wants now. */
  follow(): void {
    const { context } = this.#host;
    const metric = this.#host.metric.trim();
    if (context !== null && !this.#narrowing) {
      this.#narrowed = '';
      void import('./narrowing.ts').then(({ GridNarrowing }) => {
        this.#narrowing ??= new GridNarrowing(this.#host, () => this.#host.context);
        this.#host.requestUpdate();
      }, console.warn);
    } else {
      this.#narrowing?.follow();
      this.#narrowed = this.#narrowing ? this.#narrowing.narrow(metric) : metric;
    }
    const channel = metric && this.#narrowed ? this.#channelOf(this.#narrowed) : undefined;
    if (channel === this.#asked) return;
    this.#asked = channel;
    this.#forget();
    this.#channel.follow(channel);
  }

  /**
   * Groups in their order. By value it holds for a while, and while somebody is among them.
   * @param noTag in place of a tag that a group lacks.
   */
  list(locale: string, noTag: string): readonly GridGroup[] {
    const now = this.now();
    const { sort, direction, by } = this.#host;
    const order = sort === 'value' ? 'value' : 'name';
    const smallestFirst = direction === 'below';
    const ordered = `${order} ${smallestFirst}`;
    const busy = now - this.#ordered.atMs < ORDER_MS || this.#host.matches(':focus-within, :hover');
    const held = order === 'value' && this.#ordered.by === ordered && busy;
    const terms = { by: tagsOf(by), order, smallestFirst, locale, noTag } as const;
    const groups = this.#groups.list(this.#past, terms, held);
    if (!held && groups.length > 0) this.#ordered = { by: ordered, atMs: now };
    return groups;
  }

  #channelOf(metric: string): string {
    const { window, step, aggregation, across, by } = this.#host;
    const own = this.#host.hasAttribute('window') || window !== WINDOW;
    const seconds = (own ? undefined : this.#narrowing?.last) ?? window;
    return queryChannel({
      metric,
      by: tagsOf(by),
      windowMs: Math.max(1, Number.isFinite(seconds) ? seconds : WINDOW) * 1000,
      stepMs: step && step > 0 ? step * 1000 : undefined,
      aggregation: aggregation || undefined,
      across: across || undefined,
    });
  }

  #answered(data: Json): void {
    const answer = data as unknown as QueryAnswer;
    this.#past.snapshot(answer);
    this.#groups.touch(this.#past.lines.keys());
    this.#heard(answer.to);
    this.#host.requestUpdate();
  }

  /** What comes often is shown together: a tick of a hundred groups is one rendering. */
  #updated(data: Json): void {
    const update = data as unknown as QueryUpdate;
    this.#past.update(update);
    this.#groups.touch(update.groups.map(({ key }) => key));
    this.#heard(update.to);
    const { refresh } = this.#host;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#host.requestUpdate();
      },
      (refresh > 0 ? refresh : REFRESH) * 1000,
    );
  }

  #heard(toMs: number): void {
    this.#dataTime = this.#past.lines.size > 0 ? toMs : undefined;
  }

  #forget(): void {
    this.#past.clear();
    this.#groups.clear();
    this.#dataTime = undefined;
    this.#ordered = { by: '', atMs: -Infinity };
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function tagsOf(by: string): string[] {
  return by.split(/[\s,]+/).filter(Boolean);
}
