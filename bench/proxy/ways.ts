/** Ways to the target: straight, through a door of ours, and through nginx of Debian, each in processes of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDoor } from '../../server/engines/door/door.ts';
import { createSystemClock } from '../../server/engines/system/clock.ts';
import { debianProgram, freePort } from '../ingest/peers.ts';

/** A way that is open. */
export interface Way {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  /** Processes between; none for the direct way. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Straight. */
export function direct(port: number): Promise<Way> {
  return Promise.resolve({ name: 'direct', version: '', port, pids: [], stop: () => Promise.resolve() });
}

/** Our door. */
export async function throughDoor(target: number): Promise<Way> {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-bench-door-'));
  const door = createDoor({
    folder: join(folder, 'door'),
    clock: createSystemClock(),
    onError: (error) => console.error(error),
  });
  const { port } = await door.point({
    agent: 'bench',
    targets: [{ instance: 'one', host: '127.0.0.1', port: target }],
  });
  const { pid } = JSON.parse(readFileSync(join(folder, 'door/door.json'), 'utf8')) as { pid: number };
  return {
    ...{ name: 'waooaw', version: process.version, port, pids: [pid] },
    async stop() {
      await door.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** nginx with one worker, which keeps its connections to the target, without a log of requests. */
export async function throughNginx(target: number): Promise<Way> {
  const program = debianProgram('nginx');
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'waooaw-bench-nginx-'))];
  mkdirSync(join(folder, 'tmp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/tmp;`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
     ${process.getuid?.() === 0 ? 'user root;' : ''}
     events { worker_connections 4096; }
     http {
       access_log off; ${temporary} keepalive_requests 1000000000;
       upstream target { server 127.0.0.1:${target}; keepalive 256; keepalive_requests 1000000000; }
       server {
         listen 127.0.0.1:${port};
         location / {
           proxy_pass http://target; proxy_http_version 1.1;
           proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
         }
       }
     }`,
  );
  const child = spawn(program, ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const giveUpAt = performance.now() + 10_000;
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || performance.now() > giveUpAt) throw new Error('nginx did not begin');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const version = execFileSync('sh', ['-c', '"$0" -v 2>&1', program], { encoding: 'utf8' });
  return {
    name: 'nginx, one worker',
    version: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? 'of Debian',
    port,
    pids: workers,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
