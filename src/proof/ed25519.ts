/** Ed25519 signatures (RFC 8032), verified in plain JavaScript. */
import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

/** Bytes of a public key. */
export const KEY_BYTES = 32;

/** @returns whether the key's owner signed the message. Never throws: what cannot be a signature is none. */
export function verifySignature(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  // The library brings no hash of its own, and asks for one here.
  hashes.sha512 = sha512;
  try {
    // RFC 8032, and not the laxer rules of ZIP 215.
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
