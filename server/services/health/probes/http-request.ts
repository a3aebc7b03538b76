/** One request of a probe and the beginning of its answer: no redirect is followed, no body is read here. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { VERSION } from '../../../../src/protocol/index.ts';
import type { HttpProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judgeCertificate } from './certificate.ts';
import type { CertificateResult } from './certificate.ts';
import { ProbeFailure, codeOf } from './failure.ts';
import type { ProbeAgent } from './http-agent.ts';
import { open, openSecurely } from './open.ts';
import type { OpenDeps } from './open.ts';
import type { Run } from './run.ts';

/** What is asked. */
export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The answer's beginning. */
export interface Answered {
  readonly response: IncomingMessage;
  /** What it came over; the response itself lets go of it at its end. */
  readonly socket: Socket;
  /** Of an https: address; never down, as such a server is asked nothing. */
  readonly certificate: CertificateResult | undefined;
}

/** A certificate that is not good enough to send a request to whoever showed it. */
export class BadCertificate extends ProbeFailure {
  readonly result: CertificateResult;

  constructor(result: CertificateResult) {
    super(result.reason);
    this.result = result;
  }
}

/** Asks once. The run ends everything. @throws BadCertificate before anything was sent. */
export async function ask(
  asked: Asked,
  spec: Pick<HttpProbe, 'ca' | 'certificate'>,
  agent: ProbeAgent,
  deps: OpenDeps & { readonly clock: Clock },
  run: Run,
): Promise<Answered> {
  run.again();
  try {
    return await once(asked, spec, agent, deps, run);
  } catch (error) {
    // The target closed a connection that was kept just as it was used again: nothing was answered.
    if (!(error instanceof StaleConnection)) throw error;
    return await once(asked, spec, agent, deps, run);
  }
}

/** It was kept from the run before, and is no more. */
class StaleConnection extends Error {}

async function once(
  asked: Asked,
  spec: Pick<HttpProbe, 'ca' | 'certificate'>,
  agent: ProbeAgent,
  deps: OpenDeps & { readonly clock: Clock },
  run: Run,
): Promise<Answered> {
  const { url, method, headers, body } = asked;
  const where = { host: url.hostname, port: portOf(url) };
  const judge = (socket: TLSSocket): CertificateResult =>
    judgeCertificate(socket, url.hostname, spec.certificate, deps.clock.now());
  const connect = async (): Promise<Socket> => {
    if (url.protocol === 'http:') return open(where, deps, run);
    const socket = await openSecurely(where, { ca: spec.ca }, deps, run);
    const result = judge(socket);
    if (result.state === 'down') throw new BadCertificate(result);
    return socket;
  };

  run.phase = 'connecting';
  const request = agent.request({
    origin: url.origin,
    open: connect,
    host: where.host,
    port: where.port,
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      'user-agent': `waooaw/${VERSION}`,
      accept: '*/*',
      host: url.host,
      ...headers,
      'accept-encoding': 'identity',
    },
  });
  let came: { socket: Socket; certificate: CertificateResult | undefined } | undefined;
  request.on('socket', (socket) => {
    run.holds(socket);
    run.phase = 'sending the request';
    // Now, as a connection that is closed with its answer knows no certificate any more.
    came = { socket, certificate: socket instanceof TLSSocket ? judge(socket) : undefined };
  });
  const response = await run.within(responseTo(request, body, run)).catch((error: unknown) => {
    request.destroy();
    throw error;
  });
  const { socket, certificate } = came!;
  // One that was kept, and whose certificate has expired since.
  if (certificate?.state === 'down') throw new BadCertificate(certificate);
  return { response, socket, certificate };
}

function responseTo(request: ClientRequest, body: string | undefined, run: Run): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let done = (): void => undefined;
    request.on('finish', () => {
      if (!request.destroyed) done = run.begin('firstByteMs', 'waiting for the headers of the answer');
    });
    request.on('response', (response) => {
      done();
      // What ends an answer early is seen by whoever reads it.
      response.on('error', () => undefined);
      resolve(response);
    });
    request.on('error', (error) => {
      const stale = request.reusedSocket && codeOf(error) === 'ECONNRESET';
      reject(stale ? new StaleConnection() : error);
    });
    // Whatever else ends a request, such as a change of protocol that nobody asked for.
    request.on('close', () => reject(new ProbeFailure('The connection was closed before an answer')));
    request.end(body);
  });
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
