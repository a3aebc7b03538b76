/** What every request of an agent's port is passed with. */
import { Agent } from 'node:http';
import type { DoorTarget } from '../../ports/agent-door.ts';
import type { Forwarding } from './forwarding.ts';
import type { DoorLimits } from './limits.ts';
import type { Route } from './route.ts';

/** Of one agent's port. */
export interface Surroundings {
  readonly route: Route;
  readonly limits: DoorLimits;
  readonly forwarding: Forwarding;
  /** Judges the name that a request was made to. */
  readonly allows: (host: string) => boolean;
  readonly upstream: Upstream;
}

/** Connections to the instances of one agent. */
export class Upstream {
  /** Kept open and used again: for what may be asked twice, should one turn out to be closed. */
  readonly kept: Agent;
  /** One for each request, so that it is known whether the instance ever heard of it. */
  readonly fresh = new Agent({ keepAlive: false });

  constructor({ maxIdleUpstream, upstreamIdleMs }: DoorLimits) {
    this.kept = new Agent({ keepAlive: true, maxFreeSockets: maxIdleUpstream, timeout: upstreamIdleMs });
  }

  /** Lets idle connections to anybody but these go. */
  prune(targets: readonly DoorTarget[]): void {
    const names = targets.map(({ host, port }) => this.kept.getName({ host, port }));
    for (const [name, sockets] of Object.entries(this.kept.freeSockets)) {
      if (names.includes(name)) continue;
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /** Cuts all connections. */
  destroy(): void {
    this.kept.destroy();
    this.fresh.destroy();
  }
}
