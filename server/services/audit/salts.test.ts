import assert from 'node:assert/strict';
import { shake256 } from '@noble/hashes/sha3.js';
import { describe, it } from 'node:test';
import { SALTED_FIELDS } from '../../../src/protocol/index.ts';
import type { SaltedField } from '../../../src/protocol/index.ts';
import { fieldHash, leafOf, leafOfRecord } from '../../../src/proof/index.ts';
import { anEvent } from '../../testing/auditing.ts';
import { newSeed, saltsOf, withoutSalts } from './salts.ts';
import { platformHash } from './platform-hash.ts';
import { FULL_VIEW, NARROW_VIEW, viewFor } from './views.ts';

describe('salts', () => {
  it('are SHAKE256 of the seed, cut by the field’s place', () => {
    const seed = newSeed();
    const saltOf = saltsOf(seed);
    const bytes = shake256(seed, { dkLen: 16 * SALTED_FIELDS.length });
    SALTED_FIELDS.forEach((field, i) => {
      assert.deepEqual(Buffer.from(saltOf(field)), Buffer.from(bytes.subarray(i * 16, (i + 1) * 16)), field);
    });
  });

  it('are never those of another entry', () => {
    const seeds = new Set(Array.from({ length: 1_000 }, () => Buffer.from(newSeed()).toString('hex')));
    assert.equal(seeds.size, 1_000);
  });

  it('that are left after an erasure are the same, and the erased one is gone for good', () => {
    const seed = newSeed();
    const once = withoutSalts(seed, ['ip']);
    const twice = withoutSalts(once, ['actor', 'session']);
    const erased: readonly SaltedField[] = ['ip', 'actor', 'session'];
    for (const field of SALTED_FIELDS) {
      if (erased.includes(field)) assert.throws(() => saltsOf(twice)(field), RangeError);
      else assert.deepEqual(Buffer.from(saltsOf(twice)(field)), Buffer.from(saltsOf(seed)(field)));
    }
    assert.throws(() => saltsOf(withoutSalts(seed, SALTED_FIELDS))('tags'), RangeError);
  });
});

describe('an entry of which a field was erased', () => {
  it('has the same leaf for everybody', () => {
    const facts = { ...anEvent({ ip: '192.0.2.1', details: { a: 1 } }), time: 1 };
    const seed = newSeed();
    const leaf = leafOf(facts, saltsOf(seed), platformHash);
    const { ip, actor, ...rest } = facts;
    const hashOf = (field: SaltedField, value: never): string =>
      Buffer.from(fieldHash(field, value, saltsOf(seed)(field))).toString('base64');
    const row = {
      sequence: 1,
      facts: rest,
      seed: withoutSalts(seed, ['ip', 'actor']),
      leaf,
      erased: { ip: hashOf('ip', ip as never), actor: hashOf('actor', actor as never) },
    };
    for (const view of [FULL_VIEW, NARROW_VIEW]) {
      const record = view.record(row);
      assert.deepEqual(Buffer.from(leafOfRecord(record, view.salts(row))), Buffer.from(leaf));
      assert.equal(record.actor, undefined);
    }
    assert.deepEqual(Object.keys(FULL_VIEW.record(row).hidden ?? {}).sort(), ['actor', 'ip']);
    assert.equal(NARROW_VIEW.shows(row), true);
    assert.equal(NARROW_VIEW.shows({ ...row, facts: { ...rest, resource: undefined } as never }), false);
  });
});

describe('the view', () => {
  it('is whole for auditors and admins, and narrow for everybody else', () => {
    assert.deepEqual([viewFor('auditor'), viewFor('admin')], [FULL_VIEW, FULL_VIEW]);
    for (const role of ['viewer', 'operator', undefined] as const) assert.equal(viewFor(role), NARROW_VIEW);
    assert.deepEqual([FULL_VIEW.all, NARROW_VIEW.all], [true, false]);
  });
});
