/** What the walls hear: the texts of a server, made in a worker so that making them costs the page nothing. */
import type { CheckStatus } from '../../src/protocol/health.ts';
import type { MetricSnapshot } from '../../src/protocol/metrics.ts';

/** Charts and badges of one wall. */
export const WIDGETS = 200;
export const BADGES = 100;
/** What is known of each series when it is first asked for, and how long a bucket is. */
const PAST = 300;
const STEP_MS = 1_000;
/** Frames that the page tells the worker of at once. */
const ACKNOWLEDGED = 20;

/** Channels in the order of their numbers, which begin with 1. */
export const CHANNELS: readonly string[] = [
  ...Array.from({ length: WIDGETS }, (_, i) => `metrics/bench_${i}`),
  ...Array.from({ length: BADGES }, (_, i) => `health/bench-${i}`),
];

/** The first message of a channel. */
export function snapshotOf(n: number): MetricSnapshot | CheckStatus {
  const i = n - 1;
  if (i >= WIDGETS) return checkOf(i - WIDGETS);
  const end = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  const rows = Array.from({ length: PAST }, (_, k) => [
    end - (PAST - k) * STEP_MS,
    500 + 300 * Math.sin((i * 7 + k) / 9) + ((i * 37 + k * 101) % 60),
  ]);
  const name = `bench_${i}`;
  return { series: name, name, tags: {}, kind: 'gauge', stepMs: STEP_MS, windowMs: 600_000, rows };
}

function checkOf(i: number): CheckStatus {
  const at = Date.now();
  const state = 'up';
  const kind = { kind: 'custom', source: 'service', critical: true } as const;
  return {
    check: `bench-${i}`,
    title: `Bench ${i}`,
    ...kind,
    state,
    word: state,
    since: at,
    at,
    intervalMs: 5_000,
  };
}

/** Sends frames of a socket, as texts. */
export interface Feed {
  start(): void;
  /** @returns updates of single channels that were heard since the start. */
  stop(): number;
}

/** Makes a feed. Offsets go on from one start to the next, as a server's do. */
export function createFeed(hear: (text: string) => void): Feed {
  const source = `(${work.toString()})(${WIDGETS}, ${BADGES}, ${STEP_MS})`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  let updates = 0;
  let frames = 0;
  worker.onmessage = ({ data }: MessageEvent<{ text: string; count: number }>) => {
    updates += data.count;
    hear(data.text);
    frames += 1;
    if (frames % ACKNOWLEDGED === 0) worker.postMessage(ACKNOWLEDGED);
  };
  return {
    start() {
      updates = 0;
      worker.postMessage('start');
    },
    stop() {
      worker.postMessage('stop');
      return updates;
    },
  };
}

/**
 * Runs in the worker, and sees nothing of this module. Everything ten times a second, a tenth of it each 10 ms, as a server
 * sends it that flushes often. Each second ten badges change their state. A page that is more than a second behind misses turns:
 * a server would not let it fall behind for ever either.
 */
function work(widgets: number, badges: number, stepMs: number): void {
  const TURNS = 10;
  const EVERY_MS = 10;
  const MOST_BEHIND = 100;
  const post = postMessage as unknown as (message: { text: string; count: number }) => void;
  const offsets = Array.from({ length: TURNS }, () => 0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unheard = 0;
  let turn = 0;

  const metric = (i: number, round: number, now: number): object => ({
    rows: [
      [
        Math.floor(now / stepMs) * stepMs,
        500 + 300 * Math.sin((i * 7 + round) / 90) + ((i * 37 + round * 101) % 60),
      ],
    ],
  });
  const check = (i: number, round: number, now: number): object => {
    const state = Math.floor((round + (i % TURNS) * TURNS) / 100) % 2 ? 'degraded' : 'up';
    return {
      check: `bench-${i}`,
      title: `Bench ${i}`,
      kind: 'custom',
      source: 'service',
      critical: true,
      state,
      word: state,
      since: now,
      at: now,
      intervalMs: 5_000,
    };
  };
  const send = (): void => {
    const slot = turn % TURNS;
    const round = (offsets[slot] = (offsets[slot] ?? 0) + 1);
    const now = Date.now();
    const lines: string[] = [];
    for (let i = slot; i < widgets + badges; i += TURNS) {
      const data = i < widgets ? metric(i, round, now) : check(i - widgets, round, now);
      lines.push(JSON.stringify({ n: i + 1, pubs: [[round, data]], h: `h${round}` }));
    }
    post({ text: lines.join('\n'), count: lines.length });
    unheard += 1;
  };
  const run = (startedAt: number, turns: number): void => {
    if (unheard < MOST_BEHIND) send();
    turn += 1;
    // What came late is made up for: the rate holds.
    const waitMs = startedAt + turns * EVERY_MS - performance.now();
    timer = setTimeout(run, Math.max(0, waitMs), startedAt, turns + 1);
  };
  onmessage = ({ data }: MessageEvent<'start' | 'stop' | number>) => {
    if (typeof data === 'number') unheard -= data;
    else if (data === 'start') run(performance.now(), 1);
    else clearTimeout(timer);
  };
}
