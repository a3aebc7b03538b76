import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { parseConfigFile, readConfigFile, repeated } from './config-file.ts';
import { coded, temporaryFolder } from './testing/harness.ts';

const SCHEMA = z.strictObject({
  things: z.array(z.strictObject({ name: z.string(), size: z.int().optional() })),
});

/** What is refused, a line each. */
function mistakes(text: string): string[] {
  try {
    parseConfigFile('conf/x.yaml', text).check(SCHEMA);
  } catch (error) {
    assert.ok(coded('bad_config')(error));
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('a configuration file', () => {
  it('is YAML or JSON, read into what its schema makes of it', async () => {
    const things = [{ name: 'a', size: 1 }];
    const path = join(temporaryFolder(), 'x.yaml');
    for (const text of ['things:\n  - { name: a, size: 1 }\n', JSON.stringify({ things })]) {
      await writeFile(path, text);
      const file = await readConfigFile(path);
      assert.deepEqual(file.check(SCHEMA), { things });
      assert.deepEqual([file.path, file.value], [path, { things }]);
    }
    assert.equal(parseConfigFile('x', '# nothing\n').value, null);
  });

  it('is told of each mistake by line and field: of a field that is not there, where it should be', () => {
    assert.deepEqual(
      mistakes('things:\n  - name: a\n    size: many\n  - size: 1\n    nmae: b\n    sise: 2\n'),
      [
        'conf/x.yaml:3: things[0].size: Invalid input: expected number, received string',
        'conf/x.yaml:4: things[1].name: Invalid input: expected string, received undefined',
        'conf/x.yaml:5: things[1].nmae: is no setting of this',
        'conf/x.yaml:6: things[1].sise: is no setting of this',
      ],
    );
    assert.match(mistakes('- 1\n')[0] ?? '', /^conf\/x\.yaml:1: the file: /);
    assert.match(mistakes('# said nothing\n\n')[0] ?? '', /^conf\/x\.yaml:1: the file: /);
  });

  it('is told of no more than ten at once, and how many more there are', () => {
    const said = mistakes(`things:\n${'  - { name: 7 }\n'.repeat(12)}`);
    assert.deepEqual([said.length, said.at(-1)], [11, '… and 2 more']);
  });

  it('is refused with its line where it is neither, says a key twice, or unfolds without end', () => {
    for (const [text, line] of [
      ['things:\n  - name: "a\n', 3],
      ['things: []\nthings: []\n', 2],
      ['things: [\n', 2],
    ] as const) {
      assert.match(mistakes(text)[0] ?? '', new RegExp(`^conf/x\\.yaml:${line}: `), text);
    }
    const nine = (of: string): string => `[${Array.from({ length: 9 }, () => of).join()}]`;
    const bomb = ['b', 'c', 'd', 'e'].map((name, i) => `${name}: &${name} ${nine(`*${'abcd'[i]}`)}`);
    assert.match(mistakes(['a: &a [x]', ...bomb].join('\n'))[0] ?? '', /^conf\/x\.yaml:1: .*alias/);
  });

  it('is refused where it cannot be read or is larger than 4 MiB', async () => {
    const folder = temporaryFolder();
    await assert.rejects(readConfigFile(join(folder, 'none')), coded('bad_config', 'none', 'ENOENT'));
    await assert.rejects(readConfigFile(folder), coded('bad_config', 'EISDIR'));
    const path = join(folder, 'large.yaml');
    await writeFile(path, '#'.repeat(4_194_304));
    assert.equal((await readConfigFile(path)).value, null);
    await writeFile(path, '#'.repeat(4_194_305));
    await assert.rejects(readConfigFile(path), coded('bad_config', 'large.yaml', '4194304'));
  });

  it('names other files from its own folder', () => {
    const file = parseConfigFile('conf/x.yaml', '');
    assert.equal(file.beside('secret'), resolve('conf/secret'));
    assert.equal(file.beside('/run/secret'), '/run/secret');
  });

  it('reads secrets of others, and says by field which is not there or holds nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.yaml');
    await writeFile(path, 'things:\n  - name: a\n    secretFile: s\n');
    const file = await readConfigFile(path);
    const place = ['things', 0, 'secretFile'];
    await assert.rejects(
      file.secret(place, 's'),
      coded('bad_config', `${path}:3: things[0].secretFile: `, 'ENOENT'),
    );
    await writeFile(join(folder, 's'), ' hush\n');
    assert.equal(await file.secret(place, 's'), 'hush');
    await writeFile(join(folder, 's'), ' \n');
    await assert.rejects(
      file.secret(place, 's'),
      coded('bad_config', `${path}:3: things[0].secretFile: the file is empty`),
    );
  });

  it('finds each name that is used a second time', () => {
    assert.deepEqual(
      repeated(['a', 'b', 'a', 'a'], (index) => ['list', index]),
      [2, 3].map((index) => ({ place: ['list', index], message: 'used twice' })),
    );
    assert.deepEqual(
      repeated([], () => []),
      [],
    );
  });
});
