/**
 * The readers: many WebSockets in one process, which hold every server to its promise. Each reader looks for every
 * message's `seq` and expects it to be one more than the last; a hole or a repetition is counted as wrong.
 *
 *     readers.ts <dialect> <port> <count> [own]    → {"connected":200}; `own`: each has a channel of its own
 *     {"expecting":{"messages":600,"perTick":10}}  → {"credit":1}…, {"received":{…}} once all readers have them all
 */
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { SUBPROTOCOLS } from '../../src/protocol/index.ts';

/** What the readers are to expect next. */
export interface Expect {
  /** Messages a reader. */
  readonly messages: number;
  readonly perTick: number;
  /** Each time that as many deliveries as this many ticks make have arrived, they are acknowledged. */
  readonly ticksAnAck?: number;
}

/** What they got. */
export interface Received {
  readonly deliveries: number;
  /** Out of order, missing or twice. */
  readonly wrong: number;
  readonly bytes: number;
  /** From the first message to the last, ms. */
  readonly tookMs: number;
  /** From making a message to reading it, ms: p50, p90, p99 and the most, over all deliveries. */
  readonly latencyMs: readonly [p50: number, p90: number, p99: number, most: number];
}

/** How a server's readers introduce themselves, and what they answer. */
interface Dialect {
  readonly path: string;
  readonly protocols: string[];
  /** Sent when the socket is open. */
  readonly hello?: (reader: number) => string;
  /** The text of the answer that says that the reader is subscribed begins like this; none: it is from the start. */
  readonly welcome?: string;
  /** Answers to texts that begin like this. */
  readonly replies: Readonly<Record<string, string>>;
}

const own = process.argv.includes('own');

const DIALECTS: Readonly<Record<string, Dialect>> = {
  plain: { path: '/', protocols: [], replies: {} },
  waooaw: {
    path: '/ws',
    protocols: [...SUBPROTOCOLS],
    hello: (reader) => `{"id":1,"connect":{"subs":[{"ch":"app/bench${own ? `/${reader}` : ''}"}]}}`,
    welcome: '{"id":1,"ok"',
    replies: { '{"ping"': '{"pos":{}}' },
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    protocols: [],
    hello: () => '40',
    welcome: '40',
    replies: { '2': '3' },
  },
};

const SEQ = Buffer.from('"seq":');
const AT = Buffer.from('"at":');
const COMMA = 0x2c;

const [name = '', port = '', count = ''] = process.argv.slice(2);
const dialect = DIALECTS[name];
if (!dialect) throw new Error(`no such dialect: ${name}`);

const readers = Number(count);
/** The last sequence number of each reader. */
const last = new Float64Array(readers);
let expected: Expect = { messages: 0, perTick: 1 };
let latencies = new Float64Array(0);
let heard = 0;
let wrong = 0;
let bytes = 0;
let firstAt = 0;
let nextAck = Infinity;

function read(reader: number, data: Buffer): void {
  const now = performance.timeOrigin + performance.now();
  bytes += data.length;
  for (let at = data.indexOf(SEQ); at >= 0; at = data.indexOf(SEQ, at)) {
    at += SEQ.length;
    const seq = numberAt(data, at);
    if (seq !== (last[reader] ?? 0) + 1) wrong += 1;
    last[reader] = seq;
    if (heard === 0) firstAt = now;
    const made = numberAt(data, data.indexOf(AT, at) + AT.length);
    latencies[heard] = now - made;
    heard += 1;
  }
  while (heard >= nextAck) acknowledge();
  if (heard === expected.messages * readers) finish(now);
}

function numberAt(data: Buffer, at: number): number {
  return Number(data.toString('latin1', at, data.indexOf(COMMA, at)));
}

function acknowledge(): void {
  const { perTick, ticksAnAck = 1 } = expected;
  say({ credit: ticksAnAck });
  nextAck += perTick * ticksAnAck * readers;
}

function finish(now: number): void {
  latencies.sort();
  const share = (p: number): number => latencies[Math.floor((latencies.length - 1) * p)] ?? Number.NaN;
  const latencyMs = [share(0.5), share(0.9), share(0.99), share(1)] as const;
  say({ received: { deliveries: heard, wrong, bytes, tookMs: now - firstAt, latencyMs } satisfies Received });
}

function expectMessages(next: Expect): void {
  expected = next;
  latencies = new Float64Array(next.messages * readers);
  heard = wrong = bytes = 0;
  nextAck = next.ticksAnAck ? next.perTick * next.ticksAnAck * readers : Infinity;
  say({ expecting: true });
}

function connect(reader: number): Promise<void> {
  const { path, protocols, hello, welcome, replies } = dialect!;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const url = `ws://127.0.0.1:${port}${path}`;
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, skipUTF8Validation: true });
  socket.on('open', () => {
    if (hello === undefined) resolve();
    else socket.send(hello(reader));
  });
  socket.on('message', (data: Buffer) => {
    // A publication is longer than any other message but the welcome.
    if (data.length > 200 && data.includes(SEQ)) return read(reader, data);
    const text = data.toString();
    if (welcome !== undefined && text.startsWith(welcome)) resolve();
    for (const [start, reply] of Object.entries(replies)) if (text.startsWith(start)) socket.send(reply);
  });
  socket.on('error', reject);
  socket.on('close', (code: number) => {
    process.stderr.write(`reader ${reader} was closed: ${code}\n`);
    process.exit(1);
  });
  return promise;
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

createInterface(process.stdin)
  .on('line', (line) => {
    const { expecting } = JSON.parse(line) as { expecting?: Expect };
    if (expecting) expectMessages(expecting);
  })
  .on('close', () => process.exit(0));

for (let reader = 0; reader < readers; reader += 1) await connect(reader);
say({ connected: readers });
