import assert from 'node:assert/strict';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { distrust, isPrivateGroup, problemOf, trustedHere } from './trust.ts';
import type { Trusted } from './trust.ts';

const held = (mode: number, uid = 1_000, gid = 1_000) => ({ mode, uid, gid, isDirectory: () => true });
const trusted = (...privateGroups: number[]): Trusted => ({
  users: new Set([0, 1_000]),
  isPrivate: (gid) => privateGroups.includes(gid),
});

/** Whoever runs the tests, and nobody else’s group. */
async function here(): Promise<Trusted> {
  const found = await trustedHere();
  assert.ok(found);
  return { ...found, isPrivate: () => false };
}

/** A folder that can be trusted, with a program in it. */
async function program(): Promise<{ folder: string; path: string }> {
  const folder = await realpath(temporaryFolder());
  await mkdir(join(folder, 'bin'), { mode: 0o755 });
  const path = join(folder, 'bin', 'run');
  await writeFile(path, 'x', { mode: 0o755 });
  await chmod(path, 0o755);
  return { folder, path };
}

describe('what may be run', () => {
  it('belongs to the server’s user, or to root, and nobody else writes to it', () => {
    assert.equal(problemOf(held(0o755), false, trusted()), undefined);
    assert.equal(problemOf(held(0o755, 0, 0), false, trusted()), undefined);
    assert.match(problemOf(held(0o755, 1_001), false, trusted()) ?? '', /^belongs to user 1001/);
    assert.match(problemOf(held(0o757), false, trusted()) ?? '', /by everybody \(chmod o-w\)/);
    assert.match(problemOf(held(0o775), false, trusted()) ?? '', /by group 1000 \(chmod g-w\)/);
    assert.equal(problemOf(held(0o775), false, trusted(1_000)), undefined);
    assert.match(problemOf(held(0o777), false, trusted(1_000)) ?? '', /by everybody/);
  });

  it('may be on the way through a folder where nobody takes away what is another’s', () => {
    assert.equal(problemOf(held(0o1777, 0, 0), true, trusted()), undefined);
    assert.match(problemOf(held(0o1777, 0, 0), false, trusted()) ?? '', /by everybody/);
    assert.match(problemOf(held(0o777, 0, 0), true, trusted()) ?? '', /by everybody/);
    assert.match(problemOf(held(0o1777, 7, 0), true, trusted()) ?? '', /^belongs to user 7/);
  });

  it('is private to a group that only its owner is in', () => {
    const groups = ['staff:x:50:ana,ben', 'ana:x:1000:', 'ben:x:1001:ana', 'self:x:1002:ana', ''];
    const users = ['root:x:0:0', 'ana:x:1000:1000', 'ben:x:1001:1001', 'eve:x:1005:1002', ''];
    const ask = (gid: number, uid: number): boolean =>
      isPrivateGroup(
        groups.map((line) => line.split(':')),
        users.map((line) => line.split(':')),
        gid,
        uid,
      );
    assert.deepEqual(
      [ask(1_000, 1_000), ask(50, 1_000), ask(1_001, 1_001), ask(1_002, 1_000), ask(9, 1_000), ask(1_000, 9)],
      [true, false, false, false, false, false],
    );
  });

  it('is looked at with everything on the way to it', async () => {
    const { folder, path } = await program();
    const all = await here();
    assert.equal(await distrust(path, all), undefined);
    assert.equal(await distrust(join(folder, 'nowhere', 'x'), all), undefined);
    await chmod(path, 0o757);
    assert.match((await distrust(path, all)) ?? '', /bin\/run is writable by everybody/);
    await chmod(path, 0o755);
    await chmod(join(folder, 'bin'), 0o775);
    assert.match((await distrust(path, all)) ?? '', /bin is writable by group/);
    await chmod(join(folder, 'bin'), 0o755);
    await chmod(folder, 0o777);
    assert.match((await distrust(path, all)) ?? '', new RegExp(`^${folder} is writable by everybody`));
  });

  it('is looked at where links lead, and where they stand', async () => {
    const { folder, path } = await program();
    const all = await here();
    const other = await realpath(temporaryFolder());
    await symlink(path, join(other, 'link'));
    await symlink('link', join(other, 'again'));
    assert.equal(await distrust(join(other, 'again'), all), undefined);
    await chmod(other, 0o777);
    assert.match((await distrust(join(other, 'again'), all)) ?? '', /is writable by everybody/);
    await chmod(other, 0o755);
    await chmod(join(folder, 'bin'), 0o777);
    assert.match((await distrust(join(other, 'again'), all)) ?? '', /bin is writable by everybody/);
    await symlink('b', join(other, 'a'));
    await symlink('a', join(other, 'b'));
    assert.match((await distrust(join(other, 'a'), all)) ?? '', /a leads in a circle/);
  });

  it('counts for root, for the server’s user, and for whoever owns the server’s program', async () => {
    const { users, isPrivate } = (await trustedHere()) ?? assert.fail();
    assert.ok(users.has(0) && users.has(process.geteuid?.() ?? -1));
    assert.equal(isPrivate(-1, -1), false);
  });
});
