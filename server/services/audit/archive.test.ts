import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import {
  leafOfRecord,
  parseCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/proof/index.ts';
import { verifyExport } from '../../../src/proof/export.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { SEGMENT_ROWS } from '../../ports/audit-log.ts';
import { createArchive } from './archive.ts';
import type { Archive } from './archive.ts';
import { appendMany, openTrail } from '../../testing/export-trail.ts';
import type { TestTrail } from '../../testing/export-trail.ts';
import { platformHash } from './platform-hash.ts';
import { FULL_VIEW } from './views.ts';

const DAY_MS = 86_400_000;
const KEEP_MS = 30 * DAY_MS;
const NAME = `audit-1-${SEGMENT_ROWS}.ndjson.gz`;

interface Kept extends TestTrail {
  readonly archives: string;
  readonly told: string[];
  archive(keepMs?: number, folder?: string): Archive;
}

/** One segment of entries that are 31 days old and a few newer ones. */
async function kept(t: TestContext, rows = SEGMENT_ROWS + 10): Promise<Kept> {
  const trail = await openTrail(t);
  const old = (trail.clock.now() - 31 * DAY_MS) * 1_000;
  await appendMany(trail.audit.log, rows, (at) => (at < SEGMENT_ROWS ? old + at : trail.clock.now() * 1_000));
  const archives = join(trail.folder, 'audit-archive');
  const told: string[] = [];
  const archive = (keepMs = KEEP_MS, folder = archives): Archive =>
    createArchive({
      audit: trail.audit,
      clock: trail.clock,
      folder,
      keepMs,
      onError: (error, what) => told.push(`${what}: ${String(error)}`),
    });
  return { ...trail, archives, told, archive };
}

const entriesOf = ({ audit }: Kept) => audit.log.find({ action: ['archive'] }, { limit: 10 });

describe('retention', () => {
  it('archives a segment that proves itself, says so, and prunes it; after a crash at any step it goes on', async (t) => {
    const trail = await kept(t);
    const { log } = trail.audit;
    const before = await log.head();
    const proven = (await log.get(5))!;

    // Nothing is old enough, or everything is kept.
    assert.equal(await trail.archive(32 * DAY_MS).run(), 0);
    assert.equal(await trail.archive(0).run(), 0);
    assert.equal(await log.first(), 1);

    // A folder that cannot be made.
    await writeFile(join(trail.folder, 'file'), '');
    await assert.rejects(trail.archive(KEEP_MS, join(trail.folder, 'file')).run(), {
      code: /ENOTDIR|EEXIST/,
    });
    assert.equal(await log.first(), 1);

    // Stopped while it was written: nothing is left of it.
    const stopped = trail.archive();
    const running = stopped.run();
    await stopped.close();
    await assert.rejects(running, { name: 'AbortError' });
    assert.deepEqual(await readdir(trail.archives).catch(() => []), []);

    // What was written is not what is read back.
    const range = t.mock.method(log, 'range', (from: number, limit: number) =>
      (range.mock.callCount() === 3
        ? log.find({}, { limit })
        : log.find({}, { before: from + limit, limit })
      ).then((rows) => rows.toReversed()),
    );
    await assert.rejects(trail.archive().run(), { name: 'WaooawError', code: 'pruned' });
    range.mock.restore();
    assert.deepEqual(await readdir(trail.archives), []);

    // The file stands, and its entry could not be written.
    const record = t.mock.method(trail.audit, 'record', () => Promise.reject(new Error('the trail is full')));
    await assert.rejects(trail.archive().run(), /the trail is full/);
    record.mock.restore();
    assert.deepEqual(await readdir(trail.archives), [NAME]);
    assert.equal((await stat(join(trail.archives, NAME))).mode & 0o777, 0o600);
    assert.equal((await entriesOf(trail)).length, 0);
    const written = await stat(join(trail.archives, NAME));

    // The entry is written, and the rows could not be removed.
    const prune = t.mock.method(log, 'prune', () => Promise.reject(new Error('the disk is gone')));
    await assert.rejects(trail.archive().run(), /the disk is gone/);
    prune.mock.restore();
    assert.equal((await entriesOf(trail)).length, 1);
    assert.equal((await stat(join(trail.archives, NAME))).ino, written.ino, 'a good file is kept');

    // A file that was damaged meanwhile is made anew.
    const file = join(trail.archives, NAME);
    const text = gunzipSync(await readFile(file)).toString();
    await writeFile(file, gzipSync(text.replace('"id":"user-3"', '"id":"user-4"')));

    assert.equal(await trail.archive().run(), 1);
    assert.equal(await log.first(), SEGMENT_ROWS + 1);
    assert.equal(await log.get(5), undefined);
    assert.equal((await entriesOf(trail)).length, 1, 'it is said once');
    const [row] = await entriesOf(trail);
    const details = row!.facts.details as { first: number; last: number; file: string };
    assert.deepEqual([details.first, details.last, details.file], [1, SEGMENT_ROWS, NAME]);

    const pieces = createReadStream(file).pipe(createGunzip());
    const verdict = await verifyExport(pieces, 'ndjson', trail.verifiers(), { hash: platformHash });
    assert.deepEqual([verdict.proof, verdict.count, verdict.first], ['segment', SEGMENT_ROWS, 1]);

    // Proofs of what was pruned hold against later trees.
    const leaf = leafOfRecord(FULL_VIEW.record(proven), FULL_VIEW.salts(proven), platformHash);
    const { size, root } = parseCheckpoint(await trail.audit.checkpoint());
    const path = await log.inclusion(4, size);
    assert.ok(verifyInclusion({ index: 4, size, leaf, path, root }, platformHash));
    const between = await log.consistency(before.size, size);
    assert.ok(
      verifyConsistency({
        first: before.size,
        second: size,
        firstRoot: before.root,
        secondRoot: root,
        path: between,
      }),
    );
    assert.equal(await trail.archive().run(), 0);
  });

  it('keeps a segment for an entry in its midst that is not old enough: clocks are set back', async (t) => {
    const trail = await openTrail(t);
    const { clock, audit, folder } = trail;
    const old = (clock.now() - 31 * DAY_MS) * 1_000;
    const young = old + 2 * DAY_MS * 1_000;
    await appendMany(audit.log, SEGMENT_ROWS + 1, (at) => (at === 100 ? young : old));
    const archive = createArchive({
      audit,
      clock,
      folder: join(folder, 'audit-archive'),
      keepMs: KEEP_MS,
      onError: (error) => assert.fail(String(error)),
    });
    assert.equal(await archive.run(), 0);
    assert.equal(await audit.log.first(), 1);

    // An entry over the API, and one of another file, do not stand for that of the archive.
    clock.advance(3 * DAY_MS);
    const said: AuditEvent = {
      actor: { id: 'waooaw', kind: 'system' },
      action: 'archive',
      level: 'info',
      resource: { type: 'audit', id: `audit-1-${SEGMENT_ROWS}` },
      result: 'success',
      details: { sha256: 'other' },
    };
    await audit.record(said);
    const prune = t.mock.method(audit.log, 'prune', () => Promise.reject(new Error('not now')));
    await assert.rejects(archive.run(), /not now/);
    const entries = await audit.log.find({ action: ['archive'] }, { limit: 10 });
    assert.equal(entries.length, 2);
    const { sha256 } = entries[0]!.facts.details as { sha256: string };
    const file = await readFile(join(folder, 'audit-archive', NAME));
    assert.equal(sha256, createHash('sha256').update(file).digest('base64'));
    prune.mock.restore();
    const find0 = audit.log.find;
    const find = t.mock.method(audit.log, 'find', async (...asked: Parameters<typeof audit.log.find>) => {
      const rows = await find0.apply(audit.log, asked);
      return rows.map((row) => ({ ...row, facts: { ...row.facts, tags: { via: 'key:k_1' } } }));
    });
    assert.equal(await archive.run(), 1);
    find.mock.restore();
    assert.equal((await audit.log.find({ action: ['archive'] }, { limit: 10 })).length, 3);
  });

  it('looks at its start and every hour, and says what stood in the way', async (t) => {
    const trail = await kept(t, 0);
    const { log } = trail.audit;
    const first = t.mock.method(log, 'first', () => Promise.reject(new Error('not now')));
    const forEver = trail.archive(0);
    forEver.start();
    await forEver.close();
    assert.equal(first.mock.callCount(), 0);

    const archive = trail.archive();
    archive.start();
    archive.start();
    await assert.rejects(archive.run(), /not now/);
    trail.clock.advance(3_600_000);
    await assert.rejects(archive.run(), /not now/);
    assert.equal(trail.told.length, 2);
    assert.match(trail.told[0]!, /was not archived: Error: not now/);
    await archive.close();
    trail.clock.advance(3_600_000);
    assert.equal(trail.told.length, 2);
  });
});
