import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkDirections } from './directions.ts';

/** Modules that nothing forbids, for the others to import. */
const TARGETS = [
  'src/protocol/codes.ts',
  'src/proof/verify.ts',
  'src/client/client.ts',
  'src/i18n/format.ts',
  'src/elements/badge/badge.ts',
  'src/elements/badge/words.ts',
  'src/elements/badge/define.ts',
  'server/ports/bus.ts',
  'server/engines/memory/bus.ts',
  'server/engines/sqlite/database.ts',
  'server/services/health/index.ts',
  'server/create.ts',
  'server/index.ts',
  'cli/main.ts',
  'demo/main.ts',
  'e2e/page.ts',
  'server/create.test.ts',
];

/** One violation a rule: [rule, importing file, what it imports]. */
const WRONG: [rule: string, from: string, to: string][] = [
  ['resolvable', 'src/client/missing.ts', './nowhere.ts'],
  ['browser-not-server', 'demo/a.ts', 'server/index.ts'],
  ['browser-not-node', 'src/i18n/node.ts', 'node:fs'],
  ['src-not-demo', 'src/elements/badge/demo.ts', 'demo/main.ts'],
  ['server-from-src', 'server/client.ts', 'src/client/client.ts'],
  ['server-not-outside', 'server/page.ts', 'e2e/page.ts'],
  ['protocol-is-a-leaf', 'src/protocol/a.ts', 'src/client/client.ts'],
  ['protocol-bare', 'src/protocol/b.ts', 'lit'],
  ['schemas-zod-only', 'src/protocol/c.schema.ts', 'lit'],
  ['zod-stays-at-the-edge', 'src/elements/badge/zod.ts', 'zod'],
  ['schemas-as-types', 'src/client/schema.ts', 'src/protocol/ok.schema.ts'],
  ['proof-on-protocol', 'src/proof/a.ts', 'src/client/client.ts'],
  ['client-on-protocol', 'src/client/a.ts', 'src/i18n/format.ts'],
  ['client-framework-free', 'src/client/b.ts', 'lit'],
  ['api-on-protocol', 'src/api/a.ts', 'src/i18n/format.ts'],
  ['api-on-protocol', 'src/api/b.ts', 'lit'],
  ['contexts-on-protocol', 'src/context/a.ts', 'src/client/client.ts'],
  ['contexts-on-protocol', 'src/context/b.ts', 'lit'],
  ['below-elements', 'src/i18n/a.ts', 'src/client/client.ts'],
  ['catalogue-on-words', 'src/i18n/languages/catalogue.ts', 'src/elements/badge/badge.ts'],
  ['catalogue-as-types', 'src/i18n/languages/de.ts', 'src/elements/badge/words.ts'],
  ['registration-apart', 'src/elements/badge/other.ts', 'src/elements/badge/define.ts'],
  ['ports-alone', 'server/ports/a.ts', 'ws'],
  ['services-apart', 'server/services/audit/a.ts', 'server/services/health/index.ts'],
  ['services-below-create', 'server/services/audit/b.ts', 'server/create.ts'],
  ['engines-on-ports', 'server/engines/memory/a.ts', 'server/services/health/index.ts'],
  ['engines-on-ports', 'server/engines/memory/b.ts', 'server/engines/sqlite/database.ts'],
  ['engines-from-create', 'server/services/audit/c.ts', 'server/engines/memory/bus.ts'],
  ['engines-from-create', 'server/app.ts', 'server/engines/memory/bus.ts'],
  ['cli-on-doors', 'cli/a.ts', 'server/services/health/index.ts'],
  ['cli-not-browser', 'cli/b.ts', 'demo/main.ts'],
  ['no-dev-packages', 'server/dev.ts', 'vite'],
  ['tests-are-leaves', 'server/test.ts', 'server/create.test.ts'],
];

/** Imports in the right direction, among them the narrow exceptions. */
const RIGHT: [from: string, to: string][] = [
  ['src/protocol/ok.schema.ts', 'zod'],
  ['src/client/ok.ts', 'src/protocol/codes.ts'],
  ['src/elements/badge/ok.ts', 'lit'],
  ['src/define.ts', 'src/elements/badge/define.ts'],
  ['server/services/audit/ok.ts', 'server/ports/bus.ts'],
  ['server/services/audit/edge.ts', 'src/protocol/ok.schema.ts'],
  ['server/services/audit/ok.test.ts', 'server/engines/memory/bus.ts'],
  ['server/engines/memory/ok.ts', 'server/ports/bus.ts'],
  ['server/engines/memory/ok.ts', 'src/proof/verify.ts'],
  ['server/create.ts', 'server/engines/memory/bus.ts'],
  ['server/verify.ts', 'server/engines/sqlite/database.ts'],
  ['cli/ok.ts', 'server/index.ts'],
  ['e2e/ok.ts', 'server/engines/memory/bus.ts'],
  ['demo/ok.ts', 'src/elements/badge/define.ts'],
];

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function project(
  imports: readonly (readonly [from: string, to: string])[],
  typeOnly: typeof RIGHT = [],
): string {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-directions-'));
  folders.push(folder);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const name of ['lit', 'zod', 'ws', 'vite']) {
    write(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, type: 'module', exports: './index.js' }),
    );
    write(`node_modules/${name}/index.js`, 'export const x = 1;\n');
  }
  const dependencies = { lit: '1', zod: '1', ws: '1' };
  write('package.json', JSON.stringify({ type: 'module', dependencies, devDependencies: { vite: '1' } }));
  for (const target of TARGETS) write(target, 'export const x = 1;\n');
  const specifier = (from: string, to: string) =>
    /^(src|server|cli|demo|e2e)\//.test(to) ? `${'../'.repeat(from.split('/').length - 1) || './'}${to}` : to;
  for (const [from, to] of imports)
    write(from, `import { x } from '${specifier(from, to)}';\nexport const y = x;\n`);
  for (const [from, to] of typeOnly)
    write(from, `import type { x } from '${specifier(from, to)}';\nexport type Y = x;\n`);
  return folder;
}

describe('directions', () => {
  it('reads every module of the project', async () => {
    const { modules, imports, unread } = await checkDirections();
    assert.deepEqual(unread, []);
    assert.ok(modules.length > 0 && imports > 0);
  });

  it('reports each forbidden import under the rule that forbids it', async () => {
    const ok = ['src/protocol/ok.schema.ts', 'zod'] as const;
    const folder = project([ok, ...WRONG.map(([, from, to]) => [from, to] as const)]);
    const { violations, modules } = await checkDirections(folder);
    assert.ok(modules.length >= WRONG.length);
    for (const [rule, from] of WRONG) {
      const found = violations
        .filter((violation) => violation.from === from)
        .map((violation) => violation.rule);
      assert.ok(found.includes(rule), `${from} breaks ${rule}; reported: ${found.join(', ') || 'nothing'}`);
    }
  });

  it('has a test for each of its rules', () => {
    const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
      forbidden: { name: string }[];
    };
    const tested = new Set([...WRONG.map(([rule]) => rule), 'no-cycles']);
    assert.deepEqual(
      config.forbidden.map((rule) => rule.name).filter((name) => !tested.has(name)),
      [],
    );
  });

  it('reports a cycle', async () => {
    const { violations } = await checkDirections(
      project([
        ['src/client/a.ts', 'src/client/b.ts'],
        ['src/client/b.ts', 'src/client/a.ts'],
      ]),
    );
    assert.ok(violations.some((violation) => violation.rule === 'no-cycles'));
  });

  it('lets the right directions pass, schema types in the browser among them', async () => {
    const types: typeof RIGHT = [['src/client/types.ts', 'src/protocol/ok.schema.ts']];
    assert.deepEqual((await checkDirections(project(RIGHT, types))).violations, []);
  });

  it('sees no module in an empty folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waooaw-directions-'));
    folders.push(folder);
    assert.deepEqual((await checkDirections(folder)).modules, []);
  });
});
