/** One server and its readers, each in a process of its own, and what a run of theirs costs. */
import { join } from 'node:path';
import { LineProcess } from '../lib/line-process.ts';
import { bunPath } from '../lib/peers.ts';
import type { Expect, Received } from './readers.ts';
import type { Done, Run, Usage } from './serve.ts';

/** A server that is measured. */
export interface Contestant {
  readonly id: string;
  readonly title: string;
  readonly command: readonly string[];
  /** How its readers speak. */
  readonly dialect: 'plain' | 'waooaw' | 'socketio';
}

/** One run's figures. */
export interface Cost {
  readonly deliveries: number;
  /** CPU time of the server's process, user and system, and the system's part of it. */
  readonly cpuUs: number;
  readonly systemUs: number;
  readonly bytes: number;
  readonly tookMs: number;
  /** The most that a tick was late, ms. */
  readonly latestMs: number;
  readonly latencyMs: Received['latencyMs'];
}

const here = import.meta.dirname;
const node = (file: string, ...args: string[]): string[] => [process.execPath, join(here, file), ...args];

/** All that are measured, ours first. */
export const CONTESTANTS: readonly Contestant[] = [
  { id: 'waooaw', title: '**waooaw**', command: node('server-waooaw.ts'), dialect: 'waooaw' },
  {
    id: 'ws',
    title: '`ws`, a shared Buffer a message',
    command: node('server-ws.ts', 'message'),
    dialect: 'plain',
  },
  {
    id: 'ws-tick',
    title: '`ws`, one frame a tick',
    command: node('server-ws.ts', 'tick'),
    dialect: 'plain',
  },
  {
    id: 'stream',
    title: '`socket.write`, one frame a tick (floor)',
    command: node('server-ws.ts', 'stream'),
    dialect: 'plain',
  },
  { id: 'socketio', title: 'Socket.IO, room emit', command: node('server-socketio.ts'), dialect: 'socketio' },
  {
    id: 'bun',
    title: 'Bun, `server.publish`',
    command: [bunPath(), join(here, 'server-bun.ts')],
    dialect: 'plain',
  },
];

/** This server, gathering publications for a few milliseconds. */
export const WINDOWED: Contestant = {
  id: 'waooaw-window',
  title: '**waooaw**, `flushWindowMs` 4',
  command: node('server-waooaw.ts', 'window=4'),
  dialect: 'waooaw',
};

/** The order of a repetition: a noisy minute hits all of them in turn. */
export function inOrder<T>(repetition: number, all: readonly T[]): readonly T[] {
  const first = repetition % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Performs one run. */
export type Performance = (run: Run & { readonly ticksAnAck?: number }) => Promise<Cost>;

/** How readers are put on stage. */
export interface Staging {
  /** Each has a channel of its own. */
  readonly own?: boolean;
}

/** Starts a server with its readers, does the work, and ends both. */
export async function onStage<T>(
  contestant: Contestant,
  readers: number,
  work: (run: Performance) => Promise<T>,
  { own = false }: Staging = {},
): Promise<T> {
  const args = own ? ['own'] : [];
  const server = new LineProcess([...contestant.command, ...args]);
  try {
    const port = await server.next<number>('port');
    const load = readersOf(contestant, port, readers, ...args);
    try {
      await load.next('connected');
      load.on('credit', ({ credit }) => server.send({ credit }));
      return await work((run) => measure(contestant, server, load, run));
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}

/** A process of readers; it says `connected`. */
export function readersOf(
  { dialect }: Contestant,
  port: number,
  readers: number,
  ...args: string[]
): LineProcess {
  return new LineProcess(node('readers.ts', dialect, String(port), String(readers), ...args));
}

async function measure(
  { id }: Contestant,
  server: LineProcess,
  load: LineProcess,
  { ticksAnAck, ...run }: Run & { ticksAnAck?: number },
): Promise<Cost> {
  const messages = run.ticks * run.perTick;
  const expect: Expect = { messages, perTick: run.perTick, ...(ticksAnAck !== undefined && { ticksAnAck }) };
  await load.ask('expecting', expect);
  const before = await server.ask<Usage>('usage');
  const received = load.next<Received>('received');
  const done = server.next<Done>('done');
  server.send({ run });
  const [{ deliveries, wrong, bytes, tookMs, latencyMs }, { latestMs }] = await Promise.all([received, done]);
  const after = await server.ask<Usage>('usage');
  if (wrong > 0)
    throw new Error(`${id}: ${wrong} of ${deliveries} deliveries were missing, twice or out of order`);
  const systemUs = after.systemUs - before.systemUs;
  const cpuUs = after.userUs - before.userUs + systemUs;
  return { deliveries, cpuUs, systemUs, bytes, tookMs, latestMs, latencyMs };
}
