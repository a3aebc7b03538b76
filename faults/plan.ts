/** What happens in a run, decided from its seed before anything happens: the network's timing changes none of it. */
import type { BroadcasterLimits } from '../server/services/broadcaster/index.ts';
import { Chance } from './chance.ts';
import { FAULTS } from './proxy.ts';
import type { Fault, FaultKind } from './proxy.ts';
import type { Fidelity } from './view.ts';

/** A channel of a run. */
export interface ChannelPlan {
  readonly name: string;
  readonly fidelity: Fidelity;
}

/**
 * How a client connects: by one carrier, or by SSE while it tries WebSocket beside it, again and again.
 */
export type Way = 'websocket' | 'sse' | 'both';

/** Something that happens, so many ms after what happened before it. Channels and clients by their place. */
export type Step = { readonly waitMs: number } & (
  | { readonly do: 'publish'; readonly channel: number; readonly count: number; readonly bytes: number }
  | { readonly do: 'post'; readonly channel: number; readonly times: number }
  | { readonly do: 'client-publish'; readonly client: number; readonly channel: number }
  | {
      readonly do: 'listen';
      readonly client: number;
      readonly channel: number;
      readonly everyMs: number;
      readonly shout: boolean;
    }
  | { readonly do: 'leave'; readonly client: number; readonly pick: number }
  | { readonly do: 'demand'; readonly client: number; readonly pick: number; readonly everyMs: number }
  | { readonly do: 'hang-up'; readonly client: number }
  | { readonly do: 'dial'; readonly client: number }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'restart'; readonly how: 'kill' | 'crash' | 'roll'; readonly downMs: number }
  | { readonly do: 'roll-back'; readonly channel: number; readonly count: number }
  | { readonly do: 'wipe' }
  | { readonly do: 'engine'; readonly what: 'deaf' | 'late' | 'slow'; readonly forMs: number }
);

/** A run. */
export interface Plan {
  readonly seed: number;
  /** How many ms of the clients' and the server's time pass in one. */
  readonly rate: number;
  readonly limits: Partial<BroadcasterLimits>;
  readonly history: { readonly size: number; readonly ageMs: number };
  readonly channels: readonly ChannelPlan[];
  /** How each client connects. */
  readonly clients: readonly Way[];
  /** Bytes that are on the way from a server before its writes wait; 0 for as many as the machine takes. */
  readonly narrow: number;
  /** Dead lines are reset when the network is well again, instead of being found out. */
  readonly resetDead: boolean;
  /** Something makes the engine tell late, so that snapshots may be ahead. */
  readonly lagging: boolean;
  readonly steps: readonly Step[];
}

const RATE = 100;
/** Mostly wanted as it comes; Infinity: paused. Ms of the fast clock. */
const EVERY_MS = [0, 0, 0, 0, 100, 500, 2_000, Number.POSITIVE_INFINITY];

/** Decides a run. */
export function planOf(seed: number): Plan {
  const chance = new Chance(seed);
  const channels = Array.from({ length: chance.whole(1, 4) }, (_, i) => channelOf(chance, i));
  const ways = Array.from({ length: chance.whole(1, 4) }, () =>
    chance.weighted<Way>([
      [14, 'websocket'],
      [4, 'sse'],
      [2, 'both'],
    ]),
  );
  const clients = ways.length;
  const size = chance.pick([0, 1, 3, 8, 8, 32, 32, 128]);
  const narrow = chance.maybe(0.4) ? chance.pick([500, 2_000, 8_000]) : 0;
  const troubles = chance.maybe(0.1) ? 0 : chance.whole(1, 8);
  const engineFails = chance.maybe(0.3);
  const start = Array.from({ length: clients }, (_, client): Step[] => [
    listen(chance, client, channels.length),
    ...(chance.maybe(0.6) ? [listen(chance, client, channels.length)] : []),
    { waitMs: 0, do: 'dial', client },
  ]).flat();
  const middle = Array.from({ length: chance.whole(10, 40) }, () => stepOf(chance, channels.length, clients));
  for (let i = 0; i < troubles; i += 1) {
    const trouble = troubleOf(chance, channels.length, engineFails);
    middle.splice(chance.whole(0, middle.length), 0, trouble);
  }
  const steps = [...start, ...middle];
  return {
    seed,
    rate: RATE,
    limits: {
      maxPendingBytes: narrow > 0 ? chance.pick([1_000, 4_000, 16_000]) : 1_048_576,
      maxPendingFrames: narrow > 0 ? chance.pick([2, 8, 64]) : 1_024,
      maxBufferedBytes: narrow > 0 ? chance.pick([64_000, 256_000]) : 16_777_216,
      slowAfterMs: chance.pick([3_000, 15_000]),
      pingMs: chance.pick([1_000, 3_000, 10_000]),
      pongTimeoutMs: 8_000,
      messagesPerSecond: 1_000,
      subscribesPerSecond: 1_000,
      drainWindowMs: 300,
    },
    history: { size, ageMs: chance.pick([500, 5_000, 60_000, 60_000, 600_000]) },
    channels,
    clients: ways,
    narrow,
    resetDead: chance.maybe(0.6),
    lagging: steps.some((step) => step.do === 'engine'),
    steps,
  };
}

function channelOf(chance: Chance, place: number): ChannelPlan {
  const [namespace, fidelity] = chance.weighted<readonly [string, Fidelity]>([
    [4, ['all', 'all']],
    [2, ['demand', 'all']],
    [2, ['latest', 'latest']],
    [2, ['merge', 'merge']],
  ]);
  return { name: `${namespace}/c${place}`, fidelity };
}

function listen(chance: Chance, client: number, channels: number): Step {
  const channel = chance.whole(0, channels - 1);
  return {
    waitMs: 0,
    do: 'listen',
    client,
    channel,
    everyMs: chance.pick(EVERY_MS),
    shout: chance.maybe(0.1),
  };
}

function stepOf(chance: Chance, channels: number, clients: number): Step {
  const waitMs = chance.weighted([
    [4, 0],
    [4, 1],
    [2, 3],
  ]);
  const channel = chance.whole(0, channels - 1);
  const client = chance.whole(0, clients - 1);
  const pick = chance.number();
  const kind = chance.weighted<Step['do']>([
    [50, 'publish'],
    [8, 'post'],
    [8, 'client-publish'],
    [8, 'listen'],
    [6, 'leave'],
    [5, 'demand'],
    [2, 'hang-up'],
    [5, 'dial'],
  ]);
  switch (kind) {
    case 'post':
      return { waitMs, do: kind, channel, times: chance.whole(1, 3) };
    case 'client-publish':
      return { waitMs, do: kind, channel, client };
    case 'listen':
      return { ...listen(chance, client, channels), waitMs };
    case 'leave':
      return { waitMs, do: kind, client, pick };
    case 'demand':
      return { waitMs, do: kind, client, pick, everyMs: chance.pick(EVERY_MS) };
    case 'hang-up':
    case 'dial':
      return { waitMs, do: kind, client };
    default: {
      const bytes = chance.weighted([
        [10, 0],
        [4, 200],
        [2, 3_000],
      ]);
      return { waitMs, do: 'publish', channel, count: chance.pick([1, 1, 2, 5, 20]), bytes };
    }
  }
}

function troubleOf(chance: Chance, channels: number, engineFails: boolean): Step {
  const waitMs = chance.pick([0, 1, 2]);
  const kind = chance.weighted<'fault' | 'restart' | 'roll-back' | 'wipe' | 'engine'>([
    [40, 'fault'],
    [6, 'restart'],
    // An engine that tells late makes snapshots run ahead of their stream: then it had better not turn back as well.
    [engineFails ? 0 : 8, 'roll-back'],
    [engineFails ? 0 : 1, 'wipe'],
    [engineFails ? 12 : 0, 'engine'],
  ]);
  switch (kind) {
    case 'restart':
      return { waitMs, do: kind, how: chance.pick(['kill', 'crash', 'roll']), downMs: chance.whole(0, 8) };
    case 'roll-back':
      return { waitMs, do: kind, channel: chance.whole(0, channels - 1), count: chance.whole(1, 4) };
    case 'wipe':
      return { waitMs, do: kind };
    case 'engine':
      return { waitMs, do: kind, what: chance.pick(['deaf', 'late', 'slow']), forMs: chance.whole(1, 12) };
    default:
      return {
        waitMs,
        do: 'fault',
        fault: { kind: faultOf(chance), pick: chance.number(), forMs: chance.whole(1, 25) },
      };
  }
}

/** Dead lines cost a run much time, for they have to be found out. */
function faultOf(chance: Chance): FaultKind {
  const kind = chance.pick(FAULTS);
  return kind === 'half-open' && chance.maybe(0.5) ? 'reset' : kind;
}
