/** For tests: a small audit trail with its tree, made as the specification says and not as our code does. */
import { SALTED_FIELDS } from '../protocol/index.ts';
import type { AuditEntry, AuditProof, AuditRecord, Json, SaltedField } from '../protocol/index.ts';
import { base64, fieldHash, leafOf, nodeHash } from '../proof/index.ts';
import type { Signer } from './signer.ts';

/** Root of the tree of these leaf hashes, one at least, by the recursive definition of RFC 6962, section 2.1. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  const split = splitOf(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** PATH(index, leaves) of RFC 6962, section 2.1.1. */
export function pathOf(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...pathOf(index, leaves.slice(0, split)), rootOf(leaves.slice(split))]
    : [...pathOf(index - split, leaves.slice(split)), rootOf(leaves.slice(0, split))];
}

/** Largest power of two below the size. */
function splitOf(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

/** The salt that a test's entry has for a field: known, and another one for every field and entry. */
export function saltOf(sequence: number, field: SaltedField): Uint8Array {
  return new Uint8Array(16).fill(SALTED_FIELDS.indexOf(field) + 1).with(0, sequence);
}

/** A trail that somebody keeps. */
export class Trail {
  readonly entries: readonly AuditEntry[];
  readonly #signer: Signer;
  readonly #leaves: readonly Uint8Array[];

  /** @param signer signs its checkpoint. */
  constructor(signer: Signer, entries: readonly AuditEntry[]) {
    this.entries = entries;
    this.#signer = signer;
    this.#leaves = entries.map((entry) => leafOf(entry, (field) => saltOf(entry.sequence, field)));
  }

  /** @param hidden fields that the reader of the proof does not see. */
  proof(sequence: number, hidden: readonly SaltedField[] = []): AuditProof {
    const entry = this.entries[sequence - 1]!;
    const shown: Record<string, unknown> = { ...entry };
    const hashes: Partial<Record<SaltedField, string>> = {};
    const salts: Partial<Record<SaltedField, string>> = {};
    for (const field of SALTED_FIELDS) {
      const value = entry[field] as Json | undefined;
      if (value === undefined) continue;
      const salt = saltOf(sequence, field);
      if (hidden.includes(field)) {
        delete shown[field];
        hashes[field] = base64(fieldHash(field, value, salt));
      } else {
        salts[field] = base64(salt);
      }
    }
    return {
      entry: { ...shown, ...(hidden.length > 0 && { hidden: hashes }) } as unknown as AuditRecord,
      salts,
      path: pathOf(sequence - 1, this.#leaves).map(base64),
      checkpoint: this.#signer.checkpoint(this.entries.length, rootOf(this.#leaves)),
    };
  }
}

/** @returns so many entries that differ in what they have. */
export function someEntries(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    sequence: at + 1,
    time: 1_764_000_000_000_000 + at,
    actor: { id: 'u_ana', kind: 'user', name: 'Ana' },
    action: at % 2 === 0 ? 'upgrade' : 'login',
    level: 'info',
    resource: { type: 'agent', id: `agent-${at}` },
    result: 'success',
    ...(at % 2 === 0 && { requestId: `r-${at}`, reason: 'a newer release' }),
    ...(at % 3 === 0 && { before: { version: '1' }, after: { version: '2', ports: [1, 2] } }),
    ...(at % 3 === 1 && { before: null, tags: { environment: 'production' }, ip: '192.0.2.1' }),
  }));
}
