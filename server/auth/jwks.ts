/** The public keys of an issuer, fetched when they are needed; caching and cool-down are jose's. */
import { createLocalJWKSet, createRemoteJWKSet, customFetch } from 'jose';
import type { FetchImplementation, JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { WaooawError } from '../../src/protocol/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AuthConfig } from './settings.ts';

/** After a failure nobody asks again for this long, ms: jose waits only after a success. */
export const RETRY_MS = 5_000;

/** What a failure is told to. */
export type OnError = (error: unknown, what: string) => void;

/**
 * Finds the key of a token.
 * @throws WaooawError (the returned function) `unavailable` when the keys cannot be fetched: that is no fault of the
 *   token, and the same one may be good later.
 */
export function remoteKeys(config: AuthConfig, clock: Clock, onError: OnError): JWTVerifyGetKey {
  let failed: { readonly error: WaooawError; readonly at: number } | undefined;

  const fetchKeys: FetchImplementation = async (url, options) => {
    if (failed && clock.monotonicMs() - failed.at < RETRY_MS) throw failed.error;
    try {
      const answer = await fetch(url, options);
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
      const keys = (await answer.json()) as JSONWebKeySet;
      // Looked at here, so that whatever is wrong with the answer is told from what is wrong with a token.
      createLocalJWKSet(keys);
      failed = undefined;
      return Response.json(keys);
    } catch (cause) {
      onError(cause, 'WAOOAW_JWKS_URL cannot be read');
      const error = new WaooawError('unavailable', 'The keys of the token’s issuer cannot be read', {
        cause,
        afterMs: RETRY_MS,
      });
      failed = { error, at: clock.monotonicMs() };
      throw error;
    }
  };
  return createRemoteJWKSet(new URL(config.jwksUrl), {
    timeoutDuration: config.jwksTimeoutMs,
    [customFetch]: fetchKeys,
  });
}
