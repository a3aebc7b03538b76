/**
 * Clients that come back: many in one process, each with the library that its server is used with. Every client looks
 * for each message's `seq`.
 *
 *     clients.ts <waooaw|socketio> <port> <count>     → {"connected":1000}
 *     {"since":1750000000000}      from now on: how long until each has a message made later
 *     {"back":true}                → {"back":[…]}, null for whoever has none yet
 *     {"moves":true}               who came to another connection when, wall clock, and whether without a break
 *                                  → {"moves":[{"at":…,"seamless":true},…]}
 *     {"result":{"first":10,"last":600}}    → {"result":{…}}
 */
import { createInterface } from 'node:readline';
import { SocketClient } from '../../src/client/index.ts';
import type { Json } from '../../src/protocol/index.ts';
import type { Message } from '../fanout/message.ts';
import { peer } from '../lib/peers.ts';

/** What they got of a range of messages. */
export interface Got {
  /** Messages × clients that there were, and that came. */
  readonly due: number;
  readonly delivered: number;
  readonly twice: number;
  readonly outOfOrder: number;
  /** Clients that have the last one. */
  readonly atEnd: number;
  /** Clients that have every one, in order, once. */
  readonly whole: number;
  /** Times that a client was told that it lost something. */
  readonly losses: number;
  /** Clients by carrier at the end. */
  readonly transports: Readonly<Record<string, number>>;
  /** The longest that a client was without a message, ms: p50, p99 and the most. */
  readonly pauseMs: readonly [p50: number, p99: number, most: number];
}

/** A client on another connection than before. */
export interface Moved {
  readonly at: number;
  /** The new connection was there before the old one went. */
  readonly seamless: boolean;
}

/** One client's messages. */
class Client {
  readonly seqs = new Set<number>();
  last = 0;
  twice = 0;
  outOfOrder = 0;
  losses = 0;
  heardAt = 0;
  pauseMs = 0;
  /** When a message came that was made after `since`, ms after it. */
  backMs: number | undefined;
  moved: Moved | undefined;
  transport = (): string => 'websocket';

  hear({ seq, at }: Message): void {
    const now = wallClock();
    if (this.heardAt > 0) this.pauseMs = Math.max(this.pauseMs, now - this.heardAt);
    this.heardAt = now;
    if (this.seqs.has(seq)) this.twice += 1;
    else if (seq < this.last) this.outOfOrder += 1;
    this.seqs.add(seq);
    this.last = Math.max(this.last, seq);
    if (at >= since) this.backMs ??= Math.round(now - since);
  }
}

type SocketIo = (
  url: string,
  options: object,
) => { on(event: string, listener: (data: never) => void): void };

const [kind = '', port = '', count = ''] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}`;
let since = Infinity;

const openOurs = (client: Client): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = new SocketClient({ url });
  client.transport = () => socket.transport ?? 'none';
  socket.on('moved', () => (client.moved = { at: wallClock(), seamless: true }));
  let joined = false;
  socket.on('state', () => {
    if (socket.state !== 'live') return;
    if (joined) client.moved = { at: wallClock(), seamless: false };
    joined = true;
  });
  socket.subscribe('app/bench', {
    snapshot: () => resolve(),
    publication: (data: Json) => client.hear(data as unknown as Message),
    lost: () => (client.losses += 1),
  });
  socket.connect();
  return promise;
};

const openSocketIo = (client: Client): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { io } = peer<{ io: SocketIo }>('socket.io-client');
  // As it is: waits of 0.5 to 1.5 s first, at most 5 s.
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  socket.on('connect', () => resolve());
  socket.on('tick', (message: Message) => client.hear(message));
  return promise;
};

const clients = Array.from({ length: Number(count) }, () => new Client());
const open = kind === 'socketio' ? openSocketIo : openOurs;

/** From the seqs that every client should have. */
function result({ first, last }: { first: number; last: number }): Got {
  const messages = last - first + 1;
  let delivered = 0;
  let whole = 0;
  let atEnd = 0;
  const sum = (key: 'twice' | 'outOfOrder' | 'losses'): number =>
    clients.reduce((total, client) => total + client[key], 0);
  const transports: Record<string, number> = {};
  for (const { seqs, twice, outOfOrder, transport } of clients) {
    let got = 0;
    for (const seq of seqs) if (seq >= first && seq <= last) got += 1;
    delivered += got;
    if (seqs.has(last)) atEnd += 1;
    if (got === messages && twice + outOfOrder === 0) whole += 1;
    transports[transport()] = (transports[transport()] ?? 0) + 1;
  }
  const pauses = clients.map(({ pauseMs }) => Math.round(pauseMs)).sort((a, b) => a - b);
  const share = (p: number): number => pauses[Math.floor((pauses.length - 1) * p)] ?? Number.NaN;
  return {
    due: messages * clients.length,
    delivered,
    twice: sum('twice'),
    outOfOrder: sum('outOfOrder'),
    atEnd,
    whole,
    losses: sum('losses'),
    transports,
    pauseMs: [share(0.5), share(0.99), share(1)],
  };
}

function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

createInterface(process.stdin)
  .on('line', (line) => {
    const told = JSON.parse(line) as {
      since?: number;
      back?: true;
      moves?: true;
      result?: { first: number; last: number };
    };
    if (told.since !== undefined) {
      since = told.since;
      for (const client of clients) client.backMs = undefined;
    }
    if (told.back) say({ back: clients.map(({ backMs }) => backMs ?? null) });
    if (told.moves) say({ moves: clients.flatMap(({ moved }) => moved ?? []) });
    if (told.result) say({ result: result(told.result) });
  })
  .on('close', () => process.exit(0));

// A few at once: a thousand handshakes in one turn would be another bench.
for (let i = 0; i < clients.length; i += 50) {
  await Promise.all(clients.slice(i, i + 50).map((client) => open(client)));
}
say({ connected: clients.length });
