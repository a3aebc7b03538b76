import { expect } from '@open-wc/testing';
import type { MetricSnapshot, MetricUpdate } from '../protocol/metrics.ts';
import { VERSION } from '../protocol/version.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { newServer, postSamples, sharedServer, stopServer } from '../testing/server.ts';
import type { TestServer } from '../testing/server.ts';
import { spyOnSockets } from '../testing/sockets.ts';
import { until } from '../testing/until.ts';
import { SocketClient } from './socket.ts';

const pool = clientPool();
let server: TestServer;

before(async () => {
  server = await sharedServer();
});
afterEach(() => pool.hangUp());

const snapshotOf = (listener: Recorder): MetricSnapshot | undefined =>
  listener.heard.find(([kind]) => kind === 'snapshot')?.[1] as MetricSnapshot | undefined;

describe('SocketClient: connection', () => {
  it('throws a TypeError for a url that is none', () => {
    expect(() => new SocketClient({ url: 'http://' })).to.throw(TypeError);
    expect(() => new SocketClient({ url: 'ftp://ops.example' })).to.throw(TypeError);
  });

  it('is idle until asked to connect, and then goes through its states to live', async () => {
    const { client, states, is } = pool.make({ url: server.url });
    expect(client.state).to.equal('idle');
    expect(client.url).to.equal(server.wsUrl);
    expect(client.serverVersion).to.equal(undefined);
    client.connect();
    await is('live');
    expect(states()).to.deep.equal(['connecting', 'authenticating', 'live']);
    expect(client.serverVersion).to.equal(VERSION);
  });

  it('opens one connection however often it is asked to connect', async () => {
    const { client, states, is } = pool.make({ url: server.url });
    client.connect();
    client.connect();
    await is('live');
    client.connect();
    expect(states()).to.deep.equal(['connecting', 'authenticating', 'live']);
  });

  it('tells each change with the state before it, and nothing to those who stopped listening', async () => {
    const { client, changes } = await pool.live({ url: server.url });
    const heard: string[] = [];
    const stop = client.on('state', ({ state }) => heard.push(state));
    stop();
    client.disconnect();
    expect(changes.map(({ previous, state }) => `${previous} → ${state}`)).to.deep.equal([
      'idle → connecting',
      'connecting → authenticating',
      'authenticating → live',
      'live → closed',
    ]);
    expect(heard).to.deep.equal([]);
  });

  it('does not answer to disconnect before it was asked to connect', () => {
    const { client, changes } = pool.make({ url: server.url });
    client.disconnect();
    expect(client.state).to.equal('idle');
    expect(changes).to.deep.equal([]);
  });

  it('takes the time from the server, however wrong its own clock is', async () => {
    const clock = new FakeClock(0);
    const { client } = pool.make({ url: server.url, clock });
    expect(client.serverNow()).to.equal(0);
    client.connect();
    await until(() => client.state === 'live', 'live');
    expect(Math.abs(client.serverNow() - Date.now())).to.be.lessThan(60_000);
  });
});

describe('SocketClient: ping', () => {
  it('is answered, and sets the server’s time anew', async () => {
    const own = await newServer({ WAOOAW_PING_MS: '100', WAOOAW_PONG_TIMEOUT_MS: '500' });
    const clock = new FakeClock();
    const { client, states } = await pool.live({ url: own.url, clock });
    const listener = new Recorder();
    client.subscribe('health/server', listener);
    // A server that hears no pong hangs up before it pings a third time.
    for (let pings = 0; pings < 3; pings++) {
      clock.set(3_600_000);
      await until(() => Math.abs(client.serverNow() - Date.now()) < 60_000, `ping ${pings} came`);
    }
    expect(states().at(-1)).to.equal('live');
    await stopServer(own);
  });
});

describe('SocketClient: subscriptions', () => {
  it('hear a snapshot, then every publication', async () => {
    const series = 'socket_publications';
    const { client } = await pool.live({ url: server.url });
    const listener = new Recorder();
    await postSamples(server, { name: series, value: 1, unit: 'count', help: 'A test' });
    client.subscribe(`metrics/${series}`, listener);
    const snapshot = await until(() => snapshotOf(listener), 'a snapshot');
    expect([snapshot.series, snapshot.unit, snapshot.help]).to.deep.equal([series, 'count', 'A test']);
    expect(snapshot.rows.at(-1)?.[1]).to.equal(1);
    await postSamples(server, { name: series, value: 42 });
    const last = (): number | undefined => {
      const data = listener.heard.at(-1)?.at(-1) as unknown as MetricUpdate;
      return data.rows.at(-1)?.at(-1);
    };
    await until(() => last() === 42, 'the value');
    expect(new Set(listener.kinds.slice(1))).to.deep.equal(new Set(['publication']));
    expect(listener.kinds[0]).to.equal('snapshot');
  });

  it('made before the connection are asked for with it', async () => {
    const { client } = pool.make({ url: server.url });
    const listener = new Recorder();
    client.subscribe('health/server', listener);
    client.connect();
    await until(() => listener.heard.length > 0, 'a snapshot');
    expect(listener.kinds[0]).to.equal('snapshot');
  });

  it('made while connecting are asked for as soon as it is live', async () => {
    const { client } = pool.make({ url: server.url });
    const listeners = [new Recorder(), new Recorder()] as const;
    client.on('state', ({ state }) => {
      if (state === 'authenticating') client.subscribe('health/server', listeners[0]);
      // By now the connect message, which the first subscription went without, has been sent.
      if (state === 'live') client.subscribe('health/database', listeners[1]);
    });
    client.connect();
    for (const listener of listeners) await until(() => listener.heard.length > 0, 'a snapshot');
    expect(listeners.map(({ kinds }) => kinds[0])).to.deep.equal(['snapshot', 'snapshot']);
  });

  it('give a newcomer its own snapshot, and leave the others undisturbed', async () => {
    const series = 'socket_newcomer';
    const { client } = await pool.live({ url: server.url });
    const [first, second] = [new Recorder(), new Recorder()];
    client.subscribe(`metrics/${series}`, first);
    await until(() => first.heard.length > 0, 'the first snapshot');
    client.subscribe(`metrics/${series}`, second);
    await until(() => second.heard.length > 0, 'the second snapshot');
    await postSamples(server, { name: series, value: 5 });
    await until(() => first.offsets.length > 0 && second.offsets.length > 0, 'a publication to both');
    expect(first.kinds).to.deep.equal(['snapshot', 'publication']);
    expect(second.kinds).to.deep.equal(['snapshot', 'publication']);
    expect(first.offsets).to.deep.equal(second.offsets);
  });

  it('to an unknown channel hear the error, and the others stay live', async () => {
    const { client } = await pool.live({ url: server.url });
    const [good, unknown, bad] = [new Recorder(), new Recorder(), new Recorder()];
    client.subscribe('nonsense/of/mine', unknown);
    client.subscribe('metrics/9bad', bad);
    client.subscribe('health/server', good);
    await until(() => good.heard.length > 0, 'a snapshot');
    expect(unknown.heard).to.deep.equal([['error', 'unknown_channel']]);
    expect(bad.heard).to.deep.equal([['error', 'bad_selector']]);
    expect(client.state).to.equal('live');
  });

  it('to an unknown channel among those of the connect hear the error, and the others their snapshot', async () => {
    const { client } = pool.make({ url: server.url });
    const [good, unknown] = [new Recorder(), new Recorder()];
    client.subscribe('nonsense/of/mine', unknown);
    client.subscribe('health/server', good);
    client.connect();
    await until(() => good.heard.length > 0, 'a snapshot');
    expect(unknown.heard).to.deep.equal([['error', 'unknown_channel']]);
  });

  it('to one series by differently ordered tags both hear it', async () => {
    const name = 'socket_tags';
    const { client } = await pool.live({ url: server.url });
    const [first, second] = [new Recorder(), new Recorder()];
    client.subscribe(`metrics/${name}{a="1",b="2"}`, first);
    const subscription = client.subscribe(`metrics/${name}{ b="2", a="1" }`, second);
    await until(() => first.heard.length > 0 && second.heard.length > 0, 'both snapshots');
    await postSamples(server, { name, value: 7, tags: { b: '2', a: '1' } });
    await until(() => first.offsets.length > 0 && second.offsets.length > 0, 'a publication to both');
    expect(first.heard).to.deep.equal(second.heard);
    subscription.stop();
    await postSamples(server, { name, value: 8, tags: { a: '1', b: '2' } });
    await until(() => first.offsets.length > 1, 'another publication');
    expect(second.offsets.length).to.equal(1);
  });

  it('that the server has no room for now are asked for again when it says so', async () => {
    const own = await newServer({ WAOOAW_MESSAGE_BURST: '1', WAOOAW_MESSAGES_PER_SECOND: '1' });
    const { client } = await pool.live({ url: own.url });
    const [first, second] = [new Recorder(), new Recorder()];
    client.subscribe('health/server', first);
    client.subscribe('health/database', second);
    await until(
      () => first.kinds.includes('snapshot') && second.kinds.includes('snapshot'),
      'both snapshots',
    );
    const refused = [...first.heard, ...second.heard].filter(([kind]) => kind === 'error');
    expect(refused).to.deep.include(['error', 'rate_limited']);
    await stopServer(own);
  });

  it('that nobody listens to any more are not asked for again', async () => {
    const own = await newServer({ WAOOAW_MESSAGE_BURST: '1', WAOOAW_MESSAGES_PER_SECOND: '1' });
    const clock = new FakeClock();
    const spy = spyOnSockets();
    const { client } = await pool.live({ url: own.url, clock, lingerMs: 10 });
    const listeners = [new Recorder(), new Recorder()] as const;
    const held = listeners.map((listener, i) =>
      client.subscribe(['health', 'health/server'][i] ?? '', listener),
    );
    await until(() => listeners.every(({ heard }) => heard.length > 0), 'every answer');
    for (const subscription of held) subscription.stop();
    clock.advance(10);
    const asked = spy.sent.filter((message) => message.includes('"subscribe"'));
    clock.advance(5_000);
    expect(spy.sent.filter((message) => message.includes('"subscribe"'))).to.deep.equal(asked);
    spy.restore();
    await stopServer(own);
  });
});
