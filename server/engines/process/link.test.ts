import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createManualClock } from '../memory/clock.ts';
import { ShimLink } from './link.ts';
import { socketName } from './messages.ts';
import type { RunRecord } from './record.ts';

const record: RunRecord = {
  form: 1,
  name: 'watcher-1.1.0',
  run: 1,
  mark: 'm'.repeat(32),
  labels: {},
  state: 'running',
  startedAt: 1,
  shim: { pid: 4_711, startTime: 1, bootId: 'boot' },
  stop: { signal: 'SIGTERM', graceMs: 0 },
};

/** Something that listens where a shim would, and says what the test says. */
async function linking(t: TestContext, hello: string | undefined) {
  const folder = temporaryFolder();
  const clock = createManualClock();
  const sockets: Socket[] = [];
  const closed: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (hello !== undefined) socket.write(`${hello}\n`);
  });
  server.listen(join(folder, socketName(1)));
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const open = () =>
    ShimLink.open({
      ...{ folder, record, clock, answerMs: 1_000 },
      onRecord: () => undefined,
      onLogged: () => undefined,
      onClosed: () => closed.push('closed'),
    });
  return { open, clock, server, sockets, closed };
}

describe('ShimLink', () => {
  it('refuses whoever is another, or says nothing that can be understood', async (t) => {
    for (const hello of [
      JSON.stringify({ record: { ...record, mark: 'o'.repeat(32) } }),
      JSON.stringify({ record: { form: 2 } }),
      JSON.stringify({ logged: 1 }),
      'nonsense',
    ]) {
      const { open, closed } = await linking(t, hello);
      await assert.rejects(open(), /another shim|has ended/, hello);
      assert.deepEqual(closed, []);
    }
  });

  it('does not wait for one that does not say who it is', async (t) => {
    const { open, clock, server } = await linking(t, undefined);
    const opening = assert.rejects(open(), /does not answer/);
    await once(server, 'connection');
    clock.advance(1_000);
    await opening;
  });

  it('rejects what is not answered in time, or not before the end, or asked after it', async (t) => {
    const { open, clock, sockets, closed } = await linking(t, JSON.stringify({ record }));
    const link = await open();
    const unavailable = (error: unknown) => error instanceof WaooawError && error.code === 'unavailable';
    const late = assert.rejects(link.ask({ call: 'usage' }), unavailable);
    clock.advance(1_000);
    await late;
    // An answer to nothing, and a line that is none.
    sockets[0]!.write('{"id":1,"ok":null}\nnonsense\n');
    const cut = assert.rejects(link.ask({ call: 'usage' }), unavailable);
    sockets[0]!.destroy();
    await cut;
    assert.deepEqual(closed, ['closed']);
    await assert.rejects(link.ask({ call: 'usage' }), unavailable);
  });
});
