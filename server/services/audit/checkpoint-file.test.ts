import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parseCheckpoint } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import { anEvent, auditing, until } from '../../testing/auditing.ts';
import type { Auditing } from '../../testing/auditing.ts';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import { CheckpointFile, asideOf } from './checkpoint-file.ts';

/** Some four notes. */
const SMALL = 800;
const noteOf = (size: number): string =>
  `example.org/audit\n${size}\n${'A'.repeat(44)}\n\n— example.org/audit ${'B'.repeat(90)}\n`;
const fileOf = ({ folder }: Pick<Auditing, 'folder'>): string => join(folder, 'audit-checkpoints.txt');

async function sizesOf(notes: AsyncIterable<string>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const note of notes) sizes.push(Number(note.split('\n')[1]));
  return sizes;
}

/** Appends so many entries, each with its checkpoint. */
async function sign({ audit }: Auditing, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const { sequence } = (await audit.record(anEvent()))!;
    await audit.checkpoint(sequence);
  }
}

/** Lets the time to the next checkpoint pass, until something holds. */
async function passing({ clock }: Auditing, holds: () => boolean, what: string): Promise<void> {
  await until(() => {
    clock.advance(1_000);
    return holds();
  }, what);
}

describe('the checkpoint file', () => {
  it('is full from so many bytes on; one that is not there, or no file, never is', async () => {
    const path = join(temporaryFolder(), 'kept.txt');
    const file = new CheckpointFile(path, Buffer.byteLength(noteOf(1)) + 1);
    assert.equal(await file.isFull(), false);
    await file.append(noteOf(1));
    assert.equal(await file.isFull(), false);
    await file.append(noteOf(2));
    assert.equal(await file.isFull(), true);
    assert.equal(await new CheckpointFile(path).isFull(), false, 'without a limit it never is');
    await rm(path);
    await mkdir(path);
    assert.equal(await file.isFull(), false);
  });

  it('reads what was put aside before what is there, also when only that is left', async () => {
    const path = join(temporaryFolder(), 'kept.txt');
    const file = new CheckpointFile(path, 1);
    for (const size of [1, 2]) await file.append(noteOf(size));
    await file.putAside();
    assert.deepEqual(await sizesOf(file.notes()), [1, 2], 'a crash may come between');
    await file.append(noteOf(3));
    assert.deepEqual(await sizesOf(file.notes()), [1, 2, 3]);
    assert.deepEqual(await sizesOf(file.dropped()), [1, 2]);
  });

  it('is as it was after a write that a full disk broke off', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'kept.txt');
    const program = join(folder, 'fill.ts');
    const module = new URL('./checkpoint-file.ts', import.meta.url).href;
    await writeFile(
      program,
      `import { CheckpointFile } from ${JSON.stringify(module)};
       const file = new CheckpointFile(${JSON.stringify(path)});
       try {
         for (let size = 1; ; size += 1) await file.append((${noteOf.toString()})(size));
       } catch (error) {
         console.log(error.code);
       }`,
    );
    // A limit of the file's size breaks a write off as a full disk does: behind what still had room.
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `ulimit -f 4 && exec "${process.execPath}" --disable-warning=ExperimentalWarning "${program}"`,
    ]);
    assert.equal(stdout.trim(), 'EFBIG');
    const sizes = await sizesOf(new CheckpointFile(path).notes());
    assert.ok(sizes.length > 3);
    assert.deepEqual(
      sizes,
      sizes.map((_, at) => at + 1),
    );
    const text = await readFile(path, 'utf8');
    assert.ok(text.endsWith(`${'B'.repeat(90)}\n`), 'no half note is left');
  });
});

describe('a checkpoint file that has grown too large', () => {
  it('is put aside, and the next one begins; together they say all that matters, at the next start too', async (t) => {
    const run = await auditing(t, { limits: { maxCheckpointFileBytes: SMALL } });
    const file = fileOf(run);
    await sign(run, 40);
    const sizes = await sizesOf(new CheckpointFile(file).notes());
    assert.deepEqual(
      sizes,
      Array.from({ length: sizes.length }, (_, i) => 41 - sizes.length + i),
      'the newest, without a hole',
    );
    assert.deepEqual(
      (await readdir(run.folder)).filter((name) => name.startsWith('audit-checkpoints')),
      ['audit-checkpoints.txt', 'audit-checkpoints.txt.1'],
    );
    for (const path of [file, asideOf(file)]) assert.ok((await stat(path)).size < SMALL + 300);
    assert.deepEqual([run.audit.state().state, run.errors], ['up', []]);
    await run.stop();
    const again = await auditing(t, { folder: run.folder });
    assert.deepEqual([again.audit.state().state, again.errors], ['up', []]);
  });

  it('still tells of an end that was cut off, though only what was put aside is left', async (t) => {
    const run = await auditing(t, { limits: { maxCheckpointFileBytes: SMALL } });
    await sign(run, 12);
    await run.stop();
    for (const name of ['waooaw.db', 'waooaw.db-wal', 'waooaw.db-shm', 'audit-checkpoints.txt'])
      await rm(join(run.folder, name), { force: true });
    const { audit } = await auditing(t, { folder: run.folder });
    assert.equal(audit.state().state, 'down');
    assert.match(audit.state().reason ?? '', /the trail has 0/);
  });

  it('drops nothing that the tree does not continue: that is evidence, and is told of everywhere', async (t) => {
    const run = await auditing(t, { limits: { maxCheckpointFileBytes: SMALL } });
    await sign(run, 6);
    const other = await auditing(t, { started: false });
    await copyFile(join(run.folder, 'audit-key.json'), join(other.folder, 'audit-key.json'));
    await other.audit.start(other.log);
    await sign(other, 2);
    // Somebody changes what happened, in the database, and cannot change what was kept.
    await writeFile(asideOf(fileOf(run)), await readFile(fileOf(other), 'utf8'));
    const kept = await readFile(asideOf(fileOf(run)), 'utf8');
    await sign(run, 12);
    assert.equal(await readFile(asideOf(fileOf(run)), 'utf8'), kept);
    assert.match(
      run.audit.state().reason ?? '',
      /first \d entries are not those that a checkpoint was kept of/,
    );
    assert.equal(run.audit.state().state, 'down');
    assert.equal((await run.audit.log.find({ action: ['audit_mismatch'] }, { limit: 9 })).length, 1);
    const diverted = (await readdir(run.folder)).filter((name) => name.includes('after-mismatch'));
    assert.ok(diverted.length > 0);
    await run.stop();
    const again = await auditing(t, { folder: run.folder });
    assert.equal(again.audit.state().state, 'down', 'it is found again');
  });

  it('grows on where it cannot be put aside, which is said, until it can', async (t) => {
    const run = await auditing(t, { limits: { maxCheckpointFileBytes: SMALL } });
    await mkdir(join(asideOf(fileOf(run)), 'in-the-way'), { recursive: true });
    await sign(run, 8);
    assert.deepEqual(await sizesOf(notesOf(fileOf(run))), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(run.audit.state().state, 'degraded');
    assert.match(run.audit.state().reason ?? '', /cannot be put aside: E/);
    assert.equal(run.errors.length, 1, 'told once');
    await rm(asideOf(fileOf(run)), { recursive: true });
    await sign(run, 1);
    assert.equal(run.audit.state().state, 'up');
    assert.deepEqual(await sizesOf(new CheckpointFile(fileOf(run)).notes()), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

/** Of one file alone. */
async function* notesOf(path: string): AsyncGenerator<string> {
  const folder = temporaryFolder();
  const copy = join(folder, 'copy.txt');
  await copyFile(path, copy);
  yield* new CheckpointFile(copy).notes();
}

describe('checkpoints on a full disk', () => {
  it(
    'are told of, and kept as soon as there is room, though nothing new has happened',
    { skip: !existsSync('/dev/full') },
    async (t) => {
      const run = await auditing(t);
      await symlink('/dev/full', fileOf(run));
      await sign(run, 1);
      assert.equal(run.audit.state().state, 'degraded');
      assert.match(run.audit.state().reason ?? '', /not kept in their file: ENOSPC/);
      const failures = (): number => run.audit.stats().checkpointFailures;
      await passing(run, () => failures() >= 3, 'it was tried again');
      assert.equal(run.errors.length, 1, 'told once');
      await rm(fileOf(run));
      await passing(run, () => run.audit.state().state === 'up', 'it is kept');
      assert.deepEqual(await sizesOf(new CheckpointFile(fileOf(run)).notes()), [1]);
    },
  );

  it('are made as soon as the database has room, and the health check says so meanwhile', async (t) => {
    const run = await auditing(t);
    await sign(run, 1);
    const full = t.mock.method(run.log, 'saveCheckpoint', () =>
      Promise.reject(new WaooawError('storage_full', 'The disk is full')),
    );
    await run.audit.record(anEvent());
    await assert.rejects(run.audit.checkpoint(2), coded('storage_full'));
    await passing(run, () => full.mock.callCount() >= 4, 'it was tried again');
    assert.deepEqual(run.audit.state(), {
      state: 'degraded',
      reason: 'Checkpoints cannot be made: The disk is full',
    });
    assert.equal(run.errors.length, 1, 'told once');
    assert.equal(parseCheckpoint(await run.audit.checkpoint(1)).size, 1, 'what is signed is handed out');
    full.mock.restore();
    await passing(run, () => run.audit.state().state === 'up', 'it is made');
    assert.deepEqual(await sizesOf(new CheckpointFile(fileOf(run)).notes()), [1, 2]);
    // And told again the next time.
    t.mock.method(run.log, 'saveCheckpoint', () => Promise.reject(new WaooawError('storage_full')));
    await run.audit.record(anEvent());
    await assert.rejects(run.audit.checkpoint(3), coded('storage_full'));
    assert.equal(run.errors.length, 2);
  });
});

describe('a start on a database that cannot be read', () => {
  it('fails with what the log says, and not as a trail that was changed', async (t) => {
    const run = await auditing(t, { started: false });
    await run.database.close();
    await assert.rejects(run.audit.start(run.log), coded('database_closed'));
    assert.deepEqual([run.errors, run.audit.state().state], [[], 'down']);
  });

  it('fails likewise where it breaks off while the file is compared', async (t) => {
    const before = await auditing(t);
    await sign(before, 2);
    await before.stop();
    const run = await auditing(t, { folder: before.folder, started: false });
    await run.database.auditLog.head();
    const root = run.log.root.bind(run.log);
    let asked = 0;
    t.mock.method(run.log, 'root', (size: number) => {
      asked += 1;
      return asked === 1 ? root(size) : Promise.reject(new WaooawError('database_closed'));
    });
    await assert.rejects(run.audit.start(run.log), coded('database_closed'));
    assert.equal(asked, 2);
  });
});
