/** The RFC 6962 tree over the audit trail's leaves: the edge that appends grow, and proofs out of stored subtrees. */
import { hash } from 'node:crypto';
import { EMPTY_ROOT, type Hash, nodeHash as hashOf } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { TreeHead } from '../../ports/audit-log.ts';

/** Hashes are stored of every eighth level: that many lie below one of the next. */
export const FANOUT = 256;
const STEP = 8;

/** The platform's. A plain array: what comes back from another thread is one too, and the two are compared. */
const sha256: Hash = (bytes) => {
  const { buffer, byteOffset, byteLength } = hash('sha256', bytes, 'buffer');
  return new Uint8Array(buffer, byteOffset, byteLength);
};

/** A complete subtree of which the hash is stored. */
export interface StoredNode {
  /** 8, 16, 24, … */
  readonly level: number;
  readonly position: number;
  readonly hash: Uint8Array;
}

/** What an edge was at one moment. */
export interface EdgeMark {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashOf(left, right, sha256);
}

/** The complete subtrees along the right edge of a tree, which is all that an append needs to know of it. */
export class TreeEdge {
  #size: number;
  /** The largest first. */
  #peaks: Uint8Array[];

  constructor({ size, peaks }: EdgeMark) {
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the next leaf. @returns what is complete with it and is to be stored, the smallest first. */
  append(leaf: Uint8Array): readonly StoredNode[] {
    const stored: StoredNode[] = [];
    let [level, position, whole] = [0, this.#size, leaf];
    for (; position % 2 === 1; position = (position - 1) / 2) {
      whole = nodeHash(this.#peaks.pop()!, whole);
      level += 1;
      if (level % STEP === 0) stored.push({ level, position: (position - 1) / 2, hash: whole });
    }
    this.#peaks.push(whole);
    this.#size += 1;
    return stored;
  }

  mark(): EdgeMark {
    return { size: this.#size, peaks: [...this.#peaks] };
  }

  restore({ size, peaks }: EdgeMark): void {
    this.#size = size;
    this.#peaks = [...peaks];
  }

  head(): TreeHead {
    const root = this.#peaks.reduceRight<Uint8Array | undefined>(
      (right, left) => (right ? nodeHash(left, right) : left),
      undefined,
    );
    return { size: this.#size, root: root ?? EMPTY_ROOT };
  }
}

/** Where the stored hashes are read. */
export interface StoredHashes {
  /**
   * Those of a level below one node of the level eight above, in order: at most 256. Fewer at the right edge.
   * @param level 0 (leaves), 8, 16, 24, …
   */
  below(level: number, position: number): readonly Uint8Array[];
}

/** A tree whose hashes are read as they are needed. For one question: it remembers what it read. */
export class StoredTree {
  readonly #source: StoredHashes;
  readonly #read = new Map<string, readonly Uint8Array[]>();

  constructor(source: StoredHashes) {
    this.#source = source;
  }

  /** Root of the first `size` leaves. */
  root(size: number): Uint8Array {
    return size === 0 ? EMPTY_ROOT : this.#span(0, size);
  }

  /** The edge of the tree of the first `size` leaves. */
  edge(size: number): TreeEdge {
    const peaks: Uint8Array[] = [];
    for (let start = 0; start < size;) {
      const width = 2 ** Math.floor(Math.log2(size - start));
      peaks.push(this.#span(start, start + width));
      start += width;
    }
    return new TreeEdge({ size, peaks });
  }

  /** RFC 6962, 2.1.1: hashes from the leaf up. */
  inclusion(index: number, size: number): Uint8Array[] {
    const path: Uint8Array[] = [];
    let [start, end] = [0, size];
    while (end - start > 1) {
      const middle = start + splitOf(end - start);
      if (index < middle) {
        path.push(this.#span(middle, end));
        end = middle;
      } else {
        path.push(this.#span(start, middle));
        start = middle;
      }
    }
    return path.reverse();
  }

  /** RFC 6962, 2.1.2. Of no leaves, and of the same tree, there is nothing to show. */
  consistency(first: number, second: number): Uint8Array[] {
    if (first === 0 || first === second) return [];
    const path: Uint8Array[] = [];
    let [start, end] = [0, second];
    while (end !== first) {
      const middle = start + splitOf(end - start);
      if (first <= middle) {
        path.push(this.#span(middle, end));
        end = middle;
      } else {
        path.push(this.#span(start, middle));
        start = middle;
      }
    }
    // What is left is a subtree of the first tree: whoever checks knows it when it is that whole tree.
    if (start > 0) path.push(this.#span(start, end));
    return path.reverse();
  }

  /** Hash over the leaves from `start` on, below `end`. */
  #span(start: number, end: number): Uint8Array {
    const width = end - start;
    const split = splitOf(width);
    if (width === split * 2 || width === 1) {
      const level = Math.round(Math.log2(width));
      return this.#complete(level, start / width);
    }
    return nodeHash(this.#span(start, start + split), this.#span(start + split, end));
  }

  #complete(level: number, position: number): Uint8Array {
    const base = level - (level % STEP);
    const width = 2 ** (level - base);
    const first = position * width;
    const stored = this.#below(base, Math.floor(first / FANOUT));
    let hashes = stored.slice(first % FANOUT, (first % FANOUT) + width);
    if (hashes.length < width) {
      const lost = Math.floor(first / FANOUT) * FANOUT + stored.length;
      if (base === 0) throw lostEntry(lost + 1);
      throw new WaooawError(
        'database_failed',
        `The audit trail has lost its hash ${lost} of level ${base}, which covers the entries from ${lost * 2 ** base + 1} on`,
      );
    }
    while (hashes.length > 1) {
      hashes = Array.from({ length: hashes.length / 2 }, (_, i) =>
        nodeHash(hashes[i * 2]!, hashes[i * 2 + 1]!),
      );
    }
    return hashes[0]!;
  }

  #below(level: number, position: number): readonly Uint8Array[] {
    const key = `${level}/${position}`;
    let hashes = this.#read.get(key);
    if (!hashes) {
      hashes = this.#source.below(level, position);
      this.#read.set(key, hashes);
    }
    return hashes;
  }
}

/** What is thrown where a row of the trail is not there. */
export function lostEntry(sequence: number): WaooawError {
  return new WaooawError(
    'database_failed',
    `The audit trail has lost entry ${sequence}: restore the database from a backup`,
  );
}

/** The largest power of two below a width; 1 for a width of 1. */
function splitOf(width: number): number {
  return width === 1 ? 1 : 2 ** (Math.ceil(Math.log2(width)) - 1);
}
