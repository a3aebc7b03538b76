/** The service of `npm start` that the console can break, a certificate, and the checks that watch both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { makeCertificate } from '../server/testing/certificates.ts';
import { root } from './run.ts';

const DAY_MS = 86_400_000;

/** The service, while it runs. */
export interface DemoService {
  /** The file of the checks that watch it. */
  readonly checksFile: string;
  /** Tells it where the server is. */
  tell(url: string): void;
  end(): void;
}

/**
 * Starts it.
 * @param dataDir the folder whose files it counts.
 * @param folder for the file of checks.
 */
export async function startService(dataDir: string, folder: string): Promise<DemoService> {
  const service = spawn(process.execPath, [join(root, 'demo/agents/usage.ts'), dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const now = Date.now();
  const { key, cert: ca } = makeCertificate({
    names: ['localhost'],
    from: now - DAY_MS,
    to: now + 90 * DAY_MS,
  });
  const tls = createServer({ key, cert: ca }, (socket) => socket.end());
  // Whoever breaks off says so to its own side.
  tls.on('tlsClientError', () => undefined);
  const port = await portOf(service);
  const checksFile = join(folder, 'checks.json');
  const checks = checksOf(port, { port: await portOfTls(tls), ca });
  writeFileSync(checksFile, JSON.stringify(checks, undefined, 2));
  return {
    checksFile,
    tell: (url) => void service.stdin?.write(`${JSON.stringify({ url })}\n`),
    end() {
      service.stdin?.end();
      tls.close();
    },
  };
}

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

async function portOfTls(tls: Server): Promise<number> {
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  return (tls.address() as AddressInfo).port;
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  const [line] = (await once(createInterface(stdout!), 'line')) as [string];
  return (JSON.parse(line) as { port: number }).port;
}
