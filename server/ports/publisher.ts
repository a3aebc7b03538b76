/** Port: the narrow door through which a service puts publications on its channels. */
import type { Json } from '../../src/protocol/index.ts';

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

/**
 * What a service tells the broadcaster about its channels. A namespace owns the channel of its own name and all
 * below `name/`.
 */
export interface Namespace {
  /** First segment of the channel's name. */
  readonly name: string;
  /** Kept for reconnecting readers. */
  readonly history: { readonly size: number; readonly ageMs: number };
  /** True: streams exist only while somebody follows them, so that a thousand unwatched series cost nothing. */
  readonly onDemand: boolean;
  /**
   * The channel's one spelling, or undefined when there is no such channel.
   * @throws WaooawError when the name is malformed.
   */
  resolve(channel: string): string | undefined;
  /**
   * The state that a new reader starts from. At least as new as the position read before it, and publications are
   * such that applying one twice changes nothing.
   */
  snapshot(channel: string): Json;
}
