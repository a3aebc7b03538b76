import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { parseCheckpoint, verifyCheckpoint, verifyConsistency } from '../../../src/proof/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { ORIGIN, anEvent, auditing, until } from '../../testing/auditing.ts';
import type { Auditing } from '../../testing/auditing.ts';
import { coded } from '../../testing/harness.ts';
import { CheckpointFile } from './checkpoint-file.ts';

const ACTOR = { id: 'root', kind: 'user' } as const;

const fileOf = ({ folder }: Pick<Auditing, 'folder'>): string => join(folder, 'audit-checkpoints.txt');
const keyFileOf = ({ folder }: Pick<Auditing, 'folder'>): string => join(folder, 'audit-key.json');
const notesIn = async (path: string): Promise<string[]> => {
  const notes: string[] = [];
  for await (const note of new CheckpointFile(path).notes()) notes.push(note);
  return notes;
};
const sizesIn = async (path: string): Promise<number[]> =>
  (await notesIn(path)).map((note) => parseCheckpoint(note).size);

describe('a checkpoint', () => {
  it('is signed by the key, of the tree as it is, and kept in both places', async (t) => {
    const run = await auditing(t);
    await run.audit.recordAll([anEvent(), anEvent(), anEvent()]);
    const note = await run.audit.checkpoint(3);
    const [key] = run.audit.keys();
    const { size, root, origin } = verifyCheckpoint(note, [key!.verifier]);
    assert.deepEqual([size, origin], [3, ORIGIN]);
    assert.deepEqual(Buffer.from(root), Buffer.from(await run.audit.log.root(3)));
    assert.equal((await run.audit.log.checkpoints(5))[0]?.text, note);
    assert.deepEqual(await notesIn(fileOf(run)), [note]);
  });

  it('is made at most every checkpointIntervalMs while there is something new', async (t) => {
    const { audit, clock } = await auditing(t);
    const made = (atLeast: number): Promise<void> =>
      until(() => {
        clock.advance(0);
        return audit.stats().checkpoints >= atLeast;
      }, `${atLeast} checkpoints are made`);
    await audit.record(anEvent());
    await made(1);
    await audit.record(anEvent());
    await audit.record(anEvent());
    clock.advance(999);
    assert.equal(audit.stats().checkpoints, 1);
    clock.advance(1);
    await made(2);
    clock.advance(60_000);
    await audit.checkpoint();
    assert.equal(audit.stats().checkpoints, 2, 'nothing new, nothing signed');
    assert.equal(audit.stats().checkpointSize, 3);
  });

  it('is made at once for what asks for a newer one, and once for all that ask', async (t) => {
    const { audit } = await auditing(t);
    await audit.recordAll([anEvent(), anEvent()]);
    const notes = await Promise.all([audit.checkpoint(2), audit.checkpoint(1), audit.checkpoint()]);
    assert.equal(new Set(notes).size, 1);
    assert.equal(audit.stats().checkpoints, 1);
    await assert.rejects(audit.checkpoint(3), coded('bad_request', '2 entries', '3'));
  });

  it('is made when the service ends', async (t) => {
    const run = await auditing(t);
    await run.audit.record(anEvent());
    await run.stop();
    assert.deepEqual(await sizesIn(fileOf(run)), [1]);
  });

  it('continues the one before', async (t) => {
    const { audit } = await auditing(t);
    const roots = new Map<number, Uint8Array>();
    for (let i = 1; i <= 20; i++) {
      await audit.record(anEvent());
      const { size, root } = parseCheckpoint(await audit.checkpoint(i));
      roots.set(size, root);
    }
    for (let first = 1; first < 20; first++) {
      const path = await audit.log.consistency(first, 20);
      const [firstRoot, secondRoot] = [roots.get(first)!, roots.get(20)!];
      assert.ok(verifyConsistency({ first, second: 20, firstRoot, secondRoot, path }), `${first}`);
    }
  });

  it('serves though the second place is lost, and the health check says so', async (t) => {
    const run = await auditing(t);
    await run.audit.record(anEvent());
    await mkdir(fileOf(run));
    await run.audit.checkpoint(1);
    const { state, reason } = run.audit.state();
    assert.equal(state, 'degraded');
    assert.match(reason ?? '', /EISDIR/);
    assert.deepEqual([run.errors.length, run.audit.stats().checkpointFailures], [1, 1]);
    await rm(fileOf(run), { recursive: true });
    await run.audit.record(anEvent());
    await run.audit.checkpoint(2);
    assert.equal(run.audit.state().state, 'up');
  });
});

describe('the key file', () => {
  it('is for this user only, and the same at the next start', async (t) => {
    const first = await auditing(t);
    const { mode } = await stat(keyFileOf(first));
    assert.equal(mode & 0o777, 0o600);
    const keys = first.audit.keys();
    await first.stop();
    const second = await auditing(t, { folder: first.folder });
    assert.deepEqual(second.audit.keys(), keys);
  });

  it('is one, though two processes begin at once', async (t) => {
    const one = await auditing(t, { started: false });
    const other = await auditing(t, { started: false, folder: one.folder });
    await Promise.all([one.audit.start(one.log), other.audit.start(other.log)]);
    assert.deepEqual(one.audit.keys(), other.audit.keys());
  });

  it('is refused when others can read it, and when it is none', async (t) => {
    const first = await auditing(t);
    await first.stop();
    const file = keyFileOf(first);
    const text = await readFile(file, 'utf8');
    const refused = async (...words: string[]): Promise<void> => {
      const { audit, log, stop } = await auditing(t, { folder: first.folder, started: false });
      await assert.rejects(audit.start(log), coded('bad_config', file, ...words));
      await stop();
    };
    await chmod(file, 0o640);
    await refused('640', 'chmod 600');
    await chmod(file, 0o600);
    await writeFile(file, 'no');
    await refused('no key file');
    await writeFile(file, text.replace('"version": 1', '"version": 2'));
    await refused('/version');
    await writeFile(file, text.replace(/"privateKey": "[^"]*"/, '"privateKey": "AAAA"'));
    await refused('/keys/0');
    await writeFile(file, text.replace(/"privateKey": "[^"]*",/, ''));
    await refused('no key to sign with');
    await writeFile(file, text.replace(ORIGIN, 'example.org/other'));
    await refused('example.org/other', ORIGIN);
  });

  it('takes no origin that a checkpoint cannot have', async (t) => {
    const { audit, log } = await auditing(t, { origin: 'two words', started: false });
    await assert.rejects(audit.start(log), coded('bad_config', 'two words'));
  });
});

describe('rotation', () => {
  it('records itself, and the first checkpoint after it is signed by both keys', async (t) => {
    const run = await auditing(t);
    const { audit, clock } = run;
    const [former] = audit.keys();
    await audit.record(anEvent());
    await audit.checkpoint(1);
    clock.advance(10);
    const key = await audit.rotateKey(ACTOR, { ip: '192.0.2.1', requestId: 'r1' });
    assert.deepEqual(audit.keys(), [{ ...former, until: clock.now() }, key]);
    const row = await audit.log.get(2);
    assert.deepEqual(
      [row?.facts.action, row?.facts.before, row?.facts.after, row?.facts.ip],
      ['rotate_key', { verifier: former!.verifier }, { verifier: key.verifier }, '192.0.2.1'],
    );
    const note = await audit.checkpoint(2);
    for (const verifier of [former!.verifier, key.verifier]) verifyCheckpoint(note, [verifier]);
    await audit.record(anEvent());
    const next = await audit.checkpoint(3);
    verifyCheckpoint(next, [key.verifier]);
    assert.throws(() => verifyCheckpoint(next, [former!.verifier]));
    await run.stop();
    const { keys } = JSON.parse(await readFile(keyFileOf(run), 'utf8')) as { keys: object[] };
    assert.deepEqual(
      keys.map((one) => 'privateKey' in one),
      [false, true],
      'what a former key signs with is forgotten',
    );
    const again = await auditing(t, { folder: run.folder });
    assert.deepEqual(again.errors, [], 'what the former key signed counts still');
    assert.equal(again.audit.keys().length, 2);
  });

  it('happens one after another', async (t) => {
    const { audit } = await auditing(t);
    await Promise.all([audit.rotateKey(ACTOR), audit.rotateKey(ACTOR), audit.rotateKey(ACTOR)]);
    assert.equal(audit.keys().length, 4);
    assert.equal(new Set(audit.keys().map(({ verifier }) => verifier)).size, 4);
    assert.deepEqual(
      audit.keys().map(({ until }) => until === undefined),
      [false, false, false, true],
    );
  });

  it('does not happen where it cannot be recorded', async (t) => {
    const { audit, refuse } = await auditing(t);
    refuse.with = 'storage_full';
    await assert.rejects(audit.rotateKey(ACTOR), coded('audit_unavailable'));
    assert.equal(audit.keys().length, 1);
  });
});

describe('the start', () => {
  /** A trail of five entries with a checkpoint of each in its file; what it leaves behind. */
  const before = async (t: TestContext): Promise<Auditing> => {
    const run = await auditing(t);
    for (let i = 1; i <= 5; i++) {
      await run.audit.record(anEvent({ requestId: `r${i}` }));
      await run.audit.checkpoint(i);
    }
    await run.stop();
    return run;
  };
  /** As who owns the file could: no trigger stops him. */
  const tamper = (folder: string, sql: string): void => {
    const database = new DatabaseSync(join(folder, 'waooaw.db'));
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
    for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
    database.exec(sql);
    database.close();
  };
  const contradicted = async (t: TestContext, folder: string, words: RegExp): Promise<void> => {
    const { audit, errors } = await auditing(t, { folder });
    const { state, reason } = audit.state();
    assert.equal(state, 'down');
    assert.match(reason ?? '', words);
    assert.match(errors.join('\n'), words);
    const [newest] = await audit.log.find({ action: ['audit_mismatch'] }, { limit: 1 });
    assert.equal(newest?.facts.level, 'critical');
    assert.match(newest?.facts.error ?? '', words);
  };

  it('finds that the end was cut off', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence > 3; DELETE FROM audit_checkpoint WHERE size > 3');
    await contradicted(t, folder, /5 entries was kept, and the trail has 3/);
  });

  it('finds it by the database’s own checkpoints too', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence > 3');
    await rm(fileOf({ folder }));
    await contradicted(t, folder, /5 entries was signed, and the trail has 3/);
  });

  it('finds that another tree is in its place', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'UPDATE audit_entry SET leaf = zeroblob(32) WHERE sequence = 2');
    await contradicted(t, folder, /first 5 entries are not/);
  });

  it('finds a shorter trail that grew again, as long as the file knows better', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence > 1; DELETE FROM audit_checkpoint WHERE size > 1');
    const second = await auditing(t, { folder });
    await second.audit.record(anEvent());
    await second.stop();
    assert.equal((await sizesIn(fileOf({ folder }))).at(-1), 5, 'nothing is added to what contradicts');
    await contradicted(t, folder, /5 entries was kept, and the trail has 3/);
  });

  it('does not forget it, whatever is signed afterwards, until somebody moves the file away', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence > 3; DELETE FROM audit_checkpoint');
    const second = await auditing(t, { folder });
    for (let i = 0; i < 300; i++) {
      const { sequence } = (await second.audit.record(anEvent()))!;
      await second.audit.checkpoint(sequence);
    }
    await second.stop();
    const [beside] = (await readdir(folder)).filter((name) => name.includes('.after-mismatch-'));
    assert.deepEqual((await sizesIn(join(folder, beside!))).slice(-2), [303, 304]);
    await contradicted(t, folder, /first 5 entries are not those that a checkpoint was kept of/);
    await rename(fileOf({ folder }), join(folder, 'evidence.txt'));
    const { audit, errors } = await auditing(t, { folder });
    assert.equal(audit.state().state, 'up');
    assert.match(errors.join('\n'), /no checkpoint, and the database has/);
  });

  it('does not forget what only the database’s checkpoints tell, either', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence > 3');
    await rm(fileOf({ folder }));
    const second = await auditing(t, { folder });
    for (let i = 0; i < 5; i++) await second.audit.record(anEvent());
    await second.stop();
    await contradicted(t, folder, /first 5 entries are not/);
  });

  it('compares the root of the database’s newest checkpoint', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'UPDATE audit_entry SET leaf = zeroblob(32) WHERE sequence = 2');
    await rm(fileOf({ folder }));
    await contradicted(t, folder, /first 5 entries are not those that a checkpoint was signed of/);
  });

  it('compares what stands far from the end of the file: before sizes fell, and here and there', async (t) => {
    const run = await before(t);
    const notes = await notesIn(fileOf(run));
    const other = await auditing(t);
    await other.audit.recordAll([anEvent(), anEvent(), anEvent()]);
    await other.stop();
    await copyFile(keyFileOf(run), keyFileOf(other));
    const fork = await auditing(t, { folder: other.folder, checkpointFile: join(other.folder, 'fork.txt') });
    await fork.audit.record(anEvent());
    const odd = await fork.audit.checkpoint(5);
    await fork.stop();
    await writeFile(
      fileOf(run),
      `${notes.join('\n')}\n${odd}\n${`${notes[1]!}\n`.repeat(3_000)}${notes[4]!}`,
    );
    await contradicted(t, run.folder, /first 5 entries are not/);
  });

  it('leaves out a note that was torn within its signature, wherever', async (t) => {
    const run = await before(t);
    const text = await readFile(fileOf(run), 'utf8');
    for (const cut of [1, 2, 10, 21, 60, 90, 110]) {
      await writeFile(fileOf(run), text.slice(0, -cut));
      const { audit, errors, stop } = await auditing(t, { folder: run.folder });
      assert.deepEqual([audit.state().state, errors], ['up', []], `${cut} characters are missing`);
      await audit.record(anEvent());
      await stop();
      const again = await auditing(t, { folder: run.folder });
      assert.deepEqual([again.audit.state().state, again.errors], ['up', []], `${cut}, with a note behind`);
      await again.stop();
    }
  });

  it('happens though the checkpoint file cannot be read, which is no reason not to write', async (t) => {
    const { folder } = await before(t);
    await rm(fileOf({ folder }));
    await mkdir(fileOf({ folder }));
    const { audit, errors } = await auditing(t, { folder });
    assert.equal(audit.state().state, 'down');
    assert.match(audit.state().reason ?? '', /checkpoint file cannot be read: EISDIR/);
    assert.match(errors.join('\n'), /EISDIR/);
    assert.ok(audit.writable);
    assert.deepEqual(await audit.record(anEvent()), { sequence: 6 });
  });

  it('happens though rows are lost: what is left is read, and nothing is written', async (t) => {
    const { folder } = await before(t);
    tamper(folder, 'DELETE FROM audit_entry WHERE sequence = 3');
    const { audit, errors, ask, stop } = await auditing(t, { folder });
    assert.equal(audit.state().state, 'down');
    assert.match(audit.state().reason ?? '', /has lost/);
    assert.match(errors.join('\n'), /has lost/);
    assert.equal(audit.writable, false);
    await assert.rejects(audit.record(anEvent()), coded('audit_unavailable', 'has lost'));
    await assert.rejects(audit.record(anEvent(), [{ sql: 'SELECT 1' }]), coded('audit_unavailable'));
    assert.deepEqual((await audit.log.get(5))?.facts.requestId, 'r5');
    assert.equal((await ask('/audit/checkpoint')).status, 200);
    await stop();
  });

  it('says that a checkpoint is not ours, and not that a torn one is', async (t) => {
    const run = await before(t);
    const text = await readFile(fileOf(run), 'utf8');
    await appendFile(fileOf(run), '\nexample.org/audit\n6\nAAAA');
    const second = await auditing(t, { folder: run.folder });
    assert.equal(second.audit.state().state, 'up');
    await second.audit.record(anEvent());
    await second.audit.checkpoint(6);
    await second.stop();
    assert.deepEqual(await sizesIn(fileOf(run)), [1, 2, 3, 4, 5, 6]);
    await writeFile(fileOf(run), text.replaceAll('— ', '— x'));
    await contradicted(t, run.folder, /no key of ours/);
  });

  it('finds nothing wrong where nothing is, however many checkpoints were kept', async (t) => {
    const run = await auditing(t);
    await run.audit.record(anEvent());
    const note = await run.audit.checkpoint(1);
    await appendFile(fileOf(run), `\n${note}`.repeat(5_000));
    assert.equal((await sizesIn(fileOf(run))).length, 5_001);
    await run.stop();
    const { audit, errors } = await auditing(t, { folder: run.folder });
    assert.deepEqual([audit.state().state, errors], ['up', []]);
  });
});

describe('a receiver of checkpoints', () => {
  /** Answers with the statuses it was given, then with 200; `undefined` is no answer at all. */
  const receiver = async (t: TestContext, ...statuses: (number | undefined)[]) => {
    const received: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        received.push(body);
        const status = statuses.length === 0 ? 200 : statuses.shift();
        if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end('thanks');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const checkpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return { received, checkpointUrl };
  };

  it('gets each, and at a start the newest once more', async (t) => {
    const { received, checkpointUrl } = await receiver(t);
    const run = await auditing(t, { checkpointUrl });
    await run.audit.record(anEvent());
    const note = await run.audit.checkpoint(1);
    await until(() => run.audit.stats().delivered >= 1, 'it is delivered');
    await run.stop();
    const again = await auditing(t, { checkpointUrl, folder: run.folder });
    await until(() => again.audit.stats().delivered >= 1, 'it is delivered again');
    assert.deepEqual(received, [note, note]);
  });

  it('is tried again, with a pause that doubles, and given up after maxCheckpointAttempts', async (t) => {
    const { received, checkpointUrl } = await receiver(t, 500, 302, 404);
    const limits = { maxCheckpointAttempts: 3, checkpointRetryMs: 100 };
    const { audit, clock, errors } = await auditing(t, { checkpointUrl, limits });
    await audit.record(anEvent());
    await audit.checkpoint(1);
    const failed = (n: number): Promise<void> =>
      until(() => audit.stats().failedAttempts >= n, `${n} attempts failed`);
    await failed(1);
    clock.advance(99);
    assert.equal(received.length, 1);
    clock.advance(1);
    await failed(2);
    clock.advance(200);
    await failed(3);
    assert.equal(received.length, 3);
    assert.match(errors.join('\n'), /not taken by .* in 3 attempts: HTTP 404/);
    await audit.record(anEvent());
    const note = await audit.checkpoint(2);
    await until(() => audit.stats().delivered >= 1, 'a newer one is delivered');
    assert.equal(received.at(-1), note);
  });

  it('that does not answer in time is tried again with the newest, and holds nothing up', async (t) => {
    const { received, checkpointUrl } = await receiver(t, undefined);
    const clock = createManualClock();
    const { audit, stop } = await auditing(t, { checkpointUrl, clock });
    await audit.record(anEvent());
    await audit.checkpoint(1);
    await until(() => received.length >= 1, 'it is asked');
    await audit.record(anEvent());
    const newest = await audit.checkpoint(2);
    clock.advance(10_000);
    await until(() => audit.stats().failedAttempts >= 1, 'the time is over');
    clock.advance(1_000);
    await until(() => audit.stats().delivered >= 1, 'it is delivered');
    assert.equal(received.at(-1), newest);
    await stop();
  });

  it('that is away does not keep the service from ending', async (t) => {
    const { received, checkpointUrl } = await receiver(t, undefined, 500);
    const { audit, stop } = await auditing(t, { checkpointUrl });
    await audit.record(anEvent());
    await audit.checkpoint(1);
    await until(() => received.length >= 1, 'it is asked');
    await stop();
  });
});
