/** Bun's own WebSocket server (uWebSockets inside): publish to a topic. Runs in Bun. */
import { own, serve } from './serve.ts';

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, text: string): number;
}

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: { open(socket: { subscribe(topic: string): void }): void; message(): void };
  }): BunServer;
};

let readers = 0;
const topic = (reader: number): string => (own ? `bench/${reader}` : 'bench');

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('upgrade', { status: 426 })),
  websocket: { open: (socket) => socket.subscribe(topic(readers++)), message: () => undefined },
});

serve(server.port, (messages) => {
  for (const [i, message] of messages.entries()) server.publish(topic(i), JSON.stringify(message));
});
