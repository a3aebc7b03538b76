/**
 * Socket.IO: a room emit, over WebSocket only.
 *
 *     server-socketio.ts recovery    keeps what returning clients missed, as its connection state recovery does
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { peer } from '../lib/peers.ts';
import { own, serve } from './serve.ts';

interface SocketIo {
  readonly Server: new (http: object, options: object) => Io;
}

interface Io {
  on(event: 'connection', listener: (socket: { recovered: boolean; join(room: string): void }) => void): void;
  to(room: string): { emit(event: string, data: unknown): void };
}

const RECOVERY = { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } };

let readers = 0;
const room = (reader: number): string => (own ? `bench/${reader}` : 'bench');

const { Server } = peer<SocketIo>('socket.io');
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  ...(process.argv.includes('recovery') && RECOVERY),
});
io.on('connection', (socket) => {
  // A recovered one is in its room already.
  if (!socket.recovered) socket.join(room(readers++));
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

serve((http.address() as AddressInfo).port, (messages) => {
  for (const [i, message] of messages.entries()) io.to(room(i)).emit('tick', message);
});
