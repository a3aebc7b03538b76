/** Opens a connection, with or without TLS, to an address that was checked. */
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { checkServerIdentity, connect as connectSecurely } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { addressesOf, handing, withoutBrackets } from './addresses.ts';
import type { Resolve } from './addresses.ts';
import type { Run } from './run.ts';

/** What opening takes. */
export interface OpenDeps {
  /** True: this machine and private networks may be reached. */
  readonly allowPrivate: boolean;
  readonly resolve: Resolve;
}

/** Where to. */
export interface Where {
  readonly host: string;
  readonly port: number;
}

/** How its certificate is checked. */
export interface Security {
  /** Asked for, and sought in the certificate. Default: the host. */
  readonly serverName?: string | undefined;
  /** Authorities in the place of the usual ones, PEM. */
  readonly ca?: string | undefined;
}

/** Connects. The run closes the socket. */
export async function open({ host, port }: Where, deps: OpenDeps, run: Run): Promise<Socket> {
  const addresses = await addressesOf(host, deps, run);
  const done = run.begin('connectMs', 'connecting');
  const socket = connect({ host: withoutBrackets(host), port, lookup: handing(addresses) });
  await reached(socket, 'connect', run);
  done();
  return socket;
}

/**
 * Connects and shakes hands. Whether the certificate is worth anything is for the caller to ask, of `authorized`, before it
 * sends a byte: that way an expired one can be told apart from its date.
 */
export async function openSecurely(
  { host, port }: Where,
  { serverName = host, ca }: Security,
  deps: OpenDeps,
  run: Run,
): Promise<TLSSocket> {
  const addresses = await addressesOf(host, deps, run);
  const connected = run.begin('connectMs', 'connecting');
  const name = withoutBrackets(serverName);
  const socket = connectSecurely({
    host: withoutBrackets(host),
    port,
    lookup: handing(addresses),
    rejectUnauthorized: false,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    // An address is no name that can be asked for; it is sought in the certificate all the same.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  await reached(socket, 'connect', run);
  connected();
  const shaken = run.begin('tlsMs', 'shaking hands');
  await reached(socket, 'secureConnect', run);
  shaken();
  return socket;
}

async function reached(socket: Socket, event: 'connect' | 'secureConnect', run: Run): Promise<void> {
  run.holds(socket);
  await once(socket, event, { signal: run.signal });
}
