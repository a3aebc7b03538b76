import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { freePort } from './free-port.ts';

describe('freePort', () => {
  it('prefers the one that was had before, while it is free and nobody else was given it', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const range = { from: 20_000, to: 31_999 };
    const other = await freePort(range, port, new Set());
    assert.ok(other >= range.from && other <= range.to);
    assert.equal(await freePort(range, other, new Set()), other);
    assert.notEqual(await freePort(range, other, new Set([other])), other);
  });

  it('says when none is free', async () => {
    const only = { from: 20_123, to: 20_124 };
    await assert.rejects(freePort(only, undefined, new Set([20_123, 20_124])), (error: unknown) => {
      return (
        error instanceof WaooawError && error.code === 'agent_start_failed' && /20123/.test(error.message)
      );
    });
  });
});
