/** Takes the types off every source file once, for `scripts/stripped.mjs`: each character keeps its place. */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './run.ts';

const SOURCES = ['server', 'cli', 'src', 'scripts', 'faults', 'demo', 'e2e'].map(
  (folder) => `${folder}/**/*.ts`,
);

/** Leaves them in `folder`, each under its own path. */
export function stripSources(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const path of globSync(SOURCES, { cwd: root })) {
    let stripped: string;
    try {
      stripped = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'));
    } catch {
      // Decorators and the like: Node does not run it as it stands, nor does anything but the browser's bundler.
      continue;
    }
    const to = join(folder, `${path}.js`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, stripped);
  }
}
