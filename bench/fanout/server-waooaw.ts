/** This server, whole, with a host's own channel; its collectors and checks rest, which are no part of the question. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWaooaw } from '../../server/create.ts';
import { listen } from '../../server/listen.ts';
import type { Json } from '../../src/protocol/index.ts';
import { serve } from './serve.ts';

const CHANNEL = 'app/bench';
const NEVER_MS = 3_600_000;

const dataDir = mkdtempSync(join(tmpdir(), 'waooaw-bench-'));
const waooaw = createWaooaw({
  port: 0,
  dataDir,
  logLevel: 'silent',
  collectIntervalMs: NEVER_MS,
  checkIntervalMs: NEVER_MS,
});
waooaw.broadcaster.serve({
  name: 'app',
  // What the metrics service keeps.
  history: { size: 128, ageMs: 60_000 },
  onDemand: false,
  resolve: (channel) => (channel === CHANNEL ? CHANNEL : undefined),
  snapshot: () => null,
});
await waooaw.start();
const { url } = await listen(waooaw);

serve(
  Number(new URL(url).port),
  (messages) => {
    for (const message of messages) waooaw.broadcaster.publish(CHANNEL, message as Json);
  },
  () => rmSync(dataDir, { recursive: true, force: true }),
);
