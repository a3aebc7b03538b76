import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseCheckpoint, verifierOf } from '../src/proof/index.ts';
import { ADMIN_KEY, HERE } from '../server/testing/authenticating.ts';
import { anEvent } from '../server/testing/auditing.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import type { Running } from '../server/testing/harness.ts';
import { main } from './main.ts';

/** Runs `waooaw audit …`, in this process: another takes longer to start than all that it does. */
async function audit(
  args: readonly string[],
  env: NodeJS.ProcessEnv = { WAOOAW_TOKEN: ADMIN_KEY },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const code = await main(['audit', ...args], env, {
    print: (line) => void (said.stdout += `${line}\n`),
    note: (line) => void (said.stderr += `${line}\n`),
  });
  return { code, ...said };
}

interface Recorded extends Running {
  readonly dataDir: string;
  /** The key that a host would have pinned. */
  readonly key: string;
  /** A checkpoint that was kept before the last entries. */
  readonly kept: string;
}

/** A server with a few entries in its trail. */
async function recorded(t: TestContext): Promise<Recorded> {
  const dataDir = temporaryFolder();
  const server = await startServer(t, { adminKey: ADMIN_KEY, dataDir });
  const { audit } = server.waooaw;
  for (let at = 0; at < 5; at++) await audit.record(anEvent({ details: { at }, reason: '=1+1' }));
  const kept = join(dataDir, 'kept.txt');
  writeFileSync(kept, await audit.checkpoint(5));
  for (let at = 0; at < 5; at++) await audit.record(anEvent({ ip: '192.0.2.1' }));
  return { ...server, dataDir, key: audit.keys()[0]!.verifier, kept };
}

/** An export of the server's, in a file. */
async function exported({ url }: Running, format: string, more = ''): Promise<string> {
  const answer = await fetch(`${url}/api/audit/export?format=${format}${more}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  assert.equal(answer.status, 200);
  const file = join(temporaryFolder(), `export.${format}`);
  writeFileSync(file, await answer.text());
  return file;
}

/** A key that nobody uses. */
const OTHER_KEY = verifierOf('waooaw/audit', new Uint8Array(32).fill(7));

describe('waooaw audit verify', () => {
  it('checks the whole trail of a running server, and that it continues what was kept', async (t) => {
    const { url, key, kept } = await recorded(t);
    const { code, stdout, stderr } = await audit(['verify', '--url', url, '--key', key, '--since', kept]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^Verified: entries 1 to \d+ of waooaw\/audit\.\nThey continue 1 of the kept checkpoints/,
    );
    const unpinned = await audit(['verify', '--url', url]);
    assert.equal(unpinned.code, 0);
    assert.match(
      unpinned.stderr,
      /^No --key is given: the keys are the server's own word, and prove nothing/,
    );
  });

  it('does not believe a server with another key, nor one that has lost what was kept', async (t) => {
    const { url, key, kept } = await recorded(t);
    const other = await audit(['verify', '--url', url, '--key', OTHER_KEY]);
    assert.deepEqual([other.code, other.stdout], [1, '']);
    assert.match(other.stderr, /^waooaw: not verified: .*None of the given keys signed it/);

    const { url: fresh, waooaw } = await recorded(t);
    const keys = [key, waooaw.audit.keys()[0]!.verifier].flatMap((one) => ['--key', one]);
    const forked = await audit(['verify', '--url', fresh, ...keys, '--since', kept]);
    assert.equal(forked.code, 1);
    assert.match(
      forked.stderr,
      /^waooaw: not verified: The trail does not continue the kept checkpoint of \d+ entries/,
    );

    const long = join(temporaryFolder(), 'long.txt');
    for (let at = 0; at < 20; at++) await waooaw.audit.record(anEvent());
    writeFileSync(long, await waooaw.audit.checkpoint(30));
    const cut = await audit(['verify', '--url', url, ...keys, '--since', long]);
    assert.equal(cut.code, 1);
    assert.match(
      cut.stderr,
      /^waooaw: not verified: The trail has \d+ entries, and \d+ were signed: its end was cut off/,
    );
  });

  it('does not believe a server that leaves entries out', async (t) => {
    const server = await recorded(t);
    const { key } = server;
    const whole = readFileSync(await exported(server, 'ndjson', '&proof=paths'), 'utf8');
    const lines = whole.trimEnd().split('\n');
    const without = [...lines.slice(0, 3), ...lines.slice(4, -1), `{"end":true,"count":${lines.length - 3}}`];
    const narrowed = readFileSync(await exported(server, 'ndjson', '&actor=nobody'), 'utf8');
    for (const [body, said] of [
      [`${without.join('\n')}\n`, /Of the entries 1 to \d+ the server has handed out \d+, up to \d+/],
      [narrowed, /not handed out the whole trail, but a selection/],
      [`${lines.slice(0, -1).join('\n')}\n`, /cut off/],
    ] as const) {
      const liar = createServer((_, response) => {
        response.setHeader('content-type', 'application/x-ndjson').end(body);
      });
      t.after(() => void liar.close().closeAllConnections());
      await once(liar.listen(0, HERE), 'listening');
      const url = `http://${HERE}:${(liar.address() as AddressInfo).port}`;
      const { code, stdout, stderr } = await audit(['verify', '--url', url, '--key', key]);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, /^waooaw: not verified: /);
      assert.match(stderr, said);
    }
  });

  it('checks exports in every format, packed or piped in', async (t) => {
    const server = await recorded(t);
    for (const [format, more] of [
      ['ndjson', ''],
      ['json', ''],
      ['csv', ''],
      ['ndjson', '&proof=paths'],
      ['csv', '&ip=192.0.2.1'],
    ] as const) {
      const file = await exported(server, format, more);
      const { code, stdout, stderr } = await audit(['verify', file, '--key', server.key]);
      assert.deepEqual([code, stderr], [0, ''], format);
      assert.match(
        stdout,
        /^Verified: \d+ entries, \d+ to \d+, against the checkpoint of \d+ entries of waooaw\/audit\.\n/,
      );
      assert.equal(stdout.includes('that others were left out does not show'), more !== '');
    }
    const file = await exported(server, 'csv');
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    assert.equal((await audit(['verify', `${file}.gz`, '--key', server.key])).code, 0);
    const args = [
      '--disable-warning=ExperimentalWarning',
      'cli/bin.ts',
      'audit',
      'verify',
      '-',
      '--format',
      'csv',
    ];
    const piped = spawnSync(process.execPath, [...args, '--key', server.key], {
      input: readFileSync(file),
      encoding: 'utf8',
    });
    assert.deepEqual([piped.status, piped.stderr], [0, '']);
  });

  it('warns when the only keys are those in the file', async (t) => {
    const server = await recorded(t);
    for (const format of ['ndjson', 'json', 'csv']) {
      const file = await exported(server, format);
      const { code, stderr } = await audit(['verify', file]);
      assert.equal(code, 0, stderr);
      assert.equal(
        stderr,
        'No --key is given: the keys are those in the file, and prove nothing against whoever wrote it.\n',
      );
    }
    const file = await exported(server, 'ndjson');
    const text = readFileSync(file, 'utf8');
    for (const [keys, said] of [
      ['[]', /None of the given keys/],
      ['[7,{"verifier":7},null]', /header|keys|None of the given keys/],
    ] as const) {
      writeFileSync(file, text.replace(/"keys":\[.*?\]/, `"keys":${keys}`));
      const { code, stderr } = await audit(['verify', file]);
      assert.equal(code, 1);
      assert.match(stderr, said);
    }
  });

  it('names the first bad entry of an export', async (t) => {
    const server = await recorded(t);
    for (const [format, more] of [
      ['ndjson', ''],
      ['ndjson', '&proof=paths'],
      ['json', ''],
      ['csv', ''],
    ] as const) {
      const file = await exported(server, format, more);
      const text = readFileSync(file, 'utf8');
      const spoilt = text.replace(/(\{"+at"+:)3/, '$12');
      assert.notEqual(spoilt, text);
      writeFileSync(file, spoilt);
      const { code, stdout, stderr } = await audit(['verify', file, '--key', server.key]);
      assert.deepEqual([code, stdout], [1, '']);
      const bad = text.slice(0, text.search(/\{"+at"+:3/)).split('\n').length;
      assert.match(
        stderr,
        new RegExp(`^waooaw: not verified: (Line|Row|Item) \\d+: .*[Ee]ntry \\d+`),
        `${format} ${bad}`,
      );
    }
  });

  it('checks a database file, with and without its server', async (t) => {
    const { dataDir, key, kept, stop, waooaw } = await recorded(t);
    const database = join(dataDir, 'waooaw.db');
    await waooaw.audit.checkpoint((await waooaw.audit.log.head()).size);
    const running = await audit(['verify', '--database', database, '--key', key, '--since', kept]);
    assert.equal(running.code, 0, running.stderr);
    assert.match(running.stdout, /^Verified: entries 1 to \d+, against \d+ checkpoints\.\n$/);
    await stop();
    const elsewhere = join(dataDir, 'audit-checkpoints.txt');
    const stopped = await audit(['verify', '--database', database, '--key', key, '--since', elsewhere]);
    assert.deepEqual([stopped.code, stopped.stderr], [0, '']);

    const unpinned = await audit(['verify', '--database', database]);
    assert.equal(unpinned.code, 0);
    assert.match(unpinned.stderr, /^No --key is given: no signature is checked/);
    const other = await audit(['verify', '--database', database, '--key', OTHER_KEY]);
    assert.match(
      other.stderr,
      /^waooaw: not verified: The checkpoint of \d+ entries: None of the given keys/,
    );
    const none = await audit(['verify', '--database', join(dataDir, 'none.db')]);
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /^waooaw: .*none\.db holds no audit trail that can be read/m);
  });

  it('verifies nothing of a database file that nobody signed', async (t) => {
    const { dataDir, key, stop } = await recorded(t);
    await stop();
    const database = join(dataDir, 'waooaw.db');
    const args = ['verify', '--database', database, '--key', key];
    const file = new DatabaseSync(database);
    t.after(() => file.close());
    for (const name of ['audit_checkpoint_delete', 'audit_entry_delete']) file.exec(`DROP TRIGGER ${name}`);
    const { size } = file.prepare('SELECT min(size) AS size FROM audit_checkpoint').get() as { size: number };
    file.exec(`DELETE FROM audit_checkpoint WHERE size > ${size}`);

    const refused = await audit(args);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(
      refused.stderr,
      new RegExp(
        `^waooaw: not verified: Entries ${size + 1} to \\d+ are in no checkpoint: nobody signed them`,
      ),
    );
    assert.match(refused.stderr, /last second/);
    const allowed = await audit([...args, '--allow-unsigned']);
    assert.equal(allowed.code, 0);
    assert.equal(allowed.stdout, `Verified: entries 1 to ${size}, against 1 checkpoints.\n`);
    assert.match(allowed.stderr, new RegExp(`^Entries ${size + 1} to \\d+ are in no checkpoint`));

    file.exec('DELETE FROM audit_checkpoint; DELETE FROM audit_entry');
    for (const more of [[], ['--allow-unsigned']]) {
      const emptied = await audit([...args, ...more]);
      assert.deepEqual([emptied.code, emptied.stdout], [1, '']);
      assert.match(emptied.stderr, /^waooaw: not verified: There is no checkpoint/);
    }
  });

  it('says in one line what it cannot read, and passes over a torn checkpoint', async (t) => {
    const { dataDir, key, kept, waooaw } = await recorded(t);
    const database = ['--database', join(dataDir, 'waooaw.db'), '--key', key];
    const missing = await audit(['verify', ...database, '--since', join(dataDir, 'none.txt')]);
    assert.match(missing.stderr, /^waooaw: .*none\.txt cannot be read: ENOENT.*\n$/);
    assert.equal(missing.code, 1);

    const empty = join(dataDir, 'empty.txt');
    writeFileSync(empty, '\n\n');
    assert.match(
      (await audit(['verify', ...database, '--since', empty])).stderr,
      /^waooaw: .*has no checkpoint\n$/,
    );

    const note = readFileSync(kept, 'utf8');
    const torn = join(dataDir, 'torn.txt');
    writeFileSync(torn, `\n${note}\n\n${note.split('\n\n')[0]!}\n\n${note}\n${note.slice(0, 20)}`);
    await waooaw.audit.checkpoint((await waooaw.audit.log.head()).size);
    const passed = await audit(['verify', ...database, '--since', torn]);
    assert.equal(passed.code, 0, passed.stderr);
    assert.match(passed.stderr, /torn\.txt has 2 checkpoints that were torn/);

    for (const file of ['none.ndjson', 'none.csv.gz']) {
      const { code, stderr } = await audit(['verify', join(dataDir, file), '--key', key]);
      assert.equal(code, 1);
      assert.match(stderr, /^waooaw: .*none\.\S+ cannot be read: ENOENT.*\n$/);
    }
  });
});

describe('waooaw audit', () => {
  it('prints the newest checkpoint, of a server and of a file, and the keys', async (t) => {
    const { url, dataDir, key } = await recorded(t);
    const asked = await audit(['checkpoint', '--url', url]);
    assert.equal(asked.code, 0);
    assert.ok(parseCheckpoint(asked.stdout).size >= 5);
    const read = await audit(['checkpoint', '--database', join(dataDir, 'waooaw.db')]);
    assert.equal(parseCheckpoint(read.stdout).origin, 'waooaw/audit');
    const keys = await audit(['keys', '--url', url]);
    assert.equal(keys.code, 0);
    assert.ok(keys.stdout.startsWith(`${key}  since 2`), keys.stdout);
    assert.equal(keys.stdout.split('\n').length, 2);
  });

  it('says what the server refused, or that nobody answers', async (t) => {
    const { url } = await recorded(t);
    for (const args of [['verify'], ['checkpoint'], ['keys']]) {
      const refused = await audit([...args, '--url', url], { WAOOAW_TOKEN: 'wrong' });
      assert.deepEqual([refused.code, refused.stdout], [1, '']);
      assert.match(refused.stderr, /^waooaw: unauthorized: /m);
      const nobody = await audit([...args, '--url', 'http://127.0.0.1:9']);
      assert.equal(nobody.code, 1);
      assert.match(nobody.stderr, /^waooaw: http:\/\/127\.0\.0\.1:9 does not answer: /m);
    }
    const pinned = await audit(['verify', '--key', OTHER_KEY, '--url', 'http://127.0.0.1:9']);
    assert.match(pinned.stderr, /does not answer: /);
    const refused = await audit(['verify', '--key', OTHER_KEY, '--url', url], { WAOOAW_TOKEN: 'wrong' });
    assert.match(refused.stderr, /^waooaw: unauthorized: /);
  });

  it('answers a misuse with one line and exit code 2', async () => {
    for (const [args, said] of [
      [[], /"audit " is no command/],
      [['dance'], /"audit dance" is no command/],
      [['verify', 'a.json', 'b.json'], /"b\.json" is one word too many/],
      [['verify', 'a.txt'], /The format of "a\.txt" is "txt"; expected --format json, ndjson, csv/],
      [['verify', 'a.json', '--format', 'xml'], /is "xml"; expected --format/],
      [['verify', 'a.json', '--since', 'x'], /--since is for a server or a database/],
      [['verify', 'a.json', '--database', 'x'], /checks an export or --database, not both/],
      [['verify', '--database', 'x', '--url', 'http://x'], /checks --database or --url, not both/],
      [['verify', '--allow-unsigned'], /--allow-unsigned is for --database/],
      [['verify', '--format', 'csv'], /--format is for an export/],
      [['verify', '--key', 'nonsense'], /--key: "nonsense" is no verifier key/],
      [['verify', '--url', 'ftp://x'], /--url must be an http address/],
      [['verify', '--colour'], /--colour/],
      [['checkpoint', 'x'], /"x" is one word too many/],
      [['keys', 'x'], /"x" is one word too many/],
    ] as const) {
      const { code, stdout, stderr } = await audit(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, said);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    }
  });

  it('is part of the help', async () => {
    const { code, stdout } = await audit(['verify', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /waooaw audit verify/);
    assert.match(stdout, /waooaw keys create/);
  });
});
