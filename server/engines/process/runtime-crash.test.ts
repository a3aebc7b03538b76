import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Instance } from '../../ports/agent-runtime.ts';
import { createRuntimes } from '../../testing/process-runtime.ts';
import { Program } from '../../testing/program.ts';
import { random } from '../../testing/random.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { identify } from './identity.ts';
import { listPids, workingFolderOf } from './proc.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

/** Pids of living processes that carry the name of an instance, by that name. */
function runningOf(prefix: string): Map<string, number[]> {
  const running = new Map<string, number[]>();
  for (const pid of listPids()) {
    const name = environmentOf(pid).find((entry) => entry.startsWith(`WAOOAW_INSTANCE=${prefix}`));
    if (name === undefined || !identify(pid)) continue;
    const instance = name.slice('WAOOAW_INSTANCE='.length);
    running.set(instance, [...(running.get(instance) ?? []), pid]);
  }
  return running;
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

const isSame = (listed: readonly Instance[], running: ReadonlyMap<string, unknown>) =>
  String(listed.map(({ name }) => name).sort()) === String([...running.keys()].sort());

const shimsIn = (folder: string) =>
  listPids().filter((pid) => workingFolderOf(pid)?.startsWith(folder) === true && identify(pid));

describe('Process runtime under kill -9 of the server', linux, () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`runs one process a name, all of them known, and none that nobody knows (seed ${seed})`, async (t) => {
      const folder = join(temporaryFolder(), 'run');
      const prefix = `crash${process.pid}x${seed}`;
      const server = new Program(t, 'server/testing/process-runtime-program.ts', {}, [
        folder,
        prefix,
        String(seed),
      ]);
      await server.line(/^started /);
      // Somewhere in a later step: each takes some of these turns.
      const turns = Math.floor(random(seed)() * 60_000);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      server.kill('SIGKILL');
      await server.ended;

      const { runtime, spec, close } = createRuntimes({}, folder);
      t.after(close);
      // A shim that was not told to begin ends by itself, as its server is gone; one that was told to stop does so.
      let listed: readonly Instance[];
      do {
        await new Promise((resolve) => setImmediate(resolve));
        listed = (await runtime.list()).filter(({ state }) => state === 'running');
      } while (shimsIn(folder).length > listed.length || !isSame(listed, runningOf(prefix)));
      for (const { name, pid } of listed) assert.deepEqual(runningOf(prefix).get(name), [pid]);

      // What was begun is finished by asking again.
      for (const index of [1, 2, 3]) {
        const name = `${prefix}-1.1.${index}`;
        const { pid } = await runtime.start({ ...spec(name, 'serving'), command: ['/bin/sleep', '1000'] });
        assert.deepEqual(runningOf(prefix).get(name), [pid]);
        await runtime.stop(name, 0);
        await runtime.remove(name);
      }
      assert.deepEqual(await runtime.list(), []);
      assert.equal(runningOf(prefix).size, 0);
      await close();
      while (shimsIn(folder).length > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  }
});
