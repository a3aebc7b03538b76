/**
 * Plain `ws`, the carrier that this server stands on, as well as it can be used.
 *
 *     server-ws.ts message    each message in a frame of its own, from one Buffer that all readers share
 *     server-ws.ts tick       a tick's messages in one frame, parted by newlines
 *     server-ws.ts stream     the same frame straight to each TCP stream, past `ws`: the floor for one write a reader
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Frame } from '../../server/services/broadcaster/frame.ts';
import { own, serve } from './serve.ts';

const byTick = process.argv.includes('tick');
const toStream = process.argv.includes('stream');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await new Promise((resolve) => server.once('listening', resolve));

const clients: WebSocket[] = [];
const streams: IncomingMessage['socket'][] = [];
server.on('connection', (client, { socket }) => {
  clients.push(client);
  streams.push(socket);
});

const send = (text: string): void => {
  const bytes = Buffer.from(text);
  for (const client of clients) client.send(bytes, { binary: false });
};

serve((server.address() as AddressInfo).port, (messages) => {
  if (toStream && own) {
    for (const [i, message] of messages.entries())
      streams[i]!.write(new Frame(JSON.stringify(message)).websocket);
  } else if (toStream) {
    const frame = new Frame(messages.map((message) => JSON.stringify(message)).join('\n'));
    for (const stream of streams) stream.write(frame.websocket);
  } else if (own) {
    for (const [i, message] of messages.entries())
      clients[i]!.send(Buffer.from(JSON.stringify(message)), { binary: false });
  } else if (byTick) send(messages.map((message) => JSON.stringify(message)).join('\n'));
  else for (const message of messages) send(JSON.stringify(message));
});
