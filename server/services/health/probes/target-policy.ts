/**
 * Where a probe may connect to. What nobody looks at on purpose is refused always; this machine and the networks around it
 * only where whoever defined the check may see them.
 */
import { bytesOf, carriedBy } from './address.ts';

/** First bytes, and how many bits of them count. */
type Range = readonly [what: string, bits: number, ...bytes: readonly number[]];

/** Refused, whoever asks. The first that fits names the address. */
const NEVER_4: readonly Range[] = [
  ['unspecified', 8, 0],
  // Instances ask these for their credentials: AWS, Google, Azure and most others; Alibaba; Azure's agent; Oracle's first.
  ['a metadata service', 32, 169, 254, 169, 254],
  ['a metadata service', 32, 169, 254, 170, 2],
  ['a metadata service', 32, 100, 100, 100, 200],
  ['a metadata service', 32, 168, 63, 129, 16],
  ['a metadata service', 32, 192, 0, 0, 192],
  ['link-local', 16, 169, 254],
  ['multicast', 4, 224],
  ['broadcast', 32, 255, 255, 255, 255],
  ['reserved', 4, 240],
];
const NEVER_6: readonly Range[] = [
  ['unspecified', 128, ...Array<number>(16).fill(0)],
  ['a metadata service', 128, 0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
  ['a metadata service', 128, 0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],
  ['link-local', 10, 0xfe, 0x80],
  ['multicast', 8, 0xff],
];

/** Refused unless private addresses are allowed. */
const PRIVATE_4: readonly Range[] = [
  ['loopback', 8, 127],
  ['private', 8, 10],
  ['private', 12, 172, 16],
  ['private', 16, 192, 168],
  ['shared by a provider', 10, 100, 64],
  ['reserved', 24, 192, 0, 0],
  ['for documentation', 24, 192, 0, 2],
  ['for benchmarks', 15, 198, 18],
  ['for documentation', 24, 198, 51, 100],
  ['for documentation', 24, 203, 0, 113],
];
const PRIVATE_6: readonly Range[] = [
  ['loopback', 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  ['private', 7, 0xfc],
  ['private', 10, 0xfe, 0xc0],
  ['for NAT64', 48, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01],
  ['for documentation', 32, 0x20, 0x01, 0x0d, 0xb8],
];

/**
 * Says what is wrong with an address.
 * @returns undefined where it may be reached; otherwise what it is, such as `link-local`.
 */
export function refusalOf(address: string, allowPrivate: boolean): string | undefined {
  const bytes = bytesOf(address);
  return bytes ? refused(bytes, allowPrivate) : 'not an address';
}

function refused(bytes: Uint8Array, allowPrivate: boolean): string | undefined {
  const four = bytes.length === 4;
  const never = within(bytes, four ? NEVER_4 : NEVER_6);
  if (never !== undefined) return never;
  for (const carried of four || isLoopback(bytes) ? [] : carriedBy(bytes)) {
    const inside = refused(carried, allowPrivate);
    if (inside !== undefined) return inside;
  }
  return allowPrivate ? undefined : within(bytes, four ? PRIVATE_4 : PRIVATE_6);
}

/** `::1` would otherwise be read as carrying 0.0.0.1. */
function isLoopback(bytes: Uint8Array): boolean {
  return bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

function within(bytes: Uint8Array, ranges: readonly Range[]): string | undefined {
  return ranges.find(([, bits, ...first]) => sharesPrefix(bytes, first, bits))?.[0];
}

function sharesPrefix(bytes: Uint8Array, first: readonly number[], bits: number): boolean {
  for (let index = 0; index * 8 < bits; index++) {
    const mask = 0xff & (0xff << Math.max(0, 8 - (bits - index * 8)));
    if ((bytes[index]! & mask) !== (first[index]! & mask)) return false;
  }
  return true;
}
