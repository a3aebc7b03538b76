import { expect } from '@open-wc/testing';
import type { MetricSnapshot } from '../protocol/metrics.ts';
import { FakeClock } from '../testing/clock.ts';
import { clientPool } from '../testing/clients.ts';
import { Recorder } from '../testing/recorder.ts';
import { killServer, newServer, postSamples, startServer, stopServer } from '../testing/server.ts';
import type { TestServer } from '../testing/server.ts';
import { until } from '../testing/until.ts';
import { MetricWindow } from './metric-window.ts';

/** Longer than a server may be silent. */
const SILENCE_MS = 80_000;

const pool = clientPool();
let server: TestServer;

before(async () => {
  server = await newServer();
});
afterEach(() => pool.hangUp());
after(() => stopServer(server));

describe('SocketClient: a line that breaks', () => {
  it('brings every publication exactly once when it comes back', async () => {
    const name = 'reconnect_once';
    const steady = await pool.live({ url: server.url });
    const broken = await pool.live({ url: server.url });
    const [reference, listener] = [new Recorder(), new Recorder()];
    steady.client.subscribe(`metrics/${name}`, reference);
    broken.client.subscribe(`metrics/${name}`, listener);
    await until(() => reference.heard.length > 0 && listener.heard.length > 0, 'both snapshots');

    for (let round = 0; round < 5; round++) {
      const before = reference.offsets.length;
      if (round % 2 === 1) broken.client.disconnect();
      await postSamples(server, { name, value: round });
      await until(() => reference.offsets.length > before, `publication ${round}`);
      if (round % 2 === 1) broken.client.connect();
    }
    await until(() => listener.offsets.length === reference.offsets.length, 'all publications');
    expect(listener.heard.slice(1)).to.deep.equal(reference.heard.slice(1));
    expect(listener.kinds.filter((kind) => kind !== 'publication')).to.deep.equal(['snapshot']);
  });

  it('gives who came meanwhile a snapshot, and who was there what was missed', async () => {
    const name = 'reconnect_meanwhile';
    const { client } = await pool.live({ url: server.url });
    const [first, second] = [new Recorder(), new Recorder()];
    client.subscribe(`metrics/${name}`, first);
    await until(() => first.heard.length > 0, 'a snapshot');
    client.disconnect();
    client.subscribe(`metrics/${name}`, second);
    const { client: witness } = await pool.live({ url: server.url });
    const seen = new Recorder();
    witness.subscribe(`metrics/${name}`, seen);
    await until(() => seen.heard.length > 0, 'a snapshot for the witness');
    await postSamples(server, { name, value: 1 });
    await until(() => seen.offsets.length > 0, 'the publication is out');
    client.connect();
    await until(() => first.offsets.length > 0 && second.heard.length > 0, 'both know');
    expect(first.kinds).to.deep.equal(['snapshot', 'publication']);
    expect(second.kinds).to.deep.equal(['snapshot']);
  });

  it('is noticed by its silence, and comes back without a loss', async () => {
    const name = 'reconnect_silent';
    const clock = new FakeClock();
    const { client, changes, is } = await pool.live({ url: server.url, clock, random: () => 0.5 });
    const listener = new Recorder();
    client.subscribe(`metrics/${name}`, listener);
    await until(() => listener.heard.length > 0, 'a snapshot');
    clock.advance(SILENCE_MS, () => client.state !== 'live');
    expect(changes.at(-1)).to.deep.equal({
      state: 'reconnecting',
      previous: 'live',
      code: 1006,
      reason: 'silent',
      retryInMs: 250,
    });
    await postSamples(server, { name, value: 1 });
    clock.advance(250);
    await is('live');
    await until(() => listener.offsets.length > 0, 'the publication');
    expect(listener.kinds).to.deep.equal(['snapshot', 'publication']);
  });

  it('is not taken for silent while something is heard', async () => {
    const name = 'reconnect_heard';
    const clock = new FakeClock();
    const { client, states } = await pool.live({ url: server.url, clock });
    const listener = new Recorder();
    client.subscribe(`metrics/${name}`, listener);
    for (let i = 0; i < 6; i++) {
      clock.advance(SILENCE_MS / 4);
      await postSamples(server, { name, value: i });
      await until(() => listener.offsets.length > i, `publication ${i}`);
    }
    expect(states().at(-1)).to.equal('live');
  });

  it('is given more time in a hidden tab, whose timers are late', async () => {
    const clock = new FakeClock();
    const { client } = await pool.live({ url: server.url, clock });
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    try {
      clock.advance(70_000);
      expect(client.state).to.equal('live');
      clock.advance(40_000, () => client.state !== 'live');
      expect(client.state).to.equal('reconnecting');
    } finally {
      Reflect.deleteProperty(document, 'visibilityState');
    }
  });

  it('that never opens is given up after connectTimeoutMs', () => {
    const clock = new FakeClock();
    const { client, changes } = pool.make({ url: server.url, clock, connectTimeoutMs: 3_000 });
    client.connect();
    clock.advance(2_999);
    expect(client.state).to.equal('connecting');
    clock.advance(1);
    expect(changes.at(-1)?.reason).to.equal('timeout');
    expect(client.state).to.equal('reconnecting');
  });
});

describe('SocketClient: a server that is killed', () => {
  it('comes back as another stream: the loss is said, a snapshot follows, nothing is heard twice', async () => {
    const name = 'reconnect_killed';
    const clock = new FakeClock();
    const { client, states, is } = await pool.live({ url: server.url, clock });
    const listener = new Recorder();
    client.subscribe(`metrics/${name}`, listener);
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    await postSamples(server, { name, value: 1, time: now - 60_000 });
    await until(() => listener.offsets.length > 0, 'a publication');

    await killServer(server);
    await is('reconnecting');
    await startServer(server);
    await postSamples(server, { name, value: 2, time: now - 1_000 });
    clock.advance(1_000);
    await is('live');
    await until(() => listener.kinds.includes('lost'), 'the loss');
    expect(listener.kinds.slice(0, 4)).to.deep.equal(['snapshot', 'publication', 'lost', 'snapshot']);
    expect(listener.heard[2]).to.deep.equal(['lost', 'epoch']);

    await postSamples(server, { name, value: 3, time: now });
    await until(() => listener.heard.length > 4, 'a publication of the new stream');
    const fresh = listener.heard.slice(4).flatMap((entry) => (entry[0] === 'publication' ? entry[1] : []));
    expect(new Set(fresh).size, 'each offset once').to.equal(listener.heard.length - 4);
    expect(states().slice(0, 4)).to.deep.equal(['connecting', 'authenticating', 'live', 'reconnecting']);

    const { rows } = listener.heard[3]?.[1] as unknown as MetricSnapshot;
    expect(rows.map(([start]) => start)).to.include(now - 1_000);
    expect(rows.map(([start]) => start)).not.to.include(now - 60_000);
  });

  it('leaves a gap in the line of what was followed through it', async () => {
    const name = 'reconnect_gap';
    const { client, is } = await pool.live({ url: server.url, firstMs: 20, capMs: 100 });
    const past = new MetricWindow(600_000);
    client.subscribe(`metrics/${name}`, {
      snapshot: (data) => past.snapshot(data as unknown as MetricSnapshot),
      publication: (data) => past.update(data as unknown as MetricSnapshot),
    });
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    await postSamples(server, { name, value: 1, time: now - 61_000 }, { name, value: 2, time: now - 60_000 });
    await until(() => past.latest()?.last === 2, 'the samples');
    await killServer(server);
    await startServer(server);
    await is('live');
    await postSamples(server, { name, value: 3, time: now });
    await until(() => past.latest()?.last === 3, 'the sample of after');
    expect(past.columns()).to.deep.equal([
      [now - 61_000, now - 60_000, now - 59_000, now],
      [1, 2, null, 3],
    ]);
  });
});
