/** Somebody without a token. */
import { WaooawError } from '../../src/protocol/index.ts';
import { isLoopback } from '../http/address.ts';
import type { Identity } from '../ports/identity.ts';
import type { AuthConfig } from './settings.ts';

/**
 * The anonymous identity: on this machine only, whatever the server listens on.
 * @param configured true when there is any way to authenticate.
 * @param address the client's; the empty address of a host that tells none is nobody's.
 * @throws WaooawError `unauthorized`.
 */
export function anonymous(
  anonymousRole: AuthConfig['anonymousRole'],
  configured: boolean,
  address: string,
): Identity {
  const word = anonymousRole === 'auto' ? (configured ? 'none' : 'admin') : anonymousRole;
  if (word === 'none') throw new WaooawError('unauthorized', 'A token is needed');
  if (!isLoopback(address)) {
    throw new WaooawError('unauthorized', 'A token is needed, except on the server’s own machine');
  }
  return { id: 'anonymous', kind: 'anonymous', name: 'anonymous', role: word, grants: [] };
}
