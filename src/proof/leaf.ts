/** The leaf of an audit entry, version 1: docs/audit-proofs.md has it byte for byte. */
import { SALTED_FIELDS } from '../protocol/index.ts';
import type { AuditFacts, Json, SaltedField } from '../protocol/index.ts';
import { base64 } from './bytes.ts';
import { NotCanonical, canonical } from './canonical.ts';
import { hashText, sha256 } from './hash.ts';
import type { Hash } from './hash.ts';
import { hashOfLeafData } from './tree.ts';

/** The leaf's format. */
export const LEAF_VERSION = 1;

/** Bytes of a field's salt. */
export const SALT_BYTES = 16;

/** Fields that stand in the leaf as they are. They can be neither erased nor hidden. */
export const PLAIN_FIELDS = ['time', 'action', 'level', 'result', 'requestId'] as const;

/** What stands in the leaf as it is. */
export type PlainFacts = Pick<AuditFacts, (typeof PLAIN_FIELDS)[number]>;

/** Fields of the leaf, and whether each is salted, in the order that RFC 8785 wants: it need not be made for each entry. */
const LEAF_FIELDS = [
  ...PLAIN_FIELDS.map((field) => [field, false] as const),
  ...SALTED_FIELDS.map((field) => [field, true] as const),
].sort(([one], [other]) => (one < other ? -1 : 1));

/** Hash that stands for each salted field which the entry has, base64. */
export type FieldHashes = Readonly<Partial<Record<SaltedField, string>>>;

/**
 * The hash that stands for a field in the leaf: SHA-256(salt ‖ canonical(["<field>", value])). The name is hashed with the
 * value, so that a hash cannot be moved to another field; the salt keeps a value of few possibilities from being guessed.
 * @param salt {@link SALT_BYTES} random bytes, of this field of this entry alone.
 * @throws NotCanonical where the value has no canonical spelling.
 */
export function fieldHash(
  field: SaltedField,
  value: Json,
  salt: Uint8Array,
  hash: Hash = sha256,
): Uint8Array {
  return hashText(salt, `["${field}",${within(field, value)}]`, hash);
}

/**
 * What the leaf's hash is made of, as text.
 * @param facts whatever else they hold is left out.
 * @throws NotCanonical where a value has no canonical spelling.
 */
export function leafData(facts: PlainFacts, fieldHashes: FieldHashes): string {
  let data = '{';
  for (const [field, salted] of LEAF_FIELDS) {
    const value = salted ? fieldHashes[field] : facts[field];
    if (value !== undefined) data += `"${field}":${salted ? JSON.stringify(value) : within(field, value)},`;
  }
  return `${data}"v":${LEAF_VERSION}}`;
}

/** @returns the RFC 6962 hash of the leaf, 32 bytes. @throws NotCanonical as {@link leafData} does. */
export function leafHash(facts: PlainFacts, fieldHashes: FieldHashes, hash: Hash = sha256): Uint8Array {
  return hashOfLeafData(leafData(facts, fieldHashes), hash);
}

/**
 * The leaf of an entry that is known whole.
 * @param saltOf asked for every salted field that the entry has, in the order of `SALTED_FIELDS`.
 * @throws NotCanonical where a value has no canonical spelling, `/details/…` for example.
 */
export function leafOf(
  facts: AuditFacts,
  saltOf: (field: SaltedField) => Uint8Array,
  hash: Hash = sha256,
): Uint8Array {
  const hashes: Partial<Record<SaltedField, string>> = {};
  for (const field of SALTED_FIELDS) {
    const value = facts[field] as Json | undefined;
    if (value !== undefined) hashes[field] = base64(fieldHash(field, value, saltOf(field), hash));
  }
  return leafHash(facts, hashes, hash);
}

/** The value's canonical spelling; a failure is named from the field on. */
function within(field: string, value: Json): string {
  try {
    return canonical(value);
  } catch (error) {
    throw error instanceof NotCanonical ? error.below(field) : error;
  }
}
