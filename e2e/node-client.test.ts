/** The client in Node, without a browser: what agents and tests of hosts use. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { SocketClient } from '../src/client/index.ts';
import { WaooawError } from '../src/protocol/error.ts';
import type { MetricSnapshot, MetricUpdate } from '../src/protocol/index.ts';
import { openServer, post } from './harness.ts';

describe('client in Node', () => {
  let url: string;

  before(async () => {
    ({ url } = await openServer());
  });

  it('gets a snapshot and what follows', async () => {
    await post(url, { name: 'node_client', value: 1, unit: 'count' });
    const client = new SocketClient({ url });
    const snapshot = Promise.withResolvers<MetricSnapshot>();
    const update = Promise.withResolvers<MetricUpdate>();
    client.subscribe('metrics/node_client', {
      snapshot: (data) => snapshot.resolve(data as unknown as MetricSnapshot),
      publication: (data) => update.resolve(data as unknown as MetricUpdate),
    });
    client.connect();
    const { unit, rows } = await snapshot.promise;
    assert.equal(unit, 'count');
    assert.equal(rows.length, 1);
    await post(url, { name: 'node_client', value: 2 });
    assert.equal((await update.promise).rows.at(-1)?.at(-1), 2);
    client.disconnect();
    assert.equal(client.state, 'closed');
  });

  it('does the same by SSE and POST, with nothing but Node’s own', async () => {
    await post(url, { name: 'node_sse', value: 1 });
    const client = new SocketClient({ url, fallbackAfter: 0 });
    const joined = Promise.withResolvers<unknown>();
    const snapshot = Promise.withResolvers<MetricSnapshot>();
    const update = Promise.withResolvers<MetricUpdate>();
    client.on('state', ({ state }) => state === 'fallback' && joined.resolve(client.transport));
    client.connect();
    assert.equal(await joined.promise, 'sse');
    client.subscribe('metrics/node_sse', {
      snapshot: (data) => snapshot.resolve(data as unknown as MetricSnapshot),
      publication: (data) => update.resolve(data as unknown as MetricUpdate),
    });
    assert.equal((await snapshot.promise).rows.length, 1);
    await post(url, { name: 'node_sse', value: 2 });
    assert.equal((await update.promise).rows.at(-1)?.at(-1), 2);
    client.disconnect();
    assert.equal(client.state, 'closed');
  });

  it('moves to a WebSocket at once where one gets through', async () => {
    const client = new SocketClient({ url, fallbackAfter: 0 });
    const moved = Promise.withResolvers<string>();
    client.on('moved', ({ why }) => moved.resolve(why));
    client.connect();
    assert.equal(await moved.promise, 'websocket');
    assert.deepEqual([client.state, client.transport], ['live', 'websocket']);
    client.disconnect();
  });

  it('is told by code why a request is refused', async () => {
    const client = new SocketClient({ url });
    client.connect();
    await assert.rejects(client.request('nobody/answers'), (error: unknown) => {
      assert.ok(error instanceof WaooawError);
      assert.equal(error.code, 'unknown_method');
      return true;
    });
    client.disconnect();
  });

  it('is told by code why a channel is refused', async () => {
    const client = new SocketClient({ url });
    const refused = Promise.withResolvers<string>();
    client.subscribe('nothing/here', { error: ({ code }) => refused.resolve(code) });
    client.connect();
    assert.equal(await refused.promise, 'unknown_channel');
    client.disconnect();
  });
});
