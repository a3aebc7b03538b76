/**
 * Plain `ws`, the carrier that this server stands on, as well as it can be used.
 *
 *     server-ws.ts message    each message in a frame of its own, from one Buffer that all readers share
 *     server-ws.ts tick       a tick's messages in one frame, parted by newlines: the floor for one write a reader
 */
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { own, serve } from './serve.ts';

const byTick = process.argv.includes('tick');
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await new Promise((resolve) => server.once('listening', resolve));

const clients: WebSocket[] = [];
server.on('connection', (client) => clients.push(client));

const send = (text: string): void => {
  const bytes = Buffer.from(text);
  for (const client of clients) client.send(bytes, { binary: false });
};

serve((server.address() as AddressInfo).port, (messages) => {
  if (own) {
    for (const [i, message] of messages.entries())
      clients[i]!.send(Buffer.from(JSON.stringify(message)), { binary: false });
  } else if (byTick) send(messages.map((message) => JSON.stringify(message)).join('\n'));
  else for (const message of messages) send(JSON.stringify(message));
});
