import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { identify } from './identity.ts';
import { endRemains, isShimOf } from './remains.ts';

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

describe('What is left of an instance', linux, () => {
  it('is lost all the same when that cannot be written down', async () => {
    const errors: unknown[] = [];
    const shim = { pid: 4_194_305, startTime: 1, bootId: identify(process.pid)!.bootId };
    const over = await endRemains(
      join(temporaryFolder(), 'nowhere'),
      {
        form: 1,
        name: 'watcher-1.1.0',
        run: 1,
        mark: 'f'.repeat(32),
        labels: {},
        state: 'starting',
        startedAt: 1,
        shim,
        stop: { signal: 'SIGTERM', graceMs: 0 },
      },
      77,
      (error) => errors.push(error),
    );
    assert.equal(over.state, 'lost');
    assert.deepEqual(over.exit, { at: 77 });
    assert.equal((errors[0] as NodeJS.ErrnoException).code, 'ENOENT');
  });

  it('has no shim in a folder where nobody works, or that is gone', () => {
    const self = identify(process.pid)!;
    assert.equal(isShimOf(process.cwd(), self), true);
    assert.equal(isShimOf(temporaryFolder(), self), false);
    assert.equal(isShimOf(join(temporaryFolder(), 'nowhere'), self), false);
    assert.equal(isShimOf(process.cwd(), { ...self, startTime: 0 }), false);
  });
});
