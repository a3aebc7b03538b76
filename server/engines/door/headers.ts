/** Which headers pass, and in which form (RFC 9110 §7.6). */

/** Names and values in turns, as `rawHeaders` has them. */
export type RawHeaders = readonly string[];

/** Of one connection, and never of the next. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What we say ourselves of who asks. */
const FORWARDED = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
]);
/** What a request means, whatever its `Connection` header would have taken out. */
const FRAMING = new Set(['host', 'content-length']);

/**
 * Headers of a request that are for the instance: neither of the connection, nor what only we say.
 * @param authority in the place of its `Host`.
 * @param fallback where it has none, as in HTTP/1.0.
 */
export function requestHeaders(raw: RawHeaders, authority: string | undefined, fallback: string): string[] {
  const headers = endToEnd(raw, (name) => FORWARDED.has(name));
  if (authority === undefined)
    return valuesOf(headers, 'host').length > 0 ? headers : ['Host', fallback, ...headers];
  return [
    'Host',
    authority,
    ...pairs(headers).flatMap(([name, value]) => (isHost(name) ? [] : [name, value])),
  ];
}

/** Headers of an answer that are for the client. */
export function answerHeaders(raw: RawHeaders): string[] {
  return endToEnd(raw, () => false);
}

/** Every value that a header was given. */
export function valuesOf(raw: RawHeaders, name: string): string[] {
  return pairs(raw).flatMap(([given, value]) => (given.toLowerCase() === name ? [value] : []));
}

function endToEnd(raw: RawHeaders, dropped: (name: string) => boolean): string[] {
  const named = new Set(
    valuesOf(raw, 'connection').flatMap((value) => value.split(',').map((name) => name.trim().toLowerCase())),
  );
  const kept: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    // Many programs read `_` as `-`: what may not be said in one spelling may not be said in the other.
    const spelt = lower.replaceAll('_', '-');
    const isOther = spelt !== lower && FRAMING.has(spelt);
    if (isOther || HOP_BY_HOP.has(spelt) || dropped(spelt)) continue;
    if (named.has(lower) && !FRAMING.has(lower)) continue;
    kept.push(name, value);
  }
  return kept;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}

function pairs(raw: RawHeaders): [name: string, value: string][] {
  const all: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) all.push([raw[i]!, raw[i + 1]!]);
  return all;
}
