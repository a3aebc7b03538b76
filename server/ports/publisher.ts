/** Port: the narrow door through which a service puts publications on its channels. */
import type { Json, Role } from '../../src/protocol/index.ts';

/** What a service may do with the broadcaster. */
export interface Publisher {
  /**
   * True when somebody follows the channel, or may come back to it within its history's age. A namespace that is
   * `onDemand` need not publish otherwise: nobody could ever see the publication.
   */
  wants(channel: string): boolean;
  /** Publishes to all subscribers, in call order a channel. Never throws; a failure is logged and counted. */
  publish(channel: string, data: Json): void;
}

/** Roles that may. Grants of an identity come on top. */
export interface ChannelAccess {
  readonly subscribe: readonly Role[];
  /** Clients and HTTP callers; services publish on their own channels in any case. */
  readonly publish: readonly Role[];
}

/** Whoever has a role may look, and only services publish: the rule for most channels. */
export const READ_ONLY: ChannelAccess = {
  subscribe: ['viewer', 'operator', 'auditor', 'admin'],
  publish: [],
};

/**
 * How publications stand in for earlier ones, for readers that are behind or asked for fewer:
 * `latest`: each is the whole state, so that the last one stands for all. A function: merges a run of publications
 * into fewer that lead to the same state; its results take the place of the run's last ones.
 */
export type Conflation = 'latest' | ((publications: readonly Json[]) => readonly Json[]);

/**
 * What a service tells the broadcaster about its channels. A namespace owns the channel of its own name and all
 * below `name/`; where several match, the longest name does.
 */
export interface Namespace {
  /** First segment or segments of the channel's name. */
  readonly name: string;
  /** Kept for reconnecting readers. */
  readonly history: { readonly size: number; readonly ageMs: number };
  /** True: streams exist only while somebody follows them, so that a thousand unwatched series cost nothing. */
  readonly onDemand: boolean;
  readonly access: ChannelAccess;
  /** Absent: a reader gets every publication, or is told that it lost some. */
  readonly conflate?: Conflation;
  /**
   * The channel's one spelling, or undefined when there is no such channel.
   * @throws WaooawError when the name is malformed.
   */
  resolve(channel: string): string | undefined;
  /**
   * The state that a new reader starts from. At least as new as the position read before it, and publications are
   * such that applying one twice changes nothing. Absent: the last publication where `conflate` is `latest`, for as long as
   * the history keeps it, so that `size` is at least 1 and `ageMs` as long as a state is to outlast its last word; else null.
   */
  snapshot?(channel: string): Json;
}
