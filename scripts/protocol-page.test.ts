import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../server/services/broadcaster/limits.ts';
import { CLOSE } from '../src/protocol/index.ts';
import { PAGE, difference, filled, isPartial, readExamples } from './protocol-examples.ts';
import type { Step } from './protocol-examples.ts';
import { closeTable, limitsTable, withTables } from './protocol-page.ts';
import { root, runNode } from './run.ts';

const page = readFileSync(PAGE, 'utf8');

describe('docs/protocol.md', () => {
  it('holds the tables as they are (else: node scripts/protocol-page.ts --write)', async () => {
    assert.equal(page, await withTables(page));
  });

  it('has one row a close code and a limit, with its default', () => {
    assert.equal(closeTable().split('\n').length, 2 + Object.keys(CLOSE).length);
    assert.equal(limitsTable().split('\n').length, 2 + Object.keys(DEFAULT_LIMITS).length);
    assert.match(closeTable(), /\| 4202 \| \[`slow`\]\(errors\.md#slow\) \| back off \| /);
    assert.match(limitsTable(), /\| `pingMs` \| 25000 \| Between two pings, ms\. \|/);
  });

  it('names no limit in its text that there is not', () => {
    const named = [
      ...page.matchAll(/`((?:max|app|message|subscribe|slow|ping|pong|drain|connect)[A-Z]\w*)`/g),
    ];
    assert.ok(named.length > 15);
    for (const { 1: name = '' } of named) assert.ok(name in DEFAULT_LIMITS, name);
  });

  it('computes the running hash as the server does', () => {
    const [, text = '""', length, said] = /^sha256\('(.+)'\)\.slice\(0, (\d+)\) = '(\w+)'$/m.exec(page) ?? [];
    const computed = hash('sha256', JSON.parse(`"${text.replaceAll('"', '\\"')}"`) as string, 'hex');
    assert.equal(computed.slice(0, Number(length)), said);
    assert.ok(
      page.includes(`"pubs":[[1,{"text":"hello"}]],"h":"${said}"`),
      'as in the example of a live server',
    );
  });

  it('has no conversation that is not an example to be run', () => {
    const blocks = [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
    assert.ok(blocks.length > readExamples().length);
    for (const { 1: info = '', 2: body = '' } of blocks)
      assert.equal(/^[→←·]/m.test(body), info.startsWith('frames '), body);
  });

  it('is printed by the script, and refused without its markers', async () => {
    const { code, stdout } = await runNode(['scripts/protocol-page.ts'], { cwd: root });
    assert.deepEqual([code, stdout], [0, `${closeTable()}\n\n${limitsTable()}\n`]);
    await assert.rejects(withTables('no markers'), /markers/);
  });
});

for (const name of ['protocol.md', 'write-your-own-client.md', 'errors.md']) {
  describe(`docs/${name}`, () => {
    it('leads nowhere else than to files and headings that there are', () => {
      const file = join(root, 'docs', name);
      const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
      assert.ok(links.length > 0);
      for (const { 1: path = '', 2: anchor } of links) {
        const target = path === '' ? file : join(dirname(file), path);
        assert.ok(existsSync(target), `${path} does not exist`);
        if (anchor !== undefined) assert.ok(anchorsOf(target).includes(anchor), `${path}#${anchor}`);
      }
    });
  });
}

describe('the examples of a page', () => {
  const read = (body: string, info = 'one'): readonly Step[] =>
    readExamples(`\`\`\`frames ${info}\n${body}\n\`\`\`\n`)[0]!.steps;

  it('are read line by line, with what is left out', () => {
    const steps = read(
      '→ {"id":1,\n    "x":{}}\n\n← {"a":…,"b":[1,…],"c":{"d":"…",…}}\n· it rains\n← close 4001 shutdown',
    );
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['send', 'hear', 'happens', 'close'],
    );
    const [sent, heard] = steps as unknown as [{ message: unknown }, { message: unknown }];
    assert.deepEqual(sent.message, { id: 1, x: {} });
    assert.equal(difference(heard.message, { a: {}, b: [1, 2, 3], c: { d: 'x', e: 1 } }), undefined);
    assert.ok(isPartial(heard.message));
    assert.deepEqual(
      filled({ d: '…' }, (key) => `a ${key}`),
      { d: 'a d' },
    );
  });

  it('begin with what they say', () => {
    const [{ name, given, line } = assert.fail()] = readExamples(
      'text\n\n```frames a as=ana follows=x,y\n· z\n```\n',
    );
    assert.deepEqual([name, given, line], ['a', { as: 'ana', follows: 'x,y' }, 3]);
  });

  const differences: readonly (readonly [said: string, heard: unknown, path: string])[] = [
    ['{"a":1}', { a: 2 }, '.a: 1 was said, 2 came'],
    ['{"a":1}', { a: 1, b: 2 }, '.b came as well'],
    ['{"a":1,"b":…}', { a: 1 }, '.b is missing'],
    ['{"a":1,…}', { b: 1 }, '.a: 1 was said, nothing came'],
    ['{"a":[1]}', { a: [1, 2] }, '.a.1 came as well'],
    ['{"a":[1,2]}', { a: [1] }, '.a.1: 2 was said, nothing came'],
    ['{"a":[1,…]}', { a: [2, 1] }, '.a.0: 1 was said, 2 came'],
    ['{"a":[]}', { a: {} }, '.a: [] was said, {} came'],
    ['{"a":null}', { a: {} }, '.a: null was said, {} came'],
  ];
  for (const [said, heard, path] of differences) {
    it(`${said} is not ${JSON.stringify(heard)}`, () => {
      const [step] = read(`← ${said}`);
      assert.ok(step?.kind === 'hear');
      assert.equal(difference(step.message, heard), path);
    });
  }

  it('are refused where nobody could run them, naming the line', () => {
    for (const body of ['what', '→ {', '← {"a":', '? {}'])
      assert.throws(() => read(body), /docs\/protocol\.md:1/);
    assert.throws(() => read('· x', ''), /without a name/);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(({ 1: title = '' }) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
