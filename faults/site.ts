/** A server of ours on a free port: broadcaster and endpoint over an engine that the model holds in its hands. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { pino } from 'pino';
import type { Json } from '../src/protocol/index.ts';
import { createApp } from '../server/app.ts';
import { createConfig } from '../server/config.ts';
import type { Bus } from '../server/ports/bus.ts';
import type { Clock } from '../server/ports/clock.ts';
import type { ChannelAccess, Namespace } from '../server/ports/publisher.ts';
import { createBroadcaster } from '../server/services/broadcaster/index.ts';
import type { Broadcaster, BroadcasterLimits } from '../server/services/broadcaster/index.ts';
import { sseRoutes } from '../server/services/broadcaster/sse.ts';
import { recorderOf } from '../server/testing/fake-audit-sink.ts';
import { FakeIdentities } from '../server/testing/identities.ts';
import { createUpgrade } from '../server/upgrade.ts';
import type { Payload } from './log.ts';
import { makeNarrow } from './narrow.ts';
import type { Meter } from './narrow.ts';
import { reset } from './reset.ts';

/** What a site is made of. */
export interface SiteOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly limits: Partial<BroadcasterLimits>;
  readonly history: Namespace['history'];
  readonly snapshot: (channel: string) => Json;
  readonly meter: Meter;
  /** Bytes that are on the way before a write waits; 0 for as many as the machine takes. */
  readonly narrow: number;
  readonly onError: (error: unknown, what: string) => void;
}

const EVERYBODY: ChannelAccess = { subscribe: ['admin'], publish: ['admin'] };
/** For longer than any run, ms. */
const KEPT_MS = 3_600_000;
const silent = pino({ level: 'silent' });

/** One server process, as far as its clients can tell. */
export class Site {
  readonly broadcaster: Broadcaster;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: SiteOptions) {
    const { bus, clock, limits, onError, meter, narrow } = options;
    const authenticator = new FakeIdentities();
    this.broadcaster = createBroadcaster({ bus, clock, limits, onError, authenticator });
    for (const namespace of namespaces(options)) this.broadcaster.serve(namespace);
    const config = createConfig({ broadcaster: limits });
    const upgrade = createUpgrade(config, this.broadcaster, silent, () => undefined);
    const app = createApp({
      config,
      log: silent,
      authenticator,
      recorder: recorderOf(clock),
      routes: [],
      ownAccess: [],
      rootRoutes: [sseRoutes(this.broadcaster, authenticator)],
      assetsFolder: '',
      ready: () => true,
      count: () => undefined,
    });
    const handle = getRequestListener((request, env) => app.fetch(request, env));
    this.#server = createServer((request, response) => void handle(request, response));
    this.#server.on('upgrade', (request, socket, head) => upgrade.handle(request, socket, head));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (narrow > 0) makeNarrow(socket, meter, narrow);
    });
  }

  /** Listens. */
  static async open(options: SiteOptions): Promise<Site> {
    const site = new Site(options);
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends it as a power cut would: nobody is told. */
  kill(): void {
    this.#server.close();
    for (const socket of this.#sockets) reset(socket);
    this.broadcaster.close();
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    await this.broadcaster.drain();
    this.broadcaster.close();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroySoon();
  }
}

/** `all/…` and `demand/…` promise every publication, `latest/…` the state, `merge/…` several publications as one. */
function namespaces({ history, snapshot }: SiteOptions): Namespace[] {
  const rest = { history, onDemand: false, access: EVERYBODY, resolve: (name: string) => name.toLowerCase() };
  return [
    { ...rest, name: 'all', snapshot },
    { ...rest, name: 'demand', snapshot, onDemand: true },
    // Without a snapshot of its own the last publication is the state, for as long as it is kept.
    {
      ...rest,
      name: 'latest',
      conflate: 'latest',
      history: { size: Math.max(1, history.size), ageMs: KEPT_MS },
    },
    { ...rest, name: 'merge', conflate: merge, snapshot },
  ];
}

function merge(publications: readonly Json[]): readonly Json[] {
  return [{ ids: publications.flatMap((data) => [...(data as unknown as Payload).ids]) }];
}
