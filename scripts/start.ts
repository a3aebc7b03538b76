/**
 * `npm start`: the server with its console, and a small service for its checks to watch, which the page can break and mend.
 * Every setting of the server holds; with `WAOOAW_CHECKS_FILE` set, that file is taken and no service is started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { main } from '../server/main.ts';
import { makeCertificate } from '../server/testing/certificates.ts';
import { root } from './run.ts';

const DAY_MS = 86_400_000;

/** The checks of the service and of the TLS endpoint, as a file: what an operator would write. */
function checksOf(port: number, tls: { readonly port: number; readonly ca: string }): object {
  const tags = { service: 'usage', environment: 'demo' };
  return {
    checks: [
      {
        check: 'usage-port',
        title: 'Usage service, port',
        tags,
        intervalMs: 2_000,
        timeoutMs: 1_000,
        failureThreshold: 2,
        critical: false,
        probe: { kind: 'tcp', host: '127.0.0.1', port },
      },
      {
        check: 'usage',
        title: 'Usage service',
        tags,
        intervalMs: 2_000,
        timeoutMs: 1_900,
        failureThreshold: 3,
        degradedAfterMs: 1_000,
        critical: false,
        parent: 'usage-port',
        probe: {
          kind: 'http',
          url: `http://127.0.0.1:${port}/usage`,
          expect: { json: ['$.status == "pass"'] },
        },
      },
      {
        check: 'usage-tls',
        title: 'Usage service, certificate',
        tags,
        intervalMs: 10_000,
        timeoutMs: 2_000,
        critical: false,
        probe: { kind: 'tls', host: '127.0.0.1', port: tls.port, serverName: 'localhost', ca: tls.ca },
      },
    ],
  };
}

const dataDir = process.env['WAOOAW_DATA_DIR'] ?? '.waooaw';
const alone = (process.env['WAOOAW_CHECKS_FILE'] ?? '') !== '';
process.exitCode = alone ? await main() : await withService();

async function withService(): Promise<number> {
  const service = spawn(process.execPath, [join(root, 'demo/agents/usage.ts'), dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-demo-'));
  const now = Date.now();
  const { key, cert: ca } = makeCertificate({
    names: ['localhost'],
    from: now - DAY_MS,
    to: now + 90 * DAY_MS,
  });
  const tls = createServer({ key, cert: ca }, (socket) => socket.end());
  // Whoever breaks off says so to its own side.
  tls.on('tlsClientError', () => undefined);
  try {
    const port = await portOf(service);
    const file = join(folder, 'checks.json');
    writeFileSync(file, JSON.stringify(checksOf(port, { port: await portOfTls(tls), ca }), undefined, 2));
    return await main({ ...process.env, WAOOAW_CHECKS_FILE: file }, (url) => {
      service.stdin?.write(`${JSON.stringify({ url })}\n`);
    });
  } finally {
    service.stdin?.end();
    tls.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function portOfTls(tls: Server): Promise<number> {
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  return (tls.address() as AddressInfo).port;
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  const [line] = (await once(createInterface(stdout!), 'line')) as [string];
  return (JSON.parse(line) as { port: number }).port;
}
