/** Identity: API keys, the bootstrap key, JWTs and the anonymous, and their revocation. */
import { timingSafeEqual } from 'node:crypto';
import { WaooawError } from '../../src/protocol/index.ts';
import type { ApiKey, CreatedApiKey, Revocation } from '../../src/protocol/index.ts';
import type { Commit } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Authenticator, Identity } from '../ports/identity.ts';
import { anonymous } from './anonymous.ts';
import { FailureLimit } from './failures.ts';
import type { OnError } from './jwks.ts';
import { jwtVerifier } from './jwt.ts';
import { hashOf, keyIdOf } from './key-text.ts';
import { ApiKeys } from './keys.ts';
import type { KeyChange, KeyInput } from './keys.ts';
import { Revocations } from './revocations.ts';
import type { AuthConfig } from './settings.ts';

/** API keys, for whoever administers them. */
export interface KeyAdmin {
  /** @param commit how it is written; by itself when absent. @throws WaooawError `bad_request` when it would have expired already. */
  create(key: KeyInput, commit?: Commit<ApiKey>): Promise<CreatedApiKey>;
  list(): readonly ApiKey[];
  /** Revoking twice is harmless. @param commit likewise. @throws WaooawError `not_found`. */
  revoke(id: string, commit?: Commit<KeyChange>): Promise<ApiKey>;
}

/** Tells who somebody is, and takes it back. */
export interface Auth extends Authenticator {
  /**
   * True when there is a way to authenticate: a setting, or an API key that was live when the server was started. Later
   * ones count from the next start on, so that making a key locks nobody out who is just trying it.
   */
  readonly configured: boolean;
  readonly keys: KeyAdmin;
  /** Revokes every JWT of a subject issued until now. @param commit how it is written; by itself when absent. */
  revokeSubject(subject: string, commit?: Commit<Revocation>): Promise<Revocation>;
  /** Reads keys and revocations. Until then nobody is known, and everything is `unavailable`. */
  load(database: Database): Promise<void>;
}

/** What it is made of. */
export interface AuthDeps {
  readonly config: AuthConfig;
  readonly clock: Clock;
  /** Hears of an issuer whose keys cannot be read, and of a listener that failed. */
  readonly onError?: OnError;
}

const BOOTSTRAP: Identity = { id: 'key:admin', kind: 'key', name: 'admin', role: 'admin', grants: [] };

/** Puts it together. Opens nothing. */
export function createAuth({ config, clock, onError = () => undefined }: AuthDeps): Auth {
  const keys = new ApiKeys(clock);
  const revocations = new Revocations(clock, config.jwtMaxAgeMs + config.jwtClockToleranceMs);
  const failures = new FailureLimit(clock, config.authFailuresPerMinute);
  const verifyJwt = jwtVerifier(config, clock, onError);
  const adminHash = config.adminKey === '' ? undefined : hashOf(config.adminKey);
  const listeners = new Set<(identityId: string) => void>();
  let configured = adminHash !== undefined || verifyJwt !== undefined;
  let loaded = false;

  /** Judges what can be guessed at once, without a turn of the event loop in which more guesses could come. */
  const identify = (token: string): Identity | Promise<Identity> => {
    if (adminHash && timingSafeEqual(adminHash, hashOf(token))) return BOOTSTRAP;
    const keyId = keyIdOf(token);
    if (keyId !== undefined) return identityOf(keys.check(keyId, token));
    if (!verifyJwt) throw new WaooawError('unauthorized');
    return verifyJwt(token).then(({ identity, issuedAt }) => {
      revocations.check(identity.id, issuedAt);
      return identity;
    });
  };

  const tell = (identityId: string): void => {
    for (const listener of listeners) {
      try {
        listener(identityId);
      } catch (error) {
        onError(error, `a listener failed to hear that ${identityId} was revoked`);
      }
    }
  };

  return {
    get configured() {
      return configured;
    },

    async authenticate(token, address) {
      if (!loaded) throw new WaooawError('unavailable');
      if (token === undefined) return anonymous(config.anonymousRole, configured, address);
      failures.check(address);
      try {
        return await identify(token);
      } catch (error) {
        // A token that has expired or was revoked was good once: whoever brings it is not guessing.
        if (error instanceof WaooawError && error.code === 'unauthorized') failures.count(address);
        throw error;
      }
    },

    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    keys: {
      create: (key, commit) => keys.create(key, commit),
      list: () => keys.list(),
      async revoke(id, commit) {
        const { key, now } = await keys.revoke(id, commit);
        if (now) tell(`key:${id}`);
        return key;
      },
    },

    async revokeSubject(subject, commit) {
      const revocation = await revocations.add(subject, commit);
      tell(subject);
      return revocation;
    },

    async load(database) {
      await keys.load(database);
      await revocations.load(database);
      // Revoked and expired ones too: who once asked for keys is not laid open by the last one's end.
      configured ||= keys.made;
      loaded = true;
    },
  };
}

function identityOf({ id, name, role, grants, expiresAt }: ApiKey): Identity {
  return {
    id: `key:${id}`,
    kind: 'key',
    name,
    ...(role !== undefined && { role }),
    grants,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}
