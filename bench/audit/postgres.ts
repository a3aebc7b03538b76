/** PostgreSQL from Debian, on a free port and in a temporary folder, loaded by its own pgbench. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canInstallDebianPackages, findExecutable, installDebianPackage } from '../../scripts/debian.ts';
import type { NewAuditRow } from '../../server/ports/audit-log.ts';

const DEBIAN = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root: Debian's `nobody` then. */
const NOBODY = 65_534;
const START_MS = 30_000;
/** 256 connections take a while to be made. */
const LEAST_S = 3;
const SETTINGS = { max_connections: '300', fsync: 'on', synchronous_commit: 'on', shared_buffers: '256MB' };
/** As many indexes as one would give such a table. */
const TABLE = `
  CREATE TABLE audit_entry (
    sequence bigserial PRIMARY KEY, time bigint NOT NULL, actor text NOT NULL, action text NOT NULL,
    facts jsonb NOT NULL, words text NOT NULL, seed bytea NOT NULL, leaf bytea NOT NULL);
  CREATE INDEX ON audit_entry (time);
  CREATE INDEX ON audit_entry (actor, sequence);
  CREATE INDEX ON audit_entry (action, sequence);`;
const TEXT_INDEX = `CREATE INDEX ON audit_entry USING gin (to_tsvector('simple', words));`;
const INSERT = `\\set id random(1, :samples)
INSERT INTO audit_entry (time, actor, action, facts, words, seed, leaf)
  SELECT time, actor, action, facts, words, seed, leaf FROM sample WHERE id = :id;
`;

/** What pgbench saw. */
export interface PostgresLoad {
  readonly perSecond: number;
  readonly meanMs: number;
}

/** A server of its own. */
export class Postgres {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waooaw-bench-pg-'));
  readonly #bin = binaries();
  readonly #user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  #server: ChildProcess | undefined;
  #port = 0;

  /** @returns its version. */
  async start(): Promise<string> {
    if ('uid' in this.#user) chownSync(this.#folder, NOBODY, NOBODY);
    const data = join(this.#folder, 'data');
    this.#run('initdb', ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--no-locale']);
    this.#port = await freePort();
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', data, '-p', String(this.#port), '-h', '127.0.0.1', '-k', this.#folder, ...settings];
    this.#server = spawn(join(this.#bin, 'postgres'), args, { ...this.#user, stdio: 'ignore' });
    const patience = performance.now() + START_MS;
    for (;;) {
      try {
        return this.#sql('SHOW server_version').trim();
      } catch (error) {
        if (performance.now() > patience) throw error;
        await sleep(100);
      }
    }
  }

  /** A table without a row, and entries to fill it with. */
  prepare(rows: readonly NewAuditRow[], fullText: boolean): void {
    const lines = rows.map(({ facts, seed, leaf }, i) => {
      const words = [facts.actor.id, facts.resource.id, facts.reason, JSON.stringify(facts.details ?? '')];
      const hex = (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}`;
      return [
        i + 1,
        facts.time,
        facts.actor.id,
        facts.action,
        JSON.stringify(facts),
        words.join(' '),
        hex(seed),
        hex(leaf),
      ]
        .map((value) => String(value).replaceAll('\\', '\\\\'))
        .join('\t');
    });
    const file = join(this.#folder, 'samples');
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.#sql(
      `DROP TABLE IF EXISTS audit_entry, sample; ${TABLE} ${fullText ? TEXT_INDEX : ''}
       CREATE TABLE sample (id int PRIMARY KEY, time bigint, actor text, action text, facts jsonb, words text, seed bytea, leaf bytea);
       COPY sample FROM '${file}'; ANALYZE sample; CHECKPOINT;`,
    );
  }

  /** @param samples how many entries were prepared. */
  load(samples: number, clients: number, forMs: number): PostgresLoad {
    const script = join(this.#folder, 'insert.sql');
    writeFileSync(script, INSERT);
    const out = this.#run('pgbench', [
      ...this.#where(),
      ...['-n', '-M', 'prepared', '-D', `samples=${samples}`, '-f', script],
      ...[
        '-c',
        String(clients),
        '-j',
        String(Math.min(2, clients)),
        '-T',
        String(Math.max(LEAST_S, Math.ceil(forMs / 1_000))),
      ],
      'postgres',
    ]);
    const [, perSecond] = /^tps = ([\d.]+)/m.exec(out) ?? [];
    const [, meanMs] = /^latency average = ([\d.]+) ms/m.exec(out) ?? [];
    return { perSecond: Math.round(Number(perSecond)), meanMs: Number(meanMs) };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server && server.exitCode === null) {
      const closed = once(server, 'close');
      server.kill('SIGINT');
      await closed;
    }
    rmSync(this.#folder, { recursive: true });
  }

  #where(): string[] {
    return ['-h', '127.0.0.1', '-p', String(this.#port), '-U', 'bench'];
  }

  #sql(sql: string): string {
    return this.#run('psql', [...this.#where(), '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', sql, 'postgres']);
  }

  #run(program: string, args: readonly string[]): string {
    return execFileSync(join(this.#bin, program), args, {
      ...this.#user,
      cwd: this.#folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

/** The folder of the programs; installed where this machine allows it. */
function binaries(): string {
  const find = () => {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions
      .map((version) => join(DEBIAN, version, 'bin'))
      .find((bin) => findExecutable([join(bin, 'postgres')]));
  };
  try {
    const found = find();
    if (found) return found;
  } catch {
    // No folder: nothing is installed.
  }
  if (!canInstallDebianPackages()) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  installDebianPackage('postgresql');
  const installed = find();
  if (!installed) throw new Error(`There is no PostgreSQL in ${DEBIAN}`);
  return installed;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
