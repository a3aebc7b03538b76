/** An authenticator that tells the audit trail of credentials: the first use of each, every refusal, and its end. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { AuditResource, ErrorCode } from '../../src/protocol/index.ts';
import type { AuditRecorder } from '../http/audit-recorder.ts';
import { plain } from '../http/audit-text.ts';
import { actorOf } from '../http/auditing.ts';
import type { AuditEvent } from '../ports/audit-sink.ts';
import type { Authenticator, Identity } from '../ports/identity.ts';
import { networkOf } from './failures.ts';
import { keyIdOf } from './key-text.ts';

/** Identities whose first use is remembered at once; whoever was forgotten is recorded anew. */
const MAX_SEEN = 10_000;
/** Refusals of a credential. What else goes wrong says nothing of whoever asked. */
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  'unauthorized',
  'token_expired',
  'token_revoked',
  'rate_limited',
]);
/** Said only of an API key whose secret part was right, so that it is known whose it is. */
const PROVEN: ReadonlySet<string> = new Set<ErrorCode>(['token_expired', 'token_revoked']);

/** Tells the trail, and else does what the one within does. Somebody without a token has no credential to tell of. */
export function auditingAuthenticator(within: Authenticator, recorder: AuditRecorder): Authenticator {
  const seen = new Map<string, Identity>();

  const used = (identity: Identity, address: string): void => {
    if (identity.kind === 'anonymous' || seen.has(identity.id)) return;
    seen.set(identity.id, identity);
    const [oldest] = seen.keys();
    if (seen.size > MAX_SEEN && oldest !== undefined) seen.delete(oldest);
    recorder.fold({ pool: 'callers', owner: identity.id, key: 'login' }, () => ({
      action: 'login',
      ...eventOf(identity, 'info'),
      ...ipOf(address),
    }));
  };

  const refused = (error: unknown, token: string | undefined, address: string): void => {
    if (!(error instanceof WaooawError) || !REFUSALS.has(error.code)) return;
    const { code } = error;
    const keyId = PROVEN.has(code) && token !== undefined ? keyIdOf(token) : undefined;
    const id = keyId ?? '*';
    const kind = { pool: 'credentials', owner: networkOf(address), key: JSON.stringify([code, id]) } as const;
    recorder.fold(kind, () => ({
      actor: keyId ? { id: `key:${keyId}`, kind: 'service' } : { id: 'anonymous', kind: 'anonymous' },
      action: 'login',
      level: 'warning',
      resource: { type: keyId ? 'api-key' : 'credential', id },
      result: 'refused',
      error: code,
      ...ipOf(address),
    }));
  };

  within.onRevoked((id) => {
    const identity = seen.get(id);
    // Nobody was in with it, or nobody knows any more.
    if (!identity) return;
    seen.delete(id);
    recorder.fold({ pool: 'callers', owner: id, key: 'logout' }, () => loggedOut(identity, 'token_revoked'));
  });

  return {
    async authenticate(token, address) {
      try {
        const identity = await within.authenticate(token, address);
        used(identity, address);
        return identity;
      } catch (error) {
        refused(error, token, address);
        throw error;
      }
    },
    onRevoked: (listener) => within.onRevoked(listener),
  };
}

/** The end of somebody's credential while they were in. @param code why. */
export function loggedOut(identity: Identity, code: ErrorCode): AuditEvent {
  return { action: 'logout', ...eventOf(identity, 'info'), reason: code };
}

function eventOf(identity: Identity, level: AuditEvent['level']): Omit<AuditEvent, 'action'> {
  return { actor: actorOf(identity), level, resource: credentialOf(identity), result: 'success' };
}

function credentialOf({ id, kind, name }: Identity): AuditResource {
  return kind === 'key'
    ? { type: 'api-key', id: id.slice('key:'.length), name: plain(name) }
    : { type: 'token', id: plain(id) };
}

function ipOf(address: string): { readonly ip?: string } {
  return address === '' ? {} : { ip: address };
}
