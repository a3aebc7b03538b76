import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { MIGRATIONS } from '../../migrations.ts';
import type { TreeHead } from '../../ports/audit-log.ts';
import { auditRow } from '../../ports/audit-log.contract.ts';
import { plannedAppend, testLeaf } from '../../testing/audit-appender.ts';
import { Program } from '../../testing/program.ts';
import { random } from '../../testing/random.ts';
import { openAuditTrail } from './audit-trail.ts';
import { TreeEdge } from './audit-tree.ts';
import { openSqlite, type SqliteFile } from './database.ts';

/** The long form is `AUDIT_CRASH_RUNS=200 AUDIT_TRUNCATIONS=all node --test …`. */
const RUNS = Number(process.env['AUDIT_CRASH_RUNS'] ?? 8);
const EVERY_BYTE = process.env['AUDIT_TRUNCATIONS'] === 'all';
const TRUNCATIONS = 60;
const CLIENTS = 16;
const FRAME_HEADER = 24;
const WAL_HEADER = 32;

const folder = () => mkdtemp(join(tmpdir(), 'waooaw-audit-crash-'));

/** What a program said that it took: the sequences of each append. */
function tookIn(stdout: string): Map<string, string> {
  const lines = stdout.split('\n').slice(0, -1);
  return new Map(
    lines.flatMap((line) => {
      const [, name, sequences] = /^took (\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, sequences!] as const];
    }),
  );
}

async function withFile(path: string, work: (file: SqliteFile) => Promise<void>): Promise<void> {
  const file = openSqlite(path);
  try {
    await file.migrate(MIGRATIONS);
    await work(file);
  } finally {
    await file.close();
  }
}

/** Reads the whole trail, and holds it against what was acknowledged. */
async function check(
  file: SqliteFile,
  path: string,
  seed: number,
  took: ReadonlyMap<string, string>,
): Promise<void> {
  const trail = openAuditTrail(path);
  const edge = new TreeEdge({ size: 0, peaks: [] });
  const sequences = new Map<string, number[]>();
  for (const row of trail.rows()) {
    assert.equal(row.sequence, edge.size + 1);
    assert.deepEqual(row.leaf, testLeaf(row));
    edge.append(row.leaf);
    const name = row.facts.resource!.id;
    sequences.set(name, [...(sequences.get(name) ?? []), row.sequence]);
  }
  assert.equal(trail.size, edge.size);
  trail.close();
  for (const [name, said] of took) assert.equal(sequences.get(name)?.join(','), said, `append ${name}`);

  const items = await file.read({ sql: 'SELECT append FROM item' });
  const withItem = new Set(items.map(({ append }) => append));
  for (const [name, places] of sequences) {
    const [client, number] = name.split('.').map(Number);
    const { rows, item } = plannedAppend(seed, client!, number!);
    // Whole, once, and together with what went alongside.
    assert.equal(places.length, rows.length, name);
    assert.equal(places.at(-1)! - places[0]!, rows.length - 1, name);
    assert.equal(withItem.has(name), item !== undefined, name);
  }
  assert.equal(withItem.size, [...sequences.keys()].filter((name) => withItem.has(name)).length);

  const { auditLog: log } = file;
  assert.deepEqual(await log.head(), edge.head());
  const { head } = await log.append([auditRow(1)]);
  edge.append(auditRow(1).leaf);
  assert.deepEqual(head, edge.head());
  const newest = [...took].at(-1);
  if (newest) {
    const found = await log.find({ resourceId: [newest[0]] }, { limit: 10 });
    assert.equal(
      found
        .map(({ sequence }) => sequence)
        .reverse()
        .join(','),
      newest[1],
    );
  }
}

describe('SQLite audit log under kill -9', () => {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    it(`has all that it acknowledged, whole, once and in one tree (seed ${seed})`, async (t) => {
      const dir = await folder();
      const path = join(dir, 'waooaw.db');
      const args = [path, String(seed), String(CLIENTS)];
      const program = new Program(t, 'server/testing/audit-appender.ts', {}, args);
      t.after(() => rm(dir, { recursive: true, force: true }));
      // Anywhere, from the first acknowledgements on to where blocks of the index and pages of the file are written too.
      await program.line(
        new RegExp(`^(?:took|refused) ${1 + (seed % CLIENTS)}\\.${1 + Math.floor(random(seed)() * 150)} `),
      );
      program.kill('SIGKILL');
      const { stdout, signal, stderr } = await program.ended;
      assert.equal(signal, 'SIGKILL', stderr);
      const took = tookIn(stdout);
      assert.ok(took.size > 0);
      await withFile(path, (file) => check(file, path, seed, took));
      const database = new DatabaseSync(path);
      assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
      database.close();
    });
  }
});

/** Where each commit ends in a write-ahead log, bytes. */
function commitsIn(wal: Buffer): number[] {
  const frame = FRAME_HEADER + wal.readUInt32BE(8);
  const ends: number[] = [];
  for (let at = WAL_HEADER; at + frame <= wal.length; at += frame) {
    // Of another round than the header: what follows was written before the log was begun anew.
    if (!wal.subarray(at + 8, at + 16).equals(wal.subarray(16, 24))) break;
    if (wal.readUInt32BE(at + 4) > 0) ends.push(at + frame);
  }
  return ends;
}

describe('SQLite audit log with its write-ahead log cut off', () => {
  it('loses nothing acknowledged, wherever it ends past the last acknowledged commit', async () => {
    const dir = await folder();
    const path = join(dir, 'waooaw.db');
    const copy = join(dir, 'copy.db');
    let [acknowledged, whole, original] = [0, Buffer.alloc(0), Buffer.alloc(0)];
    let head: TreeHead | undefined;
    await withFile(path, async ({ auditLog }) => {
      await auditLog.append(Array.from({ length: 40 }, (_, i) => auditRow(i + 1)));
      acknowledged = (await readFile(`${path}-wal`)).length;
      head = await auditLog.head();
      await auditLog.append([auditRow(41), auditRow(42)]);
      // As a crash leaves it: the log is not copied into the file yet.
      whole = await readFile(`${path}-wal`);
      original = await readFile(path);
    });
    assert.ok(commitsIn(whole).includes(acknowledged));
    assert.equal(commitsIn(whole).at(-1), whole.length);

    const chance = random(11);
    const length = whole.length - acknowledged;
    const cuts = EVERY_BYTE
      ? Array.from({ length: length + 1 }, (_, i) => i)
      : [
          0,
          1,
          length - 1,
          length,
          ...Array.from({ length: TRUNCATIONS }, () => Math.floor(chance() * length)),
        ];
    for (const cut of cuts) {
      await writeFile(copy, original);
      await rm(`${copy}-shm`, { force: true });
      await writeFile(`${copy}-wal`, whole.subarray(0, acknowledged + cut));
      const database = new DatabaseSync(copy);
      const all = database.prepare('SELECT leaf FROM audit_entry ORDER BY sequence').all();
      database.close();
      const edge = new TreeEdge({ size: 0, peaks: [] });
      for (const { leaf } of all.slice(0, 40)) edge.append(leaf as Uint8Array);
      assert.deepEqual(edge.head(), head, `cut after ${cut} bytes`);
      // What was not acknowledged is there whole or not at all.
      assert.equal(all.length, cut === length ? 42 : 40, `cut after ${cut} bytes`);
    }
    await rm(dir, { recursive: true });
  });
});
