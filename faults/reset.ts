/** Ending a TCP connection with RST. */
import type { Socket } from 'node:net';

/**
 * Ends it at once, with RST where that is possible: a socket that is already being shut down refuses, and Node then
 * neither closes its handle nor, at the end, the process.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
