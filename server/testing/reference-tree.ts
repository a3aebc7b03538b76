/** For tests: the tree of RFC 6962 as the text has it, and what proofs lead to by the text of RFC 9162. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

/** SHA-256 of parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);

/** RFC 6962, 2.1, word for word. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return node(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** RFC 9162, 2.1.3.2. */
export function rootByInclusion(index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]) {
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of path) {
    if (at % 2 === 1 || at === last) {
      root = node(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else root = node(root, hash);
    [at, last] = [at >> 1, last >> 1];
  }
  assert.equal(last, 0);
  return root;
}

/** RFC 9162, 2.1.4.2: both roots that a consistency proof leads to. */
export function rootsByConsistency(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  proof: readonly Uint8Array[],
) {
  const path = Math.log2(first) % 1 === 0 ? [firstRoot, ...proof] : [...proof];
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [at >> 1, last >> 1];
  let [older, newer] = [path[0]!, path[0]!];
  for (const hash of path.slice(1)) {
    if (at % 2 === 1 || at === last) {
      [older, newer] = [node(hash, older), node(hash, newer)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at >> 1, last >> 1];
    } else newer = node(newer, hash);
    [at, last] = [at >> 1, last >> 1];
  }
  assert.equal(last, 0);
  return [older, newer];
}
