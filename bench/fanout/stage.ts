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
    title: '`ws`, one frame a tick (floor)',
    command: node('server-ws.ts', 'tick'),
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

/** The order of a repetition: a noisy minute hits all of them in turn. */
export function inOrder(repetition: number): readonly Contestant[] {
  const first = repetition % CONTESTANTS.length;
  return [...CONTESTANTS.slice(first), ...CONTESTANTS.slice(0, first)];
}

/** Starts a server with its readers, does the work, and ends both. */
export async function onStage<T>(
  contestant: Contestant,
  readers: number,
  work: (run: (run: Run & { ticksAnAck?: number }) => Promise<Cost>) => Promise<T>,
): Promise<T> {
  const server = new LineProcess(contestant.command);
  try {
    const port = await server.next<number>('port');
    const load = new LineProcess(node('readers.ts', contestant.dialect, String(port), String(readers)));
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
