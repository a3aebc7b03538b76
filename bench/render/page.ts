/** The page of the render bench: makes elements, changes them, and times it. Built like the product's bundle. */
import '../../src/define.ts';
import type { ChannelListener, SocketClient, Subscription } from '../../src/client/index.ts';
import { offerSocket } from '../../src/elements/socket-context.ts';
import type { BucketRow, MetricSnapshot } from '../../src/protocol/index.ts';
import { KINDS, type Kind, type Shown, type Way, type WayName, waysOf } from './ways.ts';

/** Milliseconds for all elements of one batch. */
export interface BatchTimes {
  /** Made, connected and rendered: the DOM is there. */
  readonly rendered: number;
  /** And laid out. */
  readonly laidOut: number;
}

/** What bursts of changes came to. */
export interface Burst {
  /** ms a time, laid out. */
  readonly took: readonly number[];
  /** How long each task over 50 ms took, ms: those that draw, too. */
  readonly longTasks: readonly number[];
}

/** What the bench calls. */
export interface BenchPage {
  /** Whether the clock is fine enough: 5 µs instead of 100. */
  readonly isolated: boolean;
  /** The first element that this page makes, with its line for a widget. */
  first(kind: Kind): Promise<BatchTimes & { readonly drawn: number }>;
  create(kind: Kind, way: WayName, count: number): Promise<BatchTimes>;
  /** Changes what `count` elements show, `times` over. */
  update(kind: Kind, way: WayName, count: number, times: number): Promise<Burst>;
  /** Widgets that follow `count` series, all in view and drawn. */
  follow(way: WayName, count: number): Promise<void>;
  /** Waits `times` over for half a second, each time after a publication of every series where there is `work`. */
  ticks(times: number, work: boolean): Promise<void>;
  /** Takes them away. */
  unfollow(): void;
}

const POINTS = 120;
const STEP_MS = 1_000;
/** Long enough for texts of a crowd, which take turns over some frames, ms. */
const TICK_MS = 500;

let followed: { tick(): void; remove(): void } | undefined;

const ways = new Map<Kind, Record<WayName, Way>>();
const wayOf = (kind: Kind, name: WayName): Way => ways.get(kind)![name];

const longTasks: number[] = [];
new PerformanceObserver((list) =>
  longTasks.push(...list.getEntries().map(({ duration }) => duration)),
).observe({ type: 'longtask' });

/** What was asked for is drawn, and what was long has been told. */
async function still(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await nextFrame();
}

const page: BenchPage = {
  isolated: crossOriginIsolated,

  async first(kind) {
    const tag = kind === 'badge' ? 'waooaw-status-badge' : 'waooaw-metrics-widget';
    const start = performance.now();
    const element = Object.assign(document.createElement(tag), {
      label: 'First',
      ...(kind === 'badge' ? { state: 'running' } : { value: 1, rows: rowsOf(0), unit: 'count' }),
    });
    document.body.append(element);
    await settled([element]);
    const rendered = performance.now() - start;
    element.getBoundingClientRect();
    const laidOut = performance.now() - start;
    if (kind === 'widget') while (!element.shadowRoot?.querySelector('canvas')) await nextFrame();
    return { rendered, laidOut, drawn: performance.now() - start };
  },

  async create(kind, name, count) {
    const way = wayOf(kind, name);
    const shown = Array.from({ length: count }, (_, i) => shownOf(i, 0));
    const box = await emptyBox();
    const start = performance.now();
    const elements = shown.map((one) => way.make(one));
    box.append(...elements);
    await settled(elements);
    const rendered = performance.now() - start;
    box.getBoundingClientRect();
    const laidOut = performance.now() - start;
    box.remove();
    return { rendered, laidOut };
  },

  async update(kind, name, count, times) {
    const way = wayOf(kind, name);
    const box = await emptyBox();
    const elements = Array.from({ length: count }, (_, i) => way.make(shownOf(i, 0)));
    box.append(...elements);
    await settled(elements);
    const took: number[] = [];
    await still();
    longTasks.length = 0;
    for (let time = 1; time <= times; time += 1) {
      await nextFrame();
      box.getBoundingClientRect();
      const shown = elements.map((_, i) => shownOf(i, time));
      const start = performance.now();
      elements.forEach((element, i) => way.update(element, shown[i]!));
      await settled(elements);
      box.getBoundingClientRect();
      took.push(performance.now() - start);
      await still();
    }
    box.remove();
    return { took, longTasks: longTasks.map(Math.round) };
  },

  async follow(name, count) {
    const box = await emptyBox();
    const series = Array.from({ length: count }, (_, i) => `bench_${i}`);
    const feed = new Feed();
    const withdraw = offerSocket(feed as unknown as SocketClient);
    const way = wayOf('widget', name);
    const pasts = series.map((_, i) => [...rowsOf(i)]);
    const elements = series.map((metric, i) =>
      name === 'ours'
        ? Object.assign(document.createElement('waooaw-metrics-widget'), {
            metric,
            label: metric,
            window: POINTS,
          })
        : way.make({ ...shownOf(i, 0), label: metric }),
    );
    box.append(...elements);
    await settled(elements);
    // The lines that are in view load and are drawn once.
    for (let i = 0; i < 30; i += 1) await nextFrame();
    let time = 0;
    followed = {
      tick() {
        time += 1;
        series.forEach((metric, i) => {
          const past = pasts[i]!;
          const row: BucketRow = [(past.at(-1)?.[0] ?? 0) + STEP_MS, valueOf(i, time)];
          past.push(row);
          past.shift();
          if (name === 'ours') feed.publish(metric, row);
          else way.update(elements[i]!, { ...shownOf(i, time), label: metric, rows: past });
        });
      },
      remove() {
        box.remove();
        withdraw();
      },
    };
  },

  async ticks(times, work) {
    for (let i = 0; i < times; i += 1) {
      if (work) followed!.tick();
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  },

  unfollow() {
    followed?.remove();
    followed = undefined;
  },
};

/** Stands in for the socket: what a widget hears is what the server would have sent, without the network. */
class Feed {
  readonly state = 'live';
  readonly #listeners = new Map<string, ChannelListener>();

  serverNow(): number {
    return Date.now();
  }

  on(): () => void {
    return () => undefined;
  }

  subscribe(channel: string, listener: ChannelListener): Subscription {
    const series = channel.slice('metrics/'.length);
    this.#listeners.set(series, listener);
    const rows = rowsOf(Number(series.slice('bench_'.length)));
    const snapshot: MetricSnapshot = {
      series,
      name: series,
      tags: {},
      kind: 'gauge',
      stepMs: STEP_MS,
      windowMs: 600_000,
      rows,
    };
    listener.snapshot?.({ ...snapshot });
    listener.current?.(true);
    return { stop: () => void this.#listeners.delete(series), demand: () => undefined };
  }

  publish(series: string, row: BucketRow): void {
    this.#listeners.get(series)?.publication?.({ rows: [row] }, 0);
  }
}

function shownOf(i: number, time: number): Shown {
  const state = (i + time) % 2 === 0 ? 'running' : 'maintenance';
  return { label: `Agent ${i}`, state, value: valueOf(i, time), rows: rowsOf(i) };
}

function valueOf(i: number, time: number): number {
  return 100 + ((i * 37 + time * 101) % 800);
}

/** Two minutes that end about now. */
function rowsOf(i: number): readonly BucketRow[] {
  const end = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  return Array.from({ length: POINTS }, (_, k) => [
    end - (POINTS - k) * STEP_MS,
    500 + 300 * Math.sin((i + k) / 9),
  ]);
}

async function settled(elements: readonly Element[]): Promise<void> {
  for (const element of elements) await (element as { updateComplete?: Promise<boolean> }).updateComplete;
}

/** A place on a page that rests: no garbage, no frame under way. */
async function emptyBox(): Promise<HTMLElement> {
  document.body.replaceChildren();
  (globalThis as { gc?: () => void }).gc?.();
  await nextFrame();
  await nextFrame();
  const box = document.createElement('div');
  box.className = 'box';
  document.body.append(box);
  return box;
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

// The peers are made from what our elements render: not before the first element of all has been timed.
Object.assign(globalThis, {
  bench: page,
  prepare: async () => {
    for (const kind of KINDS) ways.set(kind, await waysOf(kind));
  },
});
