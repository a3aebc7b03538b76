/** Who may follow and publish on which channel. */
import type { ChannelRight, Grant } from '../../../src/protocol/index.ts';
import type { Identity } from '../../ports/identity.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { ChannelAccess, Namespace } from '../../ports/publisher.ts';

/** The host's own channels: everybody looks, operators publish. */
export const APP_ACCESS: ChannelAccess = {
  subscribe: READ_ONLY.subscribe,
  publish: ['operator', 'admin'],
};

/** The channels that carry what is meant for one identity alone: `user/<identity id>`. */
export const USER = 'user';

/** True when an identity may use a channel so: by its role, by a grant, or because the channel is its own. */
export function mayUse(
  { id, kind, role, grants }: Identity,
  namespace: Namespace,
  channel: string,
  right: ChannelRight,
): boolean {
  const roles = namespace.access[right];
  // Nobody publishes on a service's own channels, whatever is granted: its streams say what it says.
  if (right === 'publish' && roles.length === 0) return false;
  if (namespace.name === USER && right === 'subscribe') {
    // Many are anonymous, so that this name is nobody's.
    return kind !== 'anonymous' && channel === `${USER}/${id}`;
  }
  if (role && roles.includes(role)) return true;
  return grants.some((grant) => grant.allow.includes(right) && covers(grant, channel));
}

/** True when an identity may speak to single connections. */
export function mayDirect({ role }: Identity): boolean {
  return role !== undefined && APP_ACCESS.publish.includes(role);
}

function covers({ channels }: Grant, channel: string): boolean {
  return channels.endsWith('*') ? channel.startsWith(channels.slice(0, -1)) : channel === channels;
}
