/** The bytes of an IP address, and the IPv4 address that an IPv6 one carries. */
import { isIPv4, isIPv6 } from 'node:net';

/** Where the bytes of an IPv4 address stand behind a prefix of 48, 56, 64 and 96 bits (RFC 6052 §2.2). */
const NAT64_PLACES = [
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
];

/** An address's 4 or 16 bytes; undefined where the text is none. A zone such as `%eth0` is left out. */
export function bytesOf(address: string): Uint8Array | undefined {
  const [text = ''] = address.split('%', 1);
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  return isIPv6(text) ? sixteen(text) : undefined;
}

/**
 * The IPv4 addresses that a host, a router or a translator on the way may take this IPv6 address for. Every one of them is
 * reached by whoever connects to it.
 */
export function carriedBy(bytes: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  const is = (at: number, ...expected: readonly number[]): boolean =>
    expected.every((byte, index) => bytes[at + index] === byte);
  const take = (at: number, mask = 0): void =>
    void found.push(bytes.slice(at, at + 4).map((byte) => byte ^ mask));

  const zeros = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === 0);
  // Compatible (RFC 4291, deprecated), mapped, and translated (RFC 2765, with zeros behind ffff).
  if (zeros(0, 12) || (zeros(0, 10) && is(10, 0xff, 0xff)) || (zeros(0, 8) && is(8, 0xff, 0xff, 0, 0)))
    take(12);
  // NAT64: the well-known prefix (RFC 6052), and what networks choose themselves (RFC 8215), wherever they put the address.
  if (is(0, 0x00, 0x64, 0xff, 0x9b) && zeros(4, 12)) take(12);
  if (is(0, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01)) {
    const placed = NAT64_PLACES.map((places) => Uint8Array.from(places, (at) => bytes[at]!));
    // What begins with a zero is not there but in another place.
    found.push(...placed.filter(([first]) => first !== 0));
  }
  // 6to4 (RFC 3056).
  if (is(0, 0x20, 0x02)) take(2);
  // Teredo (RFC 4380): its server, and the client's own address with every bit turned.
  if (is(0, 0x20, 0x01, 0x00, 0x00)) {
    take(4);
    take(12, 0xff);
  }
  // ISATAP (RFC 5214), whatever the prefix.
  if (is(8, 0x00, 0x00, 0x5e, 0xfe) || is(8, 0x02, 0x00, 0x5e, 0xfe)) take(12);
  return found;
}

/** @param text that `isIPv6` takes, without a zone. */
function sixteen(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
