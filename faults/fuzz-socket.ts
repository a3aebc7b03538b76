/** Malformed frames and bytes thrown at a server over real sockets. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { CLOSE, SUBPROTOCOLS } from '../src/protocol/index.ts';
import { createMemoryBus } from '../server/engines/memory/bus.ts';
import { createSystemClock } from '../server/engines/system/clock.ts';
import { encodeFrame } from '../server/testing/raw-client.ts';
import { Chance } from './chance.ts';
import type { Fuzzed } from './fuzz.ts';
import { COMMANDS } from './fuzz-server.ts';
import { mutated } from './mutate.ts';
import { Meter } from './narrow.ts';
import { Site } from './site.ts';

const OURS: ReadonlySet<number> = new Set(Object.values(CLOSE));
/** What `ws` closes with for bytes that are no frames of a client. */
const RFC_CODES: ReadonlySet<number> = new Set([1002, 1007, 1009]);
const LIMIT_MS = 10_000;
/** A frame that claims more bytes than it has makes the server wait for them: then the client leaves, ms. */
const PATIENCE_MS = 200;

/** Throws so many, each on a connection that answers a last command, or is closed with a code. */
export async function fuzzSocket(seed: number, cases: number): Promise<Fuzzed> {
  const chance = new Chance(seed);
  const outcomes: Record<string, number> = {};
  const problems: string[] = [];
  const site = await Site.open({
    bus: createMemoryBus(createSystemClock()),
    clock: createSystemClock(),
    limits: { messagesPerSecond: 1_000_000, messageBurst: 1_000_000 },
    history: { size: 10, ageMs: 60_000 },
    snapshot: () => null,
    meter: new Meter(),
    narrow: 0,
    onError: (error, what) => problems.push(`${what}: ${String(error)}`),
  });
  for (let i = 0; i < cases; i += 1) {
    const outcome = await throwOne(site.port, chance);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome.startsWith('?')) problems.push(`case ${i}: ${outcome}`);
  }
  const giveUpAt = performance.now() + LIMIT_MS;
  while (site.broadcaster.stats().connections > 0 && performance.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const { connections } = site.broadcaster.stats();
  if (connections > 0) problems.push(`${connections} connections are left`);
  site.kill();
  return { cases, outcomes, problems };
}

/** @returns what came of it. */
async function throwOne(port: number, chance: Chance): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, [...SUBPROTOCOLS]);
  let left = false;
  const timers: NodeJS.Timeout[] = [];
  const ended = new Promise<string>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', (code) =>
      resolve(
        left
          ? 'waited for more'
          : OURS.has(code) || RFC_CODES.has(code)
            ? `closed ${code}`
            : `? closed ${code}`,
      ),
    );
    socket.on('message', (data: Buffer) => {
      if (data.toString().includes('"id":987654')) resolve('answered');
    });
    timers.push(
      setTimeout(() => {
        left = true;
        rawOf(socket)?.end();
      }, PATIENCE_MS),
      setTimeout(() => resolve('? neither answered nor closed'), LIMIT_MS),
    );
  });
  await once(socket, 'open');
  if (chance.maybe(0.8)) socket.send(JSON.stringify({ id: 1, connect: {} }));
  if (chance.maybe(0.5)) socket.send(mutated(chance.pick(COMMANDS), chance));
  else throwBytes(socket, chance);
  socket.send('{"id":987654,"unsubscribe":{"n":99}}');
  const outcome = await ended;
  // They would hold the socket for as long as they wait.
  for (const timer of timers) clearTimeout(timer);
  socket.terminate();
  return outcome;
}

/** A frame of which some bytes are others. */
function throwBytes(socket: WebSocket, chance: Chance): void {
  const frame = encodeFrame({ opcode: 1, payload: JSON.stringify(chance.pick(COMMANDS)) });
  for (let times = chance.whole(1, 4); times > 0; times -= 1)
    frame[chance.whole(0, frame.length - 1)] = chance.whole(0, 255);
  rawOf(socket)?.write(frame);
}

/** The TCP connection below, while there is one. */
function rawOf(socket: WebSocket): NodeJS.WritableStream | null {
  return (socket as unknown as { readonly _socket: NodeJS.WritableStream | null })._socket;
}
