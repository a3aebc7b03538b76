import assert from 'node:assert/strict';
import { link, mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { heldBy } from './storage.ts';

describe('what a folder holds', () => {
  it('is added up with all that is in it, each file once, and no link is followed', async () => {
    const folder = temporaryFolder();
    const other = temporaryFolder();
    await writeFile(join(other, 'elsewhere'), 'x'.repeat(1_000));
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    for (let i = 0; i < 100; i += 1) await writeFile(join(folder, 'a', `file-${i}`), 'x'.repeat(10));
    await writeFile(join(folder, 'a', 'b', 'more'), 'x'.repeat(500));
    await link(join(folder, 'a', 'b', 'more'), join(folder, 'again'));
    assert.deepEqual(await heldBy(folder, 1_000), { bytes: 1_500, files: 101, partial: false });
    await symlink(other, join(folder, 'away'));
    await symlink(folder, join(folder, 'a', 'round'));
    const { bytes, files } = await heldBy(folder, 1_000);
    assert.equal(files, 103);
    assert.ok(bytes < 1_500 + other.length + folder.length + 1);
  });

  it('counts what a file with holes takes', async () => {
    const folder = temporaryFolder();
    const file = await open(join(folder, 'holes'), 'w');
    await file.truncate(1_000_000_000);
    await file.close();
    assert.ok((await heldBy(folder, 10)).bytes < 1_000_000);
  });

  it('is said to be more where there is more than is looked at', async () => {
    const folder = temporaryFolder();
    for (let i = 0; i < 50; i += 1) await writeFile(join(folder, `file-${i}`), 'x');
    assert.deepEqual(await heldBy(folder, 49), { bytes: 49, files: 49, partial: true });
    assert.deepEqual(await heldBy(folder, 50), { bytes: 50, files: 50, partial: false });
  });

  it('is nothing where there is none', async () => {
    assert.deepEqual(await heldBy(join(temporaryFolder(), 'nowhere'), 10), {
      bytes: 0,
      files: 0,
      partial: false,
    });
  });
});
