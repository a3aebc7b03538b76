/** Shapes of the contexts API and of `contexts/…` channels: what a page can be about. */
import type { CheckState } from './health.ts';

/** The tag that says, on series and checks, of which agent, service or environment they are. */
export const RESERVED_TAGS = {
  agents: 'agent',
  services: 'service',
  environments: 'environment',
} as const;

/** A kind of context: its values are those of its reserved tag. */
export type ContextKind = keyof typeof RESERVED_TAGS;

/** Every kind. */
export const CONTEXT_KINDS = Object.keys(RESERVED_TAGS) as readonly ContextKind[];

/** A value in use. */
export interface ContextItem {
  /** The tag's value. */
  readonly id: string;
  /** For people. */
  readonly label: string;
  /** The worst state of its checks; absent when it has none. */
  readonly state?: CheckState;
  /** The environments that it was seen in, sorted; absent when none was named. */
  readonly environments?: readonly string[];
  /** Its environment, where it is in just one. */
  readonly group?: string;
}

/** First message of a `contexts/<kind>` channel: every value, by id. */
export interface ContextSnapshot {
  readonly items: readonly ContextItem[];
}

/** A publication on a `contexts/<kind>` channel. Applying one twice changes nothing. */
export interface ContextUpdate {
  /** New or changed, each whole. */
  readonly put: readonly ContextItem[];
  /** Ids of values that are no longer in use. */
  readonly gone: readonly string[];
  /** The server was restarted: what was known before and is not put here is gone too. */
  readonly all?: true;
}

/** Answer to `GET /api/contexts/<kind>`. */
export interface ContextPage {
  readonly items: readonly ContextItem[];
  /** How many match in all. */
  readonly total: number;
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}
