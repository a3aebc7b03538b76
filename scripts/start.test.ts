/** The demo's service, as `npm start` runs it: told where the server is, it suffers from what is wanted, truly. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { type Fault, STATE, WANTED } from '../demo/agents/fault.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import { SocketClient } from '../src/client/index.ts';
import { root } from './run.ts';

const NEVER_MS = 500;

describe('the service of the demo', () => {
  it('counts files, is broken in each way that is wanted, and mended again', async (t) => {
    const { url } = await startServer(t);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'a.txt'), '12345');
    const service = spawn(process.execPath, [join(root, 'demo/agents/usage.ts'), folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(service, 'exit');
    const [line] = (await once(createInterface(service.stdout), 'line')) as [string];
    const address = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
    const ask = async (path = '/usage', signal?: AbortSignal): Promise<[number, unknown]> => {
      const answer = await fetch(address + path, {
        headers: { connection: 'close' },
        ...(signal && { signal }),
      });
      return [answer.status, await answer.json()];
    };
    const whole = { status: 'pass', files: 1, bytes: 5 };
    assert.deepEqual(await ask(), [200, whole]);
    assert.equal((await ask('/'))[0], 404);

    const client = new SocketClient({ url });
    const heard: string[] = [];
    let wake = (): void => undefined;
    client.subscribe(STATE, {
      publication: (data) => {
        heard.push((data as { fault: string }).fault);
        wake();
      },
    });
    client.connect();
    const until = async (fault: string): Promise<void> => {
      while (heard.at(-1) !== fault) await new Promise<void>((resolve) => (wake = resolve));
    };
    const become = async (fault: Fault): Promise<void> => {
      await client.publish(WANTED, { fault });
      await until(fault);
    };
    service.stdin.write(`${JSON.stringify({ url })}\n`);
    await until('none');

    await become('errors');
    assert.equal((await ask())[0], 500);
    await become('hang');
    await assert.rejects(ask('/usage', AbortSignal.timeout(NEVER_MS)), { name: 'TimeoutError' });
    await become('refuse');
    await assert.rejects(ask(), (error: Error) => (error.cause as { code?: string }).code === 'ECONNREFUSED');
    await client.publish(WANTED, { fault: 'an invention' });
    await become('slow');
    assert.deepEqual(await ask(), [200, whole]);
    await become('none');
    assert.deepEqual(await ask(), [200, whole]);

    client.disconnect();
    service.stdin.end();
    assert.deepEqual(await exited, [0, null]);
  });
});
