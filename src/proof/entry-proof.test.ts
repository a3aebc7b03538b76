import { expect } from '@open-wc/testing';
import { SALTED_FIELDS } from '../protocol/index.ts';
import type { AuditProof, Json, SaltedField } from '../protocol/index.ts';
import { Signer } from '../testing/signer.ts';
import { Trail, someEntries } from '../testing/trail.ts';
import { leafOfRecord, verifyEntry, verifyProof } from './entry-proof.ts';
import { ProofFailed } from './failed.ts';
import { sha256 } from './hash.ts';

const signer = new Signer();
const keys = [signer.verifier];
const trail = new Trail(signer, someEntries(7));

/** A proof that is about to be changed. */
type Copy = Record<string, Json> & { entry: Record<string, Json> };

/** What becomes of a proof on its way through JSON, changed on the way. */
function changed(proof: AuditProof, change: (copy: Copy) => void): AuditProof {
  const copy = JSON.parse(JSON.stringify(proof)) as Copy;
  change(copy);
  return copy as unknown as AuditProof;
}

function failureOf(proof: unknown): ProofFailed {
  try {
    verifyProof(proof as AuditProof, keys);
  } catch (error) {
    if (error instanceof ProofFailed) return error;
    throw error;
  }
  throw new Error(`It was proven: ${JSON.stringify(proof)}`);
}

describe('the proof of an entry', () => {
  it('holds for every entry of a trail, and gives the checkpoint', () => {
    for (const { sequence } of trail.entries) {
      const { origin, size } = verifyProof(trail.proof(sequence), keys);
      expect([origin, size]).to.deep.equal(['waooaw/audit', 7]);
    }
  });

  it('holds through JSON, whatever is hidden from the reader', () => {
    const all = trail.proof(1);
    const fields = SALTED_FIELDS.filter((field) => all.entry[field] !== undefined);
    for (let choice = 0; choice < 2 ** fields.length; choice++) {
      const hidden = fields.filter((_, bit) => choice & (1 << bit));
      const proof = changed(trail.proof(1, hidden), () => undefined);
      expect(verifyProof(proof, keys).size).to.equal(7);
      expect(Object.keys(proof.salts)).to.have.lengthOf(fields.length - hidden.length);
    }
  });

  it('needs no crypto.subtle: a page over plain http has none', () => {
    const subtle = Object.getOwnPropertyDescriptor(Crypto.prototype, 'subtle')!;
    Object.defineProperty(Crypto.prototype, 'subtle', { configurable: true, get: () => undefined });
    try {
      expect(crypto.subtle).to.equal(undefined);
      expect(verifyProof(trail.proof(3), keys).size).to.equal(7);
    } finally {
      Object.defineProperty(Crypto.prototype, 'subtle', subtle);
    }
  });

  it('takes another hash function for entries', () => {
    let count = 0;
    const checkpoint = verifyProof(trail.proof(2), keys);
    verifyEntry(trail.proof(2), checkpoint, (bytes) => {
      count++;
      return sha256(bytes);
    });
    expect(count).to.equal(Object.keys(trail.proof(2).salts).length + 1 + 3);
  });

  it('fails for every other value, key, place and field of the entry', () => {
    for (const sequence of [1, 2, 4]) {
      const proof = trail.proof(sequence, ['resource']);
      let tried = 0;
      const everywhere = (value: Json, put: (copy: Copy, other: Json) => void) => {
        for (const other of otherValues(value)) {
          const failed = failureOf(changed(proof, (copy) => put(copy, other)));
          expect(failed.fault).to.be.oneOf(['not_included', 'malformed']);
          tried++;
        }
        if (typeof value !== 'object' || value === null) return;
        for (const [key, inner] of Object.entries(value)) {
          everywhere(inner as Json, (copy, other) => {
            const object = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
            object[key] = other;
            put(copy, object as Json);
          });
        }
      };
      for (const [field, value] of Object.entries(proof.entry)) {
        everywhere(value as Json, (copy, other) => (copy.entry[field] = other));
        failureOf(changed(proof, (copy) => delete copy.entry[field]));
      }
      expect(tried).to.be.greaterThan(20);
    }
  });

  it('fails when any byte of salts, hidden hashes, path or checkpoint is another', () => {
    const proof = trail.proof(4, ['resource', 'actor']);
    const text = JSON.stringify(proof);
    const from = text.indexOf('"hidden"');
    let tried = 0;
    for (let at = from; at < text.length; at++) {
      if (!/[A-Za-z0-9+/]/.test(text[at]!) || text[at - 1] === '\\') continue;
      const other = text[at] === 'A' ? 'B' : 'A';
      let copy: unknown;
      try {
        copy = JSON.parse(text.slice(0, at) + other + text.slice(at + 1));
      } catch {
        continue;
      }
      expect(failureOf(copy), String(at)).to.be.instanceOf(ProofFailed);
      tried++;
    }
    expect(tried).to.be.greaterThan(400);
  });

  it('fails with another entry’s path, with none, and with one that is too long', () => {
    const proof = trail.proof(3);
    for (const path of [trail.proof(4).path, [], [...proof.path, ...proof.path]]) {
      expect(failureOf({ ...proof, path }).fault).to.equal('not_included');
    }
    expect(failureOf({ ...proof, path: [...proof.path, 'AAAA'] }).message).to.match(
      /lacks a hash of its path/,
    );
    for (const path of [undefined, null, 'AAAA', {}]) {
      expect(failureOf({ ...proof, path }).message).to.equal('Entry 3 has no path');
    }
    expect(failureOf({ ...proof, path: [7] }).fault).to.equal('malformed');
  });

  it('fails against a key that did not sign, and beyond what the checkpoint counts', () => {
    const proof = trail.proof(3);
    expect(() => verifyProof(proof, [new Signer('waooaw/audit', 9).verifier])).to.throw(
      ProofFailed,
      /None of the given/,
    );
    expect(() => verifyProof(proof, [])).to.throw(ProofFailed, /None of the given/);
    const short = new Trail(signer, someEntries(2)).proof(1).checkpoint;
    expect(failureOf({ ...proof, checkpoint: short })).to.include({
      fault: 'not_included',
      message: "Entry 3 is beyond the checkpoint's 2 entries",
    });
  });

  it('lets nobody add a word that no leaf has', () => {
    const proof = trail.proof(2);
    const entry = { ...proof.entry, approvedBy: 'Ana' };
    expect(failureOf({ ...proof, entry }).message).to.equal(
      'Entry 2 has a field that no leaf knows: "approvedBy"',
    );
    expect(failureOf({ ...proof, entry: { ...proof.entry, v: 1 } }).fault).to.equal('malformed');
  });

  it('says what is missing, or there twice', () => {
    const { entry, salts, ...rest } = trail.proof(2, ['ip']);
    const said = (record: object, other: object = salts) =>
      failureOf({ entry: record, salts: other, ...rest }).message;
    const { actor: _actor, ...without } = entry;
    expect(said(without)).to.equal('Entry 2 has a salt for actor, and no actor');
    expect(said({ ...entry, ip: '192.0.2.1' })).to.equal('Entry 2 has ip both shown and hidden');
    const { actor: _salt, ...fewer } = salts as Record<SaltedField, string>;
    expect(said(entry, fewer)).to.equal('Entry 2 lacks the salt of actor: expected 16 bytes in base64');
    expect(said(entry, { ...salts, actor: 'AAAA' })).to.match(/lacks the salt of actor/);
    expect(said({ ...entry, hidden: { ip: 'AAAA' } })).to.match(/lacks the hash of ip: expected 32 bytes/);
    expect(said({ ...entry, hidden: { time: 'AAAA' } })).to.match(
      /hash or salt of "time", which is no such field/,
    );
    expect(said(entry, { ...salts, nobody: 'AAAA' })).to.match(/hash or salt of "nobody"/);
    expect(said({ ...entry, hidden: 7 })).to.match(/no object/);
    expect(said({ ...entry, before: '\ud800' })).to.match(
      /^Entry 2 cannot be hashed: \/before has a lone surrogate/,
    );
  });

  it('is refused in words, whatever it is', () => {
    const proof = trail.proof(2);
    for (const entry of [null, undefined, 7, 'x', [], {}]) {
      expect(failureOf({ ...proof, entry }).fault).to.equal('malformed');
    }
    for (const salts of [null, undefined, 7, []]) {
      expect(failureOf({ ...proof, salts }).fault).to.equal('malformed');
    }
    for (const sequence of [0, -1, 1.5, '2', null]) {
      expect(failureOf({ ...proof, entry: { ...proof.entry, sequence } }).message).to.match(
        /expected 1 or more/,
      );
    }
    for (const whole of [null, undefined, 'x', []]) expect(failureOf(whole).fault).to.equal('malformed');
    for (const checkpoint of ['', 'x\n\n', undefined, null, 7, {}]) {
      expect(failureOf({ ...proof, checkpoint }).fault).to.equal('malformed');
    }
  });

  it('leaves an error that is not about the proof as it is', () => {
    const broken = () => {
      throw new RangeError('the platform’s');
    };
    const { entry, salts } = trail.proof(2);
    expect(() => leafOfRecord(entry, salts, broken)).to.throw(RangeError);
  });
});

/** Other values of the same kind and of others. */
function otherValues(value: Json): Json[] {
  if (typeof value === 'string') return [`${value} `, value.slice(1), null];
  if (typeof value === 'number') return [value + 1, -value, String(value)];
  if (Array.isArray(value)) return [[...(value as Json[]), 1], [...(value as Json[])].reverse(), {}];
  return [{ ...(value as object), more: 1 }, [], false];
}
