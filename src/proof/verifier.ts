/** Verifier keys of signed notes (c2sp.org/signed-note): the text by which somebody pins a key. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64, concatBytes, fromBase64, quoted } from './bytes.ts';
import { KEY_BYTES } from './ed25519.ts';
import { ProofFailed } from './failed.ts';
import { sha256 } from './hash.ts';

/** A key that somebody trusts, read from its text. */
export interface Verifier {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Bytes of a key's id. */
export const ID_BYTES = 4;

/** The byte that says Ed25519. */
const ED25519 = 1;
const KEY_NAME = /^[^\s+\p{Surrogate}\p{Cc}]+$/u;
const VERIFIER = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/u;

/** @returns whether a key can be called so: not empty, no spaces, no plus. */
export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/**
 * Writes a key as it is pinned: `<name>+<id>+<base64>`.
 * @param name of the key: the origin of the checkpoints that it signs. No spaces, no plus.
 * @param publicKey Ed25519, 32 bytes.
 * @throws ProofFailed `malformed` at a name or key that cannot be written.
 */
export function verifierOf(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name)) {
    throw malformed(`${quoted(name)} is no key name: it must not be empty, nor hold spaces or +`);
  }
  if (publicKey.length !== KEY_BYTES) {
    throw malformed(`An Ed25519 key has ${KEY_BYTES} bytes, this one ${publicKey.length}`);
  }
  const key = concatBytes(Uint8Array.of(ED25519), publicKey);
  return `${name}+${idOf(name, key)}+${base64(key)}`;
}

/** @throws ProofFailed `malformed` where the text is no verifier key, of another algorithm, or mistyped. */
export function parseVerifier(text: string): Verifier {
  const [, name = '', id = '', encoded = ''] = VERIFIER.exec(text.trim()) ?? [];
  if (!isKeyName(name)) {
    throw malformed(`${quoted(text)} is no verifier key: expected <name>+<8 hex digits>+<base64>`);
  }
  const key = fromBase64(encoded);
  if (key[0] !== ED25519 || key.length !== 1 + KEY_BYTES) {
    throw malformed(`${quoted(text)} is no Ed25519 key`);
  }
  if (id !== idOf(name, key)) {
    throw malformed(`${quoted(text)} is mistyped: its id belongs to another name or key`);
  }
  return { name, id, publicKey: key.subarray(1) };
}

/** @returns lower-case hex digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param key its algorithm's byte, then its bytes. */
function idOf(name: string, key: Uint8Array): string {
  return hexOf(sha256(concatBytes(utf8ToBytes(`${name}\n`), key)).subarray(0, ID_BYTES));
}

function malformed(message: string): ProofFailed {
  return new ProofFailed('malformed', message);
}
