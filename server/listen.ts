/** Opens the port, and closes it without cutting off whoever is being answered. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WaooawError } from '../src/protocol/index.ts';
import { reachable } from './agents.ts';
import { refuseExposure } from './config.ts';
import type { Waooaw } from './create.ts';

/** A server that listens. */
export interface Listening {
  /** Where people open it, with the base path and a slash at its end. */
  readonly url: string;
  /** Takes no more requests, waits for open ones up to `shutdownTimeoutMs`, then cuts. */
  close(): Promise<void>;
}

/** A connection on which nothing moves for this long is cut, ms. */
const IDLE_MS = 60_000;

/**
 * Listens on `config.host` and `config.port`. Beyond loopback, start the server first: it then knows its API keys.
 * @throws WaooawError `exposed_without_auth`, `port_in_use`, or `listen_failed` with the system's reason.
 */
export async function listen(waooaw: Waooaw): Promise<Listening> {
  const { host, port, basePath, requestTimeoutMs, shutdownTimeoutMs } = waooaw.config;
  refuseExposure(waooaw.config, waooaw.auth.configured);
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: Math.min(requestTimeoutMs, 15_000) },
    waooaw.listener,
  );
  // An answer that nobody takes is not kept for ever. WebSockets have their own heartbeat.
  server.setTimeout(IDLE_MS);
  waooaw.attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(':') ? `[${host}]` : host;
  waooaw.reachedAt(`http://${reachable(host)}:${bound}${basePath}`);

  return {
    url: `http://${name}:${bound}${basePath}/`,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), shutdownTimeoutMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): WaooawError {
  if (cause.code === 'EADDRINUSE') {
    return new WaooawError(
      'port_in_use',
      `Port ${port} on ${host} is in use. Stop the other program, or set WAOOAW_PORT (0 takes a free one).`,
      { cause },
    );
  }
  return new WaooawError('listen_failed', `${host}:${port} cannot be listened on: ${cause.message}`, {
    cause,
  });
}
