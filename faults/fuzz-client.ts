/** Malformed frames thrown at a live client by a server that was taken over: nothing is thrown, and it comes back. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { SocketClient } from '../src/client/index.ts';
import { SUBPROTOCOLS } from '../src/protocol/index.ts';
import { Chance } from './chance.ts';
import { fastClock } from './fast-clock.ts';
import type { Fuzzed } from './fuzz.ts';
import { mutated } from './mutate.ts';

const HASH = '0123456789abcdef';
const FRAMES_A_CONNECTION = 40;
const RATE = 200;
/** Longer than a client may be told to wait, which is an hour of its own clock: 18 s of the machine's. */
const LIMIT_MS = 40_000;

/** Told to wait for longer, by the client's clock, somebody presses "Reconnect now", ms. */
const PATIENCE_MS = 60_000;

interface Asked {
  readonly id?: number;
  readonly connect?: { readonly subs?: readonly { readonly ch: string }[] };
  readonly subscribe?: { readonly ch: string };
}

/** Throws so many. */
export async function fuzzClient(seed: number, cases: number): Promise<Fuzzed> {
  const chance = new Chance(seed);
  const outcomes: Record<string, number> = {};
  const problems: string[] = [];
  const count = (what: string): void => void (outcomes[what] = (outcomes[what] ?? 0) + 1);
  let thrown = 0;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOLS[0] });
  server.on('connection', (socket: WebSocket) => {
    let left = FRAMES_A_CONNECTION;
    const say = (message: object): void => {
      const hostile = thrown < cases && left > 0;
      if (hostile) {
        left -= 1;
        thrown += 1;
      }
      socket.send(hostile && chance.maybe(0.6) ? mutated(message, chance) : JSON.stringify(message));
      // A client that bore them all shall bear others.
      if (hostile && left === 0) setTimeout(() => thrown < cases && socket.terminate(), 1);
    };
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      for (const asked of JSON.parse(`[${data.toString().replaceAll('\n', ',')}]`) as Asked[]) {
        for (const answer of answersTo(asked)) say(answer);
      }
      if (thrown < cases) for (const frame of news(chance)) say(frame);
    });
  });
  await once(server, 'listening');

  const clock = fastClock(RATE);
  const client = new SocketClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock: clock.client,
    fallbackAfter: Number.POSITIVE_INFINITY,
    firstMs: 100,
    capMs: 200,
    requestTimeoutMs: 2_000,
  });
  client.on('state', ({ state, code, reason, retryInMs = 0 }) => {
    count(`${state} ${reason ?? ''}`.trim());
    // What says never to come back is obeyed; a page, or its user, may try again.
    if (state === 'failed' || retryInMs > PATIENCE_MS) setTimeout(() => client.connect(), 1);
    void code;
  });
  client.on('error', ({ code }) => count(`error ${shown(code)}`));
  client.on('message', () => count('message'));
  let current = 0;
  for (const name of ['app/a', 'app/b']) {
    client.subscribe(name, {
      snapshot: () => count('snapshot'),
      publication: () => count('publication'),
      lost: () => count('lost'),
      error: ({ code }) => count(`channel error ${shown(code)}`),
      current: (is) => (current += is ? 1 : -1),
    });
  }
  client.connect();
  const calling = (async () => {
    while (thrown < cases) {
      await client.publish('app/a', 1).then(
        () => count('published'),
        () => count('not published'),
      );
      await client.request('echo').then(
        () => count('responded'),
        () => count('not responded'),
      );
      await sleep(1);
    }
  })();
  const goOn = setInterval(() => {
    for (const socket of server.clients)
      if (thrown < cases) socket.emit('message', Buffer.from('{"pos":{}}'));
  }, 1);
  const giveUpAt = performance.now() + LIMIT_MS + cases * 5;
  while (thrown < cases && performance.now() < giveUpAt) await sleep(5);
  if (thrown < cases) problems.push(`hangs after ${thrown}: the client is ${client.state}`);
  clearInterval(goOn);
  thrown = cases;

  // The server is itself again. Whoever was told to stay away is called back, and must find its way.
  for (const socket of server.clients) socket.terminate();
  const wellBy = performance.now() + LIMIT_MS;
  while (!(client.state === 'live' && current === 2) && performance.now() < wellBy) await sleep(5);
  if (client.state !== 'live' || current !== 2)
    problems.push(`does not recover: ${client.state}, ${current} of 2 channels are current`);
  await calling;
  client.disconnect();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  if ('polluted' in {}) problems.push('Object.prototype was polluted');
  return { cases, outcomes, problems };
}

function answersTo({ id, connect, subscribe }: Asked): object[] {
  if (id === undefined) return [];
  if (connect) {
    const ok = {
      session: 's1',
      t: Date.now(),
      pingMs: 5_000,
      maxFrameBytes: 65_536,
      server: { version: '0.1.0', protocol: 'waooaw.v1' },
      identity: { id: 'anonymous', name: 'anonymous', role: 'admin' },
      subs: (connect.subs ?? []).map(({ ch }) => subscribed(ch)),
    };
    return [{ id, ok }];
  }
  if (subscribe) return [{ id, ok: subscribed(subscribe.ch) }];
  return [{ id, ok: {} }];
}

function subscribed(ch: string): object {
  return { n: ch === 'app/a' ? 1 : 2, ch, e: 'k3Jq', o: 3, h: HASH, snapshot: { some: 'state' } };
}

/** What a server says unasked. */
function news(chance: Chance): object[] {
  const n = chance.whole(1, 3);
  const o = chance.whole(3, 6);
  return [
    chance.pick<object>([
      {
        n,
        pubs: [
          [o, { a: 1 }],
          [o + 1, { a: 2 }],
        ],
        h: HASH,
      },
      { n, after: 3, pubs: [[o + 2, { a: 1 }]], h: HASH },
      { n, lost: 'slow', e: 'k3Jq', o, h: HASH, snapshot: { some: 'state' } },
      { n, end: { code: 'forbidden', message: 'no', retryable: false } },
      { ping: Date.now() },
      { move: { afterMs: 100, withinMs: 200, why: 'drain' } },
      { direct: { hello: [1, 2] } },
      { id: chance.whole(1, 20), ok: {} },
      {
        id: chance.whole(1, 20),
        err: { code: 'rate_limited', message: 'wait', retryable: true, afterMs: 50 },
      },
      { id: null, err: { code: 'bad_frame', message: 'no', retryable: false } },
    ]),
  ];
}

/** A code as it came: a server that was taken over may send anything, also what cannot be made a text. */
function shown(code: unknown): string {
  return typeof code === 'string' ? code.slice(0, 40) : typeof code;
}
