/** The Merkle tree of RFC 6962, section 2.1: its nodes, and its root while it grows. */
import { concatBytes } from './bytes.ts';
import { hashText, sha256 } from './hash.ts';
import type { Hash } from './hash.ts';

/** Root of the tree of no entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** @param data of the leaf, hashed as UTF-8. @returns the leaf's hash, 32 bytes: SHA-256(0x00 ‖ data). */
export function hashOfLeafData(data: string | Uint8Array, hash: Hash = sha256): Uint8Array {
  return typeof data === 'string' ? hashText(LEAF_PREFIX, data, hash) : hash(concatBytes(LEAF_PREFIX, data));
}

/** @returns the hash of an inner node, 32 bytes: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: Hash = sha256): Uint8Array {
  return hash(concatBytes(NODE_PREFIX, left, right));
}

/**
 * A tree that only grows. It keeps one hash for every power of two in its size (a "compact range"): 20 for a million
 * entries.
 */
export class TreeBuilder {
  readonly #hash: Hash;
  /** Root of the complete subtree of 2^level leaves, where the size has that bit. The highest is the leftmost. */
  readonly #subtrees: (Uint8Array | undefined)[] = [];
  #size = 0;

  /** @param hash SHA-256 by default in plain JavaScript. */
  constructor(hash: Hash = sha256) {
    this.#hash = hash;
  }

  /** How many leaves there are. Exact up to 2^53. */
  get size(): number {
    return this.#size;
  }

  /** @param leaf the leaf's hash, 32 bytes; kept, so it must not be changed. */
  append(leaf: Uint8Array): void {
    let node = leaf;
    let level = 0;
    for (let left; (left = this.#subtrees[level]) !== undefined; level++) {
      node = nodeHash(left, node, this.#hash);
      this.#subtrees[level] = undefined;
    }
    this.#subtrees[level] = node;
    this.#size++;
  }

  /** @returns the root, 32 bytes; {@link EMPTY_ROOT} of no leaves. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const subtree of this.#subtrees) {
      if (subtree) root = root ? nodeHash(subtree, root, this.#hash) : subtree;
    }
    return root ?? EMPTY_ROOT;
  }
}
