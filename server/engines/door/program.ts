/** The door's process: `node program.js <settings as JSON>`, working in its folder. It outlives whoever starts it. */
import { closeSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../process/identity.ts';
import { claim, isSame, readClaim, unclaim } from './claim.ts';
import { Control } from './control.ts';
import { FILES } from './messages.ts';
import type { DoorSettings } from './messages.ts';
import { Proxy } from './proxy.ts';
import { RouteFile } from './route-file.ts';

/** Where it says that it is there: a pipe that whoever starts it reads. */
const READY = 3;
/** How often it looks whether it is still wanted, ms. */
const LOOK_MS = 2_000;
const FOLDER = process.cwd();

/** Works until it is told to end, its folder is gone, or nobody wants it any more. */
async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2] ?? '') as DoorSettings;
  const identity = identify(process.pid);
  if (!identity) throw new Error('this system does not tell who a process is (/proc)');
  if (!claim(FOLDER, identity)) {
    say('taken');
    return;
  }

  const proxy = new Proxy(settings, new RouteFile(join(FOLDER, FILES.routes)), log);
  const end = (): void => {
    // The folder is ours for as long as the ports are.
    void proxy.end().then(() => {
      unclaim(FOLDER, identity);
      process.exit(0);
    });
  };
  let alone: NodeJS.Timeout | undefined;
  const control = new Control({
    path: FILES.socket,
    proxy,
    identity,
    left: () => (alone = setTimeout(endIfUnwanted, settings.limits.lingerMs)),
    end,
  });
  const endIfUnwanted = (): void => {
    clearTimeout(alone);
    if (control.connections === 0 && proxy.isEmpty) end();
  };

  await proxy.restore();
  await control.listen();
  // One odd connection must not close every agent's port: what each request needs, it has for itself.
  process.on('uncaughtException', log);
  process.on('unhandledRejection', log);
  process.on('SIGTERM', end);
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  setInterval(() => {
    // Without its folder nobody could find it again.
    if (!isThere() || !isSame(readClaim(FOLDER), identity)) end();
  }, LOOK_MS);
  // Whoever started it may be gone before it ever held on.
  alone = setTimeout(endIfUnwanted, settings.limits.lingerMs);
  say('ready');
}

function say(word: string): void {
  writeSync(READY, word);
  closeSync(READY);
}

function isThere(): boolean {
  return statSync(FILES.socket, { throwIfNoEntry: false }) !== undefined;
}

/** Standard error is the log file. */
function log(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

await main();
