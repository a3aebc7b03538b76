/** Port: how a service says which things carry tags, so that the values in use can be listed. */
import type { CheckState } from '../../src/protocol/index.ts';

/** A series, a check: something with tags. */
export interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
  /** The thing's own state, where it has one. */
  readonly state?: CheckState;
}

/**
 * A narrow door to a service's tags. Guarantees:
 * - As long as `version()` answers the same, so does `tagged()`. Asking for it costs nothing.
 * - What is forgotten by its service is no longer listed.
 */
export interface TagSource {
  /** Another number whenever a thing came, went, or changed its tags or its state. */
  version(): number;
  /** Everything with tags, as of now. */
  tagged(): Iterable<Tagged>;
}
