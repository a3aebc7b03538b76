/**
 * What does one delivery cost the server, and how many can it make? 200 readers on one channel, 1, 10 and 100
 * messages a tick, and each on a channel of its own, beside plain `ws`, Socket.IO and Bun.
 */
import {
  CONTESTANTS,
  type Contestant,
  type Cost,
  type Performance,
  WINDOWED,
  inOrder,
  onStage,
} from './fanout/stage.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';

const READERS = 200;
const REPETITIONS = 5;

/** One load: flat out, as fast as the readers read, and by the clock, slowly enough for every server to keep up. */
interface Level {
  readonly title: string;
  readonly perTick: number;
  /** Ticks on their way at most, and how many are acknowledged at once. */
  readonly window: number;
  readonly ticksAnAck: number;
  readonly floodTicks: number;
  readonly everyMs: number;
  readonly ticks: number;
}

/** Runs before the first that counts: a server runs for weeks, and its code has long been compiled. */
const WARM_UPS = [
  { perTick: 1, ticks: 1_500, window: 16, ticksAnAck: 4 },
  { perTick: 10, ticks: 300, window: 8, ticksAnAck: 2 },
  { perTick: 100, ticks: 60, window: 2, ticksAnAck: 1 },
] as const;

const LEVELS = [
  { title: '1 a tick', perTick: 1, window: 16, ticksAnAck: 4, floodTicks: 600, everyMs: 10, ticks: 200 },
  { title: '10 a tick', perTick: 10, window: 8, ticksAnAck: 2, floodTicks: 150, everyMs: 25, ticks: 60 },
  { title: '100 a tick', perTick: 100, window: 2, ticksAnAck: 1, floodTicks: 20, everyMs: 150, ticks: 12 },
] as const satisfies readonly Level[];

/** Each reader has a channel of its own, and a tick publishes one message to each. */
const OWN: Level = {
  title: `${READERS} channels × 1`,
  perTick: 1,
  window: 8,
  ticksAnAck: 2,
  floodTicks: 300,
  everyMs: 10,
  ticks: 200,
};

/** One message a tick, and several ticks in a flush window of 4 ms. */
const BRISK = { perTick: 1, ticks: 1_500, everyMs: 1 } as const;

/** Ours twice, with and without a window. */
const BRISK_ONES: readonly Contestant[] = [...CONTESTANTS, WINDOWED];

/** What one level took in one repetition. */
interface Row {
  readonly level: string;
  /** CPU per delivery, flat out and by the clock, µs. */
  readonly floodUs: number;
  readonly pacedUs: number;
  /** Deliveries a second, flat out. */
  readonly perSecond: number;
  /** The most that a tick of the clock was late, ms. */
  readonly latestMs: number;
  /** A delivery's share of the bytes that a reader got. */
  readonly bytes: number;
}

/** What one message a millisecond took in one repetition. */
interface Brisk {
  /** CPU per delivery, µs. */
  readonly us: number;
  /** From making a message to reading it, ms. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs the bench. */
export async function fanout({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const rows = new Map<string, Row[]>(CONTESTANTS.map(({ id }) => [id, []]));
  const brisk = new Map<string, Brisk[]>(BRISK_ONES.map(({ id }) => [id, []]));
  const repetitions = quick ? 1 : REPETITIONS;
  for (let i = 0; i < repetitions; i += 1) {
    for (const contestant of inOrder(i, BRISK_ONES)) {
      if (contestant !== WINDOWED)
        rows.get(contestant.id)?.push(...(await perform(contestant)), await performOwn(contestant));
      brisk.get(contestant.id)?.push(await performBriskly(contestant));
    }
    console.error(`fanout: repetition ${i + 1} of ${repetitions}`);
  }
  return {
    tables: [
      table('fanout-cpu', 'Server CPU per delivery, flat out, µs', rows, ({ floodUs }) => floodUs),
      table('fanout-paced', 'Server CPU per delivery, by the clock, µs', rows, ({ pacedUs }) => pacedUs),
      table(
        'fanout-rate',
        'Deliveries a second, flat out, thousands',
        rows,
        ({ perSecond }) => perSecond / 1000,
      ),
      briskTable(brisk),
    ],
    raw: {
      readers: READERS,
      repetitions,
      levels: [...LEVELS, OWN],
      brisk: { ...BRISK, rows: Object.fromEntries(brisk) },
      peers: peerVersions(),
      rows: Object.fromEntries(rows),
    },
  };
}

/** Every level once, in fresh processes that have been warmed up. */
function perform(contestant: Contestant): Promise<Row[]> {
  return onStage(contestant, READERS, async (run) => {
    for (const warmUp of WARM_UPS) await run(warmUp);
    const rows: Row[] = [];
    for (const level of LEVELS) rows.push(await measure(run, level));
    return rows;
  });
}

function performOwn(contestant: Contestant): Promise<Row> {
  const channels = READERS;
  return onStage(
    contestant,
    READERS,
    async (run) => {
      await run({ perTick: 1, ticks: 1_500, channels, window: OWN.window, ticksAnAck: OWN.ticksAnAck });
      return measure((one) => run({ ...one, channels }), OWN);
    },
    { own: true },
  );
}

function performBriskly(contestant: Contestant): Promise<Brisk> {
  return onStage(contestant, READERS, async (run) => {
    for (const warmUp of WARM_UPS) await run(warmUp);
    const cost = await run(BRISK);
    const [p50, , p99] = cost.latencyMs;
    return { us: round(perDelivery(cost)), p50: round(p50), p99: round(p99) };
  });
}

async function measure(
  run: Performance,
  { title, perTick, window, ticksAnAck, floodTicks, everyMs, ticks }: Level,
): Promise<Row> {
  const flood = await run({ ticks: floodTicks, perTick, window, ticksAnAck });
  const paced = await run({ ticks, perTick, everyMs });
  return {
    level: title,
    floodUs: round(perDelivery(flood)),
    pacedUs: round(perDelivery(paced)),
    perSecond: Math.round(flood.deliveries / (flood.tookMs / 1000)),
    latestMs: round(paced.latestMs, 1),
    bytes: Math.round(flood.bytes / flood.deliveries),
  };
}

function perDelivery({ cpuUs, deliveries }: Cost): number {
  return cpuUs / deliveries;
}

function table(
  id: string,
  title: string,
  rows: ReadonlyMap<string, readonly Row[]>,
  figure: (row: Row) => number,
): Table {
  const at = (contestant: string, level: string): number[] =>
    (rows.get(contestant) ?? []).filter((row) => row.level === level).map(figure);
  const levels = [...LEVELS, OWN];
  return {
    id,
    title,
    head: ['Server', ...levels.flatMap((level) => [level.title, '÷ ours'])],
    rows: CONTESTANTS.map((contestant) => [
      contestant.title,
      ...levels.flatMap((level) => {
        const own = summarize(at(contestant.id, level.title));
        const ours = summarize(at('waooaw', level.title));
        return [showSpread(own), show(own.median / ours.median)];
      }),
    ]),
  };
}

function briskTable(rows: ReadonlyMap<string, readonly Brisk[]>): Table {
  const at = (id: string, key: keyof Brisk) => summarize((rows.get(id) ?? []).map((row) => row[key]));
  return {
    id: 'fanout-brisk',
    title: 'A message a millisecond: server CPU per delivery, µs, and from publish to reader, ms',
    head: ['Server', 'CPU', '÷ Bun', 'p50', 'p99'],
    rows: BRISK_ONES.map(({ id, title }) => [
      title,
      showSpread(at(id, 'us')),
      show(at(id, 'us').median / at('bun', 'us').median),
      showSpread(at(id, 'p50')),
      showSpread(at(id, 'p99')),
    ]),
  };
}
