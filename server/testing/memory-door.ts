/** For tests: the AgentDoor port in memory: it keeps routes, and lets nobody through. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { AgentDoor, DoorCounts, DoorRoute, OpenDoor } from '../ports/agent-door.ts';

const COUNTS: DoorCounts = {
  requests: 0,
  failed: 0,
  retried: 0,
  drained: 0,
  sockets: 0,
  socketsClosed: 0,
  cut: 0,
};

/** Keeps routes, and writes down what it was asked. */
export class MemoryDoor implements AgentDoor {
  readonly routes = new Map<string, OpenDoor>();
  /** `point a > a-1.1.0:4711`, `close a`. */
  readonly calls: string[] = [];
  /** What `point` and `list` are refused with. */
  refused: Error | undefined;
  /** Ports that somebody else listens on. */
  readonly taken = new Set<number>();
  #ports = 20_000;

  /** Calls since the last time it was asked. */
  take(): string[] {
    return this.calls.splice(0);
  }

  point(route: DoorRoute): Promise<OpenDoor> {
    if (this.refused) return Promise.reject(this.refused);
    const { agent, targets } = route;
    if (route.port && this.taken.has(route.port)) throw new WaooawError('port_in_use');
    const to = targets.map(({ instance, port }) => ` ${instance}:${port}`).join();
    this.calls.push(`point ${agent} >${to}`);
    const port = route.port || (this.routes.get(agent)?.port ?? this.#ports++);
    const open = { ...route, host: '127.0.0.1', port, counts: COUNTS };
    this.routes.set(agent, open);
    return Promise.resolve(open);
  }

  drain(agent: string): ReturnType<AgentDoor['drain']> {
    this.calls.push(`drain ${agent}`);
    return Promise.resolve({ drained: 0, socketsClosed: 0, cut: 0 });
  }

  close(agent: string): Promise<void> {
    this.calls.push(`close ${agent}`);
    this.routes.delete(agent);
    return Promise.resolve();
  }

  list(): Promise<readonly OpenDoor[]> {
    return this.refused ? Promise.reject(this.refused) : Promise.resolve([...this.routes.values()]);
  }

  end(): Promise<void> {
    this.routes.clear();
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}
