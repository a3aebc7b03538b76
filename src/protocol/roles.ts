/** Who may do what: roles, and grants for single channels. */

/**
 * - `viewer`: reads everything but the audit trail.
 * - `operator`: reads the same, and acts: publishes, starts, stops.
 * - `auditor`: reads everything, changes nothing.
 * - `admin`: everything, keys and other people's connections too.
 */
export const ROLES = ['viewer', 'operator', 'auditor', 'admin'] as const;

/** The name of a role. */
export type Role = (typeof ROLES)[number];

/** What may be done with a channel. */
export type ChannelRight = 'subscribe' | 'publish';

/** Rights on some channels, beyond the role's. */
export interface Grant {
  /** A channel's name, or its beginning followed by `*`. */
  readonly channels: string;
  readonly allow: readonly ChannelRight[];
}
