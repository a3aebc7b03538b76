import { expect } from '@open-wc/testing';
import { CLOSE } from '../protocol/close.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { newServer, stopServer } from '../testing/server.ts';
import type { TestServer } from '../testing/server.ts';
import { spyOnSockets } from '../testing/sockets.ts';
import { until } from '../testing/until.ts';

/** Longer than a server may be silent. */
const SILENCE_MS = 80_000;

const pool = clientPool();
let server: TestServer;

before(async () => {
  server = await newServer();
});
afterEach(() => pool.hangUp());
after(() => stopServer(server));

describe('SocketClient: waiting', () => {
  it('doubles with every failed try, by chance and clock alone, up to the cap', async () => {
    const gone = await newServer();
    await stopServer(gone);
    const clock = new FakeClock();
    const chances = [1, 0.5, 0.25, 1, 1];
    const random = (): number => chances.shift() ?? 0;
    const options = { url: gone.url, clock, firstMs: 100, capMs: 700, random };
    const { client, changes } = pool.make(options);
    client.connect();
    const waits: number[] = [];
    while (chances.length > 0) {
      await until(() => client.state === 'reconnecting', 'the try failed');
      const waitMs = changes.at(-1)?.retryInMs ?? NaN;
      waits.push(waitMs);
      clock.advance(waitMs - 1);
      expect(client.state).to.equal('reconnecting');
      clock.advance(1);
      expect(client.state).to.equal('connecting');
    }
    expect(waits).to.deep.equal([100, 100, 100, 700, 700]);
  });

  it('goes on doubling after connections that did not last, and starts again after a stable one', async () => {
    const clock = new FakeClock();
    const options = { url: server.url, clock, firstMs: 100, stableMs: 5_000, random: () => 1 };
    const { client, changes, is } = pool.make(options);
    const waits: (number | undefined)[] = [];
    const spy = spyOnSockets();
    try {
      for (const lastsMs of [4_999, 4_999, 5_000, 0]) {
        client.connect();
        await is('live');
        clock.advance(lastsMs);
        spy.receive('noise');
        waits.push(changes.at(-1)?.retryInMs);
      }
    } finally {
      spy.restore();
    }
    expect(waits).to.deep.equal([100, 200, 100, 200]);
  });

  it('ends when the page connects by hand', async () => {
    const clock = new FakeClock();
    const { client, states, is } = await pool.live({ url: server.url, clock, random: () => 1 });
    clock.advance(SILENCE_MS, () => client.state === 'reconnecting');
    client.connect();
    await is('live');
    clock.advance(1_000);
    expect(states().slice(2)).to.deep.equal(['live', 'reconnecting', 'connecting', 'authenticating', 'live']);
  });
});

describe('SocketClient: staying away', () => {
  it('stays closed after disconnect, whatever time passes, until asked to connect', async () => {
    const clock = new FakeClock();
    const { client, states, is } = await pool.live({ url: server.url, clock });
    client.disconnect();
    client.disconnect();
    clock.advance(10 * SILENCE_MS);
    expect(states()).to.deep.equal(['connecting', 'authenticating', 'live', 'closed']);
    expect(clock.waiting).to.equal(0);
    client.connect();
    await is('live');
  });

  it('does not come back by itself without autoReconnect, but when asked', async () => {
    const clock = new FakeClock();
    const { client, changes, is } = await pool.live({ url: server.url, clock, autoReconnect: false });
    clock.advance(SILENCE_MS, () => client.state !== 'live');
    expect(changes.at(-1)).to.deep.equal({ state: 'failed', previous: 'live', code: 1006, reason: 'silent' });
    expect(clock.waiting).to.equal(0);
    client.connect();
    await is('live');
  });

  it('fails for good where the server does not know its origin', async () => {
    const strict = await newServer({ WAOOAW_ALLOWED_ORIGINS: 'https://portal.example' });
    const { client, changes, is } = pool.make({ url: strict.url });
    client.connect();
    await is('failed');
    expect(changes.at(-1)?.code).to.equal(CLOSE.origin_not_allowed);
    expect(changes.at(-1)?.reason).to.equal('origin_not_allowed');
    await stopServer(strict);
  });

  it('comes back at once from a server that says it is going down, and later from a full one', async () => {
    const full = await newServer({ WAOOAW_MAX_CONNECTIONS: '1' });
    const clock = new FakeClock();
    const inside = await pool.live({ url: full.url, clock, random: () => 1, firstMs: 100 });
    const outside = pool.make({ url: full.url, clock: new FakeClock(), random: () => 1, firstMs: 100 });
    outside.client.connect();
    await outside.is('reconnecting');
    expect(outside.changes.at(-1)?.code).to.equal(CLOSE.connection_limit);
    expect(outside.changes.at(-1)?.reason).to.equal('connection_limit');
    await stopServer(full);
    await inside.is('reconnecting');
    expect(inside.changes.at(-1)?.code).to.equal(CLOSE.shutdown);
    // Within the window that the server named when it asked everybody to move.
    expect(inside.changes.at(-1)?.retryInMs).to.be.at.most(100);
  });

  it('is the answer to a protocol that is not spoken here: terminal, and only after the handshake', async () => {
    const socket = new WebSocket(server.wsUrl, ['other.v9']);
    const closed = await new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
    expect(closed.code).to.equal(CLOSE.unsupported_protocol);
    expect(closed.reason).to.equal('unsupported_protocol');
  });
});
