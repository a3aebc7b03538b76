/** Socket.IO: a room emit, over WebSocket only. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { peer } from '../lib/peers.ts';
import { serve } from './serve.ts';

interface SocketIo {
  readonly Server: new (http: object, options: object) => Io;
}

interface Io {
  on(event: 'connection', listener: (socket: { join(room: string): void }) => void): void;
  to(room: string): { emit(event: string, data: unknown): void };
}

const ROOM = 'bench';

const { Server } = peer<SocketIo>('socket.io');
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => socket.join(ROOM));
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

serve((http.address() as AddressInfo).port, (messages) => {
  for (const message of messages) io.to(ROOM).emit('tick', message);
});
