import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openAuditTrail } from './audit-trail.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PROGRAM = join(ROOT, 'server/testing/audit-appender.ts');
const SYNCS = 'fsync,fdatasync';
/** A Debian package of that name; `npm test` installs it where it can. */
const traced = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
const skip = traced ? false : 'strace is not here, or may not trace';

interface Traced {
  /** Lines that the program wrote. */
  readonly said: readonly string[];
  /** Calls of the system, in the order that strace saw them. */
  readonly calls: readonly string[];
}

/** Runs the appender under strace, with options of that. */
async function trace(path: string, options: readonly string[], ...args: readonly string[]): Promise<Traced> {
  const log = `${path}.strace`;
  const strace = ['-f', '-y', '-qq', '-o', log, ...options, '--', process.execPath];
  const program = ['--disable-warning=ExperimentalWarning', PROGRAM, path, ...args];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile('strace', [...strace, ...program], { cwd: ROOT, timeout: 120_000 }, (error, out, err) => {
      if (error) reject(new Error(`${error.message}\n${err}`, { cause: error }));
      else resolve(out);
    });
  });
  const calls = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  return { said: stdout.split('\n').slice(0, -1), calls };
}

const withFolder = (test: (path: string) => Promise<void>) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waooaw-audit-sync-'));
  try {
    await test(join(folder, 'waooaw.db'));
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Sequences and names of what is in the file. */
function stored(path: string): Map<number, string> {
  const trail = openAuditTrail(path);
  try {
    return new Map([...trail.rows()].map(({ sequence, facts }) => [sequence, facts.resource!.id]));
  } finally {
    trail.close();
  }
}

function assertStored(path: string, said: readonly string[]): void {
  const rows = stored(path);
  for (const line of said) {
    const [, name, sequences = ''] = /^took (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    for (const sequence of sequences.split(',')) assert.equal(rows.get(Number(sequence)), name, line);
  }
}

describe('SQLite audit log and the disk', { skip }, () => {
  it(
    'acknowledges nothing before the sync of its log has returned',
    withFolder(async (path) => {
      const options = ['-e', `trace=write,pwrite64,${SYNCS}`];
      const { calls } = await trace(path, options, '3', '1', '30');
      const syncing = new Map<string, boolean>();
      let [dirty, acknowledged] = [true, 0];
      for (const line of calls) {
        const [, thread = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
        if (/^pwrite64\(\d+<[^>]*-wal>/.test(call)) dirty = true;
        if (/^f(?:data)?sync\(\d+<[^>]*-wal>/.test(call)) syncing.set(thread, true);
        if (/^(?:f(?:data)?sync\(|<\.\.\. f(?:data)?sync resumed).*= 0$/.test(call) && syncing.get(thread)) {
          syncing.set(thread, false);
          dirty = false;
        }
        if (/^write\(1<.*"took /.test(call)) {
          assert.equal(dirty, false, `${line} came before its sync`);
          acknowledged += 1;
        }
      }
      // Of 30 appends some are refused for what goes alongside, and some come twice.
      assert.ok(acknowledged > 15, `${acknowledged} acknowledgements`);
    }),
  );

  for (const nth of [3, 8, 15]) {
    it(
      `refuses all that comes after a sync that failed, and never syncs again (sync ${nth})`,
      withFolder(async (path) => {
        // The tables are there before, however many syncs they took.
        await trace(path, ['-e', `trace=${SYNCS}`], '4', '1', '1');
        const options = ['-e', `trace=${SYNCS}`, '-e', `inject=${SYNCS}:error=EIO:when=${nth}`];
        const { said, calls } = await trace(path, options, '5', '4', '30');
        const failed = calls.findIndex((line) => line.includes('EIO'));
        assert.ok(failed > 0, calls.join('\n'));
        assert.deepEqual(calls.slice(failed + 1), []);
        const refused = said.findIndex((line) => line.endsWith(' storage_failed'));
        assert.ok(refused > 0);
        const after = said.slice(refused).filter((line) => !line.endsWith(' storage_failed'));
        assert.deepEqual(after, ['closed']);
        assertStored(path, said);
        // Opened anew it takes more.
        const again = await trace(path, ['-e', `trace=${SYNCS}`], '6', '1', '3');
        assert.ok(again.said.some((line) => line.startsWith('took ')));
        assertStored(path, [...said.slice(0, refused), ...again.said]);
      }),
    );
  }

  it(
    'refuses all that comes after the file itself could not be synced, and has lost nothing',
    withFolder(async (path) => {
      const before = await trace(path, ['-e', `trace=${SYNCS}`], '8', '1', '3');
      // Of the file and not of its log: that is where pages are copied to.
      const options = ['-P', path, '-e', `trace=${SYNCS}`, '-e', `inject=${SYNCS}:error=EIO:when=1`];
      const { said, calls } = await trace(path, options, '9', '4', '40', '50');
      assert.equal(calls.length, 1, calls.join('\n'));
      assert.match(calls[0]!, /EIO/);
      const refused = said.findIndex((line) => line.endsWith(' storage_failed'));
      assert.ok(refused > 0);
      assert.ok(!said.slice(refused).some((line) => line.startsWith('took ')));
      assertStored(path, [...before.said, ...said]);
    }),
  );

  it(
    'refuses what a full disk has no room for, and takes more once there is room',
    withFolder(async (path) => {
      const options = ['-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=ENOSPC:when=200..203'];
      const { said } = await trace(path, options, '7', '1', '40');
      const refused = said.findIndex((line) => line.endsWith(' storage_full'));
      assert.ok(refused > 0, said.join('\n'));
      assert.ok(said.slice(refused).some((line) => line.startsWith('took ')));
      assert.ok(!said.some((line) => line.endsWith(' storage_failed')));
      assertStored(path, said);
    }),
  );
});
