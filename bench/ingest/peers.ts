/** Prometheus and VictoriaMetrics from Debian, and ours, each in a process of its own on a free port and in a temporary folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canInstallDebianPackages, findExecutable, installDebianPackage } from '../../scripts/debian.ts';
import { ServerProcess } from '../../scripts/server-process.ts';

/** How long a peer may take to begin, ms. */
const START_MS = 30_000;
/** Linux counts processor time in so many parts of a second; so has every build of it for Debian. */
const TICKS_PER_SECOND = 100;

/** A server that takes samples. */
export interface Taker {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A program of a Debian package of the same name; installed where this machine allows it. */
export function debianProgram(name: string): string {
  const found = findExecutable([name]);
  if (found) return found;
  if (!canInstallDebianPackages()) throw new Error(`${name} is not installed: apt-get install ${name}`);
  installDebianPackage(name);
  return findExecutable([name]) ?? name;
}

/** Processor time that a process has taken with all of its threads, s. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Ours. @param env what differs from the defaults. */
export async function startOurs(env: Readonly<Record<string, string>>): Promise<Taker> {
  const server = new ServerProcess({
    env: { WAOOAW_LOG_LEVEL: 'warn', WAOOAW_COLLECT_INTERVAL_MS: '3600000', ...env },
  });
  const { url } = await server.start();
  return { name: 'waooaw', version: process.version, url, pid: server.pid!, stop: () => server.dispose() };
}

/** VictoriaMetrics, single node. */
export async function startVictoria(): Promise<Taker> {
  const program = debianProgram('victoria-metrics');
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'waooaw-bench-vm-'))];
  const args = [`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}`, '-loggerLevel=ERROR'];
  return startPeer('VictoriaMetrics', program, args, folder, `http://127.0.0.1:${port}`, '/health');
}

/** Prometheus. @param target what it scrapes each second, as host:port. */
export function startPrometheus(target: string): Promise<Taker> {
  return startPrometheusWith(
    `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: bench, static_configs: [{ targets: ['${target}'] }] }]\n`,
  );
}

/** Prometheus. @param config its file. */
export async function startPrometheusWith(config: string): Promise<Taker> {
  const program = debianProgram('prometheus');
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'waooaw-bench-prom-'))];
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  return startPeer('Prometheus', program, args, folder, `http://127.0.0.1:${port}`, '/-/ready');
}

/** Prometheus' blackbox exporter, which looks when it is scraped. @param config its file. */
export async function startBlackbox(config: string): Promise<Taker> {
  const program = debianProgram('prometheus-blackbox-exporter');
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'waooaw-bench-blackbox-'))];
  writeFileSync(join(folder, 'blackbox.yml'), config);
  const args = [
    `--config.file=${join(folder, 'blackbox.yml')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  return startPeer('blackbox exporter', program, args, folder, `http://127.0.0.1:${port}`, '/-/healthy');
}

async function startPeer(
  name: string,
  program: string,
  args: readonly string[],
  folder: string,
  url: string,
  ready: string,
): Promise<Taker> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    const answer = await fetch(url + ready).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) break;
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      await stop();
      throw new Error(`${name} did not begin`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { name, version: versionOf(program), url, pid: child.pid!, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await closed;
  clearTimeout(timer);
}

function versionOf(program: string): string {
  const text = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? 'of Debian';
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
