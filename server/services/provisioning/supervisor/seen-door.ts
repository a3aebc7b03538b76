/** A door that remembers where it leads, so that it is asked only when it is to lead elsewhere. */
import type { AgentDoor, DoorRoute, OpenDoor } from '../../../ports/agent-door.ts';

/** Hands every call on, and keeps the last route of each agent. */
export class SeenDoor implements AgentDoor {
  readonly #door: AgentDoor;
  readonly #routes = new Map<string, { readonly route: OpenDoor; readonly order: number }>();
  readonly #listeners = new Set<(agent: string) => void>();
  #order = 0;

  constructor(door: AgentDoor) {
    this.#door = door;
  }

  /** Where an agent's stable port leads, as far as is known. */
  route(agent: string): OpenDoor | undefined {
    return this.#routes.get(agent)?.route;
  }

  /** Agents that have an open port, as far as is known. */
  get agents(): string[] {
    return [...this.#routes.keys()];
  }

  /** The agent's stable port leads to this instance. */
  serves(agent: string, instance: string): boolean {
    return this.route(agent)?.targets.some((target) => target.instance === instance) ?? false;
  }

  /** Hears of agents whose port leads elsewhere. @returns stops listening. */
  onSeen(listener: (agent: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async point(route: DoorRoute): Promise<OpenDoor> {
    const order = ++this.#order;
    const open = await this.#door.point(route);
    this.#keep(open, order);
    return open;
  }

  drain(agent: string, instances: readonly string[], timeoutMs: number): ReturnType<AgentDoor['drain']> {
    return this.#door.drain(agent, instances, timeoutMs);
  }

  async close(agent: string): Promise<void> {
    const order = ++this.#order;
    await this.#door.close(agent);
    this.#forget(agent, order);
  }

  async list(): Promise<readonly OpenDoor[]> {
    const order = ++this.#order;
    const open = await this.#door.list();
    const agents = new Set(open.map(({ agent }) => agent));
    for (const route of open) this.#keep(route, order);
    for (const agent of [...this.#routes.keys()]) if (!agents.has(agent)) this.#forget(agent, order);
    return open;
  }

  async end(): Promise<void> {
    await this.#door.end();
    const order = ++this.#order;
    for (const agent of [...this.#routes.keys()]) this.#forget(agent, order);
  }

  release(): Promise<void> {
    return this.#door.release();
  }

  /** What was begun later says more. */
  #keep(route: OpenDoor, order: number): void {
    const known = this.#routes.get(route.agent);
    if (known && known.order > order) return;
    this.#routes.set(route.agent, { route, order });
    if (!known || targetsIn(known.route) !== targetsIn(route)) this.#tell(route.agent);
  }

  #forget(agent: string, order: number): void {
    const known = this.#routes.get(agent);
    if (!known || known.order > order) return;
    this.#routes.delete(agent);
    this.#tell(agent);
  }

  #tell(agent: string): void {
    for (const listener of [...this.#listeners]) listener(agent);
  }
}

function targetsIn({ targets }: DoorRoute): string {
  return targets.map(({ instance, port }) => `${instance}:${port}`).join();
}
