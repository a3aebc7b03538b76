/** What does a connection cost that does nothing? 10,000 of them, subscribed and silent, beside plain `ws` and Socket.IO. */
import { type Contestant, CONTESTANTS, inOrder, readersOf } from './fanout/stage.ts';
import type { Memory } from './fanout/serve.ts';
import { LineProcess } from './lib/line-process.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, showSpread, summarize } from './lib/stats.ts';

const CONNECTIONS = 10_000;
/** There before the first look: code that is compiled once and tables that are made once are no connection's. */
const FIRST = 500;
const REPETITIONS = 5;
const IDLERS = CONTESTANTS.filter(({ id }) => ['waooaw', 'ws', 'socketio', 'bun'].includes(id));

/** KB a connection. */
interface Idle {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

/** Runs the bench. */
export async function idle({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const count = quick ? 2_000 : CONNECTIONS;
  const rows = new Map<string, Idle[]>(IDLERS.map(({ id }) => [id, []]));
  const repetitions = quick ? 1 : REPETITIONS;
  for (let i = 0; i < repetitions; i += 1) {
    for (const one of inOrder(i, IDLERS)) rows.get(one.id)?.push(await connect(one, count));
    console.error(`idle: repetition ${i + 1} of ${repetitions}`);
  }
  const at = (id: string, key: keyof Idle) => summarize((rows.get(id) ?? []).map((row) => row[key]));
  return {
    tables: [
      {
        id: 'idle',
        title: `Server memory of an idle connection, ${count.toLocaleString('en')} of them, KB`,
        head: ['Server', 'resident', 'wanted at most', 'JavaScript heap', 'buffers and other external'],
        rows: IDLERS.map(({ id, title }) => [
          title,
          showSpread(at(id, 'rss')),
          id === 'waooaw' ? '12' : '–',
          showSpread(at(id, 'heap')),
          showSpread(at(id, 'external')),
        ]),
      },
    ],
    raw: { connections: count, first: FIRST, peers: peerVersions(), rows: Object.fromEntries(rows) },
  };
}

/** What the connections after the first take, in a fresh process. */
async function connect(contestant: Contestant, count: number): Promise<Idle> {
  const [program = '', ...args] = contestant.command;
  const server = new LineProcess([program, '--expose-gc', ...args]);
  const clients: LineProcess[] = [];
  const join = async (readers: number): Promise<Memory> => {
    const load = readersOf(contestant, port, readers);
    clients.push(load);
    await load.next('connected');
    return server.ask<Memory>('memory');
  };
  let port = 0;
  try {
    port = await server.next<number>('port');
    const before = await join(FIRST);
    const after = await join(count);
    const each = (key: keyof Memory): number => round((after[key] - before[key]) / count / 1024, 2);
    return { rss: each('rssBytes'), heap: each('heapBytes'), external: each('externalBytes') };
  } finally {
    for (const client of clients) await client.stop();
    await server.stop();
  }
}
