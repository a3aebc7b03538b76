/** The server that the examples of docs/protocol.md talk to: its clock stands still, and its streams have a past. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ConfigOverrides } from '../server/config.ts';
import { createMemoryBus } from '../server/engines/memory/bus.ts';
import type { Streams } from '../server/engines/memory/bus.ts';
import { createManualClock } from '../server/engines/memory/clock.ts';
import type { ManualClock } from '../server/engines/memory/clock.ts';
import { writeStreams } from '../server/engines/memory/hand-over.ts';
import { NO_TAIL } from '../server/engines/memory/stream.ts';
import { DEFAULT_LIMITS } from '../server/services/broadcaster/limits.ts';
import type { Subscribed } from '../src/protocol/index.ts';
import { JWT_SECRET, seconds, sign } from '../server/testing/authenticating.ts';
import { startServer, temporaryFolder } from '../server/testing/harness.ts';
import type { Running } from '../server/testing/harness.ts';

/** A server as an example wants it. */
export interface World extends Running {
  readonly clock: ManualClock;
  /** A token by the words that the page has in its place. */
  token(words: string): Promise<string>;
}

/** The streams that a server takes over: with these epochs, and channel numbers in this order. */
const EPOCHS: Readonly<Record<string, string>> = {
  'app/orders': 'k3JqPz0a',
  'app/greetings': 'x9Lm2Qw8',
  'metrics/queue_pending': 'h5Tb7Rn1',
  'user/ana': 'c6Vd4Ye2',
  health: 'm1Zs8Kf3',
};
/** What `app/orders` has seen, and how many of those are kept. */
const ORDERS = 44;
const KEPT = 4;

/** Who the page's tokens speak for. */
const CLAIMS: Readonly<Record<string, object>> = {
  'ana’s token': { name: 'Ana Aarns', role: 'operator' },
  'ana’s next token': {
    name: 'Ana Aarns',
    waooaw: { grants: [{ channels: 'app/greetings', allow: ['subscribe'] }] },
  },
  'ana’s new token': { name: 'Ana Aarns', role: 'operator' },
};

/** Starts one. @param given of the example: `as=ana`, and settings such as `drainPerSecond=1`. */
export async function startWorld(t: TestContext, given: Readonly<Record<string, string>>): Promise<World> {
  const clock = createManualClock();
  const dataDir = join(temporaryFolder(), 'data');
  await mkdir(dataDir, { mode: 0o700 });
  await writeStreams(join(dataDir, 'streams.json'), await past(clock), clock);
  const limits = Object.entries(given).filter(([key]) => key in DEFAULT_LIMITS);
  const overrides: ConfigOverrides = {
    dataDir,
    broadcaster: Object.fromEntries(limits.map(([key, value]) => [key, Number(value)])),
    ...(given['as'] && { jwtSecret: JWT_SECRET }),
  };
  const running = await startServer(t, overrides, { clock });
  running.waooaw.broadcaster.respond('orders.count', () => ORDERS);
  return {
    ...running,
    clock,
    token(words) {
      const claims = CLAIMS[words];
      if (!claims) return Promise.resolve(words);
      const [iat, later] = [seconds(clock), words === 'ana’s token' ? 3_600 : 7_200];
      return sign({ sub: 'ana', iat, exp: iat + later, ...claims });
    },
  };
}

/** Where every channel stands when an example begins. */
export async function standing(): Promise<Map<string, Subscribed>> {
  const streams = await past(createManualClock());
  return new Map(
    streams.map(([ch, { epoch: e, offset: o, tail: h }], i) => [
      ch,
      { n: i + 1, ch, e, o, h, snapshot: null },
    ]),
  );
}

/** An order, by its number. */
export function order(number: number): { readonly order: number; readonly state: string } {
  return { order: number, state: 'paid' };
}

async function past(clock: ManualClock): Promise<Streams> {
  const bus = createMemoryBus(clock);
  bus.takeOver(
    Object.entries(EPOCHS).map(([channel, epoch]) => [
      channel,
      { epoch, offset: 0, tail: NO_TAIL, retention: { size: 0, ageMs: 0 }, kept: [], keys: [] },
    ]),
  );
  for (let number = 1; number <= ORDERS; number += 1) {
    await bus.publish('app/orders', JSON.stringify(order(number)), { size: KEPT, ageMs: 300_000 });
  }
  return bus.handOver();
}
