/**
 * The drill of a restore, on a full data folder: a server is filled, backed up while it is written to, restored elsewhere, started there,
 * and compared with the first by everything that was acknowledged before the backup began.
 *
 *     npm run restore-drill                         20,000 audit entries, 500 series
 *     npm run restore-drill -- --entries 1000000    as many as you like
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { main as waooaw } from '../cli/main.ts';
import { createApi } from '../src/api/index.ts';
import type { Api } from '../src/api/index.ts';
import { ServerProcess } from './server-process.ts';

/** How much there is to lose. */
export interface DrillOptions {
  readonly entries: number;
  readonly series: number;
  readonly say: (line: string) => void;
}

/** What the drill measured. */
export interface Drilled {
  /** Entries that were acknowledged before the backup began, and those that came while it was made. */
  readonly before: number;
  readonly meanwhile: number;
  readonly backupMs: number;
  readonly restoreMs: number;
  readonly databaseBytes: number;
  readonly backupBytes: number;
  /** What differs, in words: nothing should. */
  readonly differences: readonly string[];
}

const ADMIN_KEY = 'the-key-of-a-drill-that-nobody-else-has-0123';
const BATCH = 1_000;
const MINUTE_MS = 60_000;

/** Runs the drill. @throws when a step of it fails. */
export async function drill({ entries, series, say }: DrillOptions): Promise<Drilled> {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-drill-'));
  const [first, second] = ['first', 'second'].map((name) => serverIn(folder, name)) as [
    ServerProcess,
    ServerProcess,
  ];
  try {
    let { url } = await first.start();
    let api = createApi({ url, token: ADMIN_KEY, timeoutMs: 120_000 });
    const past = await fill(api, entries, series, say);
    // What metrics are acknowledged is durable some seconds later, or at an orderly end.
    await first.stop();
    ({ url } = await first.start());
    api = createApi({ url, token: ADMIN_KEY, timeoutMs: 120_000 });
    const { sequences } = await record(api, 10, entries);
    const acknowledged = sequences.at(-1)!;
    const kept = join(folder, 'kept.txt');
    writeFileSync(kept, await api.get('/api/audit/checkpoint', { query: { atLeast: acknowledged } }));
    const expected = await stateOf(api, past, acknowledged);
    const databaseBytes = statSync(join(folder, 'first/waooaw.db')).size;
    say(`${acknowledged} entries are acknowledged; the backup begins, and writing goes on`);

    const writing = writer(api);
    const began = performance.now();
    await run(['backup', join(folder, 'backup')], { WAOOAW_DATA_DIR: join(folder, 'first') }, say);
    const backupMs = performance.now() - began;
    const meanwhile = await writing.stop();
    const { verifier } = (await api.get('/api/audit/keys')).keys[0]!;

    const restoring = performance.now();
    const there = { WAOOAW_DATA_DIR: join(folder, 'second') };
    await run(['restore', join(folder, 'backup'), '--key', verifier], there, say);
    const restoreMs = performance.now() - restoring;
    const { url: again } = await second.start();
    const restored = createApi({ url: again, token: ADMIN_KEY, timeoutMs: 120_000 });
    // Every entry up to the kept checkpoint is the same, to the last byte: the tree says so.
    const token = { WAOOAW_TOKEN: ADMIN_KEY };
    await run(['audit', 'verify', '--url', again, '--key', verifier, '--since', kept], token, say);
    const found = await stateOf(restored, past, acknowledged);
    const differences = Object.keys(expected).filter(
      (name) => !isDeepStrictEqual(expected[name], found[name]),
    );
    return {
      before: acknowledged,
      meanwhile,
      backupMs,
      restoreMs,
      databaseBytes,
      backupBytes: statSync(join(folder, 'backup/waooaw.db')).size,
      differences,
    };
  } finally {
    await Promise.all([first.dispose(), second.dispose()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function serverIn(folder: string, name: string): ServerProcess {
  const kinds = join(folder, 'kinds.yaml');
  writeFileSync(kinds, KINDS, { mode: 0o600 });
  return new ServerProcess({
    env: {
      WAOOAW_DATA_DIR: join(folder, name),
      WAOOAW_ADMIN_KEY: ADMIN_KEY,
      WAOOAW_AGENTS_FILE: kinds,
      WAOOAW_LOG_LEVEL: 'error',
    },
  });
}

const KINDS = `kinds:
  - kind: idle
    command: [node, -e, 'setInterval(() => undefined, 1e6)']
    versions: [{ version: 1.0.0 }]
    secrets: [{ name: API_TOKEN }]
    ready: { kind: process }
`;

/** A little of everything, and much of what there is much of. @returns a minute of the past that has samples. */
async function fill(api: Api, entries: number, series: number, say: DrillOptions['say']): Promise<number> {
  await api.post('/api/keys', { body: { name: 'shop', role: 'viewer' } });
  await api.post('/api/health/checks', {
    body: { check: 'nightly', title: 'Nightly', probe: { kind: 'heartbeat', everyMs: 86_400_000 } },
  });
  await api.post('/api/alerts/rules', {
    body: { name: 'busy', query: { metric: 'orders_open' }, condition: { op: '>', value: 1e9 } },
  });
  await api.post('/api/agents', {
    body: {
      agent: 'idler',
      kind: 'idle',
      secrets: { API_TOKEN: 'sealed' },
      tags: { service: 'shop' },
      start: false,
    },
  });
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 2 * MINUTE_MS;
  for (let at = 0; at < series; at += 500) {
    const some = Array.from({ length: Math.min(500, series - at) }, (_, i) => at + i);
    const samples = some.flatMap((n) =>
      [0, 20_000, 40_000].map((ms) => ({
        name: 'orders_open',
        tags: { shop: `s${n % 1_000}`, till: `t${Math.floor(n / 1_000)}` },
        value: n,
        time: minute + ms,
      })),
    );
    await api.post('/api/metrics', { body: { samples } });
  }
  for (let at = 0; at < entries; at += BATCH) {
    await record(api, Math.min(BATCH, entries - at), at);
    if ((at / BATCH) % 100 === 99) say(`${at + BATCH} entries`);
  }
  return minute;
}

async function record(api: Api, count: number, from: number) {
  const entries = Array.from({ length: count }, (_, i) => ({
    actor: { id: `person-${(from + i) % 97}`, kind: 'user' as const, name: 'Somebody' },
    action: 'update',
    level: 'info' as const,
    resource: { type: 'order', id: `order-${from + i}` },
    result: 'success' as const,
    before: { state: 'open', total: from + i },
    after: { state: 'paid', total: from + i },
    ip: '192.0.2.7',
    tags: { service: 'shop', environment: 'drill' },
  }));
  return api.post('/api/audit', { body: { entries } });
}

/** Writes for as long as it is let. */
function writer(api: Api): { stop(): Promise<number> } {
  let on = true;
  const done = (async () => {
    let written = 0;
    for (; on; written += 50) await record(api, 50, 1e9 + written);
    return written;
  })();
  return {
    stop() {
      on = false;
      return done;
    },
  };
}

/** What both servers are asked. Times that go on by themselves are left out. */
async function stateOf(api: Api, minute: number, sequence: number): Promise<Record<string, unknown>> {
  const entry = (at: number) => api.get('/api/audit/entries/{sequence}', { path: { sequence: at } });
  const metric = 'orders_open';
  const span = { from: minute, to: minute + MINUTE_MS, stepMs: MINUTE_MS, by: 'shop' };
  const { agents } = await api.get('/api/agents');
  const { rules } = await api.get('/api/alerts/rules');
  const { answers } = await api.get('/api/metrics/query', { query: { metric: [metric], ...span } });
  if (!answers[0]?.groups.length || agents.length === 0) throw new Error('there is nothing to compare');
  return {
    'the entries': [await entry(1), await entry(Math.ceil(sequence / 2)), await entry(sequence)],
    'the metrics': answers,
    'the keys': await api.get('/api/keys'),
    'the checks': await api.get('/api/health/checks'),
    'the rules': rules.map(({ rule, origin, changedAt, changedBy }) => ({
      rule,
      origin,
      changedAt,
      changedBy,
    })),
    'the agents': agents.map(({ agent, kind, version, state, secrets, tags, createdAt, generation }) => ({
      ...{ agent, kind, version, state, secrets, tags, createdAt, generation },
    })),
    'the operations': await api.get('/api/operations'),
    'the signing keys': await api.get('/api/audit/keys'),
  };
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv, say: DrillOptions['say']): Promise<void> {
  const notes: string[] = [];
  const code = await waooaw(args, env, { print: say, note: (line: string) => void notes.push(line) });
  if (code !== 0) throw new Error(`waooaw ${args[0]} ended with ${code}: ${notes.join('\n')}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { entries: { type: 'string', default: '20000' }, series: { type: 'string', default: '500' } },
  });
  const say = (line: string): void => console.log(line);
  const result = await drill({ entries: Number(values.entries), series: Number(values.series), say });
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const s = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  console.log(
    `\nbackup   ${s(result.backupMs)}, ${mb(result.databaseBytes)} of rows and trail → ${mb(result.backupBytes)}`,
  );
  console.log(`restore  ${s(result.restoreMs)}, verified`);
  console.log(
    `entries  ${result.before} before it began, all there; ${result.meanwhile} were written meanwhile`,
  );
  for (const what of result.differences) console.log(`DIFFERS  ${what}`);
  if (result.differences.length > 0) process.exitCode = 1;
}
