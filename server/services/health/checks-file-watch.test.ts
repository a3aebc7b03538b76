import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createManualClock } from '../../engines/memory/clock.ts';
import { turn } from '../../testing/event-loop.ts';
import { coded, startServer, temporaryFolder } from '../../testing/harness.ts';
import { watchChecksFile } from './checks-file-watch.ts';
import { readChecksFile } from './checks-file.ts';
import type { ChecksFile } from './checks-file.ts';

/** Longer than any test lets pass. */
const NEVER_MS = 1e12;

const BEAT = 'probe: { kind: heartbeat, everyMs: 60000 }';
const ONE = `{ check: a, ${BEAT} }`;
const check = (id: string, probe = '{ kind: heartbeat, everyMs: 60000 }'): string =>
  `checks: [{ check: ${id}, probe: ${probe} }]\n`;
const secret = (file: string): string =>
  `{ kind: http, url: "https://a.example/", headerFiles: { authorization: ${file} } }`;

/** Watches a file that says so much. */
async function watching(t: TestContext, { text = check('a'), pollMs = NEVER_MS, path = '' } = {}) {
  const folder = temporaryFolder();
  path ||= join(folder, 'checks.yaml');
  await writeFile(path, text);
  const clock = createManualClock();
  const seen: ChecksFile[] = [];
  const errors: unknown[] = [];
  let refuse: Error | undefined;
  const watch = watchChecksFile(await readChecksFile(path), {
    clock,
    pollMs,
    changed(file) {
      seen.push(file);
      if (refuse) throw refuse;
    },
    onError: (error) => void errors.push(error),
  });
  t.after(() => watch.close());
  /** Lets time pass until so many changes and errors were told. */
  const told = async (changes: number, mistakes = 0): Promise<string[]> => {
    while (seen.length < changes || errors.length < mistakes) {
      clock.advance(pollMs === NEVER_MS ? 100 : pollMs);
      await turn();
    }
    assert.deepEqual([seen.length, errors.length], [changes, mistakes]);
    return (seen.at(-1)?.checks ?? []).map(({ check }) => check);
  };
  /** Lets every look come to its end that was begun. */
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 50; i += 1) {
      clock.advance(pollMs === NEVER_MS ? 100 : pollMs);
      await turn();
    }
  };
  return {
    folder,
    path,
    clock,
    seen,
    errors,
    watch,
    told,
    settled,
    write: (text: string) => writeFile(path, text),
    refuse: (error: Error | undefined) => void (refuse = error),
  };
}

describe('the file of checks, while the server runs', () => {
  it('is read again once it is written to, and once another is put in its place', async (t) => {
    const { write, told, path, folder } = await watching(t);
    await write(check('bb'));
    assert.deepEqual(await told(1), ['bb']);
    await writeFile(join(folder, 'next'), check('ccc'));
    await rename(join(folder, 'next'), path);
    assert.deepEqual(await told(2), ['ccc']);
  });

  it('is read again where no folder tells, by looking now and then', async (t) => {
    const { write, told, watch, settled, seen } = await watching(t, { pollMs: 5_000 });
    await settled();
    assert.equal(seen.length, 0, 'nothing has changed');
    await write(check('bb'));
    assert.deepEqual(await told(1), ['bb']);
    await watch.close();
  });

  it('is read again when a secret changes that it names, also one that it names anew', async (t) => {
    const { write, told, folder, seen } = await watching(t);
    await mkdir(join(folder, 'secrets'));
    await writeFile(join(folder, 'secrets', 'token'), 'one');
    await write(check('a', secret('secrets/token')));
    await told(1);
    await writeFile(join(folder, 'secrets', 'token'), 'second');
    await told(2);
    const probe = seen[1]?.checks[0]?.probe;
    assert.equal(probe?.kind === 'http' && probe.secretHeaders['authorization'], 'second');
    // A folder that is not needed any more is watched no more.
    await write(check('plain'));
    assert.deepEqual(await told(3), ['plain']);
  });

  it('is read again when a link leads elsewhere, as Kubernetes swaps what is mounted', async (t) => {
    const folder = temporaryFolder();
    for (const [name, id] of [
      ['one', 'a'],
      ['two', 'bb'],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'checks.yaml'), check(id));
    }
    await symlink('one', join(folder, 'data'));
    const { told } = await watching(t, { path: join(folder, 'data', 'checks.yaml'), pollMs: 5_000 });
    await symlink('two', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'data'));
    assert.deepEqual(await told(1), ['bb']);
  });

  it('changes nothing while it is not valid, which is told once, and counts again once it is', async (t) => {
    const { write, told, errors, settled, path } = await watching(t, { pollMs: 5_000 });
    await write('checks: 7\n');
    await told(0, 1);
    assert.ok(coded('bad_config', `${path}:1: checks`)(errors[0]));
    await settled();
    assert.equal(errors.length, 1);
    await rm(path);
    await told(0, 2);
    assert.ok(coded('bad_config', 'ENOENT')(errors[1]));
    await write(check('back'));
    assert.deepEqual(await told(1, 2), ['back']);
  });

  it('tells of what is taken by nobody', async (t) => {
    const { write, told, errors, refuse } = await watching(t);
    const refused = new Error('a → b → a');
    refuse(refused);
    await write(check('bb'));
    await told(1, 1);
    assert.equal(errors[0], refused);
    refuse(undefined);
    await write(check('ccc'));
    assert.deepEqual(await told(2, 1), ['ccc']);
  });

  it('is noticed to have changed between its first reading and the watching', async (t) => {
    const path = join(temporaryFolder(), 'checks.yaml');
    await writeFile(path, check('a'));
    const first = await readChecksFile(path);
    await writeFile(path, check('bb'));
    const clock = createManualClock();
    const seen: ChecksFile[] = [];
    const changed = (file: ChecksFile): void => void seen.push(file);
    const watch = watchChecksFile(first, { clock, changed, onError: assert.ifError });
    t.after(() => watch.close());
    while (seen.length === 0) {
      clock.advance(100);
      await turn();
    }
    assert.equal(seen[0]?.checks[0]?.check, 'bb');
  });

  it('is not read while it is still being written', async (t) => {
    const { write, told, seen, clock, settled } = await watching(t, { pollMs: 5_000 });
    await write('');
    clock.advance(5_000);
    for (let i = 0; i < 50; i += 1) await turn();
    await write(check('bb'));
    assert.deepEqual(await told(1), ['bb']);
    await settled();
    assert.equal(seen.length, 1);
  });

  it('is not watched any more once that is over, nor is what is under way taken', async (t) => {
    const { write, watch, clock, settled, seen, errors } = await watching(t, { pollMs: 5_000 });
    await write(check('bb'));
    clock.advance(5_000);
    await watch.close();
    await write('checks: 7\n');
    await settled();
    await watch.close();
    assert.deepEqual([seen, errors, clock.pending], [[], [], 0]);
  });

  it('adds, changes and removes checks of a server, and says in its log why it did not', async (t) => {
    const path = join(temporaryFolder(), 'checks.yaml');
    await writeFile(path, `checks:\n  - ${ONE}\n  - { check: b, parent: a, ${BEAT} }\n`);
    const clock = createManualClock();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
    const { waooaw } = await startServer(t, { checksFile: path }, { clock, log });
    const { health } = waooaw;
    const ofFile = (): string[] =>
      health
        .summary()
        .checks.filter(({ source }) => source === 'file')
        .map(({ check, title }) => `${check}: ${title}`)
        .sort();
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        clock.advance(100);
        await turn();
      }
    };
    assert.deepEqual(ofFile(), ['a: a', 'b: b']);
    await writeFile(path, `checks:\n  - { check: a, title: Another, ${BEAT} }\n  - { check: c, ${BEAT} }\n`);
    await until(() => ofFile().length === 2 && ofFile()[1] === 'c: c');
    assert.deepEqual(ofFile(), ['a: Another', 'c: c']);
    await writeFile(
      path,
      `checks:\n  - { check: a, parent: c, ${BEAT} }\n  - { check: c, parent: a, ${BEAT} }\n`,
    );
    await until(() => lines.length > 0);
    assert.match(lines[0] ?? '', /a → c → a|c → a → c/);
    assert.deepEqual(ofFile(), ['a: Another', 'c: c']);
  });

  it('that lies in a folder which cannot be watched is looked at now and then', async (t) => {
    const folder = temporaryFolder();
    const path = join(folder, 'checks.yaml');
    await writeFile(path, check('a'));
    const first = await readChecksFile(path);
    await rm(folder, { recursive: true });
    const clock = createManualClock();
    const [seen, errors]: [ChecksFile[], unknown[]] = [[], []];
    const watch = watchChecksFile(first, {
      clock,
      changed: (file) => void seen.push(file),
      onError: (error) => void errors.push(error),
    });
    t.after(() => watch.close());
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        clock.advance(5_000);
        await turn();
      }
    };
    await until(() => errors.length > 0);
    assert.ok(coded('bad_config', 'ENOENT')(errors[0]));
    await mkdir(folder);
    await writeFile(path, check('bb'));
    await until(() => seen.length > 0);
    assert.equal(seen[0]?.checks[0]?.check, 'bb');
  });

  it('goes on to be looked at when its folder is replaced', async (t) => {
    const { write, told, folder } = await watching(t, { pollMs: 5_000 });
    await rm(folder, { recursive: true });
    await told(0, 1);
    await mkdir(folder);
    await write(check('bb'));
    assert.deepEqual(await told(1, 1), ['bb']);
  });
});
