/** Installs a Debian package when this machine allows it: root, and apt-get at hand. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The first of the given commands or absolute paths that this machine can execute.
 *
 * @param candidates names looked up in `PATH`, or absolute paths, in order of preference
 */
export function findExecutable(candidates: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return candidates
    .flatMap((name) => (name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name))))
    .find(isExecutable);
}

/** Whether {@link installDebianPackage} can work here. */
export function canInstallDebianPackages(): boolean {
  return (
    process.getuid?.() === 0 && existsSync('/etc/debian_version') && findExecutable(['apt-get']) !== undefined
  );
}

/**
 * `apt-get update` and `apt-get install` of one package, its output on stderr.
 *
 * @throws when apt-get fails; its own message has been printed by then
 */
export function installDebianPackage(name: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // stdout belongs to the caller (the test summary is its last line), so apt writes to stderr.
  const stdio: ['ignore', number, number] = ['ignore', 2, 2];
  execFileSync('apt-get', ['update', '-q'], { env, stdio });
  execFileSync('apt-get', ['install', '-q', '-y', '--no-install-recommends', name], { env, stdio });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
