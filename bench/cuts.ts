/** What do clients miss when the line is cut? 1,000 of them, every 15 s for 2 s, beside Socket.IO with and without recovery. */
import { join } from 'node:path';
import type { Done, Usage } from './fanout/serve.ts';
import { CuttableLine } from './lib/cuttable.ts';
import { LineProcess } from './lib/line-process.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';
import type { Got } from './reconnect/clients.ts';

const CLIENTS = 1_000;
/** Ten messages a second to each. */
const EVERY_MS = 100;
const CUT_EVERY_MS = 15_000;
const CUT_FOR_MS = 2_000;
const CUTS = 5;
/** From looking who is back to the next cut, ms. */
const SETTLE_MS = 1_000;
/** After the last message, for whoever is still on the way: longer than any client waits for its next try. */
const PATIENCE_MS = 30_000;

/** A server with its own client library. */
interface Reconnecting {
  readonly id: string;
  readonly title: string;
  readonly clients: 'waooaw' | 'socketio';
  readonly command: readonly string[];
}

const node = (file: string, ...args: string[]): string[] => [
  process.execPath,
  join(import.meta.dirname, file),
  ...args,
];

const ALL: readonly Reconnecting[] = [
  {
    id: 'waooaw',
    title: '**waooaw**',
    clients: 'waooaw',
    // Two minutes, which Socket.IO is told to keep too.
    command: node('fanout/server-waooaw.ts', 'history=1200'),
  },
  {
    id: 'recovery',
    title: 'Socket.IO, connection state recovery',
    clients: 'socketio',
    command: node('fanout/server-socketio.ts', 'recovery'),
  },
  { id: 'socketio', title: 'Socket.IO', clients: 'socketio', command: node('fanout/server-socketio.ts') },
];

/** One contestant's figures. */
interface Outcome {
  readonly got: Got;
  /** Per cut and client: from the line's return until it had a message made since, ms. */
  readonly backMs: readonly number[];
  /** CPU of the server's process for a second of all this, ms. */
  readonly cpuMsPerSecond: number;
}

/** Runs the bench. */
export async function cuts({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const outcomes = new Map<string, Outcome>();
  for (const one of ALL) {
    outcomes.set(one.id, await perform(one, quick ? 1 : CUTS));
    console.error(`cuts: ${one.id}`);
  }
  return {
    tables: [
      {
        id: 'cuts',
        title: `${CLIENTS.toLocaleString('en')} clients, cut every ${CUT_EVERY_MS / 1000} s for ${CUT_FOR_MS / 1000} s, ten messages a second`,
        head: [
          'Server and its client',
          'delivered, %',
          'clients with all, in order, once, %',
          'twice, out of order',
          'caught up: p50, ms',
          'p99, ms',
          'server CPU, ms/s',
        ],
        rows: ALL.map(({ id, title }) => {
          const { got, backMs, cpuMsPerSecond } = outcomes.get(id)!;
          return [
            title,
            percent(got.delivered / got.due),
            percent(got.whole / CLIENTS),
            `${got.twice}, ${got.outOfOrder}`,
            show(quantile(backMs, 0.5)),
            show(quantile(backMs, 0.99)),
            show(cpuMsPerSecond),
          ];
        }),
      },
    ],
    raw: {
      clients: CLIENTS,
      everyMs: EVERY_MS,
      cutEveryMs: CUT_EVERY_MS,
      cutForMs: CUT_FOR_MS,
      peers: peerVersions(),
      outcomes: Object.fromEntries(outcomes),
    },
  };
}

async function perform({ clients: kind, command }: Reconnecting, count: number): Promise<Outcome> {
  const ticks = Math.ceil(((count + 0.6) * CUT_EVERY_MS) / EVERY_MS);
  const server = new LineProcess(command);
  let line: CuttableLine | undefined;
  let clients: LineProcess | undefined;
  try {
    line = new CuttableLine(await server.next<number>('port'));
    clients = new LineProcess(
      node('reconnect/clients.ts', kind, String(await line.listen()), String(CLIENTS)),
    );
    await clients.next('connected');
    const before = await server.ask<Usage>('usage');
    const started = performance.now();
    const done = server.next<Done>('done', ticks * EVERY_MS * 2);
    server.send({ run: { ticks, perTick: 1, everyMs: EVERY_MS } });
    const backMs: number[] = [];
    for (let i = 0; i < count; i += 1) {
      await sleep(SETTLE_MS);
      line.cut();
      await sleep(CUT_FOR_MS);
      clients.send({ since: performance.timeOrigin + performance.now() });
      line.mend();
      await sleep(CUT_EVERY_MS - CUT_FOR_MS - SETTLE_MS);
      // Whoever is not back before the next cut has waited for at least as long as was waited for it.
      const back = await clients.ask<(number | null)[]>('back');
      backMs.push(...back.map((ms) => ms ?? CUT_EVERY_MS - CUT_FOR_MS));
    }
    await done;
    const after = await server.ask<Usage>('usage');
    const seconds = (performance.now() - started) / 1000;
    let got: Got;
    const patience = performance.now() + PATIENCE_MS;
    do {
      await sleep(1_000);
      got = await clients.ask<Got>('result', { first: 1, last: ticks });
    } while (got.atEnd < CLIENTS && performance.now() < patience);
    const cpuUs = after.userUs - before.userUs + after.systemUs - before.systemUs;
    return { got, backMs, cpuMsPerSecond: round(cpuUs / 1000 / seconds, 1) };
  } finally {
    await clients?.stop();
    await line?.close();
    await server.stop();
  }
}

function percent(share: number): string {
  return share === 1 ? '100' : (share * 100).toFixed(2);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
