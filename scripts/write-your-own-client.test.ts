/** Runs the client of docs/write-your-own-client.md, as it stands there, against a live server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';
import { CLOSE } from '../src/protocol/index.ts';
import type { Json, LostReason } from '../src/protocol/index.ts';
import { createManualClock } from '../server/engines/memory/clock.ts';
import { turn } from '../server/testing/event-loop.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import type { Running } from '../server/testing/harness.ts';
import { root } from './run.ts';

interface What {
  readonly snapshot?: Json;
  readonly lost?: LostReason;
  readonly offset?: number;
  readonly data?: Json;
  readonly error?: { readonly code: string };
  readonly closed?: number;
}
type Tell = (channel: string | undefined, what: What) => void;
type Follow = (url: string, channels: readonly string[], tell: Tell, token?: string) => () => void;

const [, code = ''] =
  /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'docs/write-your-own-client.md'), 'utf8')) ?? [];

/** Stands between the client and a server, and passes on what the test lets through. */
interface Middlebox {
  readonly url: string;
  /** Where the server is. */
  upstream: string;
  /** Frames of the server that get lost. */
  loses: (frame: string) => boolean;
  /** Connections of the client so far. */
  opened: number;
  /** Breaks every connection off. */
  cut(): void;
  /** Says something in the client's name. */
  say(message: object): void;
}

async function middlebox(t: TestContext, upstream: string): Promise<Middlebox> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const lines = new Map<WebSocket, WebSocket>();
  const box: Middlebox = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upstream,
    loses: () => false,
    opened: 0,
    cut: () => lines.forEach((up, down) => (down.terminate(), up.terminate())),
    say: (message) => lines.forEach((up) => up.send(JSON.stringify(message))),
  };
  server.on('connection', (down) => {
    box.opened += 1;
    const up = new WebSocket(box.upstream, 'waooaw.v1');
    const early: Buffer[] = [];
    lines.set(down, up);
    down.on('message', (data: Buffer) =>
      up.readyState === WebSocket.OPEN ? up.send(data.toString()) : early.push(data),
    );
    up.on('open', () => early.forEach((data) => up.send(data.toString())));
    up.on('message', (data: Buffer) => box.loses(data.toString()) || down.send(data.toString()));
    up.on('error', () => down.terminate());
    up.on('close', (number, reason) => {
      if (number === 1006) down.terminate();
      else down.close(number, reason);
    });
    down.on('close', () => (lines.delete(down), up.terminate()));
  });
  t.after(() => {
    box.cut();
    server.close();
  });
  return box;
}

/** A client that follows, and what it was told. */
interface Following {
  readonly told: [channel: string | undefined, what: What][];
  /** The next thing that it is told. */
  next(): Promise<[channel: string | undefined, what: What]>;
  stop(): void;
}

async function follow(t: TestContext, url: string, channels: readonly string[]): Promise<Following> {
  const file = join(temporaryFolder(), 'client.mjs');
  writeFileSync(file, code);
  const client = (await import(pathToFileURL(file).href)) as { follow: Follow };
  const told: Following['told'] = [];
  let read = 0;
  let heard = (): void => undefined;
  const stop = client.follow(url, channels, (channel, what) => {
    told.push([channel, what]);
    heard();
  });
  t.after(stop);
  const next = async (): Promise<[string | undefined, What]> => {
    while (told.length <= read) await new Promise<void>((resolve) => (heard = resolve));
    return told[read++]!;
  };
  return { told, next, stop };
}

/** A server, a box before it, and a client that follows `app/a` and has its snapshot. */
async function setUp(t: TestContext): Promise<{ running: Running; box: Middlebox; client: Following }> {
  const running = await startServer(t);
  const box = await middlebox(t, running.socketUrl);
  const client = await follow(t, box.url, ['app/a']);
  assert.deepEqual(await client.next(), ['app/a', { snapshot: null, lost: undefined }]);
  return { running, box, client };
}

const offsets = async (client: Following, count: number): Promise<unknown[]> => {
  const heard = [];
  for (let i = 0; i < count; i += 1) heard.push((await client.next())[1].offset);
  return heard;
};
const publish = ({ waooaw }: Running, ...all: Json[]): void => {
  for (const data of all) waooaw.broadcaster.publish('app/a', data);
};

describe('the client of docs/write-your-own-client.md', () => {
  it('has at most sixty lines, and needs nothing', () => {
    assert.ok(code.split('\n').length - 1 <= 60 && code.length > 1_000);
    assert.doesNotMatch(code, /\b(import|require)\b/);
  });

  it('begins with each channel’s snapshot, and hears what is published, several channels in a frame', async (t) => {
    const { waooaw, url, socketUrl } = await startServer(t);
    const client = await follow(t, socketUrl, ['app/a', 'metrics/x{b="2", a="1"}', 'nowhere']);
    const [[, a], [series, x], [, nowhere]] = [await client.next(), await client.next(), await client.next()];
    assert.equal(a.snapshot, null);
    assert.equal((x.snapshot as { series: string }).series, 'x{a="1",b="2"}');
    assert.equal(nowhere.error?.code, 'unknown_channel');
    waooaw.broadcaster.publish('app/a', 1);
    waooaw.broadcaster.publish('metrics/x{a="1",b="2"}', { rows: [] });
    waooaw.broadcaster.publish('app/a', { text: 'two\nlines' });
    assert.deepEqual(await client.next(), ['app/a', { offset: 1, data: 1 }], url);
    assert.deepEqual(await client.next(), ['app/a', { offset: 2, data: { text: 'two\nlines' } }]);
    assert.deepEqual(await client.next(), [series, { offset: 1, data: { rows: [] } }]);
  });

  it('comes back after a cut, and misses nothing', async (t) => {
    const { running, box, client } = await setUp(t);
    publish(running, 1, 2);
    assert.deepEqual(await offsets(client, 2), [1, 2]);
    box.cut();
    publish(running, 3, 4);
    assert.deepEqual(await offsets(client, 2), [3, 4]);
    publish(running, 5);
    assert.deepEqual(await offsets(client, 1), [5]);
    assert.deepEqual(running.waooaw.broadcaster.stats().recoveries, {
      recovered: 1,
      epoch: 0,
      tail: 0,
      history: 0,
      slow: 0,
    });
    assert.equal(box.opened, 2);
  });

  it('sees that something is missing, and has it sent again on the same connection', async (t) => {
    const { running, box, client } = await setUp(t);
    publish(running, 1);
    assert.deepEqual(await offsets(client, 1), [1]);
    box.loses = (frame) => frame.includes('"pubs"') && !frame.includes('"id"');
    publish(running, 2);
    // The next flush: both would else come in one batch.
    await turn();
    await turn();
    box.loses = (frame) => frame.includes('[2,') && !frame.includes('"id"');
    publish(running, 3);
    publish(running, 4);
    assert.deepEqual(await offsets(client, 3), [2, 3, 4]);
    assert.equal(running.waooaw.broadcaster.stats().recoveries.recovered, 1);
    assert.equal(box.opened, 1);
  });

  it('is told what it lost when the server comes back without its past, and begins anew', async (t) => {
    const { running, box, client } = await setUp(t);
    publish(running, 1, 2);
    assert.deepEqual(await offsets(client, 2), [1, 2]);
    const other = await startServer(t);
    box.upstream = other.socketUrl;
    box.cut();
    assert.deepEqual(await client.next(), ['app/a', { snapshot: null, lost: 'epoch' }]);
    publish(other, 'new');
    assert.deepEqual(await client.next(), ['app/a', { offset: 1, data: 'new' }]);
  });

  it('goes on with what a batch stands for that leaves publications out', async (t) => {
    const clock = createManualClock();
    const running = await startServer(t, {}, { clock });
    const box = await middlebox(t, running.socketUrl);
    const client = await follow(t, box.url, ['metrics/x']);
    await client.next();
    box.loses = (frame) => frame.includes('"id":999');
    const [connection] = running.waooaw.broadcaster.connections();
    const [n] = connection!.subscriptions.keys();
    box.say({ id: 999, demand: { n, everyMs: 1_000 } });
    while (connection!.subscriptions.get(n!)?.everyMs !== 1_000) await turn();
    for (const last of [1, 2, 3]) {
      running.waooaw.broadcaster.publish('metrics/x', { rows: [[0, last]] });
    }
    clock.advance(1_000);
    assert.deepEqual(await client.next(), ['metrics/x', { offset: 3, data: { rows: [[0, 3]] } }]);
    running.waooaw.broadcaster.publish('metrics/x', { rows: [[1, 4]] });
    clock.advance(1_000);
    assert.deepEqual(await client.next(), ['metrics/x', { offset: 4, data: { rows: [[1, 4]] } }]);
    assert.equal(running.waooaw.broadcaster.stats().recoveries.recovered, 0);
  });

  it('answers a ping with what it has reached', async (t) => {
    const clock = createManualClock();
    const running = await startServer(t, {}, { clock });
    const client = await follow(t, running.socketUrl, ['app/a']);
    await client.next();
    const [connection] = running.waooaw.broadcaster.connections();
    publish(running, 1, 2);
    await offsets(client, 2);
    assert.equal(connection!.lag, undefined);
    clock.advance(25_000);
    while (connection!.lag === undefined) await turn();
    assert.equal(connection!.lag, 0);
    clock.advance(20_000);
    assert.equal(connection!.closed, false);
  });

  it('gives up a line that is silent, without waiting for its close', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { running, box, client } = await setUp(t);
    box.loses = () => true;
    t.mock.timers.tick(34_999);
    await turn();
    assert.equal(box.opened, 1);
    box.loses = () => false;
    t.mock.timers.tick(1);
    t.mock.timers.tick(500);
    while (running.waooaw.broadcaster.stats().recoveries.recovered === 0) await turn();
    publish(running, 1);
    assert.deepEqual(await offsets(client, 1), [1]);
  });

  it('ends where coming back is of no use, and says so', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { running, box, client } = await setUp(t);
    const [{ session } = assert.fail()] = running.waooaw.broadcaster.connections();
    running.waooaw.broadcaster.disconnect(session);
    assert.deepEqual(await client.next(), [undefined, { closed: CLOSE.disconnected }]);
    t.mock.timers.tick(60_000);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    assert.equal(box.opened, 1);
  });

  it('comes back later and later while nobody is there, at once after a restart, and afresh after a stable time', async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const waits = hastened(t);
    const { running, box, client } = await setUp(t);
    box.upstream = 'ws://127.0.0.1:9';
    box.cut();
    while (waits.length < 8) await turn();
    assert.deepEqual(waits.slice(0, 8), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    box.upstream = running.socketUrl;
    while (running.waooaw.broadcaster.stats().recoveries.recovered === 0) await turn();
    publish(running, 1);
    assert.deepEqual(await offsets(client, 1), [1]);
    const before = waits.length;
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10_001 });
    box.cut();
    while (waits.length === before) await turn();
    assert.equal(waits[before], 250);
  });

  it('comes back at once when the server says so', async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const waits = hastened(t);
    const { running, box } = await setUp(t);
    box.upstream = (await startServer(t)).socketUrl;
    running.waooaw.broadcaster.close();
    while (waits.length === 0) await turn();
    assert.equal(waits[0], 500);
  });
});

/** The client's own waits until it comes back, which are over at once. */
function hastened(t: TestContext): number[] {
  const waits: number[] = [];
  const { setTimeout: wait } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (call: () => void, ms: number) => {
    if (ms > 25_000 || !new Error().stack?.includes('client.mjs')) return wait(call, ms);
    waits.push(ms);
    return wait(call, 0);
  });
  return waits;
}
