/** The token of an Authorization header (RFC 6750). Tokens elsewhere, in a URL above all, are never looked at. */

/**
 * @returns the token. Undefined when the header is absent or of another scheme, which a proxy in front may use for
 *   itself. '' for a Bearer header that holds no one token: it was meant to be one, so it is refused and not anonymous.
 */
export function bearerOf(authorization: string | undefined): string | undefined {
  const [scheme = '', token = '', ...rest] = authorization?.trim().split(/[ \t]+/) ?? [];
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  return rest.length === 0 ? token : '';
}
