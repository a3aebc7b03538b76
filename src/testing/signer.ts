/** For tests: a log's key, that comes again. */
import { getPublicKey, hashes, sign } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { formatCheckpoint, noteOf, parseVerifier, verifierOf } from '../proof/index.ts';
import type { NoteSignature } from '../proof/index.ts';

hashes.sha512 = sha512;

/** An Ed25519 key of which everybody knows the secret. */
export class Signer {
  /** What a page would pin. */
  readonly verifier: string;
  readonly #secret: Uint8Array;

  /** @param seed another number is another key. */
  constructor(name = 'waooaw/audit', seed = 1) {
    this.#secret = new Uint8Array(32).fill(seed);
    this.verifier = verifierOf(name, getPublicKey(this.#secret));
  }

  /** @returns this key's signature of the text. */
  sign(text: string): NoteSignature {
    const signature = sign(new TextEncoder().encode(text), this.#secret);
    return { ...parseVerifier(this.verifier), signature };
  }

  /** @returns a note of the text that this key and the others sign. */
  note(text: string, ...others: readonly Signer[]): string {
    return noteOf(
      text,
      [this, ...others].map((signer) => signer.sign(text)),
    );
  }

  /** @returns a signed checkpoint of this key's log. */
  checkpoint(size: number, root: Uint8Array, ...others: readonly Signer[]): string {
    return this.note(formatCheckpoint(parseVerifier(this.verifier).name, size, root), ...others);
  }
}
