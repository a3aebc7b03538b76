/** Where one agent's port leads now, who is under way at which instance, and what became of them. */
import type { DoorCounts, DoorRoute, DoorTarget } from '../../ports/agent-door.ts';
import type { DrainReport } from './messages.ts';

/** How a request or a WebSocket came to its end at an instance. */
export type Outcome =
  /** Answered whole. */
  | 'finished'
  /** A WebSocket closed with 1012. */
  | 'closed'
  /** Ended by force at the end of a drain's time. */
  | 'cut'
  /** Ended by itself, by its client or by a failure, which is counted by who saw it. */
  | 'over';

/** Somebody who is under way at an instance. */
export interface Occupant {
  /** A drain begins: a WebSocket asks its client to come again; a request goes on. */
  leave(): void;
  /** Ends it by force. */
  cut(): void;
}

type Counts = { -readonly [name in keyof DoorCounts]: DoorCounts[name] };
type Told = (instance: string, outcome: Outcome) => void;

/** One agent's route. */
export class Route {
  readonly agent: string;
  readonly counts: Counts;
  #targets: readonly DoorTarget[] = [];
  #fallback: readonly DoorTarget[] = [];
  #turn = 0;
  readonly #occupants = new Map<string, Set<Occupant>>();
  readonly #hearers = new Set<Told>();

  /** @param counts of an earlier life of the door. */
  constructor(agent: string, counts: Partial<DoorCounts> = {}) {
    this.agent = agent;
    this.counts = {
      requests: 0,
      failed: 0,
      retried: 0,
      drained: 0,
      sockets: 0,
      socketsClosed: 0,
      cut: 0,
      ...counts,
    };
  }

  get targets(): readonly DoorTarget[] {
    return this.#targets;
  }

  get fallback(): readonly DoorTarget[] {
    return this.#fallback;
  }

  /** Leads elsewhere from now on, in one step. */
  point({ targets, fallback = [] }: Pick<DoorRoute, 'targets' | 'fallback'>): void {
    this.#targets = targets;
    this.#fallback = fallback;
  }

  /** Whom to ask next: targets in turns, then the fallback. @param tried instances that were asked already. */
  next(tried: ReadonlySet<string>): DoorTarget | undefined {
    const count = this.#targets.length;
    if (tried.size === 0) this.#turn = count === 0 ? 0 : (this.#turn + 1) % count;
    for (let i = 0; i < count; i += 1) {
      const target = this.#targets[(this.#turn + i) % count]!;
      if (!tried.has(target.instance)) return target;
    }
    return this.#fallback.find(({ instance }) => !tried.has(instance));
  }

  /** Somebody is under way at an instance. @returns how to say that it is no more; only the first word counts. */
  enter(instance: string, occupant: Occupant): (outcome: Outcome) => void {
    let there = this.#occupants.get(instance);
    if (!there) this.#occupants.set(instance, (there = new Set()));
    there.add(occupant);
    let inside = true;
    return (outcome) => {
      if (!inside) return;
      inside = false;
      there.delete(occupant);
      if (there.size === 0 && this.#occupants.get(instance) === there) this.#occupants.delete(instance);
      this.#count(instance, outcome);
      for (const told of this.#hearers) told(instance, outcome);
    };
  }

  /** True when it takes new requests. */
  isTarget(instance: string): boolean {
    return this.#targets.some((target) => target.instance === instance);
  }

  /** Waits until nobody is under way at these instances; after `timeoutMs` those who are left are cut. */
  async drain(instances: readonly string[], timeoutMs: number): Promise<DrainReport> {
    const report = { drained: 0, socketsClosed: 0, cut: 0 };
    const left = (): Occupant[] =>
      instances.flatMap((instance) => [...(this.#occupants.get(instance) ?? [])]);
    let done: () => void = () => undefined;
    const emptied = new Promise<void>((resolve) => (done = resolve));
    const told: Told = (instance, outcome) => {
      if (!instances.includes(instance)) return;
      if (outcome === 'finished') report.drained += 1;
      if (outcome === 'closed') report.socketsClosed += 1;
      if (outcome === 'cut') report.cut += 1;
      if (left().length === 0) done();
    };
    this.#hearers.add(told);
    for (const occupant of left()) occupant.leave();
    const timer = setTimeout(() => {
      for (const occupant of left()) occupant.cut();
      done();
    }, timeoutMs);
    if (left().length > 0) await emptied;
    clearTimeout(timer);
    this.#hearers.delete(told);
    return report;
  }

  /** All who are under way, wherever. */
  occupants(): Occupant[] {
    return [...this.#occupants.values()].flatMap((there) => [...there]);
  }

  #count(instance: string, outcome: Outcome): void {
    if (outcome === 'finished' && !this.isTarget(instance)) this.counts.drained += 1;
    if (outcome === 'closed') this.counts.socketsClosed += 1;
    if (outcome === 'cut') this.counts.cut += 1;
  }
}
