import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import {
  TreeBuilder,
  leafHash,
  leafOfRecord,
  parseCheckpoint,
  verifyProof,
} from '../../../src/proof/index.ts';
import type { AuditFacts, AuditProof } from '../../../src/protocol/index.ts';
import { openAuditTrail } from '../../engines/sqlite/audit-trail.ts';
import { anEvent, auditing } from '../../testing/auditing.ts';
import { platformHash } from './platform-hash.ts';
import { FULL_VIEW } from './views.ts';

/** An entry that has every field there is. */
const FULL = anEvent({
  actor: { id: 'ana', kind: 'user', name: 'Ana' },
  resource: { type: 'agent', id: 'mail-7', name: 'Mail' },
  result: 'failure',
  reason: 'slow',
  error: 'too slow',
  ip: '192.0.2.1',
  session: 's1',
  requestId: 'r1',
  before: { version: 1 },
  after: { version: 2 },
  details: { took: 5 },
  tags: { environment: 'prod' },
});

/** What the whole trail is found to be: the first entry that is not as it was, or `all` where only the tree tells. */
type Verdict = 'good' | number | 'all';

/** Seven entries like it, signed; the trail is closed. */
async function written(t: TestContext) {
  const run = await auditing(t);
  await run.audit.recordAll(Array.from({ length: 7 }, () => FULL));
  const checkpoint = parseCheckpoint(await run.audit.checkpoint(7));
  await run.stop();
  const file = join(run.folder, 'waooaw.db');

  return {
    folder: run.folder,
    /** As who owns the file could: no trigger stops him. */
    tamper(change: (database: DatabaseSync) => void): void {
      const database = new DatabaseSync(file);
      const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
      for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
      change(database);
      database.close();
    },
    /** Walks the entries as whoever verifies does, against the checkpoint that was kept elsewhere. */
    verdict(): Verdict {
      const trail = openAuditTrail(file);
      const tree = new TreeBuilder(platformHash);
      try {
        for (const row of trail.rows(1)) {
          if (row.sequence !== tree.size + 1) return tree.size + 1;
          let leaf: Uint8Array;
          try {
            leaf = leafOfRecord(FULL_VIEW.record(row), FULL_VIEW.salts(row), platformHash);
          } catch {
            return row.sequence;
          }
          if (Buffer.compare(leaf, row.leaf) !== 0) return row.sequence;
          tree.append(leaf);
        }
        if (tree.size < checkpoint.size) return tree.size + 1;
        return Buffer.compare(tree.root(), checkpoint.root) === 0 ? 'good' : 'all';
      } finally {
        trail.close();
      }
    },
  };
}

describe('tampering', () => {
  it('is refused by the database as long as its triggers stand', async (t) => {
    const { folder, verdict } = await written(t);
    const database = new DatabaseSync(join(folder, 'waooaw.db'));
    t.after(() => database.close());
    for (const sql of [
      "UPDATE audit_entry SET facts = '{}' WHERE sequence = 3",
      'DELETE FROM audit_entry WHERE sequence = 3',
      'INSERT INTO audit_entry SELECT 9, time, seed, leaf, facts, erased FROM audit_entry WHERE sequence = 3',
      'UPDATE audit_checkpoint SET size = 1',
    ])
      assert.throws(() => database.exec(sql), /append-only/, sql);
    assert.equal(verdict(), 'good');
  });

  for (const column of ['time', 'seed', 'leaf']) {
    it(`with the column ${column} is found, and the entry named`, async (t) => {
      const { tamper, verdict } = await written(t);
      const value = column === 'time' ? 'time + 1' : `zeroblob(length(${column}))`;
      tamper((database) => database.exec(`UPDATE audit_entry SET ${column} = ${value} WHERE sequence = 4`));
      assert.equal(verdict(), 4);
    });
  }

  it('with the column erased is found, and the entry named', async (t) => {
    const { tamper, verdict } = await written(t);
    const hash = Buffer.alloc(32, 7).toString('base64');
    tamper((database) =>
      database.exec(`UPDATE audit_entry SET erased = '{"ip":"${hash}"}' WHERE sequence = 4`),
    );
    assert.equal(verdict(), 4);
  });

  it('with any fact is found, and the entry named: changed, taken away or added', async (t) => {
    const { tamper, verdict } = await written(t);
    let original = '';
    tamper((database) => {
      const row = database.prepare('SELECT facts FROM audit_entry WHERE sequence = 5').get();
      original = String(row!['facts']);
    });
    const facts = JSON.parse(original) as Record<string, unknown>;
    const put = (changed: object): void =>
      tamper((database) => {
        database.prepare('UPDATE audit_entry SET facts = ? WHERE sequence = 5').run(JSON.stringify(changed));
      });
    const fields = Object.keys(FULL);
    assert.deepEqual(Object.keys(facts).sort(), [...fields].sort(), 'every one of them is stored');
    for (const field of fields) {
      const value = facts[field];
      const other =
        typeof value === 'string' ? (value === 'info' ? 'critical' : 'success') : { id: 'eve', kind: 'user' };
      put({ ...facts, [field]: other });
      assert.equal(verdict(), 5, `${field} changed`);
      const { [field]: gone, ...rest } = facts;
      assert.ok(gone !== undefined);
      put(rest);
      assert.equal(verdict(), 5, `${field} taken away`);
    }
    put({ ...facts, colour: 'red' });
    assert.equal(verdict(), 5, 'something added');
    put(facts);
    assert.equal(verdict(), 'good');
  });

  it('by taking out, by exchanging and by cutting off is found', async (t) => {
    const taken = await written(t);
    taken.tamper((database) => database.exec('DELETE FROM audit_entry WHERE sequence = 3'));
    assert.equal(taken.verdict(), 3);

    const closed = await written(t);
    closed.tamper((database) =>
      database.exec(`DELETE FROM audit_entry WHERE sequence = 3;
        UPDATE audit_entry SET sequence = sequence - 1 WHERE sequence > 3`),
    );
    assert.equal(closed.verdict(), 7, 'the gap was closed: one is missing at the end');

    const exchanged = await written(t);
    exchanged.tamper((database) =>
      database.exec(`UPDATE audit_entry SET sequence = 100 WHERE sequence = 2;
        UPDATE audit_entry SET sequence = 2 WHERE sequence = 3;
        UPDATE audit_entry SET sequence = 3 WHERE sequence = 100`),
    );
    assert.equal(exchanged.verdict(), 'all', 'each is a good entry, and the tree another one');

    const cut = await written(t);
    cut.tamper((database) => database.exec('DELETE FROM audit_entry WHERE sequence > 5'));
    assert.equal(cut.verdict(), 6);
  });

  it('by forging an entry with its leaf shows against the checkpoint', async (t) => {
    const { tamper, verdict } = await written(t);
    const forged: AuditFacts = { ...FULL, time: 1 };
    const leaf = leafHash(forged, {}, platformHash);
    const { time, action, level, result, requestId } = forged;
    tamper((database) => {
      const change = database.prepare(
        'UPDATE audit_entry SET facts = ?, leaf = ?, time = ? WHERE sequence = 4',
      );
      change.run(JSON.stringify({ action, level, result, requestId }), leaf, time);
    });
    assert.equal(verdict(), 'all');
  });

  it('behind a running server’s back shows in the proof', async (t) => {
    const { tamper, folder } = await written(t);
    tamper((database) =>
      database.exec("UPDATE audit_entry SET facts = replace(facts, 'mail-7', 'mail-8') WHERE sequence = 4"),
    );
    const { ask, audit } = await auditing(t, { folder });
    const { body } = await ask<AuditProof>('/audit/entries/4/proof');
    const verifiers = audit.keys().map(({ verifier }) => verifier);
    assert.throws(() => verifyProof(body, verifiers), /Entry 4/);
    verifyProof((await ask<AuditProof>('/audit/entries/5/proof')).body, verifiers);
  });
});
