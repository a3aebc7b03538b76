/** For tests: who somebody is, as the test says. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode } from '../../src/protocol/index.ts';
import type { Authenticator, Identity } from '../ports/identity.ts';

/** Nobody in particular, who may everything. */
export const ANYBODY: Identity = {
  id: 'anonymous',
  kind: 'anonymous',
  name: 'anonymous',
  role: 'admin',
  grants: [],
};

/** Knows the tokens that it was given. */
export class FakeIdentities implements Authenticator {
  /** By token; an error's code is thrown. `''` is who comes without one. */
  readonly tokens = new Map<string, Identity | ErrorCode>([['', ANYBODY]]);
  /** Tokens that were shown, in order; `''` for none. */
  readonly shown: string[] = [];
  readonly #listeners = new Set<(identityId: string) => void>();

  /** Lets a token stand for somebody. */
  add(token: string, identity: Partial<Identity>): void {
    this.tokens.set(token, { id: token, kind: 'jwt', name: token, grants: [], ...identity });
  }

  revoke(identityId: string): void {
    for (const listener of this.#listeners) listener(identityId);
  }

  authenticate(token = ''): Promise<Identity> {
    this.shown.push(token);
    const known = this.tokens.get(token) ?? 'unauthorized';
    return typeof known === 'string' ? Promise.reject(new WaooawError(known)) : Promise.resolve(known);
  }

  onRevoked(listener: (identityId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
