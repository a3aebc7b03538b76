import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  TreeBuilder,
  base64,
  canonical,
  formatCheckpoint,
  fromBase64,
  leafOf,
  noteOf,
  parseVerifier,
  sha256,
  verifierOf,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '../src/proof/index.ts';
import type { AuditFacts, Json } from '../src/protocol/index.ts';
import { platformHash } from './platform-hash.ts';

const FIXTURES = join(import.meta.dirname, '../../shared/fixtures/merkle');
const RUNS = { numRuns: 150, seed: 6962 };

/** A case of transparency-dev/merkle. Sizes stay whole: some are beyond what a number holds. */
interface Case {
  readonly leafIdx?: bigint;
  readonly treeSize?: bigint;
  readonly size1?: bigint;
  readonly size2?: bigint;
  readonly root?: string;
  readonly root1?: string;
  readonly root2?: string;
  readonly leafHash?: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

function readCase(file: string): Case {
  const digits = /^(leafIdx|treeSize|size1|size2)$/;
  // The third argument has the number as it was written.
  const revive = (key: string, value: unknown, { source }: { source: string }): unknown =>
    digits.test(key) ? BigInt(source) : value;
  return JSON.parse(readFileSync(file, 'utf8'), revive as (key: string, value: unknown) => unknown) as Case;
}

function holds(given: Case): boolean {
  // Their base64 is not always a hash's, which is their point.
  const bytes = (text = '') => new Uint8Array(Buffer.from(text, 'base64'));
  const path = (given.proof ?? []).map(bytes);
  if (given.leafIdx !== undefined) {
    const [leaf, root] = [bytes(given.leafHash), bytes(given.root)];
    return verifyInclusion({ index: given.leafIdx, size: given.treeSize!, leaf, path, root });
  }
  const [firstRoot, secondRoot] = [bytes(given.root1), bytes(given.root2)];
  return verifyConsistency({ first: given.size1!, second: given.size2!, firstRoot, secondRoot, path });
}

/** MTH, PATH and PROOF of RFC 6962, section 2.1, as they are written there: slow, and obviously right. */
const reference = {
  root(leaves: readonly Uint8Array[]): Uint8Array {
    if (leaves.length === 0) return digest();
    if (leaves.length === 1) return leaves[0]!;
    const [left, right] = halves(leaves);
    return digest(Uint8Array.of(1), this.root(left), this.root(right));
  },
  path(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return [];
    const [left, right] = halves(leaves);
    return index < left.length
      ? [...this.path(index, left), this.root(right)]
      : [...this.path(index - left.length, right), this.root(left)];
  },
  consistency(first: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
    if (first === leaves.length) return whole ? [] : [this.root(leaves)];
    const [left, right] = halves(leaves);
    return first <= left.length
      ? [...this.consistency(first, left, whole), this.root(right)]
      : [...this.consistency(first - left.length, right, false), this.root(left)];
  },
};

function digest(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
}

function halves(leaves: readonly Uint8Array[]): [readonly Uint8Array[], readonly Uint8Array[]] {
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return [leaves.slice(0, split), leaves.slice(split)];
}

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => digest(Uint8Array.of(0, at & 255, at >> 8)));

describe('proofs of other people’s trees', () => {
  it('are decided as their makers say', (t) => {
    if (!existsSync(FIXTURES)) {
      t.diagnostic('the cases of transparency-dev/merkle are not here: only our own ran');
      return;
    }
    const files = globSync('**/*.json', { cwd: FIXTURES });
    for (const file of files) {
      const given = readCase(join(FIXTURES, file));
      assert.equal(holds(given), !given.wantErr, file);
    }
    assert.ok(files.length >= 196, `${files.length} cases`);
    t.diagnostic(`${files.length} cases`);
  });
});

describe('a tree of any size', () => {
  it('has the root of the definition, whichever hash makes it', () => {
    const leaves = leavesOf(300);
    const trees = [new TreeBuilder(), new TreeBuilder(platformHash)];
    for (let size = 0; size <= leaves.length; size++) {
      for (const tree of trees)
        assert.deepEqual(Buffer.from(tree.root()), Buffer.from(reference.root(leaves.slice(0, size))));
      for (const tree of trees) if (size < leaves.length) tree.append(leaves[size]!);
    }
  });

  it('has inclusion proofs that hold for their leaf, place, size and root, and for nothing else', () => {
    const cases = fc
      .integer({ min: 1, max: 200 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })));
    fc.assert(
      fc.property(cases, fc.nat(), fc.nat(), ([size, index], choice, other) => {
        const leaves = leavesOf(size);
        const path = reference.path(index, leaves);
        const proof = { index, size, leaf: leaves[index]!, path, root: reference.root(leaves) };
        assert.ok(verifyInclusion(proof));
        assert.ok(verifyInclusion({ ...proof, index: BigInt(index), size: BigInt(size) }, platformHash));

        const place = other % (2 * size);
        if (place !== index) assert.ok(!verifyInclusion({ ...proof, index: place }));
        const changed = path.map((hash) => Uint8Array.from(hash));
        const at = choice % (path.length + 1);
        if (at < path.length) changed[at]![other % 32]! ^= 1 << (choice % 8);
        else changed.splice(other % (path.length + 1), 0, digest());
        assert.ok(!verifyInclusion({ ...proof, path: changed }));
      }),
      RUNS,
    );
  });

  it('has consistency proofs that hold for their sizes and roots, and for nothing else', () => {
    const cases = fc
      .integer({ min: 1, max: 200 })
      .chain((second) => fc.tuple(fc.integer({ min: 1, max: second }), fc.constant(second)));
    fc.assert(
      fc.property(cases, fc.nat(), fc.nat(), ([first, second], choice, other) => {
        const leaves = leavesOf(second);
        const [firstRoot, secondRoot] = [reference.root(leaves.slice(0, first)), reference.root(leaves)];
        const path = reference.consistency(first, leaves);
        const proof = { first, second, firstRoot, secondRoot, path };
        assert.ok(verifyConsistency(proof));
        assert.ok(
          verifyConsistency({ ...proof, first: BigInt(first), second: BigInt(second) }, platformHash),
        );

        const changed = path.map((hash) => Uint8Array.from(hash));
        const at = choice % (path.length + 1);
        if (at < path.length) changed[at]![other % 32]! ^= 1 << (choice % 8);
        else changed.splice(other % (path.length + 1), 0, digest());
        assert.ok(!verifyConsistency({ ...proof, path: changed }));
        assert.ok(!verifyConsistency({ ...proof, firstRoot: digest() }));
        assert.ok(!verifyConsistency({ ...proof, secondRoot: digest() }));
      }),
      RUNS,
    );
  });

  it('that was made anew with one leaf changed continues no earlier one', () => {
    const leaves = leavesOf(60);
    for (let first = 1; first < 60; first++) {
      const other = leaves.with(first - 1, digest());
      const proof = {
        first,
        second: 60,
        firstRoot: reference.root(leaves.slice(0, first)),
        secondRoot: reference.root(other),
        path: reference.consistency(first, other),
      };
      assert.ok(!verifyConsistency(proof), `${first}`);
    }
  });
});

describe('canonical JSON', () => {
  it('is read back as it was, is its own canonical form, and does not depend on the order of keys', () => {
    const wellFormed = fc.string({ unit: 'binary' });
    const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(json, wellFormed, (value, key) => {
        const whole = { [key]: value, '\u20ac': value };
        const text = canonical(whole);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(whole)));
        assert.equal(canonical(JSON.parse(text) as Json), text);
        assert.equal(canonical(Object.fromEntries(Object.entries(whole).reverse())), text);
      }),
      RUNS,
    );
  });
});

describe('what is hashed in plain JavaScript', () => {
  it('is what the platform hashes, whatever its length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.deepEqual(Buffer.from(sha256(bytes)), Buffer.from(platformHash(bytes)));
        assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
        assert.deepEqual(fromBase64(base64(bytes)), bytes);
      }),
      RUNS,
    );
  });

  it('makes the same leaf of texts of every length and script', () => {
    const salt = new Uint8Array(16);
    for (const details of ['', 'ü', '€', '😀', 'x'.repeat(5_000), '€'.repeat(20_000), 'ü😀'.repeat(40_000)]) {
      const facts: AuditFacts = {
        time: 1,
        actor: { id: 'a', kind: 'user' },
        action: 'create',
        level: 'info',
        resource: { type: 't', id: details },
        result: 'success',
        details,
      };
      const field = (name: string, value: Json) =>
        Buffer.from(digest(salt, Buffer.from(canonical([name, value])))).toString('base64');
      const data = canonical({
        v: 1,
        time: 1,
        action: 'create',
        level: 'info',
        result: 'success',
        actor: field('actor', facts.actor as unknown as Json),
        resource: field('resource', facts.resource as unknown as Json),
        details: field('details', details),
      });
      const expected = Buffer.from(digest(Uint8Array.of(0), Buffer.from(data)));
      assert.deepEqual(Buffer.from(leafOf(facts, () => salt)), expected);
      assert.deepEqual(Buffer.from(leafOf(facts, () => salt, platformHash)), expected);
    }
  });
});

describe('a checkpoint that Node signed', () => {
  it('is verified in plain JavaScript, and no other', () => {
    for (let size = 0; size < 20; size++) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
      const verifier = verifierOf('example.com/log', key);
      const text = formatCheckpoint('example.com/log', size, digest(Uint8Array.of(size)));
      const signature = new Uint8Array(sign(null, Buffer.from(text), privateKey));
      const note = noteOf(text, [{ ...parseVerifier(verifier), signature }]);
      assert.equal(verifyCheckpoint(note, [verifier]).size, size);
      const other = noteOf(text.replace(`\n${size}\n`, `\n${size + 1}\n`), [
        { ...parseVerifier(verifier), signature },
      ]);
      assert.throws(() => verifyCheckpoint(other, [verifier]), { fault: 'bad_signature' });
    }
  });
});
