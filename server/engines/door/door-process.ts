/** The door's process as the server sees it: found, or begun. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WaooawError } from '../../../src/protocol/index.ts';
import { isRunning } from '../process/identity.ts';
import { readClaim } from './claim.ts';
import { FILES } from './messages.ts';
import type { DoorSettings } from './messages.ts';
import { RouteFile } from './route-file.ts';

/** Sources run as TypeScript, the published package as JavaScript: the program has this file's ending. */
const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './program.ts' : './program.js', import.meta.url),
);
/** What of our environment the door sees. It has no secret, and hands nothing on. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ', 'NODE_V8_COVERAGE'];
/** A longer log is put aside when a door begins, bytes. */
const MAX_LOG_BYTES = 1_048_576;

/** Makes the door's folder if need be. @throws WaooawError `unavailable` with the system's reason. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new WaooawError('unavailable', `The door's folder cannot be made: ${String(cause)}`, { cause });
  }
}

/** True when a door that runs has the folder. */
export function hasDoor(folder: string): boolean {
  const claim = readClaim(folder);
  return claim !== undefined && isRunning(claim);
}

/** True when a door would open ports again. */
export function hasRoutes(folder: string): boolean {
  try {
    return new RouteFile(join(folder, FILES.routes)).read().length > 0;
  } catch {
    // Which ones it had, a door says in its log.
    return true;
  }
}

/** Ends the door that has the folder, if it is verified to be one. Its routes stay. */
export function endDoor(folder: string): void {
  const claim = readClaim(folder);
  if (!claim || !isRunning(claim)) return;
  try {
    process.kill(claim.pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}

/**
 * Begins a door, and waits until it listens, or says that there is one.
 * @throws WaooawError `unavailable` with what stands at the end of its log.
 */
export async function startDoor(folder: string, settings: DoorSettings): Promise<void> {
  const log = openLog(folder);
  const env = Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(settings)], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  child.unref();
  const pipe = child.stdio[3]!;
  const word = await new Promise<string>((resolve) => {
    let said = '';
    pipe.on('data', (text: Buffer) => (said += text.toString()));
    pipe.on('error', () => undefined);
    pipe.on('close', () => resolve(said));
    child.on('error', (error) => resolve(String(error)));
  });
  if (word !== 'ready' && word !== 'taken')
    throw new WaooawError(
      'unavailable',
      `The door does not begin; see ${join(folder, FILES.log)}. ${word}`.trim(),
    );
}

function openLog(folder: string): number {
  const path = join(folder, FILES.log);
  try {
    const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    throw new WaooawError('unavailable', `The door's log cannot be opened: ${String(cause)}`, { cause });
  }
}
