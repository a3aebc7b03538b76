import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Family, MARK } from './family.ts';
import { identify, identifyChild, isRunning } from './identity.ts';
import { childrenOf, hasVariable, readStat, residentBytes, workingFolderOf } from './proc.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };
const NOBODY = 4_194_305;
let marks = 0;
const newMark = () => `${process.pid}-${++marks}-${'0'.repeat(32)}`;

/** A leader of its own group, that says when it stands. */
async function leader(t: TestContext, mark: string, code = ''): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ['-e', `${code}; setInterval(() => {}, 60000); console.log("ready")`],
    {
      detached: true,
      env: { [MARK]: mark, PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const pidsOf = (family: Family) => family.members().map(({ pid }) => pid);

describe('Family', linux, () => {
  it('finds the group, who left it, and who cleared its environment, and ends them all', async (t) => {
    const mark = newMark();
    const fork = (options: string) =>
      `require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 60000)"], {stdio:"ignore", ${options}})`;
    const child = await leader(
      t,
      mark,
      [fork('detached: false'), fork('detached: true'), fork('detached: true, env: {}')].join(';'),
    );
    const family = new Family(identifyChild(child.pid!)!, mark, true);
    const pids = pidsOf(family);
    assert.equal(pids.length, 4);
    assert.deepEqual(new Set(family.near().map(({ pid }) => pid)), new Set(pids));
    const ended = once(child, 'exit');
    await Promise.all([family.kill(), ended.then(() => family.reaped())]);
    assert.ok(pids.every((pid) => identify(pid) === undefined));
    assert.deepEqual(pidsOf(family), []);
  });

  it('of a leader that is not its child, believes in nobody without the mark', async (t) => {
    const mark = newMark();
    const child = await leader(t, mark);
    const stranger = await leader(t, newMark());
    const identity = identify(child.pid!)!;
    // Named, alive, with its true start time: and yet not ours.
    const forged = new Family(identify(stranger.pid!)!, mark, false);
    assert.deepEqual(
      pidsOf(forged),
      identity.startTime >= identify(stranger.pid!)!.startTime ? [child.pid] : [],
    );
    const reused = new Family({ ...identify(stranger.pid!)!, startTime: 0 }, newMark(), false);
    assert.deepEqual(pidsOf(reused), []);
    assert.deepEqual(reused.signal('SIGKILL'), []);
    assert.ok(identify(stranger.pid!));

    const ours = new Family(identity, mark, false);
    const ended = once(child, 'exit');
    await ours.kill();
    await ended;
    assert.ok(!isRunning(identity));
    assert.ok(identify(stranger.pid!));
  });

  it('does not wait for one that became another user, and says who that is', async (t) => {
    if (process.getuid?.() !== 0) {
      t.skip('only root becomes somebody else');
      return;
    }
    const mark = newMark();
    const child = await leader(t, mark);
    const code = `
      import { Family } from ${JSON.stringify(new URL('./family.ts', import.meta.url).href)};
      process.setuid(65534);
      const family = new Family(${JSON.stringify(identify(child.pid!))}, ${JSON.stringify(mark)}, true);
      console.log(JSON.stringify((await family.kill()).map(({ pid }) => pid)));
    `;
    // It holds the leader for its child: a group that is ours, in which somebody is not.
    const other = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(other.stdout, 'data')) as [Buffer];
    assert.deepEqual(JSON.parse(String(said)), [child.pid]);
    assert.ok(identify(child.pid!));
  });

  it('gives up after its time on one that does not go', async (t) => {
    const mark = newMark();
    const child = await leader(t, mark);
    const family = new Family(identify(child.pid!)!, mark, true);
    const ended = once(child, 'exit');
    assert.deepEqual(
      (await family.kill(0)).filter(({ pid }) => pid !== child.pid),
      [],
    );
    await ended;
  });

  it('finds nobody when the machine was started anew since', async (t) => {
    const mark = newMark();
    const child = await leader(t, mark);
    const before = { ...identify(child.pid!)!, bootId: 'before' };
    assert.deepEqual(pidsOf(new Family(before, mark, false)), []);
  });

  it('of a reaped child, believes in nobody in its group without the mark', async (t) => {
    const mark = newMark();
    const child = await leader(t, newMark());
    const family = new Family({ ...identify(child.pid!)!, startTime: 0 }, mark, true);
    family.reaped();
    // Somebody has its pid, and leads a group and a session of that number.
    assert.deepEqual(pidsOf(family), []);
  });
});

describe('What /proc tells', linux, () => {
  it('is nothing of nobody', () => {
    assert.equal(readStat(NOBODY), undefined);
    assert.deepEqual(childrenOf(NOBODY), []);
    assert.equal(hasVariable(NOBODY, 'PATH', ''), false);
    assert.equal(residentBytes(NOBODY), 0);
    assert.equal(workingFolderOf(NOBODY), undefined);
  });

  it('is a whole variable, and no part of one', async (t) => {
    const child = await leader(t, 'value');
    assert.equal(hasVariable(child.pid!, MARK, 'value'), true);
    assert.equal(hasVariable(child.pid!, MARK, 'val'), false);
    assert.equal(hasVariable(child.pid!, MARK.slice(1), 'value'), false);
    assert.ok(residentBytes(child.pid!) > 1_000_000);
    assert.equal(workingFolderOf(child.pid!), process.cwd());
  });
});
