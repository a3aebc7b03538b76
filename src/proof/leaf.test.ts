import { expect } from '@open-wc/testing';
import { SALTED_FIELDS } from '../protocol/index.ts';
import type { AuditFacts, Json, SaltedField } from '../protocol/index.ts';
import { base64, concatBytes } from './bytes.ts';
import { NotCanonical } from './canonical.ts';
import { sha256 } from './hash.ts';
import { fieldHash, leafData, leafHash, leafOf } from './leaf.ts';
import { hashOfLeafData } from './tree.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const FACTS: AuditFacts = {
  time: 1_764_000_000_123_456,
  actor: { id: 'u_ana', kind: 'user', name: 'Ana Müller' },
  action: 'upgrade',
  level: 'warning',
  resource: { type: 'agent', id: 'billing' },
  result: 'failure',
  reason: 'security fix',
  error: 'health_gate',
  ip: '192.0.2.7',
  session: 'c_1',
  requestId: 'r_1',
  before: { version: '1.4.2' },
  after: null,
  details: { stages: [1, 2.5, 'a'] },
  tags: { environment: 'production' },
};

/** Every field has its own. */
const saltOf = (field: SaltedField) => new Uint8Array(16).fill(SALTED_FIELDS.indexOf(field));
const valueOf = (field: SaltedField) => FACTS[field] as Json;

describe('the hash of a field', () => {
  it('is SHA-256 of the salt, and of name and value as canonical JSON', () => {
    const salt = new Uint8Array(16).fill(7);
    const expected = sha256(concatBytes(salt, utf8('["before",{"a":1,"b":[null]}]')));
    expect(base64(fieldHash('before', { b: [null], a: 1 }, salt))).to.equal(base64(expected));
  });

  it('is another one with another name, value or salt', () => {
    const salt = new Uint8Array(16);
    const hashes = [
      fieldHash('before', 1, salt),
      fieldHash('after', 1, salt),
      fieldHash('before', '1', salt),
      fieldHash('before', 1, salt.with(15, 1)),
    ].map(base64);
    expect(new Set(hashes).size).to.equal(4);
  });

  it('is made by another function where one is given', () => {
    const lengths: number[] = [];
    const hash = (bytes: Uint8Array) => {
      lengths.push(bytes.length);
      return new Uint8Array(32);
    };
    leafOf({ ...FACTS, reason: 'ü' }, saltOf, hash);
    expect(lengths).to.have.lengthOf(SALTED_FIELDS.length + 1);
    expect(lengths).to.include(16 + '["reason","ü"]'.length + 1);
  });
});

describe('the leaf', () => {
  it('says what stands in it plainly, and a hash for every other field', () => {
    const hashes = Object.fromEntries(
      SALTED_FIELDS.map((field) => [field, base64(fieldHash(field, valueOf(field), saltOf(field)))]),
    );
    const data = leafData(FACTS, hashes);
    expect(JSON.parse(data)).to.deep.equal({
      v: 1,
      time: FACTS.time,
      action: 'upgrade',
      level: 'warning',
      result: 'failure',
      requestId: 'r_1',
      ...hashes,
    });
    expect(Object.keys(JSON.parse(data) as object)).to.deep.equal([
      'action',
      'actor',
      'after',
      'before',
      'details',
      'error',
      'ip',
      'level',
      'reason',
      'requestId',
      'resource',
      'result',
      'session',
      'tags',
      'time',
      'v',
    ]);
    expect(base64(leafOf(FACTS, saltOf))).to.equal(base64(hashOfLeafData(utf8(data))));
    expect(base64(leafHash(FACTS, hashes))).to.equal(base64(leafOf(FACTS, saltOf)));
  });

  it('leaves out what the entry has not, and asks for no salt of it', () => {
    const { time, actor, action, level, resource, result } = FACTS;
    const asked: SaltedField[] = [];
    const facts = { time, actor, action, level, resource, result, reason: undefined };
    leafOf(facts as unknown as AuditFacts, (field) => (asked.push(field), saltOf(field)));
    expect(asked).to.deep.equal(['actor', 'resource']);
    expect(leafData({ time, action, level, result }, {})).to.equal(
      '{"action":"upgrade","level":"warning","result":"failure","time":1764000000123456,"v":1}',
    );
  });

  it('is another one when any field is another, is missing, or is there', () => {
    const leaves = new Set([base64(leafOf(FACTS, saltOf))]);
    const changes: Partial<Record<keyof AuditFacts, Json>> = {
      time: FACTS.time + 1,
      actor: { id: 'u_ana', kind: 'service', name: 'Ana Müller' },
      action: 'rollback',
      level: 'info',
      resource: { type: 'agent', id: 'billing', name: '' },
      result: 'success',
      reason: 'security  fix',
      error: '',
      ip: '192.0.2.8',
      session: 'c_2',
      requestId: 'r_2',
      before: { version: '1.4.20' },
      after: false,
      details: { stages: [1, 2.5] },
      tags: {},
    };
    expect(Object.keys(changes).sort()).to.deep.equal(Object.keys(FACTS).sort());
    for (const [field, value] of Object.entries(changes)) {
      leaves.add(base64(leafOf({ ...FACTS, [field]: value }, saltOf)));
      const { [field as 'reason']: _gone, ...without } = FACTS;
      leaves.add(base64(leafOf(without, saltOf)));
    }
    expect(leaves.size).to.equal(1 + 2 * Object.keys(changes).length);
  });

  it('passes on what is not about the entry', () => {
    const failed = new Error('not now');
    const details = {
      get late(): Json {
        throw failed;
      },
    };
    expect(() => leafOf({ ...FACTS, details }, () => new Uint8Array(16))).to.throw(failed);
  });

  it('names the place of what cannot be hashed', () => {
    const details = { a: ['\ud800'] };
    expect(() => leafOf({ ...FACTS, details }, saltOf)).to.throw(
      NotCanonical,
      '/details/a/0 has a lone surrogate',
    );
    expect(() => leafOf({ ...FACTS, requestId: '\ud800' }, saltOf)).to.throw(
      NotCanonical,
      '/requestId has a lone',
    );
  });
});
