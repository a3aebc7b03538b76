/** The package as npm would publish it: packed, installed in an empty folder, started, bundled. */
import assert from 'node:assert/strict';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { browserArgs, findBrowser } from '../scripts/browser.ts';
import { npm } from '../scripts/npm.ts';
import { root } from '../scripts/run.ts';
import { ServerProcess } from '../scripts/server-process.ts';

interface Manifest {
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  sideEffects: string[];
}

const folder = mkdtempSync(join(tmpdir(), 'waooaw-package-'));
const app = join(folder, 'app');
const installed = join(app, 'node_modules/waooaw');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
let packed: string[] = [];

before(async () => {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }\n');
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], root);
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  await npm(['install', '--no-audit', '--no-fund', join(folder, tarball.filename)], app);
});

after(() => rmSync(folder, { recursive: true, force: true }));

describe('packed tarball', () => {
  it('holds compiled modules, their types and documents, and nothing else', () => {
    const stray = packed.filter(
      (path) =>
        !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|custom-elements\.json|docs\/[\w.-]+\.(md|json))$/.test(
          path,
        ) &&
        !/^deploy\/[\w.-]+$/.test(path) &&
        !/^dist\/(src|server|cli)\/.*(\.js|\.js\.map|\.d\.ts)$/.test(path) &&
        !/^dist\/demo\/(index\.html|assets\/[^/]+)$/.test(path) &&
        !/^dist\/(tokens(\.resolver)?\.json|waooaw\.(js|js\.map|css|licenses\.md)|chunks\/[^/]+\.js(\.map)?)$/.test(
          path,
        ),
    );
    assert.deepEqual(stray, []);
    assert.deepEqual(
      packed.filter((path) => /\.(test|contract)\.|\/testing\//.test(path)),
      [],
    );
  });

  it('holds every file that package.json names', () => {
    const named = [manifest.exports, manifest.bin].flatMap((map) =>
      Object.values(map).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target))),
    );
    const missing = named.map((path) => path.replace('./', '')).filter((path) => !packed.includes(path));
    assert.deepEqual(missing, []);
  });

  it('lists as having side effects the define and bundle files, all of them and no other', () => {
    const listed = new Set(manifest.sideEffects.flatMap((glob) => files(glob, root)));
    const registering = files('{src,dist/src}/**/{define,bundle}.{ts,js}', root);
    assert.deepEqual([...listed].sort(), [...registering, 'dist/waooaw.js'].sort());
  });
});

describe('installed package', () => {
  it('starts its server by the command line and stops it on SIGTERM', async () => {
    const command = [join(installed, manifest.bin.waooaw!), 'serve'];
    assert.match(readFileSync(command[0]!, 'utf8'), /^#!\/usr\/bin\/env node\n/);
    const server = new ServerProcess({ command, cwd: app });
    try {
      const { url } = await server.start();
      assert.equal((await fetch(`${url}/livez`)).status, 200);
      assert.match(await (await fetch(`${url}/`)).text(), /<html/);
      assert.equal(await server.stop('SIGTERM'), 0, server.output);
    } finally {
      await server.dispose();
    }
  });

  it('bundles its badge without chart, validation or server code', async () => {
    const { modules } = await bundle("import 'waooaw/status-badge/define';\n");
    const packages = new Set(
      modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []),
    );
    assert.ok(packages.has('waooaw') && packages.has('lit-html'), [...packages].join(', '));
    for (const unwanted of ['uplot', 'zod', 'hono', 'ws', 'pino'])
      assert.ok(!packages.has(unwanted), unwanted);
  });

  it('registers by define entries only', async () => {
    const define = await bundle("import 'waooaw/status-badge/define';\n");
    const classes = await bundle("import * as all from 'waooaw';\nglobalThis.classes = Object.keys(all);\n");
    assert.ok((await definedBy(define.code)).includes('waooaw-status-badge'));
    assert.deepEqual(await definedBy(classes.code, 'classes.length > 2'), []);
  });
});

function files(glob: string, cwd: string): string[] {
  return globSync(glob, { cwd, exclude: ['**/node_modules/**'] }).map((file) =>
    file.split(sep).join('/').replace('./', ''),
  );
}

/** Bundles a module as an app that installed the package would. */
async function bundle(source: string): Promise<{ code: string; modules: string[] }> {
  const entry = join(app, 'entry.js');
  writeFileSync(entry, source);
  const result = await build({
    root: app,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: entry, output: { codeSplitting: false } },
    },
  });
  const { output } = result as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = chunks.flatMap((chunk) =>
    Object.entries(chunk.modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
  );
  return { code: chunks.find((chunk) => chunk.isEntry)!.code, modules };
}

/** The tags that a module registers when a browser runs it. */
async function definedBy(code: string, holds = 'true'): Promise<string[]> {
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() });
  try {
    const page = await browser.newPage();
    await page.evaluate(() => {
      const define = customElements.define.bind(customElements);
      const tags: string[] = [];
      Object.assign(globalThis, { tags });
      customElements.define = (tag, ...rest) => {
        tags.push(tag);
        define(tag, ...rest);
      };
    });
    await page.addScriptTag({ type: 'module', content: `${code}\n;globalThis.ran = true;` });
    await page.waitForFunction('globalThis.ran');
    assert.ok(await page.evaluate(holds), holds);
    return await page.evaluate<string[]>('tags');
  } finally {
    await browser.close();
  }
}
