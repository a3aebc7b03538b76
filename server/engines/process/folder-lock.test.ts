import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { holderOf, isAlive, lockFolder } from './folder-lock.ts';
import { identify } from './identity.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };
/** Above every pid that Linux gives (`PID_MAX_LIMIT`). */
const NOBODY = 4_194_305;
const PARENT = { pid: process.ppid, ...identify(process.ppid) };
const DEAD = JSON.stringify({ pid: NOBODY, startTime: 1, bootId: 'b', token: 't' });
const ALIVE = JSON.stringify({ ...PARENT, token: 't' });

/** A lock file, with a text in it. */
function lockWith(text?: string): { path: string; files: () => string[]; pid: () => number | undefined } {
  const folder = temporaryFolder();
  const path = join(folder, 'server.lock');
  if (text !== undefined) writeFileSync(path, text);
  return {
    path,
    files: () => readdirSync(folder).map((name) => (name === basename(path) ? 'lock' : name)),
    pid: () => holderOf(readFileSync(path, 'utf8'))?.pid,
  };
}

/** The file of whoever claims to be the heir of a lock. */
const heirOf = (path: string, text: string): string =>
  `${path}.heir-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;

describe('the lock of a folder', () => {
  it('names its process, for this user only, in a folder that it makes, and is gone once it is given back', () => {
    const path = join(temporaryFolder(), 'a/b/server.lock');
    const giveBack = lockFolder(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
    const { token, ...holder } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    assert.deepEqual([holder, typeof token], [identify(process.pid) ?? { pid: process.pid }, 'string']);
    assert.deepEqual(readdirSync(join(path, '..')), ['server.lock']);
    giveBack();
    assert.deepEqual(readdirSync(join(path, '..')), []);
  });

  it('may be taken by one process more than once, and is held until the last gives it back', () => {
    const { path, files } = lockWith();
    const [first, second] = [lockFolder(path), lockFolder(path)];
    first();
    first();
    assert.deepEqual(files(), ['lock']);
    second();
    assert.deepEqual(files(), []);
    lockFolder(path)();
    assert.deepEqual(files(), []);
  });

  it('is refused while its process lives, with the pid of that, and is left as it was', () => {
    const { path, files } = lockWith(ALIVE);
    assert.throws(() => lockFolder(path), coded('data_folder_in_use', `${PARENT.pid}`, path.slice(0, -12)));
    assert.deepEqual([files(), readFileSync(path, 'utf8')], [['lock'], ALIVE]);
  });

  it('is taken over from the dead, whoever has their pid by now', linux, () => {
    const left = [
      DEAD,
      JSON.stringify({ ...PARENT, startTime: PARENT.startTime! - 1 }),
      JSON.stringify({ ...PARENT, bootId: 'of another start' }),
      JSON.stringify({ ...identify(process.pid), startTime: 1 }),
    ];
    for (const text of left) {
      const { path, files, pid } = lockWith(text);
      const giveBack = lockFolder(path);
      assert.deepEqual([files(), pid()], [['lock'], process.pid], text);
      giveBack();
      assert.deepEqual(files(), []);
    }
  });

  it('is taken over where nothing in it can be understood: no server leaves such a one', () => {
    for (const text of ['', '{', '[]', 'null', '7', '{"pid":"1"}', '{"pid":0}', '{"pid":1.5}']) {
      const { path, files, pid } = lockWith(text);
      lockFolder(path)();
      assert.deepEqual(files(), [], text);
      const giveBack = lockFolder(path);
      assert.equal(pid(), process.pid);
      giveBack();
    }
  });

  it('goes by the pid alone where no more is known', () => {
    assert.equal(isAlive({ pid: process.pid }), true);
    assert.equal(isAlive({ pid: NOBODY }), false);
    const { path } = lockWith(JSON.stringify({ pid: process.ppid }));
    assert.throws(() => lockFolder(path), coded('data_folder_in_use'));
    const dead = lockWith(JSON.stringify({ pid: NOBODY }));
    lockFolder(dead.path)();
    assert.deepEqual(dead.files(), []);
  });

  it('that can be neither read nor made says so, and where', () => {
    const { path, files } = lockWith();
    mkdirSync(path);
    assert.throws(() => lockFolder(path), coded('database_failed', path));
    assert.deepEqual(files(), ['lock']);
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    assert.throws(() => lockFolder(join(file, 'server.lock')), coded('database_failed', file));
  });

  it('that was removed is made anew by the next, and that of somebody else is not removed', () => {
    const { path, files } = lockWith();
    const first = lockFolder(path);
    rmSync(path);
    const second = lockFolder(path);
    second();
    assert.deepEqual(files(), ['lock']);
    writeFileSync(path, ALIVE);
    first();
    assert.equal(readFileSync(path, 'utf8'), ALIVE);
  });
});

describe('of two that find the lock of the dead', () => {
  it('one is its heir, and the other is told of that one', () => {
    const { path, files } = lockWith(DEAD);
    writeFileSync(heirOf(path, DEAD), ALIVE);
    assert.throws(() => lockFolder(path), coded('data_folder_in_use', `${PARENT.pid}`));
    assert.equal(readFileSync(path, 'utf8'), DEAD);
    assert.equal(files().length, 2);
  });

  it('the later one inherits where the first died before it was done, and clears up', () => {
    const { path, files, pid } = lockWith(DEAD);
    const heir = DEAD.replace('"t"', '"u"');
    writeFileSync(heirOf(path, DEAD), heir);
    writeFileSync(heirOf(path, heir), '');
    const giveBack = lockFolder(path);
    assert.deepEqual([files(), pid()], [['lock'], process.pid]);
    giveBack();
  });

  it('the one that was too slow finds that the other is done, and leaves it alone', () => {
    const { path, files } = lockWith(DEAD);
    const steps: string[] = [];
    assert.throws(
      () =>
        lockFolder(path, (step) => {
          steps.push(step);
          // The other one did all that it does in between.
          if (step === 'judged') writeFileSync(path, ALIVE);
        }),
      coded('data_folder_in_use', `${PARENT.pid}`),
    );
    assert.deepEqual(steps, ['judged', 'claimed']);
    assert.deepEqual([files(), readFileSync(path, 'utf8')], [['lock'], ALIVE]);
  });

  it('the slow one looks anew where the other’s claim goes under its hands', () => {
    const { path, files, pid } = lockWith(DEAD);
    // It is there, and cannot be read.
    const claim = heirOf(path, DEAD);
    symlinkSync('nothing', claim);
    let looks = 0;
    const giveBack = lockFolder(path, (step) => {
      if (step === 'judged' && (looks += 1) === 2) rmSync(claim);
    });
    assert.deepEqual([looks, files(), pid()], [2, ['lock'], process.pid]);
    giveBack();
  });
});
