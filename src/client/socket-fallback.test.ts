import { expect } from '@open-wc/testing';
import { CLOSE } from '../protocol/close.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { admission, at, pubs, scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import { scriptStreams } from '../testing/streams.ts';
import type { ScriptedRequest, Streams } from '../testing/streams.ts';
import { until } from '../testing/until.ts';
import { LAZY } from './link.ts';
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

describe('SocketClient: fallback', () => {
  it('is tried after two WebSockets in a row that never opened', async () => {
    const { client, states, is } = connect({ token: 'secret' });
    const listener = new Recorder();
    client.subscribe('app/a', listener);
    script.socket.end();
    clock.advance(0);
    script.socket.end();
    clock.advance(0);
    const stream = await streams.request(0);
    expect(script.sockets.length).to.equal(2);
    expect(stream.url).to.equal('http://scripted.test/base/sse');
    expect([stream.headers.get('content-type'), stream.headers.get('authorization')]).to.deep.equal([
      'application/json',
      'Bearer secret',
    ]);
    expect(stream.body).to.deep.include({ id: 1 });
    expect(JSON.stringify(stream.body)).not.to.contain('secret');
    admit(stream, { subs: [at(4, 'app/a', 0)] });
    await is('fallback');
    expect([client.transport, client.state]).to.deep.equal(['sse', 'fallback']);
    stream.say(pubs(4, 1), pubs(4, 2));
    await until(() => listener.offsets.length === 2, 'both publications');
    expect(states().slice(-3)).to.deep.equal(['connecting', 'authenticating', 'fallback']);
  });

  it('is tried also where WebSockets open and end with 1006 before anything is heard', async () => {
    connect();
    for (let i = 0; i < 2; i++) {
      script.socket.open();
      script.socket.end();
      clock.advance(0);
    }
    await streams.request(0);
  });

  it('is not tried for a server that answers, nor for a token that is missing', async () => {
    const { client, is } = connect();
    for (let i = 0; i < 3; i++) {
      script.socket.open();
      script.socket.end(4200, 'connection_limit');
      clock.advance(0);
    }
    script.socket.open();
    script.socket.refuse('connect', 'unavailable', { retryable: true, afterMs: 700 });
    expect(client.state).to.equal('reconnecting');
    clock.advance(699);
    expect(client.state, 'as long as the server asked').to.equal('reconnecting');
    clock.advance(1);
    client.setToken(() => Promise.reject(new Error('none')));
    for (let i = 0; i < 3; i++) {
      script.socket.end();
      await is('reconnecting');
      clock.advance(0);
    }
    await is('reconnecting');
    expect(streams.requests.length).to.equal(0);
  });

  it('nor is a server believed that asks to be left alone for ever, or for no time at all', () => {
    const { client } = connect();
    for (const afterMs of [1e308, 'soon', {}, -1, null] as unknown as number[]) {
      script.socket.open();
      script.socket.refuse('connect', 'unavailable', { retryable: true, afterMs });
      expect(client.state, String(afterMs)).to.equal('reconnecting');
      clock.advance(3_600_000, () => client.state !== 'reconnecting');
      expect(client.state, String(afterMs)).to.equal('connecting');
    }
  });

  it('and WebSocket are tried in turn while neither gets through', async () => {
    const { is } = connect();
    for (let round = 0; round < 3; round++) {
      while (script.sockets.length < 2 + round) {
        script.socket.end();
        clock.advance(0);
      }
      script.socket.end();
      clock.advance(0);
      (await streams.request(round)).fail();
      await is('reconnecting');
      clock.advance(0);
    }
    expect(script.sockets.length).to.equal(5);
  });

  it('is not there: WebSockets go on', async () => {
    for (const status of [404, 405]) {
      const { is } = connect({ fallbackAfter: 0 });
      const before = script.sockets.length;
      const asked = streams.requests.length;
      (await streams.request(asked)).answer(status);
      await is('reconnecting');
      for (let i = 1; i < 4; i++) {
        clock.advance(0);
        expect(script.sockets.length).to.equal(before + i);
        script.socket.end();
      }
      expect(streams.requests.length).to.equal(asked + 1);
      pool.hangUp();
    }
  });

  it('fails as the server says, by code or by status', async () => {
    for (const [status, code, state, close] of [
      [401, 'unauthorized', 'failed', CLOSE.unauthorized],
      [401, undefined, 'failed', CLOSE.unauthorized],
      [401, 'token_expired', 'failed', CLOSE.token_expired],
      [403, 'origin_not_allowed', 'failed', CLOSE.origin_not_allowed],
      [403, undefined, 'failed', CLOSE.origin_not_allowed],
      [429, 'connection_limit', 'reconnecting', 1006],
      [503, 'unavailable', 'reconnecting', 1006],
      [502, undefined, 'reconnecting', 1006],
    ] as const) {
      const { changes, is } = connect({ fallbackAfter: 0 });
      (await streams.request(streams.requests.length)).answer(status, code);
      await is(state);
      expect(changes.at(-1), `${status} ${code}`).to.deep.include({ code: close });
      pool.hangUp();
    }
  });

  it('whose code cannot be loaded is tried again later, after a WebSocket', async () => {
    const { sse } = LAZY;
    LAZY.sse = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
    try {
      const { changes, is } = connect({ fallbackAfter: 1 });
      script.socket.end();
      clock.advance(0);
      await is('reconnecting');
      expect(changes.at(-1)).to.deep.include({ code: 1006, reason: 'sse_not_loaded' });
      clock.advance(0);
      expect(script.sockets.length).to.equal(2);
    } finally {
      LAZY.sse = sse;
    }
  });

  it('is not fooled by a page in place of a stream', async () => {
    const { changes, is } = connect({ fallbackAfter: 0 });
    (await streams.request(0)).open('text/html');
    await is('reconnecting');
    expect(changes.at(-1)).to.deep.include({ code: 1006, reason: 'no_event_stream' });
  });
});
