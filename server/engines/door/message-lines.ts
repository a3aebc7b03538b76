/** Messages on a stream: JSON, one a line. */
import type { Socket } from 'node:net';
import { MAX_MESSAGE_BYTES } from './messages.ts';

/** Hears each message. A line that is none, or is too long, ends the connection. */
export function readMessages<T>(socket: Socket, hear: (message: T) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_MESSAGE_BYTES) {
      socket.destroy();
      return;
    }
    for (const line of lines) {
      const message = parse<T>(line);
      if (message === undefined) socket.destroy();
      else hear(message);
    }
  });
}

/** Says one. */
export function writeMessage(socket: Socket, message: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

function parse<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}
