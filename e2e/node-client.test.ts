/** The client in Node, without a browser: what agents and tests of hosts use. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { SocketClient } from '../src/client/index.ts';
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

  it('is told by code why a channel is refused', async () => {
    const client = new SocketClient({ url });
    const refused = Promise.withResolvers<string>();
    client.subscribe('nothing/here', { error: ({ code }) => refused.resolve(code) });
    client.connect();
    assert.equal(await refused.promise, 'unknown_channel');
    client.disconnect();
  });
});
