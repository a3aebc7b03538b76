/** All ports of a door: opened, led elsewhere, drained and closed, and kept on disk. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { DoorRoute, OpenDoor } from '../../ports/agent-door.ts';
import { allowedHosts } from './allowed-hosts.ts';
import { createForwarding } from './forwarding.ts';
import type { DoorSettings, DrainReport } from './messages.ts';
import type { KeptRoute, RouteFile } from './route-file.ts';
import { Route } from './route.ts';
import { StablePort } from './stable-port.ts';
import type { Surroundings } from './surroundings.ts';

/** Between two tries to have a port again, ms. */
const REOPEN_MS = 500;
/** Between two notes of the counts, ms. */
const NOTE_MS = 1_000;

/** What was open once, and is not yet again: somebody else has its port. */
interface Missing {
  readonly kept: KeptRoute;
  readonly timer: NodeJS.Timeout;
}

/** The ports. */
export class Proxy {
  readonly #settings: DoorSettings;
  readonly #how: Pick<Surroundings, 'limits' | 'forwarding' | 'allows'>;
  readonly #file: RouteFile;
  readonly #onError: (error: unknown) => void;
  readonly #ports = new Map<string, StablePort>();
  readonly #missing = new Map<string, Missing>();
  /** One change after the other: what is on disk is what holds. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #noting: NodeJS.Timeout;
  #noted = '';

  constructor(settings: DoorSettings, file: RouteFile, onError: (error: unknown) => void) {
    this.#settings = settings;
    this.#how = {
      limits: settings.limits,
      forwarding: createForwarding(settings.trustedProxies),
      allows: allowedHosts(settings.allowedHosts),
    };
    this.#file = file;
    this.#onError = onError;
    this.#noting = setInterval(() => void this.#note(), NOTE_MS).unref();
  }

  /** True when no agent has a port. */
  get isEmpty(): boolean {
    return this.#ports.size === 0 && this.#missing.size === 0;
  }

  /** Opens the ports of the file again; one that cannot be had now is tried until it can. */
  async restore(): Promise<void> {
    for (const kept of this.#readFile()) await this.#change(() => this.#reopen(kept));
  }

  /** See {@link AgentDoor.point}. */
  point(route: DoorRoute): Promise<OpenDoor> {
    return this.#change(async () => {
      const { agent, port = 0 } = route;
      const before = this.#ports.get(agent);
      const missing = this.#missing.get(agent);
      const wanted = port || before?.port || missing?.kept.port || 0;
      const isOpen = before !== undefined && before.port === wanted;
      const opened = isOpen
        ? before
        : await this.#open(new Route(agent, before?.route.counts ?? missing?.kept.counts), wanted);
      try {
        await this.#keep(agent, { ...keptOf(opened), ...pointed(route) });
      } catch (error) {
        // What cannot be kept does not hold either.
        if (!isOpen) opened.destroy();
        throw error;
      }
      opened.route.point(route);
      this.#ports.set(agent, opened);
      this.#forget(agent);
      if (!isOpen && before) await this.#retire(before);
      opened.upstream.prune([...route.targets, ...(route.fallback ?? [])]);
      return this.#shown(opened);
    });
  }

  /** See {@link AgentDoor.drain}. */
  async drain(agent: string, instances: readonly string[], timeoutMs: number): Promise<DrainReport> {
    const open = this.#ports.get(agent);
    if (!open) return { drained: 0, socketsClosed: 0, cut: 0 };
    const target = instances.find((instance) => open.route.isTarget(instance));
    if (target !== undefined)
      throw new WaooawError('conflict', `${target} takes requests: lead them elsewhere before it is drained`);
    const report = await open.route.drain(instances, timeoutMs);
    // Connections that were just freed are idle in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    open.upstream.prune([...open.route.targets, ...open.route.fallback]);
    return report;
  }

  /** See {@link AgentDoor.close}. */
  close(agent: string): Promise<void> {
    return this.#change(async () => {
      const open = this.#ports.get(agent);
      this.#ports.delete(agent);
      this.#forget(agent);
      try {
        await this.#keep(agent, undefined);
      } finally {
        if (open) await this.#retire(open);
      }
    });
  }

  /** See {@link AgentDoor.list}. */
  list(): readonly OpenDoor[] {
    return [...this.#ports.values()].map((open) => this.#shown(open));
  }

  /** Cuts everything. The file stays: the next door opens the same ports. */
  async end(): Promise<void> {
    clearInterval(this.#noting);
    for (const { timer } of this.#missing.values()) clearTimeout(timer);
    await this.#note();
    for (const open of this.#ports.values()) open.destroy();
    this.#missing.clear();
    this.#ports.clear();
  }

  /** Ports that are forgotten are opened by the server again; a door that does not begin would keep all of them shut. */
  #readFile(): readonly KeptRoute[] {
    try {
      return this.#file.read();
    } catch (error) {
      this.#onError(error);
      this.#file.putAside();
      return [];
    }
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  #open(route: Route, port: number): Promise<StablePort> {
    return StablePort.open(this.#settings.host, port, route, this.#how);
  }

  async #reopen(kept: KeptRoute): Promise<void> {
    const route = new Route(kept.agent, kept.counts);
    route.point(kept);
    try {
      this.#ports.set(kept.agent, await this.#open(route, kept.port));
      this.#missing.delete(kept.agent);
    } catch (error) {
      if (!this.#missing.has(kept.agent)) this.#onError(error);
      const timer = setTimeout(() => {
        void this.#change(async () => {
          if (this.#missing.has(kept.agent)) await this.#reopen(kept);
        });
      }, REOPEN_MS);
      this.#missing.set(kept.agent, { kept, timer });
    }
  }

  #forget(agent: string): void {
    clearTimeout(this.#missing.get(agent)?.timer);
    this.#missing.delete(agent);
  }

  /** The port is free at once; who is under way there may finish for as long as an answer may take. */
  async #retire(open: StablePort): Promise<void> {
    await open.stopListening();
    const { route } = open;
    const instances = [...route.targets, ...route.fallback].map(({ instance }) => instance);
    void route.drain(instances, this.#settings.limits.answerTimeoutMs).then(() => open.destroy());
  }

  #kept(): KeptRoute[] {
    const missing = [...this.#missing.values()].map(({ kept }) => kept);
    return [...[...this.#ports.values()].map(keptOf), ...missing];
  }

  /** All routes as they are, but for this agent's. */
  #keep(agent: string, changed: KeptRoute | undefined): Promise<void> {
    const others = this.#kept().filter((kept) => kept.agent !== agent);
    return this.#file.write(changed ? [...others, changed] : others, true);
  }

  /** Counts of the last second are lost with a door that is killed. */
  #note(): Promise<void> {
    return this.#change(async () => {
      // Read in its turn: what was read before a change must not be written after it.
      const kept = this.#kept();
      const text = JSON.stringify(kept);
      if (text === this.#noted) return;
      this.#noted = text;
      await this.#file.write(kept, false);
    }).catch(this.#onError);
  }

  #shown({ route, port }: StablePort): OpenDoor {
    const { agent, targets, fallback, counts } = route;
    return { agent, host: this.#settings.host, port, targets, fallback, counts: { ...counts } };
  }
}

function keptOf({ route, port }: StablePort): KeptRoute {
  const { agent, targets, fallback, counts } = route;
  return { agent, port, targets, fallback, counts: { ...counts } };
}

function pointed({ targets, fallback = [] }: DoorRoute): Pick<KeptRoute, 'targets' | 'fallback'> {
  return { targets, fallback };
}
