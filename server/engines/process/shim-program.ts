/**
 * The shim: a small process beside each instance, which outlives the server.
 * It imports nothing that it does not need, as there is one for every instance.
 */
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { identify } from './identity.ts';
import { lineReader, socketName } from './messages.ts';
import type { Ask, Beginning, Order, Tell } from './messages.ts';
import { SYSTEM_PATH } from './program.ts';
import { claimRun, forgetRunsBefore, releaseRun } from './record.ts';
import { Shim } from './shim.ts';

/** How long whoever listens may take to hear the end, ms. */
const FAREWELL_MS = 500;
/** A reader that does not read is told no more of new lines, bytes waiting. */
const MAX_WAITING_BYTES = 65_536;
/** Of an order: the environment and the arguments are in it. */
const MAX_ORDER_CHARS = 67_108_864;

/** Started there: its files have short names, however long the path of the folder is. */
const FOLDER = '.';
const sockets = new Set<Socket>();
let shim: Shim | undefined;
let isGoing = false;
let isDone = false;

process.stdin.setEncoding('utf8');
process.stdin.on(
  'data',
  lineReader((line) => void hear(line), MAX_ORDER_CHARS),
);
process.stdin.on('error', () => undefined);
process.stdin.on('close', () => {
  if (isGoing) return;
  // Whoever started this has ended before it said so: nobody knows of this run.
  if (shim) releaseRun(FOLDER, shim.record.run);
  process.exit(0);
});
// Nobody may listen any more.
process.stdout.on('error', () => undefined);
process.on('SIGHUP', () => undefined);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => shim?.stop());

async function hear(line: string): Promise<void> {
  if (!shim) await claim(JSON.parse(line) as Order);
  else if (line === 'go' && !isGoing) await go(shim);
}

async function claim(order: Order): Promise<void> {
  const self = identify(process.pid) ?? { pid: process.pid, startTime: 0, bootId: '' };
  const claimed = new Shim({
    folder: FOLDER,
    order,
    shim: self,
    tell: tellAll,
    path: process.env['PATH'] ?? SYSTEM_PATH,
  });
  try {
    if (!claimRun(FOLDER, claimed.record)) {
      say({ taken: true });
      process.exit(0);
    }
    shim = claimed;
    await listen(claimed);
    say({ claimed: true });
  } catch (error) {
    fail(order, error);
  }
}

async function go(begun: Shim): Promise<void> {
  isGoing = true;
  try {
    await begun.start();
  } catch (error) {
    fail(begun.record, error);
    return;
  }
  forgetRunsBefore(FOLDER, begun.record.run);
  say({ started: begun.record });
  await begun.ended;
  isDone = true;
  for (const socket of sockets) socket.end();
  setTimeout(() => process.exit(0), sockets.size > 0 ? FAREWELL_MS : 0);
}

function fail({ run }: { readonly run: number }, error: unknown): void {
  releaseRun(FOLDER, run);
  say({ failed: error instanceof Error ? error.message : String(error) });
  process.exit(0);
}

function listen({ record }: Shim): Promise<void> {
  const path = socketName(record.run);
  // Of a shim that was killed: the run is claimed, so nobody listens there.
  rmSync(path, { force: true });
  const server = createServer(serve);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function serve(socket: Socket): void {
  sockets.add(socket);
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('close', () => {
    sockets.delete(socket);
    if (isDone && sockets.size === 0) process.exit(0);
  });
  socket.on(
    'data',
    lineReader((line) => {
      const ask = parse(line);
      if (ask) answer(socket, ask);
    }),
  );
  tell(socket, { record: shim!.record });
}

/** Undefined for what no server says: nothing that is written here may end the shim. */
function parse(line: string): Ask | undefined {
  try {
    const ask = JSON.parse(line) as Ask | null;
    return typeof ask === 'object' && ask !== null ? ask : undefined;
  } catch {
    return undefined;
  }
}

function answer(socket: Socket, ask: Ask): void {
  switch (ask.call) {
    case 'stop':
      shim?.stop(ask.graceMs);
      break;
    case 'suspend':
    case 'resume':
      shim?.[ask.call]();
      tell(socket, { id: ask.id, ok: null });
      break;
    case 'usage':
      tell(socket, { id: ask.id, ok: shim?.usage() ?? null });
      break;
    case 'listens':
      tell(socket, { id: ask.id, ok: shim?.listens() ?? null });
      break;
    case 'leave':
      shim?.leave();
  }
}

function tellAll(message: Tell): void {
  for (const socket of sockets) {
    if (!('logged' in message) || socket.writableLength < MAX_WAITING_BYTES) tell(socket, message);
  }
}

function tell(socket: Socket, message: Tell): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

function say(message: Beginning): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
