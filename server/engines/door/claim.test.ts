import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { identify } from '../process/identity.ts';
import { claim, isSame, readClaim, unclaim } from './claim.ts';
import { FILES } from './messages.ts';

const OWN = identify(process.pid)!;
const PARENT = identify(process.ppid)!;

describe('the claim of a folder', () => {
  it('is one door’s, for as long as that runs', () => {
    const folder = temporaryFolder();
    assert.equal(readClaim(folder), undefined);
    assert.equal(claim(folder, PARENT), true);
    assert.equal(claim(folder, OWN), false);
    unclaim(folder, OWN);
    assert.deepEqual(readClaim(folder), PARENT);
    unclaim(folder, PARENT);
    assert.equal(claim(folder, OWN), true);
    assert.deepEqual(readdirSync(folder), [FILES.identity]);
    assert.equal(isSame(readClaim(folder), OWN), true);
    assert.equal(isSame(readClaim(folder), PARENT), false);
  });

  it('is free once its door is dead, also where its pid is somebody’s by now', () => {
    const dead = [
      JSON.stringify({ ...PARENT, startTime: PARENT.startTime - 1 }),
      JSON.stringify({ ...PARENT, bootId: 'another' }),
      JSON.stringify({ pid: 1 }),
      '{',
      '',
    ];
    for (const text of dead) {
      const folder = temporaryFolder();
      writeFileSync(join(folder, FILES.identity), text);
      assert.equal(claim(folder, OWN), true, text);
      assert.deepEqual(readClaim(folder), OWN);
      assert.deepEqual(readdirSync(folder), [FILES.identity]);
    }
  });

  it('fails where it cannot be written', () => {
    assert.throws(() => claim(join(temporaryFolder(), 'none'), OWN), { code: 'ENOENT' });
    const folder = temporaryFolder();
    mkdirSync(join(folder, FILES.identity));
    assert.throws(() => claim(folder, OWN), { code: 'EISDIR' });
  });
});
