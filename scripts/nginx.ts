/** Runs the nginx configuration of docs/hosting.md, with another port, name and certificate. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

/** What the configuration is to be. */
export interface NginxOptions {
  readonly program: string;
  /** Taken for everything that nginx writes. */
  readonly folder: string;
  readonly port: number;
  /** Port of the server behind it. */
  readonly upstream: number;
  readonly certificate: string;
  readonly key: string;
}

/** The block of the page, as it stands there. */
export function nginxBlock(): string {
  const page = readFileSync(join(root, 'docs/hosting.md'), 'utf8');
  const [, block = ''] = /^```nginx\n([\s\S]*?)^```/m.exec(page) ?? [];
  return block;
}

/**
 * Starts nginx in the foreground.
 * @throws with what nginx says where it does not take the configuration.
 */
export function startNginx(options: NginxOptions): ChildProcess {
  const { program, folder, port, upstream, certificate, key } = options;
  const block = nginxBlock()
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('127.0.0.1:8787', `127.0.0.1:${upstream}`)
    .replace('/etc/ssl/ops.example.pem', certificate)
    .replace('/etc/ssl/ops.example.key', key);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr warn;
events {}
http {
access_log off;
${paths.join('\n')}
${block}
}
`,
  );
  const args = ['-p', folder, '-c', file, '-e', 'stderr'];
  const tried = spawnSync(program, [...args, '-t'], { encoding: 'utf8' });
  if (tried.status !== 0) throw new Error(tried.stderr);
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
