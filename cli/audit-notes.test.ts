import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../server/testing/temporary-folder.ts';
import { CommandFailed } from './api.ts';
import { readCheckpoints } from './audit-notes.ts';

const note = (size: number): string => `example.org/audit\n${size}\nroot\n\n— example.org/audit signature\n`;

function reading() {
  const said: string[] = [];
  const path = join(temporaryFolder(), 'kept.txt');
  const output = { print: (line: string) => said.push(line), note: (line: string) => said.push(line) };
  return { path, said, read: () => readCheckpoints(path, output) };
}

describe('checkpoints that were kept', () => {
  it('are those that the server put aside, too, and before the others', async () => {
    const { path, said, read } = reading();
    await writeFile(path, `${note(3)}\n${note(4)}`);
    assert.deepEqual(await read(), [3, 4].map(note));
    await writeFile(`${path}.1`, `${note(1)}\n${note(2)}\nexample.org/audit\n`);
    assert.deepEqual(await read(), [1, 2, 3, 4].map(note));
    assert.deepEqual(said, [
      `${path} has 1 checkpoints that were torn, by a crash perhaps; they are passed over.`,
    ]);
  });

  it('are those that were put aside alone, where the next file has not begun yet', async () => {
    const { path, read } = reading();
    await writeFile(`${path}.1`, note(1));
    assert.deepEqual(await read(), [note(1)]);
  });

  it('are not passed over where they cannot be read, or there are none', async () => {
    const { path, read } = reading();
    const failed = (words: RegExp) => (error: unknown) =>
      error instanceof CommandFailed && words.test(error.message);
    await assert.rejects(read(), failed(/kept\.txt cannot be read: ENOENT/));
    await writeFile(path, '\n\n');
    await assert.rejects(read(), failed(/kept\.txt has no checkpoint/));
    await writeFile(path, note(1));
    await mkdir(`${path}.1`);
    await assert.rejects(read(), failed(/kept\.txt\.1 cannot be read: EISDIR/));
  });
});
