import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { coded } from '../../testing/harness.ts';
import { Program } from '../../testing/program.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { SecretBox } from './secret-box.ts';

const newFile = (): string => join(temporaryFolder(), 'agents', 'secrets.key');
const refuses = (run: () => unknown, words: string): void =>
  assert.throws(run, coded('secret_unreadable', words));

describe('what is sealed', () => {
  it('opens in its own place, with the key of its file, and looks different each time', () => {
    const file = newFile();
    const box = new SecretBox(file);
    const [one, other] = [box.seal('grüße', 'a'), box.seal('grüße', 'a')];
    assert.notDeepEqual(one, other);
    assert.ok(!Buffer.from(one).includes('gr'));
    assert.equal(box.open(one, 'a'), 'grüße');
    assert.equal(new SecretBox(file).open(other, 'a'), 'grüße');
    assert.equal(box.open(box.seal('', 'a'), 'a'), '');
    refuses(() => box.open(one, 'b'), 'was changed');
  });

  it('opens no more once a bit of it was changed', () => {
    const box = new SecretBox(newFile());
    const sealed = box.seal('x', 'a');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      refuses(() => box.open(changed, 'a'), 'cannot be read');
    }
    refuses(() => box.open(sealed.subarray(0, -1), 'a'), 'was changed');
    refuses(() => box.open(sealed.subarray(0, 36), 'a'), 'unknown form');
    refuses(() => box.open(new Uint8Array(), 'a'), 'unknown form');
  });

  it('opens no more once its key is gone, or is another', () => {
    const file = newFile();
    const sealed = new SecretBox(file).seal('x', 'a');
    rmSync(file);
    refuses(() => new SecretBox(file).open(sealed, 'a'), 'is not there any more');
    new SecretBox(file).seal('y', 'a');
    refuses(() => new SecretBox(file).open(sealed, 'a'), 'with another key');
  });
});

describe('the key', () => {
  it('is made once, for this user only, and leaves nothing beside it', () => {
    const file = newFile();
    new SecretBox(file).seal('x', 'a');
    const key = readFileSync(file);
    assert.equal(key.length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(file, '..')), ['secrets.key']);
    new SecretBox(file).seal('x', 'a');
    assert.deepEqual(readFileSync(file), key);
  });

  it('is one, however many processes make it at once', async (t) => {
    const file = newFile();
    const programs = [1, 2, 3].map(
      (n) => new Program(t, 'server/testing/sealing-program.ts', {}, [file, `secret ${n}`]),
    );
    const sealed = await Promise.all(programs.map((program) => program.line(/^sealed /)));
    const box = new SecretBox(file);
    assert.deepEqual(
      sealed.map((line) => box.open(Buffer.from(line.slice('sealed '.length), 'base64'), 'a')),
      ['secret 1', 'secret 2', 'secret 3'],
    );
    assert.deepEqual(readdirSync(join(file, '..')), ['secrets.key']);
  });

  it('is not made by reading', () => {
    const file = newFile();
    refuses(() => new SecretBox(file).open(new Uint8Array(64), 'a'), 'is not there any more');
    assert.throws(() => statSync(file), { code: 'ENOENT' });
  });

  it('is refused where others can read it, where it is none, and where a link leads to it', () => {
    const file = newFile();
    new SecretBox(file).seal('x', 'a');
    chmodSync(file, 0o640);
    refuses(() => new SecretBox(file).seal('x', 'a'), 'others can read the key');
    chmodSync(file, 0o600);
    for (const bytes of [31, 33, 0]) {
      writeFileSync(file, Buffer.alloc(bytes));
      refuses(() => new SecretBox(file).seal('x', 'a'), 'does not hold a key of 32 bytes');
    }
    const link = join(file, '..', 'link');
    symlinkSync(file, link);
    refuses(() => new SecretBox(link).seal('x', 'a'), 'ELOOP');
    refuses(() => new SecretBox(join(file, '..')).seal('x', 'a'), 'does not hold a key of 32 bytes');
  });

  it('that cannot be made or read is told as the system tells it', () => {
    const file = newFile();
    // The draft of it has a longer name than a file may have.
    refuses(
      () => new SecretBox(join(file, '../..', 'k'.repeat(250))).seal('x', 'a'),
      'cannot be made: ENAMETOOLONG',
    );
    writeFileSync(join(file, '..'), 'a file');
    refuses(() => new SecretBox(file).seal('x', 'a'), 'ENOTDIR');
  });
});
