import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { base64, fieldHash, leafOf } from '../src/proof/index.ts';
import type { AuditFacts, Json } from '../src/protocol/index.ts';
import { anEvent, auditing } from './testing/auditing.ts';
import type { Auditing } from './testing/auditing.ts';
import { temporaryFolder } from './testing/harness.ts';
import { newSeed, saltsOf, withoutSalts } from './services/audit/salts.ts';
import { platformHash } from './services/audit/platform-hash.ts';
import { TrailFailed, newestCheckpoint, verifyDatabase } from './verify.ts';
import type { TrailCheck } from './verify.ts';

const NOTHING: TrailCheck = { verifiers: [], kept: [] };

/** A trail of ten entries with checkpoints at 4 and at 10, closed. */
async function aTrail(
  t: TestContext,
): Promise<{ path: string; verifiers: string[]; kept: string[]; trail: Auditing }> {
  const trail = await auditing(t);
  const kept: string[] = [];
  for (let at = 1; at <= 10; at++) {
    await trail.audit.record(anEvent({ requestId: `r-${at}`, details: { at }, before: null }));
    if (at === 4 || at === 10) kept.push(await trail.audit.checkpoint(at));
  }
  const verifiers = trail.audit.keys().map(({ verifier }) => verifier);
  await trail.stop();
  return { path: join(trail.folder, 'waooaw.db'), verifiers, kept, trail };
}

/** Somebody who has the file, and SQL. */
function byForce(path: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  for (const name of ['update', 'delete', 'insert'])
    database.exec(`DROP TRIGGER IF EXISTS audit_entry_${name}`);
  for (const name of ['update', 'delete']) database.exec(`DROP TRIGGER IF EXISTS audit_checkpoint_${name}`);
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** A copy that may be spoilt. */
function copyOf(path: string): string {
  const copy = join(temporaryFolder(), 'copy.db');
  for (const ending of ['', '-wal'])
    if (existsSync(path + ending)) copyFileSync(path + ending, copy + ending);
  return copy;
}

describe('the audit trail of a database file', () => {
  it('is verified against its checkpoints, the pinned key, and those that were kept elsewhere', async (t) => {
    const { path, verifiers, kept } = await aTrail(t);
    const { size, first, signed, checkpoints } = await verifyDatabase(path, { verifiers, kept });
    assert.deepEqual([size, first, signed], [10, 1, 10]);
    assert.ok(checkpoints >= 4, `${checkpoints} checkpoints`);
    assert.equal(newestCheckpoint(path), kept[1]);
  });

  it('is verified while a server appends to it', async (t) => {
    const { audit, folder } = await auditing(t);
    await audit.record(anEvent());
    await audit.checkpoint(1);
    const path = join(folder, 'waooaw.db');
    const later = Array.from({ length: 50 }, () => audit.record(anEvent()));
    const { size, signed } = await verifyDatabase(path, NOTHING);
    assert.ok(size >= 1 && signed === 1, `${size} entries`);
    await Promise.all(later);
    assert.equal((await verifyDatabase(path, NOTHING)).size, 51);
  });

  it('names the first entry of which any stored column was changed', async (t) => {
    const { path, verifiers, kept } = await aTrail(t);
    const facts = (change: string) => `UPDATE audit_entry SET facts = ${change} WHERE sequence IN (6, 8)`;
    const changes = [
      'UPDATE audit_entry SET time = time + 1 WHERE sequence IN (6, 8)',
      'UPDATE audit_entry SET seed = zeroblob(16) WHERE sequence IN (6, 8)',
      "UPDATE audit_entry SET seed = x'00' WHERE sequence IN (6, 8)",
      'UPDATE audit_entry SET leaf = zeroblob(32) WHERE sequence IN (6, 8)',
      'UPDATE audit_entry SET leaf = zeroblob(31) WHERE sequence IN (6, 8)',
      `UPDATE audit_entry SET erased = '{"actor":"x"}' WHERE sequence IN (6, 8)`,
      `UPDATE audit_entry SET erased = '{"nobody":"x"}' WHERE sequence IN (6, 8)`,
      `UPDATE audit_entry SET erased = '{' WHERE sequence IN (6, 8)`,
      `UPDATE audit_entry SET erased = '{"ip":"x"}' WHERE sequence IN (6, 8)`,
      ...['action', 'level', 'result', 'requestId', 'actor', 'resource', 'details', 'before'].flatMap(
        (field) => [
          facts(`json_set(facts, '$.${field}', 'other')`),
          facts(`json_remove(facts, '$.${field}')`),
        ],
      ),
      facts(`json_set(facts, '$.actor.name', 'Eve')`),
      facts(`json_set(facts, '$.details.at', 7)`),
      facts(`json_set(facts, '$.reason', 'none')`),
      facts(`json_set(facts, '$.approvedBy', 'Ana')`),
      facts(`'{'`),
      facts(`'7'`),
      facts(`'null'`),
      'DELETE FROM audit_entry WHERE sequence IN (6, 8)',
      'DELETE FROM audit_entry WHERE sequence = 6; UPDATE audit_entry SET sequence = sequence - 1 WHERE sequence > 6',
      'UPDATE audit_entry SET sequence = 99 WHERE sequence = 6; UPDATE audit_entry SET sequence = 6 WHERE sequence = 7; UPDATE audit_entry SET sequence = 7 WHERE sequence = 99',
      'UPDATE audit_entry SET sequence = sequence + 20 WHERE sequence > 5',
    ];
    for (const change of changes) {
      const copy = copyOf(path);
      byForce(copy, change);
      for (const check of [NOTHING, { verifiers, kept: [] }, { verifiers, kept }]) {
        const failed = await verifyDatabase(copy, check).then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(failed instanceof TrailFailed, `${change}: ${String(failed)}`);
        assert.match(
          failed.message,
          /\b(Entry 6|entries 5 to 10|after entry 4 some were taken out)\b/,
          change,
        );
        assert.ok(failed.sequence === 6 || failed.sequence === 5, change);
      }
    }
  });

  it('shows a row that was changed with its hash by the checkpoints on both sides of it', async (t) => {
    const { path, verifiers } = await aTrail(t);
    const database = new DatabaseSync(path);
    const row = database.prepare('SELECT time, facts FROM audit_entry WHERE sequence = 6').get() as {
      time: number;
      facts: string;
    };
    database.close();
    const facts = {
      ...(JSON.parse(row.facts) as object),
      time: row.time,
      action: 'delete',
    } as unknown as AuditFacts;
    const seed = newSeed();
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const leaf = leafOf(facts, saltsOf(seed), platformHash);
    const { time: _time, ...stored } = facts;
    byForce(
      path,
      `UPDATE audit_entry SET facts = '${JSON.stringify(stored)}', seed = x'${hex(seed)}', leaf = x'${hex(leaf)}' WHERE sequence = 6`,
    );
    await assert.rejects(verifyDatabase(path, { verifiers, kept: [] }), (error: TrailFailed) => {
      assert.equal(error.fault, 'inconsistent');
      assert.match(
        error.message,
        /^(One of the entries \d to \d+|Entry 6) is not what was signed: the checkpoint of \d+ entries does not hold$/,
      );
      assert.ok(error.sequence! >= 5 && error.sequence! <= 6);
      return true;
    });
  });

  it('whose end was cut off shows it against a checkpoint that was kept, and only against one', async (t) => {
    const { path, verifiers, kept } = await aTrail(t);
    byForce(path, 'DELETE FROM audit_entry WHERE sequence > 8');
    await assert.rejects(verifyDatabase(path, NOTHING), {
      message:
        /^10 entries were signed, and the trail has 8: after entry \d some were taken out, or its end was cut off$/,
      sequence: 5,
    });
    byForce(path, 'DELETE FROM audit_checkpoint WHERE size > 8');
    assert.equal((await verifyDatabase(path, { verifiers, kept: [] })).size, 8);
    await assert.rejects(verifyDatabase(path, { verifiers, kept }), { fault: 'inconsistent', sequence: 5 });
  });

  it('is not believed on the word of another key, nor without any checkpoint', async (t) => {
    const { path, verifiers, kept } = await aTrail(t);
    const other = await aTrail(t);
    await assert.rejects(verifyDatabase(path, { verifiers: other.verifiers, kept: [] }), {
      fault: 'unknown_key',
    });
    await assert.rejects(verifyDatabase(path, { verifiers, kept: other.kept }), {
      fault: 'unknown_key',
      message: /^The checkpoint of 10 entries: None of the given keys signed it/,
    });
    await assert.rejects(verifyDatabase(path, { verifiers, kept: ['nonsense'] }), {
      fault: 'malformed',
      message: /^Checkpoint 1 of those kept elsewhere: /,
    });
    await assert.rejects(verifyDatabase(path, { verifiers: [], kept: other.kept }), {
      fault: 'inconsistent',
    });
    byForce(path, "UPDATE audit_checkpoint SET text = 'x' WHERE id = 2");
    await assert.rejects(verifyDatabase(path, NOTHING), { message: /^Checkpoint 2 of the trail: / });
    byForce(path, 'DELETE FROM audit_checkpoint');
    await assert.rejects(verifyDatabase(path, NOTHING), {
      message: /none of the 10 entries was ever signed/,
    });
    assert.equal((await verifyDatabase(path, { verifiers, kept })).signed, 10);
  });

  it('holds as before when a field was erased, and its salt with it', async (t) => {
    const { path, verifiers, kept } = await aTrail(t);
    const database = new DatabaseSync(path);
    const row = database.prepare('SELECT seed, facts FROM audit_entry WHERE sequence = 6').get() as {
      seed: Uint8Array;
      facts: string;
    };
    database.close();
    const { actor, ...rest } = JSON.parse(row.facts) as { actor: Json };
    const hash = base64(fieldHash('actor', actor, saltsOf(row.seed)('actor')));
    const seed = Buffer.from(withoutSalts(row.seed, ['actor'])).toString('hex');
    const erase = (hashes: object, facts: object) =>
      byForce(
        path,
        `UPDATE audit_entry SET facts = '${JSON.stringify(facts)}', erased = '${JSON.stringify(hashes)}', seed = x'${seed}' WHERE sequence = 6`,
      );
    erase({ actor: hash }, rest);
    assert.equal((await verifyDatabase(path, { verifiers, kept })).size, 10);
    erase({ actor: base64(new Uint8Array(32)) }, rest);
    await assert.rejects(verifyDatabase(path, NOTHING), { sequence: 6 });
    erase({ actor: hash }, { ...rest, actor });
    await assert.rejects(verifyDatabase(path, NOTHING), { message: /its actor is both there and erased/ });
    erase({}, { ...rest, actor });
    await assert.rejects(verifyDatabase(path, NOTHING), { message: /The salt of actor was erased/ });
  });

  it('is verified by several threads when it is long, and names the same first entry', async (t) => {
    const { database, folder, audit } = await auditing(t);
    const rows = Array.from({ length: 20_000 }, (_, at) => {
      const facts: AuditFacts = { ...anEvent(), time: 1_000 + at };
      const seed = newSeed();
      return { facts, seed, leaf: leafOf(facts, saltsOf(seed), platformHash) };
    });
    await database.auditLog.append(rows);
    // Which the service has not seen.
    await audit.record(anEvent());
    await audit.checkpoint(20_001);
    const path = join(folder, 'waooaw.db');
    assert.equal((await verifyDatabase(path, NOTHING)).size, 20_001);
    const copy = copyOf(path);
    byForce(copy, 'UPDATE audit_entry SET time = time + 1 WHERE sequence IN (8193, 17000, 20001)');
    await assert.rejects(verifyDatabase(copy, NOTHING), {
      name: 'TrailFailed',
      fault: 'not_included',
      sequence: 8_193,
    });
    byForce(copy, 'DELETE FROM audit_entry WHERE sequence = 8192');
    await assert.rejects(verifyDatabase(copy, NOTHING), {
      message: 'Entry 8192 is missing: after 8191 comes 8193',
    });
  });

  it('cannot be read where there is none', async () => {
    const folder = temporaryFolder();
    const [missing, text, other] = ['missing.db', 'text.db', 'other.db'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(text, 'no database');
    new DatabaseSync(other).close();
    for (const path of [missing, text, other]) {
      await assert.rejects(verifyDatabase(path, NOTHING), {
        code: 'database_failed',
        message: /holds no audit trail that can be read/,
      });
      assert.throws(() => newestCheckpoint(path), { code: 'database_failed' });
    }
    assert.ok(!existsSync(missing));
    assert.equal(readFileSync(text, 'utf8'), 'no database');
  });
});
