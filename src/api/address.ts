/** Where a call goes: the path with its parts filled in, and the query. */

/** The server's base without a slash at its end. @throws TypeError for what is no address of HTTP, or holds a password. */
export function baseOf(url: string, base = globalThis.document?.baseURI): string {
  const { protocol, username, password, origin, pathname } = new URL(url, base);
  if (!/^https?:$/.test(protocol)) throw new TypeError(`"${url}" is no address of HTTP`);
  if (username !== '' || password !== '')
    throw new TypeError('An address with a password in it is not called');
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/**
 * `/api/agents/{agent}` with `{ agent: 'a b' }` → `/api/agents/a%20b`.
 * @throws TypeError for a part that is missing, or would be none: `.` and `..` lead elsewhere.
 */
export function addressOf(
  path: string,
  parts: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const part = parts[name];
    const text = typeof part === 'number' ? String(part) : part;
    if (typeof text !== 'string' || /^\.{0,2}$/.test(text))
      throw new TypeError(`"${name}" of ${path} needs a text that is no "", "." or ".."`);
    return encodeURIComponent(text);
  });
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) asked.append(name, String(one));
    }
  }
  return asked.size === 0 ? filled : `${filled}?${asked}`;
}
