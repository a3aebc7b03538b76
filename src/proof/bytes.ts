/** Bytes: base64 as RFC 4648 writes it, UTF-8, and bytes put together. Neither `Buffer` nor `btoa` is everywhere. */
import { ProofFailed } from './failed.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** 12 bits are two digits: half the look-ups, where a million entries have ten million hashes. */
const PAIRS = [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => first + second));
const NO_DIGIT = 255;
/** A digit's value by its character code. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/** @returns RFC 4648 base64 with its padding. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const last = PAIRS[bits & 4_095]!;
    text += PAIRS[bits >> 12]! + (left > 2 ? last : left > 1 ? `${last[0]!}=` : '==');
  }
  return text;
}

/**
 * Reads base64 in its one spelling: padded, without spaces, nothing in the bits that the padding leaves over. A second
 * spelling of the same bytes would be a change that no hash sees.
 * @throws ProofFailed `malformed`.
 */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let bits = 0;
  let count = 0;
  // Any bit that is set here is one too many.
  let wrong = text.length % 4;
  for (let at = 0, place = 0; place < digits; place++) {
    const value = VALUES[text.charCodeAt(place)] ?? NO_DIGIT;
    wrong |= value & 64;
    bits = ((bits << 6) | (value & 63)) & 0xfff;
    count += 6;
    if (count >= 8) bytes[at++] = bits >> (count -= 8);
  }
  wrong |= bits & ((1 << count) - 1);
  if (wrong !== 0) throw new ProofFailed('malformed', `${quoted(text)} is not base64`);
  return bytes;
}

/** @returns all of them, one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @returns whether both are the same. Takes longer the later they differ: nothing here is secret. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @returns somebody's text, short enough for a message, with its control characters spelled out. */
export function quoted(text: unknown): string {
  const json = JSON.stringify(text) ?? String(text);
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
