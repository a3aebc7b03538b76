/** Everything that `<waooaw-socket>` says in words. */
import type { SocketState } from '../../client/states.ts';
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

/** By state, as it is read. */
const STATE_WORDS: Readonly<Record<SocketState, string>> = {
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

export const socketMessages = /* @__PURE__ */ defineMessages('socket', {
  ...STATE_WORDS,
  again: 'Reconnecting…',
  frozen: 'Put to sleep by the browser',
  /** Shown behind "Reconnecting", and not spoken. */
  inSeconds: (seconds: number) => ` in ${seconds} s`,
  reconnect: 'Reconnect now',
  details: 'Connection details',
  notLoaded: 'The details could not be loaded.',
  /** Shown behind the state while the page is paused. */
  paused: 'updates paused',

  /** What is said aloud. */
  saidLost: 'Connection lost, trying again',
  saidOffline: 'Offline, waiting for the network',
  saidUnreached: 'No connection yet, trying again',
  saidUp: 'Connected again',
  saidFailed: (reason: string) => (reason ? `Connection failed: ${reason}` : 'Connection failed'),
  /** Where a page has several sockets. */
  saidOf: (name: string, sentence: string) => `${name}: ${sentence}`,

  /** Why a connection ended, for whoever looks at the page, by the server's word or the client's. */
  why_origin_not_allowed: 'this site is not on the server’s allow-list (WAOOAW_ALLOWED_ORIGINS)',
  why_unauthorized: 'the token is missing or not accepted',
  why_token_expired: 'the token has expired',
  why_token_revoked: 'the token was revoked',
  why_token: 'no token could be had',
  why_forbidden: 'the token gives no right to connect',
  why_unsupported_protocol: 'this page and the server speak different protocol versions',
  why_disconnected: 'an administrator ended it',
  why_connection_limit: 'the server is full',
  why_identity_limit: 'too many connections with this token',
  why_rate_limited: 'too many messages',
  why_slow: 'this browser reads too slowly',
  why_shutdown: 'the server is going down',
  why_unavailable: 'the server is not ready',
  why_silent: 'the server fell silent',
  why_timeout: 'the server does not answer',
  why_offline: 'there is no network',
  why_freeze: 'the browser put the page to sleep',
  /** The browser's own reason is a sentence in the browser's language. */
  whyRefused: 'the browser refuses the address',
});

/** For translations, and for the `messages` of an element. */
export type SocketMessages = MessagesOf<typeof socketMessages>;

/** Why a connection ended: the word for it, and whether the browser itself would not have the address. */
export type Why = readonly [reason: string | undefined, refused: boolean];

/**
 * Why, in words; empty where nothing is known that would help.
 * @param refused the browser itself would not have the address: its reason is a sentence of its own.
 */
export function reasonText(texts: SocketMessages, reason = '', refused = false): string {
  const name = `why_${reason}`;
  if (Object.hasOwn(texts, name)) return String(texts[name as 'why_token']);
  return refused && reason ? texts.whyRefused : '';
}
