/** Ports on which nobody listens. */
import { createServer } from 'node:net';
import { WaooawError } from '../../../src/protocol/index.ts';

const HOST = '127.0.0.1';
const TRIES = 200;

/**
 * A port that can be listened on now. Not one that the system would choose: it gives those to outgoing connections too,
 * and one of them may have it before the instance listens.
 * @param preferred is tried first.
 * @param taken are given to others who do not listen yet.
 * @throws WaooawError `agent_start_failed`.
 */
export async function freePort(
  { from, to }: { readonly from: number; readonly to: number },
  preferred: number | undefined,
  taken: ReadonlySet<number>,
): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = tries === 0 && preferred !== undefined ? preferred : randomBetween(from, to);
    if (!taken.has(port) && (await canListen(port))) return port;
  }
  throw new WaooawError('agent_start_failed', `No port from ${from} to ${to} is free`);
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function randomBetween(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1));
}
