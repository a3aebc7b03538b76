/** WebSocket close codes in three bands. The client obeys the band; it never guesses. */

/** `terminal`: do not come back. `back-off`: come back later. `at-once`: come back now, jittered. */
export type CloseBand = 'terminal' | 'back-off' | 'at-once';

/** The close codes that this protocol adds to RFC 6455's. */
export const CLOSE = {
  shutdown: 4001,
  connection_limit: 4200,
  rate_limited: 4201,
  slow: 4202,
  unresponsive: 4203,
  connect_timeout: 4204,
  token_expired: 4205,
  identity_limit: 4206,
  disconnected: 4400,
  unauthorized: 4401,
  token_revoked: 4402,
  origin_not_allowed: 4403,
  unsupported_protocol: 4406,
  binary_frame: 4415,
} as const;

/** The name of one of our close codes, always also an error code. */
export type CloseName = keyof typeof CLOSE;

/**
 * Says what a close code asks of the client: 40xx come back at once, 42xx back off, 44xx never.
 * Of RFC 6455's codes, those that blame the client's own bytes (1002, 1003, 1007–1010) are terminal and
 * "going away" and "service restart" (1001, 1012) are at-once; all others, 1006 above all, back off.
 */
export function closeBand(code: number): CloseBand {
  if (code >= 4000 && code < 4200) return 'at-once';
  if (code >= 4400 && code < 4500) return 'terminal';
  if (code === 1001 || code === 1012) return 'at-once';
  if (code === 1002 || code === 1003 || (code >= 1007 && code <= 1010)) return 'terminal';
  return 'back-off';
}
