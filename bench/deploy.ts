/** What do clients notice of a deploy? 1,000 of them move from a server that drains to the next, publications going on. */
import { join } from 'node:path';
import type { Done } from './fanout/serve.ts';
import { LineProcess } from './lib/line-process.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, show } from './lib/stats.ts';
import type { Got, Moved } from './reconnect/clients.ts';
import type { Deployed } from './reconnect/server-pair.ts';

const CLIENTS = 1_000;
/** Ten messages a second to each. */
const EVERY_MS = 100;
const BEFORE_MS = 2_000;
const AFTER_MS = 5_000;
const REPETITIONS = 5;
/** Of the histogram, ms. */
const BIN_MS = 1_000;

/** One deploy. */
interface Move extends Deployed {
  readonly got: Got;
  /** From the deploy's beginning until each client was on the other server, ms. */
  readonly movedMs: readonly number[];
  /** Clients whose new connection was there before the old one went. */
  readonly seamless: number;
}

/** Runs the bench. */
export async function deploy({ quick }: RunOptions): Promise<Report> {
  const moves: Move[] = [];
  for (let i = 0; i < (quick ? 1 : REPETITIONS); i += 1) {
    moves.push(await perform());
    console.error(`deploy: repetition ${i + 1}`);
  }
  const bins = Math.max(...moves.map(({ movedMs }) => Math.ceil(Math.max(...movedMs) / BIN_MS)));
  return {
    tables: [
      {
        id: 'deploy',
        title: `${CLIENTS.toLocaleString('en')} clients move to another server, ten messages a second`,
        head: [
          'Deploy',
          'moved',
          'without a break',
          'missed',
          'twice',
          'out of order',
          'told of a loss',
          'last one moved, s',
          'longest pause: p50, ms',
          'p99, ms',
        ],
        rows: moves.map(({ got, movedMs, seamless }, i) => [
          String(i + 1),
          String(movedMs.length),
          String(seamless),
          String(got.due - got.delivered),
          String(got.twice),
          String(got.outOfOrder),
          String(got.losses),
          show(Math.max(...movedMs) / 1000),
          show(got.pauseMs[0]),
          show(got.pauseMs[1]),
        ]),
      },
      {
        id: 'deploy-spread',
        title: 'Clients that moved, by second since the deploy began (median of the deploys)',
        head: ['Second', ...Array.from({ length: bins }, (_, i) => String(i + 1))],
        rows: [
          [
            'clients',
            ...Array.from({ length: bins }, (_, bin) =>
              show(
                quantile(
                  moves.map(({ movedMs }) => movedMs.filter((ms) => Math.floor(ms / BIN_MS) === bin).length),
                  0.5,
                ),
              ),
            ),
          ],
        ],
      },
    ],
    raw: { clients: CLIENTS, everyMs: EVERY_MS, moves },
  };
}

async function perform(): Promise<Move> {
  const server = new LineProcess([process.execPath, join(import.meta.dirname, 'reconnect/server-pair.ts')]);
  let clients: LineProcess | undefined;
  try {
    const port = await server.next<number>('port');
    clients = new LineProcess([
      process.execPath,
      join(import.meta.dirname, 'reconnect/clients.ts'),
      'waooaw',
      String(port),
      String(CLIENTS),
    ]);
    await clients.next('connected');
    const ticks = (BEFORE_MS + AFTER_MS + 6_000) / EVERY_MS;
    const done = server.next<Done>('done');
    server.send({ run: { ticks, perTick: 1, everyMs: EVERY_MS } });
    await sleep(BEFORE_MS);
    const deployed = await server.ask<Deployed>('deployed');
    await done;
    await sleep(AFTER_MS / 2);
    const moves = await clients.ask<Moved[]>('moves');
    const got = await clients.ask<Got>('result', { first: 1, last: ticks });
    const movedMs = moves.map(({ at }) => Math.round(at - deployed.at));
    return { ...deployed, got, movedMs, seamless: moves.filter(({ seamless }) => seamless).length };
  } finally {
    await clients?.stop();
    await server.stop();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
