/** Inclusion and consistency proofs of the tree of RFC 6962, verified as RFC 9162 (2.1.3.2, 2.1.4.2) spells it out. */
import { equalBytes } from './bytes.ts';
import { sha256 } from './hash.ts';
import type { Hash } from './hash.ts';
import { EMPTY_ROOT, nodeHash } from './tree.ts';

/** That a leaf stands at its place in a tree. */
export interface Inclusion {
  /** Place of the leaf, from 0. */
  readonly index: number | bigint;
  /** Leaves in the tree. */
  readonly size: number | bigint;
  /** The leaf's hash. */
  readonly leaf: Uint8Array;
  /** Hashes from the leaf up. */
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** That the tree of `first` leaves is the beginning of that of `second`. */
export interface Consistency {
  readonly first: number | bigint;
  readonly second: number | bigint;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

const HASH_BYTES = 32;

/** @returns whether the leaf stands there. Never throws: what cannot be right is wrong. */
export function verifyInclusion({ index, size, leaf, path, root }: Inclusion, hash: Hash = sha256): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, root, ...path].every(isHash))
    return false;
  let node = BigInt(index);
  let last = BigInt(size) - 1n;
  let seen = leaf;
  for (const sibling of path) {
    if (last === 0n) return false;
    if (node % 2n === 1n || node === last) {
      seen = nodeHash(sibling, seen, hash);
      // The last node of a level that has no sibling there is its own parent.
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else {
      seen = nodeHash(seen, sibling, hash);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  return last === 0n && equalBytes(seen, root);
}

/** @returns whether the second tree continues the first. The empty tree is the beginning of every tree. Never throws. */
export function verifyConsistency(proof: Consistency, hash: Hash = sha256): boolean {
  const { first, second, firstRoot, secondRoot, path } = proof;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  const [from, to] = [BigInt(first), BigInt(second)];
  if (from === 0n && !equalBytes(firstRoot, EMPTY_ROOT)) return false;
  // Of a tree that is compared with itself nothing is hashed, and its root is whatever it is.
  if (from === to) return path.length === 0 && equalBytes(firstRoot, secondRoot);
  if (![firstRoot, secondRoot, ...path].every(isHash)) return false;
  if (from === 0n) return path.length === 0;

  let node = from - 1n;
  let last = to - 1n;
  while (node % 2n === 1n) [node, last] = [node / 2n, last / 2n];
  // A first tree that is complete is itself the first node of the path, and is left out of it.
  const [start, ...rest] = node === 0n ? [firstRoot, ...path] : path;
  if (!start) return false;
  let [seenFirst, seenSecond] = [start, start];
  for (const sibling of rest) {
    if (last === 0n) return false;
    if (node % 2n === 1n || node === last) {
      seenFirst = nodeHash(sibling, seenFirst, hash);
      seenSecond = nodeHash(sibling, seenSecond, hash);
      while (node % 2n === 0n && node !== 0n) [node, last] = [node / 2n, last / 2n];
    } else {
      seenSecond = nodeHash(seenSecond, sibling, hash);
    }
    [node, last] = [node / 2n, last / 2n];
  }
  return last === 0n && equalBytes(seenFirst, firstRoot) && equalBytes(seenSecond, secondRoot);
}

function isCount(size: number | bigint): boolean {
  return typeof size === 'bigint' ? size >= 0n : Number.isSafeInteger(size) && size >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}
