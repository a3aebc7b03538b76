/**
 * A small service for the console to watch: it says how much is in a folder. It can be broken from the page, truly: what the
 * checks then find is what they would find of any service.
 *
 *     node demo/agents/usage.ts <folder>
 *
 * Prints one line of JSON with its port once it runs. Told `{ "url": "http://…" }` on its standard input, it reports to that server, and
 * hears there from the console what it should suffer from (with the token of `WAOOAW_TOKEN`, where one is needed); it ends when that
 * input does.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { SocketClient } from '../../src/client/index.ts';
import { type Fault, type FaultState, STATE, WANTED, isFault } from './fault.ts';
import { usageOf } from './folder-usage.ts';

const HOST = '127.0.0.1';
/** How often it says so, for pages that come later, ms. */
const SAY_MS = 5_000;
/** How late it answers while it is slow, ms. */
const SLOW_MS = 1_500;

const [folder = '.'] = process.argv.slice(2);

let client: SocketClient | undefined;
let fault: Fault = 'none';
const service = createServer((request, response) => void serve(request, response));
const port = await listen(service, 0);
process.stdout.write(`${JSON.stringify({ port })}\n`);
// Nobody is left who could want it when the input ends.
createInterface(process.stdin)
  .once('line', (line) => report((JSON.parse(line) as { url: string }).url))
  .on('close', () => process.exit());

/** Says its state, goes on saying it for pages that come later, and hears what it should become. */
function report(url: string): void {
  const token = process.env['WAOOAW_TOKEN'];
  client = new SocketClient({ url, ...(token && { token }) });
  client.subscribe(WANTED, {
    publication: (data) => {
      const { fault: wanted } = data as Partial<FaultState>;
      if (isFault(wanted)) void become(wanted).then(say);
    },
  });
  client.connect();
  say();
  setInterval(say, SAY_MS);
}

function say(): void {
  const state: FaultState = { fault };
  // Said again soon, whatever becomes of this one.
  client?.publish(STATE, { ...state }).catch(() => undefined);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (fault === 'hang') return;
  if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  if (fault === 'errors') return answer(response, 500, { status: 'fail', reason: 'Broken from the console' });
  if (request.url !== '/usage') return answer(response, 404, { status: 'fail', reason: 'There is /usage' });
  try {
    const { files, bytes } = await usageOf(folder);
    answer(response, 200, { status: 'pass', files, bytes });
  } catch (error) {
    answer(response, 500, { status: 'fail', reason: String(error) });
  }
}

/** Breaks and mends. */
async function become(next: Fault): Promise<void> {
  if (fault === next) return;
  const refused = fault === 'refuse';
  fault = next;
  service.closeAllConnections();
  if (next === 'refuse') service.close();
  else if (refused) await listen(service, port);
}

function answer(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, body && { 'content-type': 'application/json' });
  response.end(body && JSON.stringify(body));
}

async function listen(server: Server, at: number): Promise<number> {
  server.listen(at, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
