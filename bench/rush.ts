/** How long does a delivery take at 50,000 a second? From making a message to finding it in a reader, beside the peers. */
import { CONTESTANTS, inOrder, onStage } from './fanout/stage.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, show, showSpread, summarize } from './lib/stats.ts';

const READERS = 200;
/** 250 messages a second to each reader. */
const RUN = { ticks: 2_500, perTick: 1, everyMs: 4 } as const;
const REPETITIONS = 5;

/** One run. */
interface Rush {
  /** Reached; what was asked for when the server kept the pace. */
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** CPU per delivery, µs. */
  readonly us: number;
}

/** Runs the bench. */
export async function rush({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const runs = new Map<string, Rush[]>(CONTESTANTS.map(({ id }) => [id, []]));
  const repetitions = quick ? 1 : REPETITIONS;
  for (let i = 0; i < repetitions; i += 1) {
    for (const contestant of inOrder(i, CONTESTANTS)) {
      const cost = await onStage(contestant, READERS, async (run) => {
        await run({ ticks: 1_500, perTick: 1, window: 16, ticksAnAck: 4 });
        return run(quick ? { ...RUN, ticks: 500 } : RUN);
      });
      const [p50, , p99, most] = cost.latencyMs;
      runs.get(contestant.id)?.push({
        perSecond: Math.round(cost.deliveries / (cost.tookMs / 1000)),
        p50: round(p50),
        p99: round(p99),
        most: round(most),
        us: round(cost.cpuUs / cost.deliveries),
      });
    }
    console.error(`rush: repetition ${i + 1} of ${repetitions}`);
  }
  const at = (id: string, key: keyof Rush) => summarize((runs.get(id) ?? []).map((run) => run[key]));
  return {
    tables: [
      {
        id: 'rush',
        title: `From publish to reader, ${READERS} readers, 50,000 deliveries a second, ms`,
        head: ['Server', 'p50', 'p99', 'wanted below', '÷ ours', 'deliveries/s, thousands', 'CPU, µs'],
        rows: CONTESTANTS.map(({ id, title }) => [
          title,
          showSpread(at(id, 'p50')),
          showSpread(at(id, 'p99')),
          '10',
          show(at(id, 'p99').median / at('waooaw', 'p99').median),
          show(at(id, 'perSecond').median / 1000),
          showSpread(at(id, 'us')),
        ]),
      },
    ],
    raw: { readers: READERS, run: RUN, peers: peerVersions(), runs: Object.fromEntries(runs) },
  };
}
