/** Everything that `<waooaw-socket>` says in words, in one place: replaceable once the page has a language to choose. */
import type { SocketState } from '../../client/states.ts';

/** By state, as it is read. */
export const STATE_WORDS: Readonly<Record<SocketState, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  authenticating: 'Connecting…',
  live: 'Live',
  fallback: 'Live (streaming)',
  reconnecting: 'Reconnecting',
  suspended: 'Offline: waiting for the network',
  failed: 'Connection failed',
  closed: 'Disconnected',
};

/** What else there is to read. */
export const WORDS = {
  again: 'Reconnecting…',
  frozen: 'Put to sleep by the browser',
  /** Shown behind "Reconnecting", and not spoken. */
  inSeconds: (seconds: number) => ` in ${seconds} s`,
  reconnect: 'Reconnect now',
  details: 'Connection details',
  notLoaded: 'The details could not be loaded.',
} as const;

/** What is said aloud. */
export const SPEECH = {
  lost: 'Connection lost, trying again',
  offline: 'Offline, waiting for the network',
  unreached: 'No connection yet, trying again',
  up: 'Connected again',
  failed: (reason: string) => (reason ? `Connection failed: ${reason}` : 'Connection failed'),
  /** Where a page has several sockets. */
  of: (name: string, sentence: string) => `${name}: ${sentence}`,
} as const;

/** Why a connection ended, for whoever looks at the page, by the server's word or the client's. */
const REASONS: Readonly<Record<string, string>> = {
  origin_not_allowed: 'this site is not on the server’s allow-list (WAOOAW_ALLOWED_ORIGINS)',
  unauthorized: 'the token is missing or not accepted',
  token_expired: 'the token has expired',
  token_revoked: 'the token was revoked',
  token: 'no token could be had',
  forbidden: 'the token gives no right to connect',
  unsupported_protocol: 'this page and the server speak different protocol versions',
  disconnected: 'an administrator ended it',
  connection_limit: 'the server is full',
  identity_limit: 'too many connections with this token',
  rate_limited: 'too many messages',
  slow: 'this browser reads too slowly',
  shutdown: 'the server is going down',
  unavailable: 'the server is not ready',
  silent: 'the server fell silent',
  timeout: 'the server does not answer',
  offline: 'there is no network',
  freeze: 'the browser put the page to sleep',
};

/**
 * Why, in words.
 * @param refused the browser itself would not have the address: its reason is a sentence of its own.
 */
export function reasonText(reason = '', refused = false): string {
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason] ?? '';
  return refused && reason ? 'the browser refuses the address' : '';
}
