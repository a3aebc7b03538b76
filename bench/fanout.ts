/**
 * What does one delivery cost the server, and how many can it make? 200 readers on one channel, 1, 10 and 100
 * messages a tick, beside plain `ws`, Socket.IO and Bun.
 */
import { CONTESTANTS, type Contestant, type Cost, inOrder, onStage } from './fanout/stage.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';

const READERS = 200;
const REPETITIONS = 5;

/** One load: flat out, as fast as the readers read, and by the clock, slowly enough for every server to keep up. */
interface Level {
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

const LEVELS: readonly Level[] = [
  { perTick: 1, window: 16, ticksAnAck: 4, floodTicks: 600, everyMs: 10, ticks: 200 },
  { perTick: 10, window: 8, ticksAnAck: 2, floodTicks: 150, everyMs: 25, ticks: 60 },
  { perTick: 100, window: 2, ticksAnAck: 1, floodTicks: 20, everyMs: 150, ticks: 12 },
];

/** What one level took in one repetition. */
interface Row {
  readonly perTick: number;
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

/** Runs the bench. */
export async function fanout({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const rows = new Map<string, Row[]>(CONTESTANTS.map(({ id }) => [id, []]));
  const repetitions = quick ? 1 : REPETITIONS;
  for (let i = 0; i < repetitions; i += 1) {
    for (const contestant of inOrder(i)) rows.get(contestant.id)?.push(...(await perform(contestant)));
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
    ],
    raw: {
      readers: READERS,
      repetitions,
      levels: LEVELS,
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
    for (const { perTick, window, ticksAnAck, floodTicks, everyMs, ticks } of LEVELS) {
      const flood = await run({ ticks: floodTicks, perTick, window, ticksAnAck });
      const paced = await run({ ticks, perTick, everyMs });
      rows.push({
        perTick,
        floodUs: round(perDelivery(flood)),
        pacedUs: round(perDelivery(paced)),
        perSecond: Math.round(flood.deliveries / (flood.tookMs / 1000)),
        latestMs: round(paced.latestMs, 1),
        bytes: Math.round(flood.bytes / flood.deliveries),
      });
    }
    return rows;
  });
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
  const at = (contestant: string, perTick: number): number[] =>
    (rows.get(contestant) ?? []).filter((row) => row.perTick === perTick).map(figure);
  return {
    id,
    title,
    head: ['Server', ...LEVELS.flatMap(({ perTick }) => [`${perTick} a tick`, '÷ ours'])],
    rows: CONTESTANTS.map((contestant) => [
      contestant.title,
      ...LEVELS.flatMap(({ perTick }) => {
        const own = summarize(at(contestant.id, perTick));
        const ours = summarize(at('waooaw', perTick));
        return [showSpread(own), show(own.median / ours.median)];
      }),
    ]),
  };
}
