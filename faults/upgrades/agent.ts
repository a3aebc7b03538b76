/**
 * The agent that is upgraded: `node agent.ts <version> <way>`.
 *
 * Answers over HTTP and WebSocket with its version and what it was sent. `never` is never ready; `crash` ends by itself a
 * while after its first request.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [version = '0', way = 'well', crashMs = '300'] = process.argv.slice(2);
let asked = false;

const server = createServer((request, response) => {
  if (request.url === '/ready') {
    response.writeHead(way === 'never' ? 503 : 200).end();
    return;
  }
  if (way === 'crash' && !asked) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(crashMs));
  asked = true;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    // Most are quick, and some are under way when it is their instance's turn to go.
    const answer = (): void =>
      void response.end(
        JSON.stringify({ version, path: request.url, body: Buffer.concat(chunks).toString() }),
      );
    if (request.url?.startsWith('/slow')) setTimeout(answer, 200);
    else answer();
  });
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data) => socket.send(`${version} ${(data as Buffer).toString()}`));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
// As a careful author writes it, for those who end it without a door: what is under way is answered, WebSockets are told.
const end = (): void => {
  server.close(() => process.exit(0));
  for (const socket of sockets.clients) socket.close(1012);
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
