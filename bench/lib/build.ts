/** The browser's files for the benches, built as they are published but into a folder of their own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/run.ts';
import { moduleBuild } from '../../vite.config.ts';

const folder = join(root, '.cache/bench');

/** The least that a page can be: what loading costs before there is anything to show. */
const EMPTY = '<!doctype html><html lang="en"><meta charset="utf-8"><title>empty</title><p>empty</p>';

/**
 * What a server needs for the bundle and the console. Pages of the bench's own, and `empty.html`, are served below
 * `/assets/`, with the headers of every other page.
 */
export async function buildSite(pages: Readonly<Record<string, string>> = {}): Promise<string> {
  const site = join(folder, 'site');
  rmSync(site, { recursive: true, force: true });
  await buildModule(join(root, 'src/bundle.ts'), 'waooaw.js', site);
  await build({
    configFile: join(root, 'vite.config.ts'),
    mode: 'demo',
    logLevel: 'error',
    build: { outDir: join(site, 'demo') },
  });
  const assets = join(site, 'demo/assets');
  mkdirSync(assets, { recursive: true });
  for (const [name, html] of Object.entries({ 'empty.html': EMPTY, ...pages })) {
    writeFileSync(join(assets, name), html);
  }
  return site;
}

/** One module for the browser with what it imports; lazy parts in `chunks/` beside it. @returns the folder. */
export async function buildModule(
  entry: string,
  fileName: string,
  outDir = join(folder, 'page'),
): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { ...moduleBuild(entry, fileName), outDir, reportCompressedSize: false },
  });
  return outDir;
}
