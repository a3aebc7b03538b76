/**
 * Plain `ws`, the carrier that this server stands on, as well as it can be used.
 *
 *     server-ws.ts message    each message in a frame of its own, from one Buffer that all readers share
 *     server-ws.ts tick       a tick's messages in one frame, parted by newlines: the floor for one write a reader
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { serve } from './serve.ts';

const byTick = process.argv[2] === 'tick';
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await new Promise((resolve) => server.once('listening', resolve));

const send = (text: string): void => {
  const bytes = Buffer.from(text);
  for (const client of server.clients) client.send(bytes, { binary: false });
};

serve((server.address() as AddressInfo).port, (messages) => {
  if (byTick) send(messages.map((message) => JSON.stringify(message)).join('\n'));
  else for (const message of messages) send(JSON.stringify(message));
});
