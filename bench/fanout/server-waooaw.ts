/**
 * This server, whole, with a host's own channel; its collectors and checks rest, which are no part of the question.
 *
 *     server-waooaw.ts window=4        publications are gathered for 4 ms
 *     server-waooaw.ts history=1200    so many are kept, for two minutes
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWaooaw } from '../../server/create.ts';
import { listen } from '../../server/listen.ts';
import { READ_ONLY } from '../../server/ports/publisher.ts';
import type { Json } from '../../src/protocol/index.ts';
import { own, serve } from './serve.ts';

const CHANNEL = 'app/bench';
const NEVER_MS = 3_600_000;
const MANY = 1_000_000;

const option = (name: string, fallback: number): number =>
  Number(process.argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) ?? fallback);
const channel = (reader: number): string => (own ? `${CHANNEL}/${reader}` : CHANNEL);

const dataDir = mkdtempSync(join(tmpdir(), 'waooaw-bench-'));
const waooaw = createWaooaw({
  port: 0,
  dataDir,
  logLevel: 'silent',
  collectIntervalMs: NEVER_MS,
  checkIntervalMs: NEVER_MS,
  flushWindowMs: option('window', 0),
  // All readers are the one that everybody is who has no token, and come at once.
  broadcaster: { maxConnections: MANY, maxConnectionsPerIdentity: MANY },
});
waooaw.broadcaster.serve({
  name: 'app',
  // What the metrics service keeps, unless told otherwise.
  history: { size: option('history', 128), ageMs: 120_000 },
  onDemand: false,
  access: READ_ONLY,
  resolve: (name) => (name.startsWith(CHANNEL) ? name : undefined),
  snapshot: () => null,
});
await waooaw.start();
const { url } = await listen(waooaw);

serve(
  Number(new URL(url).port),
  (messages) => {
    for (const [i, message] of messages.entries()) waooaw.broadcaster.publish(channel(i), message as Json);
  },
  () => rmSync(dataDir, { recursive: true, force: true }),
);
