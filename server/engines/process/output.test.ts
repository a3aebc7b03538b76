import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readLog } from './log-reader.ts';
import { Output } from './output.ts';

const ROTATION = { maxFileBytes: 1_000_000, maxFiles: 2, maxLineBytes: 1_000 };

describe('Output', () => {
  it('makes whoever writes too fast wait, and loses nothing', async () => {
    const folder = temporaryFolder();
    const output = new Output({ folder, rotation: ROTATION, bytesPerSecond: 100, onLogged: () => undefined });
    const pipe = new PassThrough();
    output.take('stdout', pipe);
    const paused = new Promise<void>((resolve) => pipe.once('pause', resolve));
    pipe.write(`${'a'.repeat(150)}\n`);
    await paused;
    const resumed = new Promise<void>((resolve) => pipe.once('resume', resolve));
    pipe.write('b\n');
    assert.equal((await readLog(folder, { limit: 10 })).lines.length, 1);
    await resumed;
    const more = new Promise((resolve) => pipe.once('data', resolve));
    pipe.write('c\n');
    await more;
    output.close();
    const { lines } = await readLog(folder, { limit: 10 });
    assert.deepEqual(
      lines.map(({ text }) => text),
      ['a'.repeat(150), 'b', 'c'],
    );
  });

  it('tells of new lines at once, then now and then, and of the last when it is closed', async () => {
    const folder = temporaryFolder();
    const told: number[] = [];
    const output = new Output({
      folder,
      rotation: ROTATION,
      bytesPerSecond: 1_000_000,
      onLogged: (last) => told.push(last),
    });
    output.say('one');
    for (let i = 0; i < 100; i++) output.say(`line ${i}`);
    assert.equal(told.length, 1);
    output.close();
    assert.equal(told.length, 2);
    const { lines } = await readLog(folder, { limit: 1 });
    assert.equal(told[1], lines[0]?.n);
    assert.equal(lines[0]?.stream, 'engine');
  });

  it('outlives a pipe that breaks', async () => {
    const folder = temporaryFolder();
    const output = new Output({ folder, rotation: ROTATION, bytesPerSecond: 100, onLogged: () => undefined });
    const pipe = new PassThrough();
    output.take('stderr', pipe);
    pipe.write('unfinished');
    await new Promise((resolve) => setImmediate(resolve));
    pipe.destroy(new Error('broken'));
    output.close();
    assert.deepEqual(
      (await readLog(folder, { limit: 10 })).lines.map(({ text }) => text),
      ['unfinished'],
    );
  });
});
