import assert from 'node:assert/strict';
import { connect, getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { startServer } from '../../../testing/fault-servers.ts';
import { look, probeOf } from '../../../testing/probing.ts';
import { handing, withoutBrackets } from './addresses.ts';

describe('the addresses of a target', () => {
  it('are handed to a connection as they were checked, one or all as it asks', async (t) => {
    const server = await startServer(t, () => undefined);
    for (const autoSelectFamily of [true, false]) {
      const socket = connect({
        host: 'any.example',
        port: server.port,
        lookup: handing(['127.0.0.1', '127.0.0.2']),
        autoSelectFamily,
      });
      await once(socket, 'connect');
      assert.equal(socket.remoteAddress, '127.0.0.1');
      socket.destroy();
    }
    await server.left();
  });

  it('are taken in the order in which they came, where the process is told to try one alone', async (t) => {
    const server = await startServer(t, () => undefined);
    const before = getDefaultAutoSelectFamily();
    t.after(() => setDefaultAutoSelectFamily(before));
    setDefaultAutoSelectFamily(false);
    const resolve = () => Promise.resolve(['127.0.0.1', '127.0.0.2']);
    const probe = probeOf({ kind: 'tcp', host: 'any.example', port: server.port }, { resolve });
    assert.equal((await look(probe)).state, 'up');
    await server.left();
  });

  it('lose the brackets that they have in a URL', () => {
    assert.deepEqual(['[::1]', '::1', 'a.example'].map(withoutBrackets), ['::1', '::1', 'a.example']);
  });
});
