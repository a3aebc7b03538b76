import { expect } from '@open-wc/testing';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { countsOf, newServer, postSamples, stopServer } from '../testing/server.ts';
import type { TestServer } from '../testing/server.ts';
import { until } from '../testing/until.ts';
import type { SocketClient } from './socket.ts';

const LINGER_MS = 2_000;

const pool = clientPool();
let server: TestServer;

before(async () => {
  server = await newServer();
});
afterEach(async () => {
  pool.hangUp();
  await until(async () => (await countsOf(server)).connections === 0, 'the connections are closed');
});
after(() => stopServer(server));

/** Waits until the server counts so many subscriptions. */
async function subscriptions(count: number): Promise<void> {
  await until(async () => (await countsOf(server)).subscriptions === count, `${count} subscriptions`);
}

/** Waits until the server has read whatever the client sent by now. Adds a subscription. */
async function answered(client: SocketClient): Promise<void> {
  const last = new Recorder();
  client.subscribe('health/server', last);
  await until(() => last.heard.length > 0, 'an answer');
}

describe('SocketClient: leaving', () => {
  it('keeps one subscription for any number of listeners', async () => {
    const { client } = await pool.live({ url: server.url });
    const listeners = Array.from({ length: 20 }, () => new Recorder());
    for (const listener of listeners) client.subscribe('metrics/leave_many', listener);
    await until(() => listeners.every(({ heard }) => heard.length > 0), 'every snapshot');
    expect((await countsOf(server)).subscriptions).to.equal(1);
  });

  it('unsubscribes a while after the last listener left, and not before', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const [first, second, other] = [new Recorder(), new Recorder(), new Recorder()];
    const held = [first, second].map((listener) => client.subscribe('metrics/leave_last', listener));
    client.subscribe('metrics/leave_other', other);
    await until(() => [first, second, other].every(({ heard }) => heard.length > 0), 'every snapshot');
    held[0]?.stop();
    clock.advance(10 * LINGER_MS);
    held[1]?.stop();
    clock.advance(LINGER_MS - 1);
    await answered(client);
    expect((await countsOf(server)).subscriptions).to.equal(3);
    clock.advance(1);
    await subscriptions(2);
  });

  it('stays subscribed when somebody comes back in time', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const first = new Recorder();
    const subscription = client.subscribe('metrics/leave_back', first);
    await until(() => first.heard.length > 0, 'a snapshot');
    subscription.stop();
    clock.advance(LINGER_MS - 1);
    const second = new Recorder();
    client.subscribe('metrics/leave_back', second);
    await until(() => second.heard.length > 0, 'a snapshot of its own');
    clock.advance(10 * LINGER_MS);
    await postSamples(server, { name: 'leave_back', value: 1 });
    await until(() => second.offsets.length > 0, 'a publication');
    expect(first.kinds).to.deep.equal(['snapshot']);
  });

  it('may be told to stop twice', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const [first, second] = [new Recorder(), new Recorder()];
    const subscription = client.subscribe('metrics/leave_twice', first);
    await until(() => first.heard.length > 0, 'a snapshot');
    subscription.stop();
    subscription.stop();
    clock.advance(LINGER_MS);
    subscription.stop();
    client.subscribe('metrics/leave_twice', second);
    subscription.stop();
    clock.advance(LINGER_MS);
    await until(() => second.heard.length > 0, 'a snapshot');
    await subscriptions(1);
  });

  it('leaves nothing behind when it left before the answer came', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const listener = new Recorder();
    client.subscribe('metrics/leave_early', listener).stop();
    clock.advance(LINGER_MS);
    await answered(client);
    clock.advance(LINGER_MS);
    await subscriptions(1);
    expect(listener.heard).to.deep.equal([]);
    expect(client.state).to.equal('live');
  });

  it('leaves nothing behind when it left before the connection was live', async () => {
    const clock = new FakeClock();
    const { client, is } = pool.make({ url: server.url, clock });
    const subscription = client.subscribe('metrics/leave_first', new Recorder());
    client.on('state', ({ state }) => {
      if (state !== 'authenticating') return;
      // The connect message with this subscription is about to be sent; its answer finds nobody.
      queueMicrotask(() => {
        subscription.stop();
        clock.advance(LINGER_MS);
      });
    });
    client.connect();
    await is('live');
    await answered(client);
    clock.advance(LINGER_MS);
    await subscriptions(1);
    expect(client.state).to.equal('live');
  });

  it('of one name keeps the series for another name of it that is being asked for', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    const [first, second] = [new Recorder(), new Recorder()];
    const subscription = client.subscribe('metrics/leave_names{a="1",b="2"}', first);
    await until(() => first.heard.length > 0, 'a snapshot');
    subscription.stop();
    client.subscribe('metrics/leave_names{b="2",a="1"}', second);
    clock.advance(LINGER_MS);
    await until(() => second.heard.length > 0, 'a snapshot of its own');
    clock.advance(LINGER_MS);
    await postSamples(server, { name: 'leave_names', value: 1, tags: { a: '1', b: '2' } });
    await until(() => second.offsets.length > 0, 'a publication');
    await subscriptions(1);
  });

  it('ends while the line is down', async () => {
    const clock = new FakeClock();
    const { client, is } = await pool.live({ url: server.url, clock });
    const [first, second] = [new Recorder(), new Recorder()];
    const subscription = client.subscribe('metrics/leave_down', first);
    client.subscribe('health/server', second);
    await until(() => first.heard.length > 0, 'a snapshot');
    client.disconnect();
    subscription.stop();
    clock.advance(LINGER_MS);
    client.connect();
    await is('live');
    await subscriptions(1);
  });

  it('closes the connection, and with it every subscription, when the client disconnects', async () => {
    const { client } = await pool.live({ url: server.url });
    client.subscribe('health/server', new Recorder());
    await subscriptions(1);
    client.disconnect();
    await until(async () => (await countsOf(server)).connections === 0, 'the connection is closed');
    expect((await countsOf(server)).subscriptions).to.equal(0);
  });
});
