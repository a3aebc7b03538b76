/** SHA-256 in plain JavaScript: a page over plain http has no `crypto.subtle`. */
import { sha256 as noble } from '@noble/hashes/sha2.js';

/**
 * A hash of bytes. A server hands in its platform's own, which is faster. It reads its argument before it returns, and
 * neither keeps nor changes it.
 */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** What is needed of the platform's encoder. It is in every browser, worker and server. */
interface Encoder {
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
}
declare const TextEncoder: new () => Encoder;

const encoder = new TextEncoder();
/** UTF-8 needs three bytes at most for a UTF-16 code unit. */
const BYTES_PER_UNIT = 3;
/** Used again for each entry: making another takes as long as the hash. */
const SCRATCH = new Uint8Array(16_384);

/** SHA-256, FIPS 180-4. */
export const sha256: Hash = (bytes) => noble(bytes);

/** @returns the hash of the bytes followed by the text in UTF-8. A lone surrogate counts as U+FFFD. */
export function hashText(bytes: Uint8Array, text: string, hash: Hash): Uint8Array {
  const most = bytes.length + text.length * BYTES_PER_UNIT;
  const room = most > SCRATCH.length ? new Uint8Array(most) : SCRATCH;
  room.set(bytes);
  const { written } = encoder.encodeInto(text, room.subarray(bytes.length));
  return hash(room.subarray(0, bytes.length + written));
}
