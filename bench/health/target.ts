/**
 * Something to look at, in a process of its own: it answers 200, and remembers when who asked. Told `{ "arrivals": true }` it
 * says the times since it was asked last, ms, by path.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

let arrivals: Record<string, number[]> = {};

const server = createServer((request, response) => {
  (arrivals[request.url ?? ''] ??= []).push(performance.timeOrigin + performance.now());
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 });
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' && address ? address.port : 0 }));
});
createInterface(process.stdin)
  .on('line', () => {
    console.log(JSON.stringify({ arrivals }));
    arrivals = {};
  })
  .on('close', () => process.exit());
