/** Port: the stable ports that agents are reached by, whichever of their instances answers. */

/** An instance that takes requests. */
export interface DoorTarget {
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/** Where a stable port leads. */
export interface DoorRoute {
  readonly agent: string;
  /** The stable port; 0 or absent: one that is free, kept from then on. */
  readonly port?: number;
  /** In turns. Empty: requests are answered 503 with `Retry-After`. */
  readonly targets: readonly DoorTarget[];
  /** Asked when no target can be reached: the warm instances of before an upgrade. */
  readonly fallback?: readonly DoorTarget[];
}

/** What became of requests since the route was opened. Only grow. */
export interface DoorCounts {
  readonly requests: number;
  /** Answered 502, 503 or 504 by the door itself, or broken off in the answer. */
  readonly failed: number;
  /** Asked of a second instance, as the first could not be reached or broke off before its answer began. */
  readonly retried: number;
  /** Finished by an instance that takes no new ones. */
  readonly drained: number;
  /** WebSockets that were opened, and that were closed with 1012. */
  readonly sockets: number;
  readonly socketsClosed: number;
  /** Still under way at the end of a drain's time, and cut. */
  readonly cut: number;
}

/** An open stable port. */
export interface OpenDoor extends DoorRoute {
  readonly host: string;
  readonly port: number;
  readonly counts: DoorCounts;
}

/**
 * Stable ports. Guarantees, whichever engine:
 * - They outlive this process, with the routes they had: a server that restarts fails no request.
 * - `point` takes effect at once for every request that begins after it resolved; none is lost between.
 * - All calls are idempotent.
 */
export interface AgentDoor {
  /**
   * Opens the agent's stable port, or leads it elsewhere.
   * @throws WaooawError `port_in_use` when somebody else listens there; `unavailable` when the door cannot be started.
   */
  point(route: DoorRoute): Promise<OpenDoor>;
  /**
   * Waits until instances that are no targets any more have answered what they were asked, closes their WebSockets with
   * 1012 (Service Restart), and cuts what is left after `timeoutMs`.
   * @returns how many requests were finished, sockets closed and requests cut by this drain.
   */
  drain(
    agent: string,
    instances: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly drained: number; readonly socketsClosed: number; readonly cut: number }>;
  /** Closes the stable port; nothing when there is none. */
  close(agent: string): Promise<void>;
  list(): Promise<readonly OpenDoor[]>;
  /** Ends the door with all its ports: for those who stop everything, and tests. */
  end(): Promise<void>;
  /** Lets go. The ports stay open. */
  release(): Promise<void>;
}
