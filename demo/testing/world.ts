/** What the tests of the console's views share: their markup as index.html has it, and a server that says what it is told to. */
import { fixture, html } from '@open-wc/testing';
import '../../src/elements/status-badge/define.ts';
import type { ChannelListener } from '../../src/client/index.ts';
import type {
  AgentInstance,
  AgentKindInfo,
  AgentStatus,
  Incident,
  Json,
  NewAgent,
  OperationStatus,
} from '../../src/protocol/index.ts';
import type { AgentsApi } from '../agents-api.ts';
import { type Fleet, fleetOf } from '../fleet.ts';

/** Two kinds: one with everything, one with nothing. */
export const KINDS: readonly AgentKindInfo[] = [
  {
    kind: 'prober',
    title: 'Prober',
    description: 'Asks an address',
    versions: ['1.0.0', '2.0.0'],
    parameters: { type: 'object', properties: { everyMs: { type: 'integer', minimum: 250 } } },
    secrets: [{ name: 'key', required: false }],
    hasPort: true,
    maxReplicas: 4,
  },
  {
    kind: 'watcher',
    title: 'Watcher',
    versions: ['1.0.0'],
    parameters: {},
    secrets: [],
    hasPort: false,
    maxReplicas: 1,
  },
];

/** An agent that runs, but for what is said otherwise. */
export function agent(id: string, more: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: id,
    title: id,
    kind: 'prober',
    version: '1.0.0',
    state: 'running',
    since: 1,
    desired: 'running',
    generation: 3,
    replicas: 1,
    parameters: {},
    secrets: [],
    tags: {},
    address: { host: '127.0.0.1', port: 4_711 },
    instances: [],
    restarts: 0,
    busy: false,
    actions: ['stop', 'restart', 'upgrade', 'scale', 'suspend', 'delete'],
    createdAt: 1,
    createdBy: 'ana',
    ...more,
  };
}

/** An instance that takes requests. */
export function serving(version: string): AgentInstance {
  return { instance: version, generation: 1, version, state: 'running', startedAt: 1, serving: true };
}

/** An incident that is open, but for what is said otherwise. */
export function incident(id: string, more: Partial<Incident> = {}): Incident {
  return {
    id,
    check: 'api',
    title: `The API, ${id}`,
    worst: 'down',
    startedAt: 1_000_000,
    confirmedAt: 1_001_000,
    cause: 'HTTP 503',
    notes: [],
    ...more,
  };
}

/** What was asked of the API, and what says what became of it. */
export interface Asked {
  readonly what: readonly unknown[];
  settle(outcome?: unknown): Promise<void>;
}

/** A server that answers when it is told to. */
export interface World {
  readonly fleet: Fleet;
  readonly asked: Asked[];
  /** Channels that somebody follows. */
  readonly followed: ReadonlySet<string>;
  /** What the API knows; an error is what it answers. */
  kinds: readonly AgentKindInfo[] | Error;
  incidents: readonly Incident[] | Error;
  snapshot(channel: string, data: unknown): void;
  publish(channel: string, data: unknown): void;
  refuse(channel: string, message: string): void;
  current(channel: string, current: boolean): void;
  reconnect(): Promise<void>;
  /** The next request. */
  request(): Promise<Asked>;
}

/** Resolves once all that was due has been done. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A world in which nothing has been said yet. */
export async function worldOf(role = 'operator', kinds: World['kinds'] = KINDS): Promise<World> {
  const listeners = new Map<string, Set<ChannelListener>>();
  const connects: (() => void)[] = [];
  const asked: Asked[] = [];
  const wish = <T>(...what: unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      asked.push({
        what,
        async settle(outcome = { operation: 'op-1' }) {
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome as T);
          await turn();
        },
      });
    });
  const known = <T>(what: T | Error): Promise<T> =>
    what instanceof Error ? Promise.reject(what) : Promise.resolve(what);
  const api: AgentsApi = {
    kinds: () => known(world.kinds),
    create: (wanted: NewAgent, key) => wish<OperationStatus>('create', wanted, key),
    command: (one, command, input) => wish<OperationStatus>(command, one.agent, one.generation, input),
    incidents: () => known(world.incidents),
    acknowledge: (id) => wish<Incident>('acknowledge', id),
  };
  const socket = {
    client: { identity: { role } },
    subscribe(channel: string, listener: ChannelListener) {
      const seats = listeners.get(channel) ?? new Set();
      listeners.set(channel, seats.add(listener));
      const stop = (): void => {
        seats.delete(listener);
        if (seats.size === 0) listeners.delete(channel);
      };
      return { stop, demand: () => undefined };
    },
    publish: (channel: string, data: Json) => wish('publish', channel, data),
    addEventListener: (_: string, listener: () => void) => connects.push(listener),
  };
  const tell = (channel: string, how: (listener: ChannelListener) => void): void =>
    listeners.get(channel)?.forEach(how);
  const world: World = {
    kinds,
    incidents: [],
    asked,
    get fleet() {
      return fleet;
    },
    get followed() {
      return new Set(listeners.keys());
    },
    snapshot: (channel, data) => tell(channel, (one) => one.snapshot?.(data as Json)),
    publish: (channel, data) => tell(channel, (one) => one.publication?.(data as Json, 1)),
    refuse: (channel, message) =>
      tell(channel, (one) => one.error?.({ code: 'forbidden', message, retryable: false })),
    current: (channel, current) => tell(channel, (one) => one.current?.(current)),
    async reconnect() {
      for (const connected of connects) connected();
      await turn();
    },
    async request() {
      const before = asked.length;
      while (asked.length === before) await turn();
      return asked[before]!;
    },
  };
  const fleet = fleetOf(socket as never, api);
  await turn();
  return world;
}

let page: Document | undefined;

/** The console's page, as it is served; nothing of it runs. */
export async function consolePage(): Promise<Document> {
  const text = await (await fetch(new URL('../index.html', import.meta.url))).text();
  return (page ??= new DOMParser().parseFromString(text, 'text/html'));
}

/** A view's markup, as the router puts it there. Its live elements other than badges stay as they are: undefined. */
export async function viewOf(name: string): Promise<HTMLElement> {
  const section = (await consolePage()).querySelector(`[data-view="${name}"]`);
  const template = section?.querySelector('template');
  if (!template) throw new Error(`there is no view "${name}"`);
  const place = await fixture<HTMLElement>(html`<main><section data-view=${name}></section></main>`);
  const view = place.querySelector('section')!;
  view.append(document.importNode(template.content, true));
  return view;
}

/** Whether a part of a view is hidden. */
export const hidden = (view: Element, selector: string): HTMLElement['hidden'] | undefined =>
  view.querySelector<HTMLElement>(selector)?.hidden;

/** Texts of all that a selector finds. */
export const texts = (view: Element, selector: string): string[] =>
  [...view.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());

/** A button by its text. */
export const button = (view: Element, label: string): HTMLButtonElement =>
  [...view.querySelectorAll('button')].find(({ textContent }) => textContent === label)!;
