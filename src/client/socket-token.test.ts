import { expect } from '@open-wc/testing';
import { CLOSE } from '../protocol/close.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import type { LoggedClient } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { at, scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import { until } from '../testing/until.ts';
import type { SocketOptions } from './options.ts';

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

function connect(options: Partial<SocketOptions> = {}): LoggedClient {
  const logged = pool.make({ url: 'http://scripted.test', clock, random: () => 0.5, ...options });
  logged.client.connect();
  return logged;
}

const tokenSent = (): unknown => (script.socket.last('connect').connect as { token?: string }).token;
/** Waits until the renewal is due some time: beside it there are the heartbeat and the stability. */
const renewing = (): Promise<unknown> => until(() => clock.waiting === 3, 'the renewal is scheduled');
const opened = (count: number): Promise<unknown> =>
  until(() => script.sockets.length === count, `socket ${count}`);

describe('SocketClient: token', () => {
  it('goes with the first message, and nothing does where there is none', () => {
    connect({ token: 'secret' });
    script.socket.accept();
    expect(tokenSent()).to.equal('secret');
    expect(script.socket.url).to.equal('ws://scripted.test/ws');
    connect();
    script.socket.accept();
    expect(script.socket.last('connect').connect).not.to.have.property('token');
  });

  it('is asked for before every connection', async () => {
    let count = 0;
    const { client } = connect({ token: () => Promise.resolve(`token ${++count}`) });
    expect(client.state).to.equal('connecting');
    await opened(1);
    script.socket.accept();
    expect(tokenSent()).to.equal('token 1');
    expect(client.identity).to.deep.equal({ id: 'me', name: 'Me' });
    script.socket.end();
    clock.advance(250);
    await opened(2);
    script.socket.accept();
    expect(tokenSent()).to.equal('token 2');
  });

  it('whose provider fails is an error, and is asked for again later', async () => {
    let count = 0;
    const { client, changes } = connect({
      token: () => {
        count += 1;
        if (count === 1) throw new RangeError('no session');
        return count === 2 ? Promise.reject(new RangeError('still none')) : 'late';
      },
    });
    expect(changes.at(-1)).to.deep.include({ state: 'reconnecting', reason: 'token', retryInMs: 250 });
    const errors: string[] = [];
    client.on('error', ({ code, cause }) => errors.push(`${code}: ${String(cause)}`));
    clock.advance(250);
    await until(() => client.state === 'reconnecting', 'the second failure');
    clock.advance(500);
    script.socket.accept();
    expect(tokenSent()).to.equal('late');
    await until(() => errors.length === 2, 'both errors');
    expect(errors).to.deep.equal([
      'unauthorized: RangeError: no session',
      'unauthorized: RangeError: still none',
    ]);
  });

  it('whose provider never answers is given up after connectTimeoutMs', async () => {
    let late: (token: string) => void = () => undefined;
    const { changes } = connect({
      connectTimeoutMs: 3_000,
      token: () => new Promise((resolve) => (late = resolve)),
    });
    clock.advance(3_000);
    expect(changes.at(-1)).to.deep.include({ state: 'reconnecting', reason: 'timeout' });
    late('too late');
    await Promise.resolve();
    expect(script.sockets.length).to.equal(0);
  });

  it('whose provider fails after the client hung up is nobody’s concern', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { client, states } = connect({ token: () => new Promise((_, reject) => (fail = reject)) });
    client.disconnect();
    fail(new RangeError('late'));
    await Promise.resolve();
    expect(states()).to.deep.equal(['connecting', 'closed']);
  });

  it('that is refused for good fails, and setToken connects again', () => {
    for (const [code, reason] of [
      [CLOSE.unauthorized, 'unauthorized'],
      [CLOSE.token_revoked, 'token_revoked'],
      [CLOSE.token_expired, 'token_expired'],
    ] as const) {
      const { client, changes } = connect({ token: 'old' });
      script.socket.open();
      script.socket.end(code, reason);
      expect(changes.at(-1)).to.deep.equal({ state: 'failed', previous: 'authenticating', code, reason });
      client.setToken('new');
      expect(client.state).to.equal('connecting');
      script.socket.accept();
      expect(tokenSent()).to.equal('new');
      expect(client.state).to.equal('live');
    }
  });

  it('is not what a connection fails for that was refused for another reason', () => {
    const { client } = connect({ token: 'old' });
    script.socket.open();
    script.socket.end(4403, 'origin_not_allowed');
    client.setToken('new');
    expect(client.state).to.equal('failed');
  });

  it('that expired is asked for again, where there is somebody to ask', () => {
    let count = 0;
    const { client, changes } = connect({ token: () => `token ${++count}` });
    script.socket.accept();
    script.socket.end(4205, 'token_expired');
    expect(changes.at(-1)).to.deep.include({ state: 'reconnecting', code: 4205, retryInMs: 250 });
    clock.advance(250);
    script.socket.accept();
    expect(tokenSent()).to.equal('token 2');
    expect(client.state).to.equal('live');
  });

  it('that was replaced while the old one was being refused is tried', () => {
    const { client } = connect({ token: 'old' });
    script.socket.open();
    client.setToken('new');
    script.socket.end(4401, 'unauthorized');
    expect(client.state).to.equal('reconnecting');
    clock.advance(250);
    script.socket.accept();
    expect(tokenSent()).to.equal('new');
  });

  it('refused in the answer to connect, and not by a close code, is an error and tried again later', async () => {
    const { client, changes } = connect({ token: 'old' });
    const errors: string[] = [];
    client.on('error', ({ code }) => errors.push(code));
    script.socket.open();
    script.socket.refuse('connect', 'unauthorized');
    expect(changes.at(-1)).to.deep.include({ state: 'reconnecting', code: 1006, reason: 'unauthorized' });
    await until(() => errors.length > 0, 'the error');
    expect(errors).to.deep.equal(['unauthorized']);
  });
});

describe('SocketClient: renewing the token', () => {
  it('on a live connection does not break it, and asks again for what was taken away', async () => {
    const { client, states } = connect({ token: 'old' });
    const listener = new Recorder();
    client.subscribe('app/secret', listener);
    client.subscribe('app/open', new Recorder());
    script.socket.accept({ subs: [at(3, 'app/secret', 0), at(4, 'app/open', 0)] });
    script.socket.say({ n: 3, end: { code: 'forbidden', message: '', retryable: false } });
    client.setToken('new');
    await until(() => script.socket.count('refresh') > 0, 'the refresh');
    expect(script.socket.last('refresh').refresh).to.deep.equal({ token: 'new' });
    expect(script.socket.count('subscribe')).to.equal(0);
    script.socket.reply('refresh', {});
    expect(script.socket.count('subscribe')).to.equal(1);
    expect(states()).to.deep.equal(['connecting', 'authenticating', 'live']);
  });

  it('comes ahead of its expiry by the server’s clock, again and again', async () => {
    let count = 0;
    const { client } = connect({ token: () => `token ${++count}` });
    clock.set(-3_600_000);
    script.socket.accept({ pingMs: 3_600_000, expiresAt: 1_000_000 + 100_000 });
    await renewing();
    clock.advance(79_999);
    expect(script.socket.count('refresh')).to.equal(0);
    clock.advance(1);
    await until(() => script.socket.count('refresh') === 1, 'the refresh');
    expect(script.socket.last('refresh').refresh).to.deep.equal({ token: 'token 2' });
    script.socket.reply('refresh', { expiresAt: client.serverNow() + 10_000 });
    clock.advance(8_000);
    await until(() => script.socket.count('refresh') === 2, 'the second refresh');
    script.socket.reply('refresh', {});
    clock.advance(20_000);
    await Promise.resolve();
    expect(script.socket.count('refresh')).to.equal(2);
  });

  it('that is refused or finds no token is tried again nearer to the end', async () => {
    const tokens = ['first', undefined, 'third', 'fourth'];
    const { client } = connect({ token: () => tokens.shift() });
    const errors: string[] = [];
    client.on('error', ({ code }) => errors.push(code));
    script.socket.accept({ expiresAt: 1_010_000 });
    await renewing();
    clock.advance(8_000);
    await until(() => tokens.length === 2, 'the second token');
    await Promise.resolve();
    clock.advance(1_600);
    await until(() => script.socket.count('refresh') === 1, 'the refresh');
    expect(script.socket.last('refresh').refresh).to.deep.equal({ token: 'third' });
    script.socket.refuse('refresh', 'forbidden');
    await until(() => errors.length > 0, 'the error');
    expect(errors).to.deep.equal(['forbidden']);
    // Too near to the end: from here it is the server's word.
    clock.advance(399);
    expect([client.state, tokens.length]).to.deep.equal(['live', 1]);
  });

  it('that fails is an error, and the connection goes on', async () => {
    let count = 0;
    const { client } = connect({
      token: () => {
        count += 1;
        return count === 1 ? 'first' : Promise.reject(new RangeError('no session'));
      },
    });
    const errors: string[] = [];
    client.on('error', ({ cause }) => errors.push(String(cause)));
    script.socket.accept({ pingMs: 3_600_000, expiresAt: 1_100_000 });
    await renewing();
    clock.advance(80_000);
    await until(() => errors.length > 0, 'the error');
    expect(errors).to.deep.equal(['RangeError: no session']);
    expect(client.state).to.equal('live');
    clock.advance(16_000);
    await until(() => count === 3, 'another try');
  });

  it('that is overtaken by the end of the connection is forgotten', async () => {
    let late: (token: string) => void = () => undefined;
    const { client } = connect({ token: 'old' });
    script.socket.accept();
    client.setToken(() => new Promise((resolve) => (late = resolve)));
    script.socket.end();
    late('late');
    await Promise.resolve();
    expect(script.socket.count('refresh')).to.equal(0);
    expect(client.state).to.equal('reconnecting');
  });
});
