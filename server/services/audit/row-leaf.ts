/** What an entry's leaf is, by what its row says now; and whether the row has that leaf. */
import { ProofFailed, PLAIN_FIELDS, base64, fieldHash, leafHash } from '../../../src/proof/index.ts';
import { SALTED_FIELDS } from '../../../src/protocol/index.ts';
import type { Json, SaltedField } from '../../../src/protocol/index.ts';
import type { AuditRow } from '../../ports/audit-log.ts';
import { saltsOf } from './salts.ts';
import { platformHash } from './platform-hash.ts';

/** A trail in which something is wrong. */
export class TrailFailed extends ProofFailed {
  /** The first bad entry, or the first that may be. Absent: it is not about entries. */
  readonly sequence: number | undefined;

  /** @param message says what is wrong, and names the entry. */
  constructor(fault: ProofFailed['fault'], message: string, sequence?: number) {
    super(fault, message);
    this.name = 'TrailFailed';
    this.sequence = sequence;
  }
}

/** What is in a row and in no leaf could say anything. */
const COVERED = new Set<string>([...PLAIN_FIELDS, ...SALTED_FIELDS]);
const SALTED = new Set<string>(SALTED_FIELDS);

/**
 * Hashes rows anew, and compares with the hashes that they were appended with.
 * @param from sequence of the first row. Rows from `below` on are left alone.
 * @returns the leaf hash of each.
 * @throws TrailFailed naming the first row that is missing, cannot be read, or was changed.
 */
export function checkedLeaves(rows: Iterable<AuditRow>, from: number, below: number): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  const iterator = rows[Symbol.iterator]();
  try {
    for (let sequence = from; sequence < below; sequence++) {
      const { done, value: row } = nextOf(iterator, sequence);
      if (done) throw bad(sequence, 'is missing, and so are all after it');
      if (row.sequence !== sequence)
        throw bad(sequence, `is missing: after ${sequence - 1} comes ${row.sequence}`);
      leaves.push(checkedLeaf(row));
    }
  } finally {
    iterator.return?.();
  }
  return leaves;
}

function nextOf(rows: Iterator<AuditRow>, sequence: number): IteratorResult<AuditRow, undefined> {
  try {
    return rows.next();
  } catch (error) {
    throw bad(sequence, `cannot be read: ${(error as Error).message}`);
  }
}

function checkedLeaf(row: AuditRow): Uint8Array {
  let leaf: Uint8Array;
  try {
    leaf = leafOfRow(row);
  } catch (error) {
    throw bad(row.sequence, `was changed: ${(error as Error).message}`);
  }
  if (Buffer.compare(leaf, row.leaf) === 0) return leaf;
  throw bad(row.sequence, 'was changed: it does not give the hash that it was appended with');
}

/** @throws Error in words where the row can have no leaf. */
function leafOfRow({ facts, seed, erased = {} }: AuditRow): Uint8Array {
  for (const field in facts) if (!COVERED.has(field)) throw new Error(`it has a field of no leaf, ${field}`);
  for (const field in erased)
    if (!SALTED.has(field)) throw new Error(`it has an erased field of no leaf, ${field}`);
  const saltOf = saltsOf(seed);
  const hashes: Partial<Record<SaltedField, string>> = { ...erased };
  for (const field of SALTED_FIELDS) {
    const value = facts[field] as Json | undefined;
    if (value === undefined) continue;
    if (hashes[field] !== undefined) throw new Error(`its ${field} is both there and erased`);
    hashes[field] = base64(fieldHash(field, value, saltOf(field), platformHash));
  }
  return leafHash(facts, hashes, platformHash);
}

function bad(sequence: number, what: string): TrailFailed {
  return new TrailFailed('not_included', `Entry ${sequence} ${what}`, sequence);
}
