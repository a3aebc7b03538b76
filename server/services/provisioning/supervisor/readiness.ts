/** One question to an instance: is it ready? Over loopback only, following no redirect, and keeping nothing of what it answers. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { VERSION } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { KindProbe } from '../kinds.ts';

/** Agents listen here, and nowhere else. */
export const LOOPBACK = '127.0.0.1';
const MAX_HEADER_BYTES = 16_384;
/** A timer that is this share of the time late says that we stood still ourselves. */
const LATE_SHARE = 0.5;

/** What an instance is asked. */
export interface Question {
  readonly probe: KindProbe;
  /** Where it listens; undefined: it was given no port. */
  readonly port: number | undefined;
  readonly maxBodyBytes: number;
}

/** What was heard. */
export interface Answer {
  /** Undefined: nothing can be said of it, as we were too slow to listen. */
  readonly well: boolean | undefined;
  /** In a few words, for people. */
  readonly said: string;
}

/**
 * Asks once. Never rejects; an aborted signal answers like silence.
 * @param signal ends the question and lets go of the connection.
 */
export function ask(question: Question, clock: Clock, signal: AbortSignal): Promise<Answer> {
  const { probe, port, maxBodyBytes } = question;
  if (probe.kind === 'process') return Promise.resolve({ well: true, said: 'it runs' });
  if (port === undefined) return Promise.resolve(bad('it has no port'));
  const over = new AbortController();
  const { timeoutMs } = probe;
  const askedAt = clock.monotonicMs();
  return new Promise((resolve) => {
    const timer = clock.after(timeoutMs, () => {
      const lateMs = clock.monotonicMs() - askedAt - timeoutMs;
      resolve(
        lateMs > timeoutMs * LATE_SHARE
          ? { well: undefined, said: `we stood still for ${Math.round(lateMs)} ms` }
          : bad(`no answer within ${timeoutMs} ms`),
      );
      over.abort();
    });
    // The body of an answer may still be under way when it is judged: the time is for all of it.
    const released = (): void => timer.cancel();
    const both = AbortSignal.any([signal, over.signal]);
    try {
      if (probe.kind === 'tcp') askTcp(port, both, resolve, released);
      else askHttp(port, probe.path ?? '/', maxBodyBytes, both, resolve, released);
    } catch (error) {
      // A path that no request may have.
      released();
      resolve(bad(wordsOf(error as NodeJS.ErrnoException)));
    }
  });
}

function askTcp(
  port: number,
  signal: AbortSignal,
  answer: (answer: Answer) => void,
  released: () => void,
): void {
  const socket = connect({ host: LOOPBACK, port, signal });
  socket.once('connect', () => {
    // With nobody there the system may connect a port of the dynamic range with itself (RFC 9293, 3.5: simultaneous open).
    const isItself = socket.localPort === port;
    answer(isItself ? bad('nobody listens') : { well: true, said: 'it takes connections' });
    socket.destroy();
  });
  socket.once('error', (error) => answer(bad(wordsOf(error))));
  socket.once('close', released);
}

function askHttp(
  port: number,
  path: string,
  maxBodyBytes: number,
  signal: AbortSignal,
  answer: (answer: Answer) => void,
  released: () => void,
): void {
  const headers = { 'user-agent': `waooaw/${VERSION}`, connection: 'close' };
  const where = { host: LOOPBACK, port, path, headers, signal };
  const request = httpRequest({ ...where, agent: false, maxHeaderSize: MAX_HEADER_BYTES });
  request.once('response', (response) => {
    const { statusCode: status = 0 } = response;
    answer({ well: status >= 200 && status < 400, said: `HTTP ${status}` });
    discard(response, maxBodyBytes);
  });
  request.once('upgrade', (_response, socket) => {
    answer(bad('HTTP 101, which was not asked for'));
    socket.destroy();
  });
  request.on('error', (error) => answer(bad(wordsOf(error))));
  request.once('close', released);
  request.end();
}

/** An instance that writes more than that is hung up on. */
function discard(response: IncomingMessage, maxBytes: number): void {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) response.destroy();
  });
  // It was judged by its head.
  response.on('error', () => undefined);
}

function bad(said: string): Answer {
  return { well: false, said };
}

function wordsOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nobody listens';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'it broke off the connection';
    case 'ABORT_ERR':
      return 'nobody waited for the answer';
    default:
      return error.code?.startsWith('HPE_') ? `its answer is not HTTP (${error.code})` : error.message;
  }
}
