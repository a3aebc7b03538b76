/** How many operations a second are journaled, and how long does it take from a command until an agent runs? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessRuntime } from '../server/engines/process/runtime.ts';
import { createDoor } from '../server/engines/door/door.ts';
import { createSystemClock } from '../server/engines/system/clock.ts';
import { startOurs } from './ingest/peers.ts';
import type { Taker } from './ingest/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show, showSpread, summarize } from './lib/stats.ts';

/** How often an operation's end is asked for, ms. */
const LOOK_MS = 5;
const PATIENCE_MS = 60_000;

interface Run {
  /** Operations a second, of creates that start nothing, and of deletes. */
  readonly createsPerSecond: number;
  readonly deletesPerSecond: number;
  /** From the command to `running`, ms: a shell's sleep, and a server in Node behind its stable port. */
  readonly sleepMs: readonly number[];
  readonly httpMs: readonly number[];
  /** From the command to an agent that is gone with all its processes, ms. */
  readonly deleteMs: readonly number[];
}

/** Runs it. */
export async function provisioning({ quick }: RunOptions): Promise<Report> {
  const [repetitions, many, few] = quick ? [1, 50, 3] : [5, 500, 20];
  const runs: Run[] = [];
  for (let i = 0; i < repetitions; i += 1) runs.push(await once(many, few));
  const median = (figure: 'sleepMs' | 'httpMs' | 'deleteMs', share: number): string =>
    show(
      quantile(
        runs.flatMap((run) => run[figure]),
        share,
      ),
    );
  const rate = (figure: 'createsPerSecond' | 'deletesPerSecond'): string =>
    showSpread(summarize(runs.map((run) => run[figure])));
  return {
    tables: [
      {
        id: 'provisioning',
        title: `${many} operations at once, eight of them active; median (least–most) of ${repetitions}`,
        head: ['What', 'operations a second'],
        rows: [
          ['create, nothing started', rate('createsPerSecond')],
          ['delete, nothing to stop', rate('deletesPerSecond')],
        ],
      },
      {
        id: 'provisioning-agents',
        title: `One agent after the other, ${few * repetitions} of each`,
        head: ['From the command until', 'p50, ms', 'p90, ms'],
        rows: [
          ['`sleep` runs', median('sleepMs', 0.5), median('sleepMs', 0.9)],
          ['a server in Node answers behind its stable port', median('httpMs', 0.5), median('httpMs', 0.9)],
          ['it is deleted, drained and ended', median('deleteMs', 0.5), median('deleteMs', 0.9)],
        ],
      },
    ],
    raw: { runs },
  };
}

async function once(many: number, few: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-bench-agents-'));
  const server = await startOurs({
    WAOOAW_DATA_DIR: folder,
    WAOOAW_AGENTS_FILE: writeKinds(folder),
    WAOOAW_MAX_AGENTS: String(many + few),
  });
  try {
    const names = Array.from({ length: many }, (_, i) => `many-${i}`);
    const create = await all(server, names, (agent) =>
      ask(server, 'POST', '/agents', { agent, kind: 'sleep', start: false }),
    );
    const remove = await all(server, names, (agent) => ask(server, 'DELETE', `/agents/${agent}`));
    const [sleepMs, httpMs, deleteMs]: number[][] = [[], [], []];
    for (let i = 0; i < few; i += 1) {
      for (const [kind, took] of [
        ['sleep', sleepMs],
        ['http', httpMs],
      ] as const) {
        const agent = `${kind}-${i}`;
        took!.push(await timed(() => ask(server, 'POST', '/agents', { agent, kind }).then(endOf(server))));
        const gone = await timed(() => ask(server, 'DELETE', `/agents/${agent}`).then(endOf(server)));
        if (kind === 'http') deleteMs!.push(gone);
      }
    }
    return {
      createsPerSecond: round(many / create),
      deletesPerSecond: round(many / remove),
      sleepMs: sleepMs!,
      httpMs: httpMs!,
      deleteMs: deleteMs!,
    };
  } finally {
    await server.stop();
    await endAll(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeKinds(folder: string): string {
  const path = join(folder, 'agents.json');
  const ready = { intervalMs: 50, timeoutMs: 1_000 };
  const versions = [{ version: '1' }];
  const kinds = [
    {
      kind: 'sleep',
      command: ['/bin/sleep', '3600'],
      versions,
      ready: { kind: 'process', ...ready },
      upgrade: { minHealthyMs: 0 },
    },
    {
      kind: 'http',
      command: [process.execPath, join(import.meta.dirname, 'provisioning/http-agent.ts')],
      versions,
      port: true,
      ready: { kind: 'http', ...ready },
      upgrade: { minHealthyMs: 0 },
    },
  ];
  writeFileSync(path, JSON.stringify({ kinds }), { mode: 0o600 });
  return path;
}

async function ask(server: Taker, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`${server.url}/api${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (JSON.parse(text) as { operation: string }).operation;
}

/** Waits for an operation. @throws when it ends otherwise than completed. */
function endOf(server: Taker): (operation: string) => Promise<void> {
  return async (operation) => {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await fetch(`${server.url}/api/operations/${operation}`);
      const { state } = (await answer.json()) as { state: string };
      if (state === 'completed') return;
      if (!['queued', 'running'].includes(state) || performance.now() > giveUpAt)
        throw new Error(`operation ${operation} is ${state}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
}

/** Asks for all at once, and looks for the last one's end. @returns s. */
async function all(
  server: Taker,
  names: readonly string[],
  each: (name: string) => Promise<string>,
): Promise<number> {
  const ms = await timed(async () => {
    await Promise.all(names.map(each));
    for (const state of ['queued', 'running']) {
      while ((await operationsIn(server, state)) > 0)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  });
  const failed = await operationsIn(server, 'failed');
  if (failed > 0) throw new Error(`${failed} operations failed`);
  return ms / 1_000;
}

async function operationsIn(server: Taker, state: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/operations?state=${state}&limit=1`);
  const { operations } = (await answer.json()) as { operations: unknown[] };
  return operations.length;
}

/** @returns ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What a run that failed has left. */
async function endAll(folder: string): Promise<void> {
  const clock = createSystemClock();
  const onError = (error: unknown): void => console.error(error);
  await createDoor({ folder: join(folder, 'door'), clock, onError }).end();
  const runtime = createProcessRuntime({ folder: join(folder, 'agents', 'run'), clock, onError });
  for (const { name } of await runtime.list()) await runtime.stop(name, 0);
  await runtime.close();
}
