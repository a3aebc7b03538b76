/** Something to scrape, in a process of its own: the bench's series with other values each time. Argument: how many. */
import { createServer } from 'node:http';
import { benchSeries, textBody } from './samples.ts';

const ROUNDS = 16;
const series = benchSeries(Number(process.argv[2]));
const bodies = Array.from({ length: ROUNDS }, (_, round) => textBody(series, round));
let asked = 0;

const server = createServer((_request, response) => {
  const body = bodies[asked++ % ROUNDS]!;
  response.writeHead(200, {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' && address ? address.port : 0 }));
});
