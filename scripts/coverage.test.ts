import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CoverageMap } from 'istanbul-lib-coverage';
import { applyGates, componentOf } from './coverage-gates.ts';
import { mergeCoverage } from './coverage.ts';
import { runNode } from './run.ts';
import { offsetMapper } from './wtr-coverage.ts';

const FILES = {
  'server/clamp.ts': `/** Limits a number. */
export interface Limits {
  readonly max: number;
}

export function clamp(value: number, limits: Limits): number {
  if (value > limits.max) {
    return limits.max;
  }
  return value;
}

export function never(): string {
  return 'never';
}
`,
  'server/unread.ts': 'export const unread = (x: number): number => (x > 1 ? 1 : 0);\n',
  'server/types.ts':
    "export interface Only { readonly types: true }\nexport type { Limits } from './clamp.ts';\n",
  'server/clamp.test.ts': 'export const test = 1;\n',
  'low.mjs': "import { clamp } from './server/clamp.ts';\nclamp(1, { max: 2 });\n",
  'high.mjs': "import { clamp } from './server/clamp.ts';\nclamp(3, { max: 2 });\n",
};

describe('coverage of several processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-coverage-'));
  let map: CoverageMap;
  after(() => rmSync(folder, { recursive: true }));
  before(async () => {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const raw = join(folder, 'raw');
    for (const script of ['low.mjs', 'high.mjs']) {
      const { code, stderr } = await runNode([script], {
        cwd: folder,
        env: { ...process.env, NODE_V8_COVERAGE: raw },
      });
      assert.equal(code, 0, stderr);
    }
    map = await mergeCoverage(raw, folder);
  });
  const of = (file: string) => map.fileCoverageFor(join(folder, file));

  it('adds up the branches that each took', () => {
    assert.deepEqual(Object.values(of('server/clamp.ts').b), [[1, 1]]);
  });

  it('names the lines that no process reached, by their place in the TypeScript source', () => {
    assert.deepEqual(of('server/clamp.ts').getUncoveredLines(), ['14']);
  });

  it('counts no line of types, comments or space', () => {
    assert.deepEqual(Object.keys(of('server/clamp.ts').getLineCoverage()), ['7', '8', '10', '14']);
    assert.equal(of('server/types.ts').toSummary().lines.total, 0);
  });

  it('counts a file that no process loaded as not covered at all', () => {
    const { lines, branches, functions } = of('server/unread.ts').toSummary();
    assert.deepEqual([lines.covered, branches.covered, functions.covered], [0, 0, 0]);
    assert.deepEqual([lines.total, branches.total, functions.total], [1, 2, 1]);
  });

  it('leaves out tests', () => {
    assert.ok(!map.files().includes(join(folder, 'server/clamp.test.ts')));
  });

  it('fails the component, the whole and a critical module that fall short, and one that is missing', () => {
    const problems = new Map(
      applyGates(map, ['server/clamp.ts', 'server/gone.ts', 'server/types.ts'], folder).map((row) => [
        row.name,
        row.problems,
      ]),
    );
    assert.deepEqual(problems.get('server'), [
      'lines not above 85 %',
      'statements not above 85 %',
      'branches not above 85 %',
    ]);
    assert.equal(problems.get('all files')?.length, 3);
    assert.deepEqual(problems.get('server/clamp.ts'), ['not at 100 %: lines 13, 14']);
    assert.deepEqual(problems.get('server/gone.ts'), ['no such file']);
    assert.deepEqual(problems.get('server/types.ts'), ['nothing in it to cover']);
  });
});

describe('componentOf', () => {
  for (const [file, component] of [
    ['src/index.ts', 'src'],
    ['src/client/ring.ts', 'src/client'],
    ['src/elements/register.ts', 'src/elements'],
    ['src/elements/socket/socket.ts', 'src/elements/socket'],
    ['server/app.ts', 'server'],
    ['server/http/problem.ts', 'server/http'],
    ['server/engines/sqlite/database.ts', 'server/engines/sqlite'],
    ['server/services/metrics/collectors/host.ts', 'server/services/metrics'],
    ['cli/main.ts', 'cli'],
    ['demo/agents/echo.ts', 'demo'],
  ] as const) {
    it(`counts ${file} for ${component}`, () => assert.equal(componentOf(file), component));
  }
});

describe('offsetMapper', () => {
  const code = "import { a } from 'lit'; a();\nconst b = () => import('uplot');\n";
  const served = code
    .replace("'lit'", "'/node_modules/lit/index.js'")
    .replace("'uplot'", "'/x/uPlot.esm.js'");
  const move = offsetMapper(served, code);

  it('finds every place that is not inside a replaced import', () => {
    for (const text of ['import {', 'a();', 'const b', '() =>', 'import(', ');']) {
      assert.equal(move(served.indexOf(text)), code.indexOf(text), text);
    }
    assert.equal(move(served.length), code.length);
  });

  it('stays inside the import for a place within it', () => {
    const at = move(served.indexOf('node_modules'));
    assert.ok(at >= code.indexOf("'lit'") && at <= code.indexOf("'lit'") + 5);
  });
});
