import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { ProofFailed, verifierOf } from '../../src/proof/index.ts';
import { verifyDatabase } from '../verify.ts';
import { ADMIN_KEY } from '../testing/authenticating.ts';
import { anEvent } from '../testing/auditing.ts';
import { coded, request, startServer, temporaryFolder } from '../testing/harness.ts';
import { backUp, restore } from './index.ts';
import { RESTORING } from './layout.ts';
import { MANIFEST } from './manifest.ts';
import type { Manifest } from './manifest.ts';

const NOW = Date.UTC(2026, 10, 24);
const AUTHORIZED = { authorization: `Bearer ${ADMIN_KEY}` };

/** A folder that is not there yet, with a folder above it that is. */
const fresh = (name: string): string => join(temporaryFolder(), name);

/** A server with a little of everything, and its folder. */
async function filled(t: TestContext) {
  const dataDir = fresh('data');
  const server = await startServer(t, { dataDir, adminKey: ADMIN_KEY });
  const { waooaw } = server;
  for (let at = 1; at <= 5; at++) await waooaw.audit.record(anEvent({ details: { at } }));
  waooaw.metrics.ingest([{ name: 'orders_open', value: 417 }]);
  const { key } = await waooaw.auth.keys.create({ name: 'shop', role: 'viewer' });
  return { ...server, dataDir, key };
}

let made: ReturnType<typeof make> | undefined;

/** A server that has ended, and its backup. */
async function make(t: TestContext) {
  const { dataDir, stop, waooaw, key } = await filled(t);
  const verifier = waooaw.audit.keys()[0]!.verifier;
  await stop();
  const target = fresh('backup');
  const report = await backUp({ dataDir, target, now: NOW });
  return { dataDir, target, report, verifier, key };
}

/** The same for every test that asks, in folders of its own, which it may damage. */
async function backedUp(t: TestContext) {
  const { dataDir, target, ...rest } = await (made ??= make(t));
  const mine = { ...rest, dataDir: fresh('data'), target: fresh('backup') };
  cpSync(dataDir, mine.dataDir, { recursive: true });
  cpSync(target, mine.target, { recursive: true });
  return mine;
}

const into = (backup: string, dataDir: string, verifiers: readonly string[] = []) =>
  restore({ backup, dataDir, verifiers });

const manifestOf = (backup: string): Manifest =>
  JSON.parse(readFileSync(join(backup, MANIFEST), 'utf8')) as Manifest;

/** Names below a folder, with those above them. */
const named = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('a backup of a running server', () => {
  it('has everything that was acknowledged before it began, and goes on from there', async (t) => {
    const { dataDir, waooaw, url, key } = await filled(t);
    const before = (await waooaw.audit.record(anEvent({ reason: 'the last before' })))!;
    const checkpoint = await waooaw.audit.checkpoint(before.sequence);
    let writing = true;
    let written = 0;
    const writer = (async () => {
      for (; writing; written += 1) await waooaw.audit.record(anEvent({ details: { written } }));
    })();
    const target = fresh('backup');
    const report = await backUp({ dataDir, target, now: NOW });
    writing = false;
    await writer;
    assert.ok(written > 0);
    assert.deepEqual([report.folder, report.skipped], [target, []]);
    assert.equal((await request(`${url}/readyz`)).status, 200);

    const again = fresh('again');
    const verifiers = [waooaw.audit.keys()[0]!.verifier];
    const { trail, createdAt, migrates } = await into(target, again, verifiers);
    assert.ok(trail.signed >= before.sequence && trail.size >= trail.signed);
    assert.deepEqual([createdAt, migrates], [new Date(NOW).toISOString(), false]);

    // It continues what the first server had signed by then.
    await verifyDatabase(join(again, 'waooaw.db'), { verifiers, kept: [checkpoint] });

    const other = await startServer(t, { dataDir: again, adminKey: ADMIN_KEY });
    const read = async (at: string) =>
      (await request(`${at}/api/audit/entries/${before.sequence}`, { headers: AUTHORIZED })).json<object>();
    assert.deepEqual(await read(other.url), await read(url));
    const me = await request(`${other.url}/api/me`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(me.json<{ role: string }>().role, 'viewer');
  });

  it('is a folder for its owner alone, one file each, without the lock and without a log', async (t) => {
    const { dataDir } = await filled(t);
    mkdirSync(join(dataDir, 'agents/storage/a.1'), { recursive: true });
    writeFileSync(join(dataDir, 'agents/storage/a.1/kept.txt'), 'kept', { mode: 0o640 });
    const target = fresh('backup');
    await backUp({ dataDir, target, now: NOW });
    const files = named(target);
    assert.deepEqual(
      files.filter((name) => /lock|-wal|-shm|door|streams|storage/.test(name)),
      [],
    );
    for (const name of ['waooaw.db', 'metrics.db', 'audit-key.json', 'audit-checkpoints.txt', MANIFEST]) {
      assert.equal(statSync(join(target, name)).mode & 0o777, 0o600, name);
    }
    assert.equal(statSync(target).mode & 0o777, 0o700);
    // It can be read where nothing can be written, and reading it leaves nothing behind.
    await restore({ backup: target, dataDir: fresh('nowhere'), verifiers: [], dryRun: true });
    assert.deepEqual(named(target), files);
  });

  it('has what agents keep when it is asked to, without following links', async (t) => {
    const { dataDir } = await filled(t);
    const storage = join(dataDir, 'agents/storage/a.1');
    mkdirSync(join(storage, 'deep'), { recursive: true });
    writeFileSync(join(storage, 'deep/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync('/etc/hostname', join(storage, 'link'));
    const target = fresh('backup');
    const { skipped } = await backUp({ dataDir, target, storage: true, now: NOW });
    assert.deepEqual(skipped, ['agents/storage/a.1/link']);
    const again = fresh('again');
    await into(target, again);
    const restored = join(again, 'agents/storage/a.1/deep/run.sh');
    assert.equal(readFileSync(restored, 'utf8'), '#!/bin/sh\n');
    assert.equal(statSync(restored).mode & 0o777, 0o700);
  });
});

describe('a backup', () => {
  it('is not made over anything, within the data folder, or of what is none', async (t) => {
    const { dataDir, target } = await backedUp(t);
    const files = named(target);
    const to = (one: string, from = dataDir) => backUp({ dataDir: from, target: one, now: NOW });
    await assert.rejects(to(target), coded('folder_not_empty', target));
    await assert.rejects(to(join(target, MANIFEST)), coded('folder_not_empty'));
    await assert.rejects(to(join(dataDir, 'backup')), coded('bad_request', 'within the data folder'));
    await assert.rejects(to(fresh('backup'), temporaryFolder()), coded('not_found', 'waooaw.db'));
    await assert.rejects(to(join(fresh('not'), 'there')), coded('storage_failed', 'ENOENT'));
    assert.deepEqual(named(target), files);
    assert.deepEqual(readdirSync(dirname(target)), ['backup']);
  });

  it('that cannot be finished leaves nothing', async (t) => {
    const { dataDir } = await backedUp(t);
    const database = new DatabaseSync(join(dataDir, 'metrics.db'));
    database.close();
    writeFileSync(join(dataDir, 'metrics.db'), 'not a database at all, whatever its name says');
    const target = fresh('backup');
    await assert.rejects(backUp({ dataDir, target, now: NOW }), coded('database_failed', 'metrics.db'));
    assert.deepEqual(readdirSync(dirname(target)), []);
  });

  it('takes an empty folder', async (t) => {
    const { dataDir } = await backedUp(t);
    const target = temporaryFolder();
    await backUp({ dataDir, target, now: NOW });
    assert.ok(existsSync(join(target, MANIFEST)));
  });
});

describe('a restore', () => {
  it('fills a folder that is not there, or empty, and proves the trail by a pinned key', async (t) => {
    const { target, verifier, report } = await backedUp(t);
    const dataDir = temporaryFolder();
    const restored = await into(target, dataDir, [verifier]);
    assert.deepEqual([restored.files, restored.bytes], [report.files, report.bytes]);
    assert.ok(restored.trail.size >= 5);
    assert.equal(restored.trail.signed, restored.trail.size);
    assert.equal(existsSync(join(dataDir, RESTORING)), false);
    assert.equal(existsSync(join(dataDir, 'server.lock')), false);
  });

  it('takes a trail that is empty yet, unless a key is pinned', async (t) => {
    const dataDir = fresh('data');
    const { waooaw, stop } = await startServer(t, { dataDir });
    const target = fresh('backup');
    await backUp({ dataDir, target, now: NOW });
    const { verifier } = waooaw.audit.keys()[0]!;
    await stop();
    assert.equal((await into(target, fresh('again'))).trail.signed, 0);
    await assert.rejects(into(target, fresh('again'), [verifier]), ProofFailed);
  });

  it('overwrites nothing, and takes no folder that a server has', async (t) => {
    const { target } = await backedUp(t);
    const dataDir = temporaryFolder();
    await startServer(t, { dataDir });
    // This process is that server, and holds the lock again: another one is refused before it looks into the folder.
    await assert.rejects(into(target, dataDir), coded('folder_not_empty'));
    const other = temporaryFolder();
    writeFileSync(join(other, 'server.lock'), JSON.stringify({ pid: process.ppid }));
    await assert.rejects(into(target, other), coded('data_folder_in_use', String(process.ppid)));
    assert.deepEqual(readdirSync(other), ['server.lock']);
    const mine = temporaryFolder();
    writeFileSync(join(mine, 'mine.txt'), 'mine');
    await assert.rejects(into(target, mine), coded('folder_not_empty', 'mine.txt'));
    assert.deepEqual(readdirSync(mine), ['mine.txt']);
  });

  it('refuses what is not what was copied, and leaves nothing', async (t) => {
    const { target } = await backedUp(t);
    const original = readFileSync(join(target, MANIFEST), 'utf8');
    const manifest = manifestOf(target);
    const say = (change: object): void =>
      writeFileSync(join(target, MANIFEST), JSON.stringify({ ...manifest, ...change }));
    const file = (name: string) => ({ name, bytes: 1, sha256: 'a'.repeat(64) });
    for (const [change, ...words] of [
      [{ waooaw: 'something' }, 'no manifest', '/waooaw'],
      [{ files: [...manifest.files, file('../out')] }, '/name'],
      [{ files: [...manifest.files, file('/etc/passwd')] }, '/name'],
      [{ files: [...manifest.files, file('audit-archive/../../out')] }, '/name'],
      [{ files: [...manifest.files, file('server.lock')] }, 'no backup holds a file of this name'],
      [{ files: [...manifest.files, manifest.files[0]] }, 'twice'],
      [{ files: manifest.files.filter(({ name }) => name !== 'waooaw.db') }, 'waooaw.db'],
      [{ files: [...manifest.files, file('audit-archive/audit-1-65536.ndjson.gz')] }, 'is missing'],
    ] as [object, ...string[]][]) {
      say(change);
      const dataDir = fresh('data');
      await assert.rejects(into(target, dataDir), coded('bad_backup', ...words), JSON.stringify(words));
      assert.equal(existsSync(dataDir), false);
    }
    say({ schemas: { ...manifest.schemas, 'waooaw.db': 1_000 } });
    await assert.rejects(into(target, fresh('data')), coded('database_newer', 'schema 1000'));

    writeFileSync(join(target, MANIFEST), original);
    appendFileSync(join(target, 'audit-key.json'), ' ');
    const dataDir = temporaryFolder();
    await assert.rejects(into(target, dataDir), coded('bad_backup', 'audit-key.json', 'its hash is another'));
    assert.deepEqual(readdirSync(dataDir), []);
    await assert.rejects(into(fresh('none'), dataDir), coded('bad_backup', MANIFEST));
  });

  it('refuses a database of another schema than is said, a folder for a file, and keys that are none', async (t) => {
    const { target } = await backedUp(t);
    const manifest = manifestOf(target);
    const say = (change: Partial<Manifest>): void =>
      writeFileSync(join(target, MANIFEST), JSON.stringify({ ...manifest, ...change }));
    const refused = async (...words: string[]): Promise<void> => {
      const dataDir = temporaryFolder();
      await assert.rejects(into(target, dataDir), coded('bad_backup', ...words));
      assert.deepEqual(readdirSync(dataDir), []);
    };
    say({ schemas: { ...manifest.schemas, 'metrics.db': 99 } });
    await refused('metrics.db has schema', 'and not 99');

    const noKeys = '{ "origin": 7 }';
    const sha256 = createHash('sha256').update(noKeys).digest('hex');
    writeFileSync(join(target, 'audit-key.json'), noKeys);
    say({
      files: manifest.files.map((file) =>
        file.name === 'audit-key.json' ? { ...file, bytes: noKeys.length, sha256 } : file,
      ),
    });
    await refused('audit-key.json is no key file');

    say({});
    rmSync(join(target, 'audit-key.json'));
    mkdirSync(join(target, 'audit-key.json'));
    await refused('audit-key.json is missing');
  });

  it('takes a backup without metrics, and one without keys by a pinned key', async (t) => {
    const { dataDir, verifier } = await backedUp(t);
    for (const name of readdirSync(dataDir)) {
      if (name.startsWith('metrics.db') || name === 'audit-key.json') rmSync(join(dataDir, name));
    }
    const target = fresh('backup');
    const { files } = await backUp({ dataDir, target, now: NOW });
    assert.equal(manifestOf(target).files.length, files);
    assert.deepEqual(Object.keys(manifestOf(target).schemas), ['waooaw.db']);
    const again = fresh('again');
    const { trail } = await into(target, again, [verifier]);
    assert.equal(trail.signed, trail.size);
    assert.equal(existsSync(join(again, 'metrics.db')), false);
  });

  it('does not believe a trail that was changed by hand, nor one that another key signed', async (t) => {
    const { dataDir, target } = await backedUp(t);
    const otherKey = verifierOf('waooaw/audit', new Uint8Array(32).fill(7));
    const again = temporaryFolder();
    await assert.rejects(into(target, again, [otherKey]), ProofFailed);
    assert.deepEqual(readdirSync(again), []);

    const database = new DatabaseSync(join(dataDir, 'waooaw.db'));
    database.exec('DROP TRIGGER audit_entry_update');
    database.exec(`UPDATE audit_entry SET facts = replace(facts, '"Ana"', '"Bob"') WHERE sequence = 2`);
    database.close();
    const forged = fresh('forged');
    await backUp({ dataDir, target: forged, now: NOW });
    await assert.rejects(into(forged, again), (error: Error) => {
      assert.ok(error instanceof ProofFailed, String(error));
      assert.match(error.message, /2/);
      return true;
    });
    assert.deepEqual(readdirSync(again), []);
  });

  it('that was broken off is no data folder: no server starts with it, and no backup is made of it', async (t) => {
    const { target } = await backedUp(t);
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, RESTORING), '');
    await assert.rejects(startServer(t, { dataDir }), coded('restore_unfinished', dataDir));
    await assert.rejects(backUp({ dataDir, target: fresh('b'), now: NOW }), coded('restore_unfinished'));
    await assert.rejects(into(target, dataDir), coded('folder_not_empty', RESTORING));
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => name !== 'server.lock'),
      [RESTORING],
    );
  });
});
