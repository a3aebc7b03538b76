import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { admission, at, rows, scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import { scriptStreams } from '../testing/streams.ts';
import type { ScriptedRequest, Streams } from '../testing/streams.ts';
import { until } from '../testing/until.ts';
import type { SocketOptions } from './options.ts';

const pool = clientPool();
let script: Script;
let streams: Streams;
let clock: FakeClock;

beforeEach(() => {
  script = scriptSockets();
  streams = scriptStreams();
  clock = new FakeClock();
});
afterEach(() => {
  pool.hangUp();
  script.restore();
  streams.restore();
  sessionStorage.clear();
});

function connect(options: Partial<SocketOptions> = {}): LoggedClient {
  const logged = pool.make({ url: 'http://scripted.test/base', clock, random: () => 0, ...options });
  logged.client.connect();
  return logged;
}

/** The answer to a request that connects. */
function admit(request: ScriptedRequest, more: Parameters<typeof admission>[1] = {}): void {
  request.open();
  request.say({ id: 1, ok: admission(request.body as Parameters<typeof admission>[0], more) });
}

/** A client on SSE from the start, and its stream. */
async function fallen(
  options: Partial<SocketOptions> = {},
): Promise<LoggedClient & { stream: ScriptedRequest }> {
  const logged = connect({ fallbackAfter: 0, ...options });
  const stream = await streams.request(streams.requests.length);
  admit(stream, { pingMs: 3_600_000 });
  await logged.is('fallback');
  // The first try beside it is at once.
  clock.advance(0);
  script.socket.end();
  return { ...logged, stream };
}

describe('SocketClient: a line by SSE', () => {
  it('sends one POST at a time, and what comes meanwhile together, in order', async () => {
    const { client, stream } = await fallen();
    for (const name of ['a', 'b', 'c']) client.publish('app/log', name, { key: name }).catch(() => undefined);
    const first = await streams.request(1);
    expect(first.url).to.equal('http://scripted.test/base/sse/session-1');
    expect(first.body).to.deep.include({ publish: { ch: 'app/log', data: 'a', key: 'a' } });
    stream.say({ ping: 1 });
    await Promise.resolve();
    expect(streams.requests.length).to.equal(2);
    first.answer(204);
    const rest = await streams.request(2);
    const kinds = (rest.body as object[]).map((message) => Object.keys(message).at(-1));
    expect(kinds.slice(0, 2)).to.deep.equal(['publish', 'publish']);
  });

  it('stands on the token that the server took last', async () => {
    const { client, stream } = await fallen({ token: 'old' });
    client.setToken('new');
    const refresh = await streams.request(1);
    expect(refresh.headers.get('authorization')).to.equal('Bearer old');
    refresh.answer(204);
    stream.say({ id: (refresh.body as { id: number }).id, ok: {} });
    await until(() => (stream.say({ ping: 1 }), streams.requests.length > 2), 'another POST');
    await until(() => {
      streams.requests.at(-1)?.answer(204);
      stream.say({ ping: 1 });
      return streams.requests.at(-1)?.headers.get('authorization') === 'Bearer new';
    }, 'the new token');
  });

  it('ends with the code that the server says before, or with 1006', async () => {
    const { changes, stream, is } = await fallen();
    stream.write(
      'event: other\ndata: 1\n\nevent: close\ndata: {"code":4001,"reason":"shutdown"}\n\ndata: {"x":1}\n\n',
    );
    await is('reconnecting');
    expect(changes.at(-1)).to.deep.include({ code: 4001, reason: 'shutdown' });
    expect(stream.aborted).to.equal(true);
    pool.hangUp();
    const other = await fallen();
    other.stream.end();
    await other.is('reconnecting');
    expect(other.changes.at(-1)).to.deep.include({ code: 1006, reason: '' });
  });

  it('ends when the server no longer knows the session, or a message does not get through', async () => {
    const { client, changes, stream, is } = await fallen();
    client.publish('app/log', 1, { key: 'k1' }).catch(() => undefined);
    (await streams.request(1)).answer(404, 'not_connected');
    await is('reconnecting');
    expect(changes.at(-1)).to.deep.include({ code: 1006, reason: 'not_connected' });
    expect(stream.aborted).to.equal(true);
    clock.advance(0);
    const again = await streams.request(2);
    admit(again);
    const up = await streams.request(3);
    expect(up.body).to.deep.include({ publish: { ch: 'app/log', data: 1, key: 'k1' } });
    up.fail();
    await is('reconnecting');
  });

  it('is let go of by disconnect, before it is open too', async () => {
    const { client, stream } = await fallen();
    client.disconnect();
    expect(stream.aborted).to.equal(true);
    const count = streams.requests.length;
    const { client: other } = connect({ fallbackAfter: 0 });
    other.disconnect();
    const early = connect({ fallbackAfter: 0 });
    await early.is('authenticating');
    early.client.disconnect();
    expect(streams.requests.length).to.equal(count + 1);
    expect(streams.requests.at(-1)?.aborted).to.equal(true);
  });
});

describe('SocketClient: back from fallback', () => {
  it('tries a WebSocket beside it every reprobeMs, and moves over when one gets through', async () => {
    const { client, stream, states } = await fallen({ reprobeMs: 1_000 });
    const listener = new Recorder();
    client.subscribe('app/a', listener);
    const asked = await streams.request(1);
    stream.say({ id: (asked.body as { id: number }).id, ok: at(4, 'app/a', 0) });
    await until(() => listener.heard.length > 0, 'a snapshot');
    const moved: string[] = [];
    client.on('moved', ({ why }) => moved.push(why));
    clock.advance(1_000);
    script.socket.end();
    expect(client.state).to.equal('fallback');
    clock.advance(1_000);
    expect(script.sockets.length).to.equal(3);
    script.socket.open();
    script.socket.admit({ subs: [at(5, 'app/a', 2, { recovered: true, pubs: rows(1, 2) })] });
    expect([client.state, client.transport, moved.join()]).to.deep.equal(['live', 'websocket', 'websocket']);
    expect([stream.aborted, listener.offsets]).to.deep.equal([true, [1, 2]]);
    expect(states().slice(-2)).to.deep.equal(['fallback', 'live']);
    clock.advance(5_000);
    expect(script.sockets.length, 'no more probes').to.equal(3);
  });

  it('is at once where only the server was away while WebSockets failed, and the session does not remember', async () => {
    const { client, is } = connect();
    for (let i = 0; i < 2; i++) {
      script.socket.end();
      clock.advance(0);
    }
    admit(await streams.request(0));
    await is('fallback');
    expect(sessionStorage.length).to.equal(0);
    clock.advance(0);
    script.socket.accept();
    expect([client.state, sessionStorage.length]).to.deep.equal(['live', 0]);
  });

  it('is not before reprobeMs where the first try beside it failed: that is remembered', async () => {
    const { is } = connect();
    for (let i = 0; i < 2; i++) {
      script.socket.end();
      clock.advance(0);
    }
    admit(await streams.request(0), { pingMs: 3_600_000 });
    await is('fallback');
    clock.advance(0);
    script.socket.end();
    expect(sessionStorage.length).to.equal(1);
    clock.advance(299_999);
    expect(script.sockets.length).to.equal(3);
    clock.advance(1);
    expect(script.sockets.length).to.equal(4);
  });

  it('is forgotten by the session then, and remembered until then', async () => {
    const { client } = await fallen();
    expect(Object.keys(sessionStorage)).to.deep.equal(['waooaw.sse:ws://scripted.test/base/ws']);
    client.disconnect();
    const other = connect();
    admit(await streams.request(1));
    await other.is('fallback');
    expect(script.sockets.length).to.equal(1);
    clock.advance(300_000, () => script.sockets.length > 1);
    script.socket.accept();
    expect([other.client.state, sessionStorage.length]).to.deep.equal(['live', 0]);
  });

  it('works without a session’s memory', async () => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage') as PropertyDescriptor;
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    try {
      const { client, stream, is } = await fallen();
      expect(client.transport).to.equal('sse');
      stream.end();
      await is('reconnecting');
      clock.advance(0);
      await streams.request(1);
    } finally {
      Object.defineProperty(globalThis, 'sessionStorage', real);
    }
  });

  it('stays on SSE when the server asks it to move', async () => {
    const { client, stream } = await fallen();
    stream.say({ move: { afterMs: 100, withinMs: 1_000, why: 'drain' } });
    await until(() => (clock.advance(100), streams.requests.length > 1), 'the second stream');
    const next = await streams.request(1);
    admit(next);
    await until(() => stream.aborted, 'the first stream is let go of');
    expect(client.state).to.equal('fallback');
    next.say({ move: { afterMs: 100, withinMs: 1_000, why: 'drain' } });
    await until(() => (clock.advance(100), streams.requests.length > 2), 'the third stream');
    streams.requests.at(-1)?.answer(503, 'unavailable');
    await until(() => streams.requests.at(-1)?.aborted, 'the third stream is given up');
    expect([client.state, next.aborted]).to.deep.equal(['fallback', false]);
  });
});
