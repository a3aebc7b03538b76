/** How many audit entries a second are durable? By clients, size and full text, beside plain SQLite and PostgreSQL. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteFile } from '../server/engines/sqlite/database.ts';
import type { NewAuditRow } from '../server/ports/audit-log.ts';
import { type Load, load } from './audit/clients.ts';
import { entries, row } from './audit/entries.ts';
import { plainSqlite } from './audit/plain-sqlite.ts';
import { Postgres, type PostgresLoad } from './audit/postgres.ts';
import { withService } from './audit/service.ts';
import { withFolder, withLog } from './audit/with-log.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { show, showSpread, summarize } from './lib/stats.ts';

const CLIENTS = [1, 16, 256] as const;
const SIZES = [300, 4_000] as const;
const SAMPLES = 5_000;
const PAGE_BYTES = 4_096;
const PRAGMAS = ['journal_mode', 'synchronous', 'page_size', 'wal_autocheckpoint', 'cache_size'] as const;

/** What was appended how. */
interface Way {
  readonly bytes: number;
  readonly fullText: boolean;
}

/** What one engine did with one way, by clients: every repetition. */
interface Result<T> extends Way {
  readonly loads: Readonly<Record<number, readonly T[]>>;
}

/** Runs the bench. */
export async function auditAppend({ quick }: RunOptions): Promise<Report> {
  const [forMs, warmMs, times] = quick ? [1_000, 300, 1] : [5_000, 1_000, 3];
  const ways: Way[] = SIZES.flatMap((bytes) => [true, false].map((fullText) => ({ bytes, fullText })));
  const samples = Object.fromEntries(SIZES.map((bytes) => [bytes, rowsOf(bytes)]));
  const syncsPerSecond = await withFolder((folder) => Promise.resolve(syncs(folder, forMs)));
  const pragmas = await withLog(pragmasOf);

  const ours: Result<Load>[] = [];
  for (const way of ways) {
    const loads = await withLog(
      async ({ auditLog }) => {
        await load(auditLog, samples[way.bytes]!, 256, warmMs);
        return byClients(times, (clients) => load(auditLog, samples[way.bytes]!, clients, forMs));
      },
      { auditIndex: way.fullText },
    );
    ours.push({ ...way, loads });
    console.error(`audit-append: ${way.bytes} bytes, ${way.fullText ? 'with' : 'without'} full text`);
  }

  const recorded: Result<Load>[] = [];
  for (const way of ways.filter(({ fullText }) => fullText)) {
    const samplesOf = samples[way.bytes]!;
    const loads = await withFolder((folder) =>
      withLog((file) =>
        withService(file, folder, async (log) => {
          await load(log, samplesOf, 256, warmMs);
          return byClients(times, (clients) => load(log, samplesOf, clients, forMs));
        }),
      ),
    );
    recorded.push({ ...way, loads });
  }

  const plain: (Way & { readonly perSecond: number })[] = [];
  for (const way of ways) {
    const { bytes, fullText } = way;
    const work = (folder: string) =>
      Promise.resolve(plainSqlite(join(folder, 'plain.db'), samples[bytes]!, fullText, forMs));
    plain.push({ ...way, perSecond: await withFolder(work) });
  }

  const postgres = new Postgres();
  const theirs: Result<PostgresLoad>[] = [];
  let version: string;
  try {
    version = await postgres.start();
    for (const way of quick ? ways.slice(0, 2) : ways) {
      postgres.prepare(samples[way.bytes]!, way.fullText);
      const loads = await byClients(times, (clients) => postgres.load(SAMPLES, clients, forMs));
      theirs.push({ ...way, loads });
    }
  } finally {
    await postgres.stop();
  }

  const name = ({ bytes, fullText }: Way) => `${bytes} B, ${fullText ? 'full text' : 'no full text'}`;
  const rates = ({ loads }: Result<{ readonly perSecond: number }>) =>
    CLIENTS.map((clients) => showSpread(summarize(loads[clients]!.map(({ perSecond }) => perSecond))));
  const most = (loads: readonly Load[], figure: keyof Load) =>
    show(Math.max(...loads.map((each) => each[figure])));
  return {
    tables: [
      {
        id: 'audit-append',
        title:
          `Durable entries a second, by clients. This disk: ${show(syncsPerSecond)} writes of 4 KB with fdatasync a second. ` +
          `Ours: ${pragmas}. PostgreSQL ${version}, fsync and synchronous_commit on`,
        head: ['Engine and entry', ...CLIENTS.map((n) => `${n} client${n > 1 ? 's' : ''}`)],
        rows: [
          ...ours.map((each) => [`waooaw, ${name(each)}`, ...rates(each)]),
          ...recorded.map((each) => [`waooaw by the service’s record(), ${name(each)}`, ...rates(each)]),
          ...plain.map((each) => [`plain SQLite, ${name(each)}`, show(each.perSecond), '–', '–']),
          ...theirs.map((each) => [`PostgreSQL, ${name(each)}`, ...rates(each)]),
        ],
      },
      {
        id: 'audit-append-waits',
        title:
          'Meanwhile, ours: how long an append took, and how late the event loop of the clients was, ms (the worst run)',
        head: [
          'Entry',
          'p50 at 1',
          'p99 at 1',
          'p50 at 256',
          'p99 at 256',
          'loop p99 at 256',
          'loop most at 256',
        ],
        rows: [...ours, ...recorded].map((each) => [
          recorded.includes(each) ? `record(), ${name(each)}` : name(each),
          ...([1, 256] as const).flatMap((n) => [
            most(each.loads[n]!, 'p50Ms'),
            most(each.loads[n]!, 'p99Ms'),
          ]),
          most(each.loads[256]!, 'loopP99Ms'),
          most(each.loads[256]!, 'loopMaxMs'),
        ]),
      },
    ],
    raw: { syncsPerSecond, pragmas, ours, recorded, plain, postgres: { version, loads: theirs } },
  };
}

async function byClients<T>(
  times: number,
  run: (clients: number) => T | Promise<T>,
): Promise<Record<number, T[]>> {
  const loads: Record<number, T[]> = {};
  for (const clients of CLIENTS) {
    loads[clients] = [];
    for (let i = 0; i < times; i += 1) loads[clients].push(await run(clients));
  }
  return loads;
}

function rowsOf(bytes: number): NewAuditRow[] {
  const next = entries(bytes, bytes);
  return Array.from({ length: SAMPLES }, () => row(next()));
}

/** What a commit costs at least here: a page written behind the last one, and synced. */
function syncs(folder: string, forMs: number): number {
  const file = openSync(join(folder, 'raw'), 'w');
  const page = new Uint8Array(PAGE_BYTES);
  const started = performance.now();
  let count = 0;
  for (; performance.now() - started < forMs; count += 1) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - started) / 1_000;
  closeSync(file);
  return Math.round(count / seconds);
}

async function pragmasOf(file: SqliteFile): Promise<string> {
  const [version] = await file.read({ sql: 'SELECT sqlite_version() AS version' });
  const values = PRAGMAS.map(async (name) => {
    const [row] = await file.read({ sql: `PRAGMA ${name}` });
    return `${name} ${String(Object.values(row!)[0])}`;
  });
  return `SQLite ${String(version!['version'])}, ${(await Promise.all(values)).join(', ')}`;
}
