/** Salts of an entry's fields, made of one random seed that is kept in its row, and of what an erasure left of it. */
import { hash, randomBytes } from 'node:crypto';
import { SALTED_FIELDS } from '../../../src/protocol/index.ts';
import type { SaltedField } from '../../../src/protocol/index.ts';
import { SALT_BYTES } from '../../../src/proof/index.ts';

/** Bytes of a seed. */
export const SEED_BYTES = 16;
/** Of a list: the field's place in `SALTED_FIELDS`, then its salt. No list is as long as a seed. */
const ITEM_BYTES = 1 + SALT_BYTES;
const POOL_SEEDS = 256;

let pool = new Uint8Array();

/** A new seed. Drawn many at once: asking the system for sixteen bytes takes as long as asking for thousands. */
export function newSeed(): Uint8Array {
  if (pool.length === 0) pool = randomBytes(POOL_SEEDS * SEED_BYTES);
  const seed = pool.slice(0, SEED_BYTES);
  pool = pool.subarray(SEED_BYTES);
  return seed;
}

/**
 * Salts by field. Who knows one salt knows none of the others: SHAKE256 of the seed, cut by the field's place.
 * @param seed as it stands in the row: {@link SEED_BYTES} bytes, or the list that {@link withoutSalts} made of it.
 * @returns throws a `RangeError` for a field whose salt was erased.
 */
export function saltsOf(seed: Uint8Array): (field: SaltedField) => Uint8Array {
  const salts = seed.length === SEED_BYTES ? derived(seed) : listed(seed);
  return (field) => {
    const salt = salts.get(field);
    if (!salt) throw new RangeError(`The salt of ${field} was erased`);
    return salt;
  };
}

/** What takes a seed's place in a row of which fields are erased: the salts of the others, and no way back to theirs. */
export function withoutSalts(seed: Uint8Array, erased: readonly SaltedField[]): Uint8Array {
  const salts = seed.length === SEED_BYTES ? derived(seed) : listed(seed);
  const kept = [...salts].filter(([field]) => !erased.includes(field));
  return Buffer.concat(kept.map(([field, salt]) => Buffer.from([SALTED_FIELDS.indexOf(field), ...salt])));
}

function derived(seed: Uint8Array): Map<SaltedField, Uint8Array> {
  const bytes = hash('shake256', seed, {
    outputEncoding: 'buffer',
    outputLength: SALT_BYTES * SALTED_FIELDS.length,
  });
  return new Map(
    SALTED_FIELDS.map((field, i) => [field, bytes.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES)]),
  );
}

function listed(list: Uint8Array): Map<SaltedField, Uint8Array> {
  const salts = new Map<SaltedField, Uint8Array>();
  for (let at = 0; at + ITEM_BYTES <= list.length; at += ITEM_BYTES) {
    const field = SALTED_FIELDS[list[at]!];
    if (field) salts.set(field, list.subarray(at + 1, at + ITEM_BYTES));
  }
  return salts;
}
