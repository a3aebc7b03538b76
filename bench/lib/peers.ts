/** What we are measured beside. It lives in `bench/package.json` and never among the product's dependencies. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { npm } from '../../scripts/npm.ts';
import { root } from '../../scripts/run.ts';

const folder = join(root, 'bench');
const require = createRequire(join(folder, 'package.json'));

/** Loads a peer. Typed by whoever asks, because the project is checked without the peers. */
export function peer<T>(name: string): T {
  return require(name) as T;
}

/** Versions of the peers by name, as pinned. */
export function peerVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}

/** Installs the peers from their lockfile unless they are there. */
export async function installPeers(): Promise<void> {
  const installed = Object.entries(peerVersions()).every(([name, version]) => {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (!existsSync(manifest)) return false;
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === version;
  });
  if (installed && existsSync(bunPath())) return;
  console.error('installing the peers of the benchmarks (once)');
  await npm(['ci'], folder);
}

/** Bun's program. Its package has one for each platform, and needs no install script. */
export function bunPath(): string {
  const file = process.platform === 'win32' ? 'bun.exe' : 'bun';
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return join(folder, `node_modules/@oven/bun-${process.platform}-${arch}/bin/${file}`);
}
