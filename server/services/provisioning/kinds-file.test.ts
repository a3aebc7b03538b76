import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import type { AgentKind } from './kinds.ts';
import { readKindsFile } from './kinds-file.ts';

const env = { PATH: '/nowhere:bin:/bin:/usr/bin' };

/** A file of kinds, and a folder `app` beside it with a program. */
async function fileOf(text: string): Promise<string> {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'app'), { mode: 0o755 });
  await writeFile(join(folder, 'app', 'run'), 'x');
  await chmod(join(folder, 'app', 'run'), 0o755);
  const path = join(folder, 'agents.yaml');
  await writeFile(path, text);
  await chmod(path, 0o644);
  return path;
}

async function read(text: string): Promise<readonly AgentKind[]> {
  const { kinds } = await readKindsFile(await fileOf(text), { env });
  return [...kinds.values()].map(({ kind }) => kind);
}

/** A file of one kind that says more. */
const kind = (...more: string[]): string =>
  ['kinds:', '  - kind: watcher', ...more.map((line) => `    ${line}`), ''].join('\n');
const NODE = 'command: [node, x.mjs]';
const ONE = 'versions: [{ version: 1.0.0 }]';
const simple = (...more: string[]): string => kind(NODE, ONE, ...more);

describe('the agents file', () => {
  it('fills in what a kind does not say', async () => {
    const [watcher] = await read(simple());
    assert.deepEqual(watcher, {
      kind: 'watcher',
      title: 'watcher',
      versions: [{ version: '1.0.0', command: [process.execPath, 'x.mjs'], env: {} }],
      parameters: { type: 'object', additionalProperties: false },
      secrets: [],
      passEnv: [],
      hasPort: false,
      maxReplicas: 10,
      resources: {},
      storage: { quotaBytes: 1_073_741_824 },
      queue: false,
      ready: { kind: 'process', intervalMs: 1_000, timeoutMs: 2_000, failureThreshold: 3 },
      restart: {
        when: 'always',
        delayMs: 1_000,
        maxDelayMs: 60_000,
        stableMs: 60_000,
        maxInWindow: 5,
        windowMs: 300_000,
      },
      upgrade: { progressDeadlineMs: 60_000, minHealthyMs: 2_000, watchMs: 10_000, drainMs: 30_000 },
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
      logs: { maxFileBytes: 10_485_760, maxFiles: 5, maxLineBytes: 16_384 },
    });
  });

  it('may be JSON, or say nothing', async () => {
    const one = { kind: 'a', command: ['node', 'x'], versions: [{ version: '1' }] };
    assert.equal((await read(JSON.stringify({ kinds: [one] })))[0]?.kind, 'a');
    for (const text of ['', '# nothing yet\n', '{}']) assert.deepEqual(await read(text), []);
  });

  it('says once what holds for all versions of a kind, and paths are relative to it', async () => {
    const path = await fileOf(
      kind(
        'title: Watcher',
        'description: Watches',
        'folder: app',
        "command: ['{folder}/run', '--port={port}', '{param:name}', '{config}', '{storage}']",
        'env: { MODE: prod, LEVEL: info }',
        'port: { from: 4100, to: 4102 }',
        'queue: true',
        'tokenRole: viewer',
        'parameters: { properties: { name: { type: string, default: x } } }',
        'secrets: [{ name: API_TOKEN }, { name: OTHER, required: false }]',
        'passEnv: [TZ]',
        'resources: { memoryBytes: 268435456, nice: 5 }',
        'versions:',
        '  - version: 1.0.0',
        '  - { version: 2.0.0-rc.1, env: { LEVEL: debug }, command: [sh, -c, exit] }',
      ),
    );
    const { kinds, files } = await readKindsFile(path, { env });
    const { kind: watcher } = kinds.get('watcher') ?? assert.fail();
    const folder = join(path, '..', 'app');
    assert.deepEqual(watcher.versions[0], {
      version: '1.0.0',
      command: [join(folder, 'run'), '--port={port}', '{param:name}', '{config}', '{storage}'],
      workingFolder: folder,
      env: { MODE: 'prod', LEVEL: 'info' },
    });
    assert.deepEqual(watcher.versions[1]?.command.slice(1), ['-c', 'exit']);
    assert.match(watcher.versions[1]?.command[0] ?? '', /^(\/usr)?\/bin\/sh$/);
    assert.deepEqual(watcher.versions[1]?.env, { MODE: 'prod', LEVEL: 'debug' });
    assert.deepEqual(
      [watcher.hasPort, watcher.ports, watcher.ready.kind, watcher.tokenRole, watcher.description],
      [true, { from: 4_100, to: 4_102 }, 'tcp', 'viewer', 'Watches'],
    );
    assert.deepEqual(watcher.resources, { memoryBytes: 268_435_456, nice: 5 });
    assert.deepEqual(watcher.secrets, [
      { name: 'API_TOKEN', required: true },
      { name: 'OTHER', required: false },
    ]);
    assert.deepEqual([...files.keys()], [path]);
  });

  it('takes a program by its path beside the file', async () => {
    const [watcher] = await read(
      kind('command: [./app/run]', ONE, 'ready: { kind: process, intervalMs: 50 }'),
    );
    assert.match(watcher?.versions[0]?.command[0] ?? '', /\/app\/run$/);
    assert.deepEqual(watcher?.ready, {
      kind: 'process',
      intervalMs: 50,
      timeoutMs: 2_000,
      failureThreshold: 3,
    });
  });

  it('finds no program by its name alone where there is no PATH', async () => {
    const path = await fileOf(kind('command: [sh]', ONE));
    await assert.rejects(
      readKindsFile(path, { env: {} }),
      coded('bad_config', 'there is no program sh in PATH'),
    );
  });

  it('is that of the demo, too', async () => {
    const path = join(import.meta.dirname, '../../../demo/agents.yaml');
    const { kinds } = await readKindsFile(path, { env });
    assert.ok(kinds.size > 0);
  });

  for (const [title, text, ...words] of [
    ['no YAML', 'kinds:\n  - kind: "a\n', ':3: '],
    ['a list', '- 1\n', ':1: the file: '],
    ['no list of kinds', 'kinds: {}\n', ':1: kinds: expected a list of kinds'],
    ['a field that is none', simple('shell: true'), ':5: kinds[0].shell: is no setting of this'],
    ['a name that is none', simple().replace('watcher', 'A B'), ':2: kinds[0].kind: expected a kebab-case'],
    [
      'a kind that is there twice',
      `${simple()}  - { kind: watcher, ${NODE}, ${ONE} }\n`,
      ':5: kinds[1].kind: used twice',
    ],
    ['no version', kind(NODE, 'versions: []'), ':4: kinds[0].versions: expected a version'],
    ['a version that is a number', kind(NODE, 'versions: [{ version: 1.0 }]'), ':4: ', 'in quotes'],
    ['a version that leads elsewhere', kind(NODE, 'versions: [{ version: ../x }]'), ':4: ', '1.4.0'],
    [
      'a version that is there twice',
      kind(NODE, 'versions: [{ version: a }, { version: a }]'),
      ':4: kinds[0].versions[1].version: used twice',
    ],
    ['no command', kind(ONE), ':3: kinds[0].versions[0].command: expected a command, here or of the kind'],
    ['a command that is a text', kind('command: node x', ONE), ':3: kinds[0].command: expected a list'],
    ['an empty command', kind('command: []', ONE), ':3: kinds[0].command: expected a program'],
    ['a zero byte', kind('command: [node, "a\\0b"]', ONE), ':3: kinds[0].command[1]: expected no zero byte'],
    ['a number in a command', kind('command: [node, 1]', ONE), ':3: kinds[0].command[1]: ', 'in quotes'],
    [
      'a program that is nowhere',
      kind('command: [no-such-program]', ONE),
      ':3: kinds[0].command[0]: there is no',
    ],
    ['a path that is nowhere', kind('command: [./nowhere]', ONE), ':3: kinds[0].command[0]: ENOENT'],
    ['a folder that is nowhere', kind(NODE, ONE, 'folder: nowhere'), ':5: kinds[0].folder: ENOENT'],
    [
      'a program in a folder that it has not',
      kind("command: ['{folder}/run']", ONE),
      ':3: kinds[0].command[0]: expected a folder for {folder}',
    ],
    [
      'a program that callers choose',
      kind("command: ['{param:name}']", ONE, 'parameters: { properties: { name: { const: x } } }'),
      ':3: kinds[0].command[0]: expected a program that nobody chooses',
    ],
    [
      'a placeholder that is none',
      kind("command: [node, '{home}']", ONE),
      ':3: kinds[0].command[1]: {home} is no',
    ],
    [
      'a folder that it has not',
      kind("command: [node, '{folder}/x']", ONE),
      ':3: ',
      'expected a folder for {folder}',
    ],
    ['a port that it has not', kind("command: [node, '{port}']", ONE), ':3: ', 'expected port: true'],
    [
      'a parameter that is none',
      kind("command: [node, '{param:n}']", ONE),
      ':3: ',
      'expected n to be a text',
    ],
    [
      'a parameter that may be missing',
      kind("command: [node, '{param:n}']", ONE, 'parameters: { properties: { n: { type: string } } }'),
      ':3: kinds[0].command[1]: expected n to be a text',
    ],
    [
      'an odd schema',
      simple('parameters:', '  properties:', '    a: { type: date }'),
      ':7: kinds[0].parameters.properties.a.type: ',
    ],
    ['no schema', simple('parameters: string'), ':5: kinds[0].parameters: expected a JSON Schema'],
    ['a variable that is none', simple('env: { "A B": x }'), ':5: kinds[0].env'],
    ['a variable of ours', simple('env: { WAOOAW_TOKEN: x }'), ':5: kinds[0].env', 'the server’s own'],
    [
      'a variable of ours that is passed',
      simple('passEnv: [WAOOAW_JWT_SECRET]'),
      ':5: kinds[0].passEnv[0]: ',
    ],
    [
      'a secret that decides what runs',
      simple('secrets: [{ name: NODE_OPTIONS }]'),
      ':5: kinds[0].secrets[0].name: ',
      'which code runs',
    ],
    [
      'a secret that is there twice',
      simple('secrets: [{ name: A }, { name: A }]'),
      ':5: kinds[0].secrets[1].name: used twice',
    ],
    ['ports the wrong way round', simple('port: { from: 5, to: 4 }'), ':5: kinds[0].port'],
    [
      'a probe that needs a port',
      simple('ready: { kind: http }'),
      ':5: kinds[0].ready.kind: expected process',
    ],
    [
      'a path that is none',
      simple('port: true', 'ready: { kind: http, path: x }'),
      ':6: kinds[0].ready.path: ',
    ],
    ['a channel nobody can reach', simple('queue: true'), 'kinds[0].tokenRole: expected a role'],
    ['a role that may too much', simple('tokenRole: admin'), ':5: kinds[0].tokenRole: '],
    [
      'delays the wrong way round',
      simple('restart: { delayMs: 9, maxDelayMs: 8 }'),
      ':5: kinds[0].restart.maxDelayMs: ',
    ],
    [
      'a limit below its range',
      simple('resources: { memoryBytes: 1 }'),
      ':5: kinds[0].resources.memoryBytes: expected at least',
    ],
    ['a signal that asks nobody', simple('stop: { signal: SIGKILL }'), ':5: kinds[0].stop.signal: '],
  ] as const) {
    it(`is refused with ${title}, by its line and field`, async () => {
      const path = await fileOf(text);
      const place = words.map((word) => (word.startsWith(':') ? `${path}${word}` : word));
      await assert.rejects(readKindsFile(path, { env }), (error: unknown) =>
        place.every((word) => coded('bad_config', word)(error)),
      );
    });
  }
});

describe('what others could change', () => {
  const refuses = (path: string, words: string): Promise<void> =>
    assert.rejects(readKindsFile(path, { env }), coded('bad_config', words));

  it('is refused: the file itself, and its folder', async () => {
    const path = await fileOf(simple());
    await chmod(path, 0o646);
    await refuses(path, `${path}:1: the file: ${path} is writable by everybody`);
    await chmod(path, 0o644);
    await chmod(join(path, '..'), 0o777);
    await refuses(path, 'is writable by everybody');
  });

  it('is refused: a program, its folder, and what it is told to run', async () => {
    const path = await fileOf(kind('folder: app', "command: ['{folder}/run', '{folder}/main.js']", ONE));
    const app = join(path, '..', 'app');
    const main = join(app, 'main.js');
    await readKindsFile(path, { env });
    await writeFile(main, 'x');
    await chmod(main, 0o646);
    await refuses(path, `${path}:4: kinds[0].command[1]: ${main} is writable`);
    await chmod(main, 0o644);
    await chmod(join(app, 'run'), 0o757);
    await refuses(path, ':4: kinds[0].command[0]: ');
    await chmod(join(app, 'run'), 0o755);
    await chmod(app, 0o777);
    await refuses(path, ':3: kinds[0].folder: ');
  });

  for (const argument of ['main.js', '--import=./main.js', 'ABSOLUTE']) {
    it(`is refused: what ${argument} names in the version’s folder`, async () => {
      const path = await fileOf('');
      const main = join(path, '..', 'app', 'main.js');
      await writeFile(
        path,
        kind('folder: app', `command: [./app/run, '${argument.replace('ABSOLUTE', main)}']`, ONE),
      );
      await writeFile(main, 'x');
      await chmod(main, 0o646);
      await refuses(path, `:4: kinds[0].command[1]: ${main} is writable by everybody`);
    });
  }

  it('is refused: what an interpreter is given first, and not what a program works on', async () => {
    const path = await fileOf('');
    const [script, data] = ['script', 'data'].map((name) => join(path, '..', name)) as [string, string];
    for (const file of [script, data]) {
      await writeFile(file, 'x');
      await chmod(file, 0o646);
    }
    await writeFile(path, kind(`command: [./app/run, '${script}']`, ONE));
    await readKindsFile(path, { env });
    await writeFile(path, kind(`command: [sh, -e, /nowhere, '${script}', '${data}']`, ONE));
    await refuses(path, `:3: kinds[0].command[3]: ${script} is writable by everybody`);
    await chmod(script, 0o644);
    await readKindsFile(path, { env });
  });

  it('is refused: where a link leads', async () => {
    const path = await fileOf(kind('command: [./link]', ONE));
    await symlink('app/run', join(path, '..', 'link'));
    await readKindsFile(path, { env });
    await chmod(join(path, '..', 'app'), 0o777);
    await refuses(path, ':3: kinds[0].command[0]: ');
  });
});
