/** A client of a run, and the judges on what its listeners are told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WaooawError } from '../src/protocol/index.ts';
import { SocketClient } from '../src/client/index.ts';
import type { ClientClock } from '../src/client/index.ts';
import type { Chance } from './chance.ts';
import type { PublishedLog } from './log.ts';
import type { ChannelPlan, Way } from './plan.ts';
import type { Sabotage } from './run.ts';
import { View } from './view.ts';
import type { Lie } from './view.ts';

/** What a caller needs. */
export interface CallerOptions {
  readonly name: string;
  readonly way: Way;
  readonly url: string;
  readonly clock: ClientClock;
  readonly chance: Chance;
  readonly log: PublishedLog;
  readonly lagging: boolean;
  readonly between?: NonNullable<Sabotage['view']>;
  readonly lie: (lie: Lie) => void;
  readonly trace: (what: string) => void;
}

/** Ms of the fast clock. */
const REPROBE_MS = 1_000;
const NEVER_MS = 1_000_000_000;

interface Following {
  readonly view: View;
  readonly subscription: ReturnType<SocketClient['subscribe']>;
}

/** One client. */
export class Caller {
  /** Of all listeners there ever were. */
  readonly views: View[] = [];
  readonly #options: CallerOptions;
  readonly #client: SocketClient;
  #following: Following[] = [];
  #over = false;

  constructor(options: CallerOptions) {
    const { name, way, url, clock, chance } = options;
    this.#options = options;
    this.#client = new SocketClient({
      url,
      clock,
      random: () => chance.number(),
      connectTimeoutMs: 6_000,
      stableMs: 2_000,
      firstMs: 200,
      capMs: 1_000,
      lingerMs: 500,
      fallbackAfter: way === 'websocket' ? Number.POSITIVE_INFINITY : 0,
      reprobeMs: way === 'both' ? REPROBE_MS : NEVER_MS,
      requestTimeoutMs: 5_000,
    });
    this.#client.on('state', ({ state, reason }) => options.trace(`${name} is ${state} ${reason ?? ''}`));
  }

  get state(): string {
    return this.#client.state;
  }

  /** @param shout spells the channel otherwise: it is the same one. */
  listen({ name, fidelity }: ChannelPlan, everyMs: number, shout: boolean): void {
    const { log, lagging, lie, trace, between } = this.#options;
    const who = `${this.#options.name}, listener ${this.views.length} of ${name}`;
    const view = new View(log, name, { who, fidelity, lagging, lie, trace });
    this.views.push(view);
    const listener = between?.(view) ?? view;
    const spelt = shout ? name.replace('/c', '/C') : name;
    const subscription = this.#client.subscribe(
      spelt,
      {
        snapshot: (data) => listener.snapshot(data),
        publication: (data, offset, info) => listener.publication(data, offset, info),
        lost: (why) => listener.lost(why),
        error: (error) => listener.error(error),
      },
      { everyMs },
    );
    this.#following.push({ view, subscription });
  }

  /** One of its listeners leaves, 0 ≤ pick < 1. */
  leave(pick: number): void {
    const left = this.#following[Math.floor(pick * this.#following.length)];
    if (!left) return;
    this.#following = this.#following.filter((one) => one !== left);
    left.view.stop();
    left.subscription.stop();
  }

  /** One of its listeners wants more or less. */
  demand(pick: number, everyMs: number): void {
    this.#following[Math.floor(pick * this.#following.length)]?.subscription.demand(everyMs);
  }

  /** Nobody pauses or waits any more. */
  wantEverything(): void {
    for (const { subscription } of this.#following) subscription.demand(0);
    this.dial();
  }

  /** Publishes until it is done, with one key: however often that is, it is one publication. */
  async publish(channel: string, id: number): Promise<void> {
    const { log, name, lie, trace } = this.#options;
    for (;;) {
      try {
        const { e, o } = await this.#client.publish(channel, { ids: [id] }, { key: `key ${id}` });
        trace(`${name} published ${id} at ${o}`);
        if (!log.at(channel, o).some(({ epoch, ids }) => epoch === e && ids.includes(id)))
          lie({ kind: 'invented', who: name, detail: `${channel}: ${id} does not stand at ${o} of ${e}` });
        return;
      } catch (error) {
        trace(`${name} could not publish ${id}: ${String(error)}`);
        if (!(error instanceof WaooawError)) throw error;
        if (this.#over) return;
        await sleep(1);
      }
    }
  }

  dial(): void {
    this.#client.connect();
  }

  hangUp(): void {
    this.#client.disconnect();
  }

  /** The run is over. */
  end(): void {
    this.#over = true;
    this.hangUp();
  }
}
