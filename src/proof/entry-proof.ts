/** Proves that an entry, as somebody was shown it, stands in the trail. */
import { SALTED_FIELDS } from '../protocol/index.ts';
import type { AuditProof, AuditRecord, Json, SaltedField } from '../protocol/index.ts';
import { base64, fromBase64, quoted } from './bytes.ts';
import { NotCanonical } from './canonical.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { ProofFailed } from './failed.ts';
import { sha256 } from './hash.ts';
import type { Hash } from './hash.ts';
import { PLAIN_FIELDS, SALT_BYTES, fieldHash, leafHash } from './leaf.ts';
import { verifyInclusion } from './tree-proof.ts';

const HASH_BYTES = 32;
/** A field that the leaf does not know could say anything. */
const KNOWN = new Set<string>(['sequence', 'hidden', ...PLAIN_FIELDS, ...SALTED_FIELDS]);

/**
 * Checks one entry against the keys that are trusted.
 * @param verifiers as `<name>+<id>+<base64>`: pinned by whoever asks, not taken from where the proof comes from.
 * @returns the checkpoint that it was checked against.
 * @throws ProofFailed with the reason.
 */
export function verifyProof(proof: AuditProof, verifiers: readonly string[]): Checkpoint {
  if (!isObject(proof)) throw new ProofFailed('malformed', 'A proof is an object');
  const checkpoint = verifyCheckpoint(proof.checkpoint, verifiers);
  verifyEntry(proof, checkpoint);
  return checkpoint;
}

/**
 * Checks one entry against a checkpoint that is believed already.
 * @throws ProofFailed `malformed`, `not_included`.
 */
export function verifyEntry(
  { entry, salts, path }: Pick<AuditProof, 'entry' | 'salts' | 'path'>,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  hash: Hash = sha256,
): void {
  const leaf = leafOfRecord(entry, salts, hash);
  if (entry.sequence > size) {
    throw new ProofFailed(
      'not_included',
      `Entry ${entry.sequence} is beyond the checkpoint's ${size} entries`,
    );
  }
  if (!Array.isArray(path)) throw malformed(entry, 'has no path');
  const hashes = path.map((node) => bytesOf(node, HASH_BYTES, entry, 'a hash of its path'));
  if (!verifyInclusion({ index: entry.sequence - 1, size, leaf, path: hashes, root }, hash)) {
    throw new ProofFailed('not_included', `Entry ${entry.sequence} is not what the tree has at its place`);
  }
}

/**
 * The leaf of an entry as it is shown: a field is there with its salt, or only the hash that stands for it.
 * @returns the leaf's hash, 32 bytes.
 * @throws ProofFailed `malformed` where a field is not covered by the leaf, or its salt or hash is missing.
 */
export function leafOfRecord(
  entry: AuditRecord,
  salts: AuditProof['salts'],
  hash: Hash = sha256,
): Uint8Array {
  if (!isObject(entry) || !isObject(salts)) {
    throw new ProofFailed('malformed', 'An entry and its salts are objects');
  }
  if (!Number.isSafeInteger(entry.sequence) || entry.sequence < 1) {
    throw new ProofFailed(
      'malformed',
      `An entry has the sequence ${quoted(entry.sequence)}; expected 1 or more`,
    );
  }
  for (const field of Object.keys(entry)) {
    if (!KNOWN.has(field)) throw malformed(entry, `has a field that no leaf knows: ${quoted(field)}`);
  }
  const { hidden = {} } = entry;
  if (!isObject(hidden)) throw malformed(entry, 'has hashes of hidden fields that are no object');
  for (const field of [...Object.keys(hidden), ...Object.keys(salts)]) {
    if (!isSalted(field))
      throw malformed(entry, `has a hash or salt of ${quoted(field)}, which is no such field`);
  }
  try {
    return leafHash(entry, fieldHashes(entry, salts, hash), hash);
  } catch (error) {
    if (error instanceof NotCanonical) throw malformed(entry, `cannot be hashed: ${error.message}`);
    throw error;
  }
}

function fieldHashes(
  entry: AuditRecord,
  salts: AuditProof['salts'],
  hash: Hash,
): Partial<Record<SaltedField, string>> {
  const hashes: Partial<Record<SaltedField, string>> = {};
  for (const field of SALTED_FIELDS) {
    const value = entry[field] as Json | undefined;
    const [salt, hidden] = [salts[field], entry.hidden?.[field]];
    if (value === undefined) {
      if (salt !== undefined) throw malformed(entry, `has a salt for ${field}, and no ${field}`);
      if (hidden !== undefined)
        hashes[field] = base64(bytesOf(hidden, HASH_BYTES, entry, `the hash of ${field}`));
    } else {
      if (hidden !== undefined) throw malformed(entry, `has ${field} both shown and hidden`);
      const bytes = bytesOf(salt, SALT_BYTES, entry, `the salt of ${field}`);
      hashes[field] = base64(fieldHash(field, value, bytes, hash));
    }
  }
  return hashes;
}

function bytesOf(text: unknown, length: number, entry: AuditRecord, what: string): Uint8Array {
  const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
  if (bytes?.length === length) return bytes;
  throw malformed(entry, `lacks ${what}: expected ${length} bytes in base64`);
}

/** Proofs come as JSON from whoever wants to be believed: their types are a promise. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSalted(field: string): field is SaltedField {
  return (SALTED_FIELDS as readonly string[]).includes(field);
}

function malformed({ sequence }: AuditRecord, what: string): ProofFailed {
  return new ProofFailed('malformed', `Entry ${sequence} ${what}`);
}
