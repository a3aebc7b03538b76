import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../src/protocol/index.ts';
import { storageError } from './failure.ts';

describe('an error of the file system', () => {
  it('is told by what it means: a full disk, something in the way, or a disk that fails', () => {
    const codeOf = (code: string): string =>
      storageError(Object.assign(new Error(`${code}: it happened`), { code }), '/backup').code;
    assert.deepEqual(['ENOSPC', 'EDQUOT'].map(codeOf), ['storage_full', 'storage_full']);
    assert.deepEqual(['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].map(codeOf), Array(3).fill('folder_not_empty'));
    assert.deepEqual(['EIO', 'EACCES', 'EXDEV'].map(codeOf), Array(3).fill('storage_failed'));
  });

  it('names the place and keeps its cause; one of ours stays what it is', () => {
    const cause = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const told = storageError(cause, '/backup/a');
    assert.match(told.message, /^\/backup\/a: no space left/);
    assert.equal(told.cause, cause);
    const ours = new WaooawError('not_found');
    assert.equal(storageError(ours, '/backup'), ours);
  });
});
