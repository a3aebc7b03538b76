import { expect } from '@open-wc/testing';
import type { ErrorCode } from '../protocol/codes.ts';
import { WaooawError } from '../protocol/error.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import type { SocketOptions } from './options.ts';
import type { SocketClient } from './socket.ts';

const pool = clientPool();
let script: Script;
let clock: FakeClock;

beforeEach(() => {
  script = scriptSockets();
  clock = new FakeClock();
});
afterEach(() => {
  pool.hangUp();
  script.restore();
});

function make(options: Partial<SocketOptions> = {}): SocketClient {
  return pool.make({ url: 'http://scripted.test', clock, random: () => 0, ...options }).client;
}

/** A client whose connection is up. */
function live(options: Partial<SocketOptions> = {}): SocketClient {
  const client = make(options);
  client.connect();
  script.socket.accept();
  return client;
}

/** Waits for the refusal of a call. */
async function refusal(call: Promise<unknown>): Promise<WaooawError> {
  try {
    await call;
  } catch (error) {
    expect(error).to.be.instanceOf(WaooawError);
    return error as WaooawError;
  }
  throw new Error('the call was not refused');
}

async function refused(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  expect((await refusal(call)).code).to.equal(code);
}

/** The line breaks, and is up again. */
function breakAndMend(): void {
  script.socket.end();
  clock.advance(0);
  script.socket.accept();
}

describe('SocketClient: publish', () => {
  it('is answered with where the publication stands', async () => {
    const published = live().publish('app/log', { text: 'a' }, { key: 'k1' });
    const { publish } = script.socket.last('publish');
    expect(publish).to.deep.equal({ ch: 'app/log', data: { text: 'a' }, key: 'k1' });
    script.socket.reply('publish', { ch: 'app/log', e: 'k', o: 4 });
    expect(await published).to.deep.equal({ ch: 'app/log', e: 'k', o: 4 });
  });

  it('has a random UUID for its key, another one each time', () => {
    const client = live();
    const keys = [1, 2].map(() => {
      client.publish('app/log', 1).catch(() => undefined);
      return (script.socket.last('publish').publish as { key: string }).key;
    });
    for (const key of keys)
      expect(key).to.match(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(keys).size).to.equal(2);
  });

  it('is sent again with the same key when the line breaks before the answer, and never after it', async () => {
    const client = live();
    const [first, second] = [client.publish('app/log', 1), client.publish('app/log', 2)];
    const [one, two] = script.socket.sent.filter((message) => 'publish' in message);
    script.socket.say({ id: one?.id, ok: { ch: 'app/log', e: 'k', o: 1 } });
    breakAndMend();
    expect(script.socket.count('publish')).to.equal(1);
    expect(script.socket.last('publish').publish).to.deep.equal(two?.publish);
    script.socket.reply('publish', { ch: 'app/log', e: 'k', o: 2, duplicate: true });
    expect([(await first).o, (await second).o]).to.deep.equal([1, 2]);
    breakAndMend();
    expect(script.socket.count('publish')).to.equal(0);
  });

  it('is what it was when it was called, whatever becomes of the data', () => {
    const data = { n: 1 };
    const client = make();
    client.publish('app/log', data).catch(() => undefined);
    data.n = 2;
    client.connect();
    script.socket.accept();
    expect((script.socket.last('publish').publish as { data: unknown }).data).to.deep.equal({ n: 1 });
  });

  it('of what is no JSON fails alone', async () => {
    const client = live();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const failure = await client.publish('app/log', circle as never).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
    expect(client.state).to.equal('live');
  });

  it('is refused with the server’s code and words, also with a code that this release does not know', async () => {
    const client = live();
    const forbidden = client.publish('audit', 1);
    script.socket.refuse('publish', 'forbidden', { message: 'viewers do not publish' });
    const error = await refusal(forbidden);
    expect([error.code, error.message, error.status, error.retryable]).to.deep.equal([
      'forbidden',
      'viewers do not publish',
      403,
      false,
    ]);
    const unknown = client.publish('audit', 1);
    script.socket.refuse('publish', 'too_early', { retryable: true, afterMs: 40 });
    const newer = await refusal(unknown);
    expect([newer.code, newer.retryable, newer.afterMs, newer.status]).to.deep.equal([
      'too_early',
      true,
      40,
      500,
    ]);
  });
});

describe('SocketClient: request', () => {
  it('is answered with data', async () => {
    const answer = live().request('agents/list', { limit: 2 });
    expect(script.socket.last('request').request).to.deep.equal({
      method: 'agents/list',
      data: { limit: 2 },
    });
    script.socket.reply('request', { data: ['a', 'b'] });
    expect(await answer).to.deep.equal(['a', 'b']);
  });

  it('waits for a connection, and fails when the line breaks after it was sent', async () => {
    const client = make();
    const answer = client.request('agents/list');
    client.connect();
    script.socket.accept();
    expect(script.socket.last('request').request).to.deep.equal({ method: 'agents/list' });
    script.socket.end();
    await refused(answer, 'connection_lost');
    clock.advance(0);
    script.socket.accept();
    expect(script.socket.count('request')).to.equal(0);
  });

  it('is given up after its time, or the usual time, wherever it is', async () => {
    const client = make({ requestTimeoutMs: 3_000 });
    const waiting = client.request('a');
    clock.advance(2_999);
    client.connect();
    script.socket.accept();
    clock.advance(1);
    await refused(waiting, 'request_timeout');
    const sent = client.request('b', undefined, { timeoutMs: 50 });
    clock.advance(50);
    await refused(sent, 'request_timeout');
    script.socket.reply('request', { data: 1 });
    expect(client.state).to.equal('live');
  });
});

describe('SocketClient: calls that wait', () => {
  it('are sent in the order in which they were made, after the introduction', () => {
    const client = make();
    const calls = [client.publish('app/a', 1), client.request('m'), client.publish('app/b', 2)];
    for (const call of calls) call.catch(() => undefined);
    client.connect();
    script.socket.accept();
    expect(script.socket.sent.map((message) => Object.keys(message)[1])).to.deep.equal([
      'connect',
      'publish',
      'request',
      'publish',
    ]);
  });

  it('are as many as maxQueued', async () => {
    const client = make({ maxQueued: 2 });
    const calls = [client.request('a'), client.request('b')];
    await refused(client.request('c'), 'queue_full');
    client.connect();
    script.socket.accept();
    expect(script.socket.count('request')).to.equal(2);
    client.request('d').catch(() => undefined);
    expect(script.socket.count('request')).to.equal(3);
    for (const call of calls) call.catch(() => undefined);
  });

  it('fail when no connection will come: after disconnect, after a refusal for good, and until connect', async () => {
    const client = make();
    const waiting = client.publish('app/a', 1);
    client.connect();
    client.disconnect();
    await refused(waiting, 'connection_lost');
    await refused(client.publish('app/a', 1), 'connection_lost');
    await refused(client.request('a'), 'connection_lost');
    client.connect();
    const unanswered = client.publish('app/a', 1);
    script.socket.open();
    script.socket.end(4403, 'origin_not_allowed');
    expect(client.state).to.equal('failed');
    await refused(unanswered, 'connection_lost');
    expect(clock.waiting).to.equal(0);
  });
});
