/**
 * A deploy in one process: server A drains while server B, on the same bus, takes every new connection. One port stands
 * before them, as a proxy would.
 *
 *     {"run":{…}}, {"usage":true}   as every server of the benches
 *     {"deployed":true}             new connections go to B, and A asks its clients to leave → {"deployed":{…}}
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { createConfig } from '../../server/config.ts';
import { createMemoryBus } from '../../server/engines/memory/bus.ts';
import { createSystemClock } from '../../server/engines/system/clock.ts';
import type { Authenticator } from '../../server/ports/identity.ts';
import { READ_ONLY } from '../../server/ports/publisher.ts';
import { createBroadcaster } from '../../server/services/broadcaster/index.ts';
import type { Broadcaster } from '../../server/services/broadcaster/index.ts';
import { createUpgrade } from '../../server/upgrade.ts';
import type { Upgrade } from '../../server/upgrade.ts';
import type { Json } from '../../src/protocol/index.ts';
import { serve } from '../fanout/serve.ts';

/** What a deploy took. */
export interface Deployed {
  /** When it began, wall clock, ms. */
  readonly at: number;
  /** Until A had resolved that all have left, or that the window is over, ms. */
  readonly drainedMs: number;
  /** Connections of A that had to be closed at the end. */
  readonly left: number;
  readonly windowMs: number;
}

const CHANNEL = 'app/bench';
const MANY = 1_000_000;

const clock = createSystemClock();
const bus = createMemoryBus(clock);
const log = pino({ level: 'silent' });
const config = createConfig({ broadcaster: { maxConnections: MANY, maxConnectionsPerIdentity: MANY } });
const anybody: Authenticator = {
  authenticate: () =>
    Promise.resolve({ id: 'anybody', kind: 'anonymous', name: 'anybody', role: 'viewer', grants: [] }),
  onRevoked: () => () => undefined,
};

function start(): readonly [Broadcaster, Upgrade] {
  const broadcaster = createBroadcaster({ bus, clock, authenticator: anybody, limits: config.broadcaster });
  broadcaster.serve({
    name: 'app',
    history: { size: 1_200, ageMs: 120_000 },
    onDemand: false,
    access: READ_ONLY,
    resolve: (name) => (name === CHANNEL ? CHANNEL : undefined),
    snapshot: () => null,
  });
  return [broadcaster, createUpgrade(config, broadcaster, log, () => undefined)];
}

const [a, toA] = start();
const [b, toB] = start();
let door = toA;

const http = createServer((_, response) => response.writeHead(404).end());
http.on('upgrade', (request, socket, head) => {
  if (!door.handle(request, socket, head)) socket.destroy();
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 4_096, resolve));

async function deploy(): Promise<Deployed> {
  const started = performance.now();
  const at = performance.timeOrigin + started;
  const { drainWindowMs, drainPerSecond } = config.broadcaster;
  const windowMs = Math.min(drainWindowMs, (a.stats().connections / drainPerSecond) * 1000);
  door = toB;
  await a.drain();
  const drainedMs = performance.now() - started;
  const left = a.stats().connections;
  a.close();
  return { at, drainedMs: Math.round(drainedMs), left, windowMs };
}

createInterface(process.stdin).on('line', (line) => {
  if ((JSON.parse(line) as { deployed?: true }).deployed)
    void deploy().then((deployed) => process.stdout.write(`${JSON.stringify({ deployed })}\n`));
});

serve(
  (http.address() as AddressInfo).port,
  // A publishes until it has drained, B from then on: the bus is one.
  (messages) => {
    for (const message of messages) (door === toA ? a : b).publish(CHANNEL, message as Json);
  },
  () => b.close(),
);
