/** Where a program is, and what is put before it so that it runs within its limits. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { InstanceResources } from '../../ports/agent-runtime.ts';

/** Where the system's own programs are when nobody says otherwise. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Between the limit at which a program is told that its processor time is over, and its end, s. */
const CPU_GRACE_SECONDS = 5;

/**
 * The absolute path of a program, found as a shell would: by the path, or in the folder where it will run.
 * @returns undefined when there is none that may be executed.
 */
export function findProgram(name: string, path: string, folder: string): string | undefined {
  if (name.includes('/')) return executable(isAbsolute(name) ? name : resolve(folder, name));
  for (const place of path.split(delimiter)) {
    const found = place === '' ? undefined : executable(join(resolve(folder, place), name));
    if (found) return found;
  }
  return undefined;
}

/** A command that keeps within its resources, and those of them that this system has no means for. */
export interface LimitedCommand {
  readonly command: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Puts `nice` and `prlimit` (util-linux) before a command: both become the program, with its pid.
 * @param command its first an absolute path.
 * @param path where the two are looked for.
 */
export function limitCommand(
  command: readonly string[],
  resources: InstanceResources,
  path: string,
): LimitedCommand {
  const { openFiles, processes, cpuSeconds, fileBytes, nice } = resources;
  const limits = [
    ...(openFiles === undefined ? [] : [`--nofile=${openFiles}`]),
    ...(processes === undefined ? [] : [`--nproc=${processes}`]),
    ...(cpuSeconds === undefined ? [] : [`--cpu=${cpuSeconds}:${cpuSeconds + CPU_GRACE_SECONDS}`]),
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}`]),
  ];
  const missing: string[] = [];
  const before = (tool: string, ...options: string[]): readonly string[] => {
    const found = findProgram(tool, path, '/');
    if (!found) missing.push(tool);
    return found ? [found, ...options] : [];
  };
  return {
    command: [
      ...(nice === undefined || nice === 0 ? [] : before('nice', '-n', String(nice))),
      ...(limits.length === 0 ? [] : before('prlimit', ...limits, '--')),
      ...command,
    ],
    missing,
  };
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
