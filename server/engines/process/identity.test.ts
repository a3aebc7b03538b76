import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { describeIdentity, identify, identifyChild, isRunning } from './identity.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };
/** Above every pid that Linux gives (`PID_MAX_LIMIT`). */
const NOBODY = 4_194_305;

describe('The identity of a process', linux, () => {
  it('is its own, and no other’s who gets its pid later', () => {
    const self = identify(process.pid)!;
    assert.equal(self.pid, process.pid);
    assert.ok(isRunning(self));
    assert.ok(!isRunning({ ...self, startTime: self.startTime - 1 }));
    assert.ok(!isRunning({ ...self, bootId: 'of another start' }));
    assert.ok(!isRunning({ ...self, pid: NOBODY }));
    assert.equal(identify(NOBODY), undefined);
    assert.equal(identifyChild(NOBODY), undefined);
    assert.equal(describeIdentity(self), `pid:${process.pid}:start:${self.startTime}:boot:${self.bootId}`);
  });

  it('is told of a child that has ended before anybody looked, which runs no more', () => {
    const child = spawn('/bin/true', { stdio: 'ignore' });
    const identity = identifyChild(child.pid!)!;
    // Nothing of this process runs in between: it cannot be reaped.
    while (identify(child.pid!) !== undefined);
    assert.deepEqual(identifyChild(child.pid!), identity);
    assert.ok(!isRunning(identity));
  });

  it('is read past a name with spaces and parentheses', async (t) => {
    const code = 'process.title = "a) Z (b"; console.log("ready"); setInterval(() => {}, 60000)';
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => child.kill('SIGKILL'));
    const before = identify(child.pid!);
    await once(child.stdout, 'data');
    assert.deepEqual(identify(child.pid!), before);
  });
});
