/**
 * `npm run deploy-check`: tries deploy/ as far as a machine without a container engine and without systemd as its first process can.
 * It packs the release (`npm run build` first), and may install Debian's nginx and systemd.
 *
 * - Dockerfile: read by a parser and held to what docs/hosting.md says of it; its steps are done in a scratch folder, and its server
 *   is started as its user, with its environment, from files that it cannot write, and asked by its own health check.
 * - waooaw.service: `systemd-analyze verify` and `security`; waooaw-serve is run as the unit would.
 * - The nginx and host programs of docs/hosting.md: scripts/hosting.test.ts.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canInstallDebianPackages, findExecutable, installDebianPackage } from './debian.ts';
import { readDockerfile } from './dockerfile.ts';
import type { Dockerfile } from './dockerfile.ts';
import { npm } from './npm.ts';
import { root } from './run.ts';

const deploy = join(root, 'deploy');
/** Of the base image; nobody's on most machines. */
const USER = 1_000;
/** Exposure that `systemd-analyze security` may find, in tenths: below 2.0 it says "OK" at worst. */
const MAX_EXPOSURE = 20;
const ADMIN_KEY = 'a-key-of-the-deploy-check-that-nobody-has-01';

const lines: string[] = [];
let failed = 0;

/** Does one step, and says how it ended. */
async function step(name: string, work: () => Promise<string> | string): Promise<void> {
  try {
    lines.push(`✓ ${name}: ${await work()}`);
  } catch (error) {
    failed += 1;
    lines.push(`✗ ${name}: ${(error as Error).message}`);
  }
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const folder = mkdtempSync(join(tmpdir(), 'waooaw-deploy-'));
try {
  const dockerfile = readDockerfile(join(deploy, 'Dockerfile'));
  await step('Dockerfile', () => lint(dockerfile));
  await step('image', () => buildAndRun(dockerfile));
  await step('unit', unit);
  await step('waooaw-serve', serve);
  await step('docs/hosting.md', hosting);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${lines.join('\n')}`);
console.log('  not tried here: docker build and run with an image of the registry, systemctl start, Caddy');
process.exitCode = failed === 0 ? 0 : 1;

function lint({ stages, last, text }: Dockerfile): string {
  demand(stages === 2, `it has ${stages} stages, and not 2`);
  const one = (name: string): string => last.find((instruction) => instruction.name === name)?.text ?? '';
  demand(/^[1-9]\d*:[1-9]\d*$/.test(one('USER')), 'the last stage runs as root');
  demand(one('STOPSIGNAL') === 'SIGTERM', 'it is not stopped by SIGTERM');
  demand(one('VOLUME') === '/data', '/data is no volume');
  demand(one('HEALTHCHECK').includes('/readyz'), 'it has no health check');
  demand(one('ENTRYPOINT').startsWith('["node"'), 'signals would not reach node');
  demand(!/(_KEY|_SECRET|TOKEN)=/.test(text), 'it sets a secret');
  demand(!/:latest|^ADD /m.test(text), 'it takes what may be another tomorrow');
  return `${stages} stages, user ${one('USER')}, ${last.length} instructions in the last`;
}

/** What a build would do, and a container then. */
async function buildAndRun({ first, last }: Dockerfile): Promise<string> {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const app = join(folder, 'app');
  const data = join(folder, 'data');
  mkdirSync(app);
  mkdirSync(data, { mode: 0o700 });
  cpSync(join(folder, filename), join(app, 'waooaw.tgz'));
  for (const { name, text } of first) {
    if (name === 'RUN')
      execFileSync('sh', ['-euc', text], { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  // Nobody may write there, as in an image that is read-only.
  execFileSync('chmod', ['-R', 'a-w,a+rX', app]);
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(data, USER, USER);
  const as = isRoot ? { uid: USER, gid: USER } : {};
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...environmentOf(last, data),
    WAOOAW_HOST: '127.0.0.1',
    WAOOAW_PORT: String(port),
    WAOOAW_ADMIN_KEY: ADMIN_KEY,
  };
  const [program = '', ...args] = listOf(last, 'ENTRYPOINT').map((word) => word.replace('/app/', `${app}/`));
  const child = spawn(program, [...args, ...listOf(last, 'CMD')], { cwd: data, env, stdio: 'pipe', ...as });
  const ended = exitOf(child);
  try {
    await lineOf(child, /waooaw is running at/);
    const [check = '', ...words] = healthCheckOf(last);
    const healthy = spawnSync(check, words, { env, timeout: 10_000, ...as });
    demand(healthy.status === 0, `the health check says ${healthy.status}: ${healthy.stderr.toString()}`);
  } finally {
    child.kill('SIGTERM');
  }
  demand((await ended) === 0, 'it did not end in order on SIGTERM');
  const sick = spawnSync(healthCheckOf(last)[0]!, healthCheckOf(last).slice(1), { env, timeout: 10_000 });
  demand(sick.status === 1, 'the health check is content without a server');
  return `installed, started as ${isRoot ? `user ${USER}` : 'this user'} from read-only files, healthy, ended in order`;
}

/** The unit, as systemd reads it. */
function unit(): string {
  const analyze = tool('systemd-analyze', 'systemd');
  const text = readFileSync(join(deploy, 'waooaw.service'), 'utf8');
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const file = join(folder, 'waooaw.service');
  // The user is not here, nor is the program: all else is as it stands.
  writeFileSync(
    file,
    text.replace('/opt/waooaw/waooaw-serve', program).replaceAll(/^(User|Group)=.*/gm, '$1=root'),
  );
  const verified = spawnSync(analyze, ['verify', file], { encoding: 'utf8' });
  const said = `${verified.stdout}${verified.stderr}`
    .split('\n')
    .filter((line) => line.includes('waooaw.service'));
  demand(
    verified.status === 0 && said.length === 0,
    said.join('\n') || `verify ended with ${verified.status}`,
  );
  cpSync(join(deploy, 'waooaw.service'), file);
  const judged = spawnSync(analyze, ['security', '--offline=true', file], { encoding: 'utf8' }).stdout;
  const [, exposure = ''] = /exposure level for waooaw\.service: ([\d.]+)/.exec(judged) ?? [];
  demand(exposure !== '' && Number(exposure) * 10 < MAX_EXPOSURE, `its exposure is ${exposure}`);
  demand(text.includes('\nKillMode=process\n'), 'agents would not outlive a restart');
  return `verified, exposure ${exposure} of 10`;
}

/** Hands credentials on, and becomes the program. */
function serve(): string {
  const credentials = join(folder, 'credentials');
  mkdirSync(credentials);
  writeFileSync(join(credentials, 'admin-key'), `${ADMIN_KEY}\n`);
  const program = join(folder, 'prints');
  writeFileSync(
    program,
    '#!/bin/sh\nprintf "%s|%s|%s|%s" "$$" "$WAOOAW_ADMIN_KEY" "${WAOOAW_JWT_SECRET-none}" "$*"\n',
    {
      mode: 0o755,
    },
  );
  const env = {
    PATH: process.env['PATH'] ?? '',
    CREDENTIALS_DIRECTORY: credentials,
    WAOOAW_PROGRAM: program,
  };
  const { pid, stdout } = spawnSync(join(deploy, 'waooaw-serve'), ['--port', '1'], { env, encoding: 'utf8' });
  demand(stdout === `${pid}|${ADMIN_KEY}|none|serve --port 1`, `it said ${stdout.replace(ADMIN_KEY, '…')}`);
  return 'hands secrets on in the environment, and is the process that gets the signals';
}

function hosting(): string {
  tool('nginx', 'nginx', '/usr/sbin/nginx');
  const test = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--test', join(root, 'scripts/hosting.test.ts')],
    { cwd: root, encoding: 'utf8' },
  );
  const [, passed = '0'] = /^ℹ pass (\d+)/m.exec(test.stdout) ?? [];
  demand(test.status === 0 && /^ℹ skipped 0/m.test(test.stdout), test.stdout);
  return `${passed} tests of its programs and of its nginx configuration`;
}

/** A program of Debian's, installed where that is possible. */
function tool(name: string, debian: string, ...more: readonly string[]): string {
  const found = findExecutable([name, ...more]);
  if (found !== undefined) return found;
  demand(canInstallDebianPackages(), `${name} is not here, and cannot be installed`);
  installDebianPackage(debian);
  return findExecutable([name, ...more]) ?? name;
}

function environmentOf(last: Dockerfile['last'], data: string): Record<string, string> {
  const pairs = last.filter(({ name }) => name === 'ENV').flatMap(({ text }) => text.split(/\s+/));
  return Object.fromEntries(
    pairs.map((pair) => pair.replace('=/data', `=${data}`).split('=') as [string, string]),
  );
}

function listOf(last: Dockerfile['last'], name: string): string[] {
  return JSON.parse(last.find((one) => one.name === name)?.text ?? '[]') as string[];
}

function healthCheckOf(last: Dockerfile['last']): string[] {
  const [, list = '[]'] =
    /CMD\s+(\[[\s\S]*\])$/.exec(last.find(({ name }) => name === 'HEALTHCHECK')?.text ?? '') ?? [];
  return JSON.parse(list) as string[];
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve));
}

function lineOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (pattern.test(output)) resolve();
      });
    }
    child.on('close', (code) => reject(new Error(`it ended with ${code}:\n${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
