import { expect } from '@open-wc/testing';
import { EMPTY_ROOT, TreeBuilder, hashOfLeafData, nodeHash } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './tree-proof.ts';
import { hexOf } from './verifier.ts';

/** The tree of eight leaves that the implementations of RFC 6962 test with: its leaves, and the roots as it grows. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
] as const;
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
] as const;
/** Place of the leaf, size of the tree, path. */
const INCLUSIONS = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
] as const;
/** Sizes of the trees, path. */
const CONSISTENCIES = [
  [1, 1, []],
  [1, 8, INCLUSIONS[1][2]],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 5, [INCLUSIONS[1][2][1], INCLUSIONS[4][2][2]]],
] as const;

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const hashed = LEAVES.map((data) => hashOfLeafData(bytesOf(data)));
const rootOf = (size: number) => bytesOf(ROOTS[size]!);

describe('the tree of RFC 6962', () => {
  it('has the published roots at every size', () => {
    const tree = new TreeBuilder();
    expect([tree.size, hexOf(tree.root())]).to.deep.equal([0, ROOTS[0]]);
    for (const [at, leaf] of hashed.entries()) {
      tree.append(leaf);
      expect([tree.size, hexOf(tree.root())]).to.deep.equal([at + 1, ROOTS[at + 1]]);
    }
    expect(hexOf(EMPTY_ROOT)).to.equal(ROOTS[0]);
  });

  it('takes another hash, and tells leaves from nodes by their first byte', () => {
    const seen: number[] = [];
    const hash = (bytes: Uint8Array) => {
      seen.push(bytes[0]!, bytes.length);
      return new Uint8Array(32);
    };
    const tree = new TreeBuilder(hash);
    tree.append(hashOfLeafData(bytesOf('2021'), hash));
    tree.append(hashOfLeafData(new Uint8Array(), hash));
    tree.root();
    nodeHash(EMPTY_ROOT, EMPTY_ROOT, hash);
    expect(seen).to.deep.equal([0, 3, 0, 1, 1, 65, 1, 65]);
  });
});

describe('an inclusion proof', () => {
  for (const [index, size, path] of INCLUSIONS) {
    const proof = { index, size, leaf: hashed[index]!, path: path.map(bytesOf), root: rootOf(size) };

    it(`holds for leaf ${index} of ${size}, whichever way the sizes are written`, () => {
      expect(verifyInclusion(proof)).to.equal(true);
      expect(verifyInclusion({ ...proof, index: BigInt(index), size: BigInt(size) })).to.equal(true);
    });

    it(`holds for leaf ${index} of ${size} at no other place, and with no other path`, () => {
      for (let other = 0; other < 20; other++) {
        if (other !== index) expect(verifyInclusion({ ...proof, index: other })).to.equal(false);
      }
      expect(verifyInclusion({ ...proof, path: [...proof.path, EMPTY_ROOT] })).to.equal(false);
      expect(verifyInclusion({ ...proof, leaf: EMPTY_ROOT })).to.equal(false);
      expect(verifyInclusion({ ...proof, root: EMPTY_ROOT })).to.equal(false);
      for (let at = 0; at < path.length; at++) {
        const without = proof.path.filter((_, place) => place !== at);
        expect(verifyInclusion({ ...proof, path: without })).to.equal(false);
        expect(
          verifyInclusion({
            ...proof,
            path: proof.path.map((node, place) => (place === at ? EMPTY_ROOT : node)),
          }),
        ).to.equal(false);
      }
    });
  }

  it('says no to what cannot be, and never throws', () => {
    const [index, size, path] = INCLUSIONS[1];
    const proof = { index, size, leaf: hashed[0]!, path: path.map(bytesOf), root: rootOf(8) };
    for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 60, -1n, 2n ** 64n - 1n]) {
      expect(verifyInclusion({ ...proof, index: wrong })).to.equal(false);
      expect(verifyInclusion({ ...proof, size: wrong })).to.equal(false);
    }
    for (const wrong of [new Uint8Array(), new Uint8Array(31), new Uint8Array(33)]) {
      expect(verifyInclusion({ ...proof, leaf: wrong })).to.equal(false);
      expect(verifyInclusion({ ...proof, root: wrong })).to.equal(false);
      expect(verifyInclusion({ ...proof, path: [wrong, ...proof.path.slice(1)] })).to.equal(false);
    }
  });

  it('counts exactly beyond 2^53', () => {
    // The last leaf of a tree of 2^60 + 1 leaves stands beside the root of all the others.
    const size = 2n ** 60n + 1n;
    const [leaf, others] = [hashed[0]!, hashed[1]!];
    const root = nodeHash(others, leaf);
    expect(verifyInclusion({ index: size - 1n, size, leaf, path: [others], root })).to.equal(true);
    expect(verifyInclusion({ index: size - 2n, size, leaf, path: [others], root })).to.equal(false);
    const proof = { second: size, firstRoot: others, secondRoot: root, path: [leaf] };
    expect(verifyConsistency({ ...proof, first: size - 1n })).to.equal(true);
    expect(verifyConsistency({ ...proof, first: size - 2n })).to.equal(false);
  });
});

describe('a consistency proof', () => {
  for (const [first, second, path] of CONSISTENCIES) {
    const proof = {
      first,
      second,
      firstRoot: rootOf(first),
      secondRoot: rootOf(second),
      path: path.map(bytesOf),
    };

    it(`holds from ${first} to ${second} entries, and with no other path`, () => {
      expect(verifyConsistency(proof)).to.equal(true);
      expect(verifyConsistency({ ...proof, first: BigInt(first), second: BigInt(second) })).to.equal(true);
      expect(verifyConsistency({ ...proof, path: [...proof.path, EMPTY_ROOT] })).to.equal(false);
      expect(verifyConsistency({ ...proof, firstRoot: EMPTY_ROOT })).to.equal(false);
      expect(verifyConsistency({ ...proof, secondRoot: EMPTY_ROOT })).to.equal(false);
      for (let at = 0; at < path.length; at++) {
        const without = proof.path.filter((_, place) => place !== at);
        expect(verifyConsistency({ ...proof, path: without })).to.equal(false);
        expect(
          verifyConsistency({
            ...proof,
            path: proof.path.map((node, place) => (place === at ? EMPTY_ROOT : node)),
          }),
        ).to.equal(false);
      }
    });
  }

  it('begins anywhere from nothing: the empty tree is the beginning of each', () => {
    const proof = { first: 0, second: 8, firstRoot: EMPTY_ROOT, secondRoot: rootOf(8), path: [] };
    expect(verifyConsistency(proof)).to.equal(true);
    expect(verifyConsistency({ ...proof, firstRoot: rootOf(1) })).to.equal(false);
    expect(verifyConsistency({ ...proof, path: [EMPTY_ROOT] })).to.equal(false);
  });

  it('says no to what cannot be, and never throws', () => {
    const proof = { first: 6, second: 8, firstRoot: rootOf(6), secondRoot: rootOf(8) };
    const path = CONSISTENCIES[2][2].map(bytesOf);
    expect(verifyConsistency({ ...proof, path: [] })).to.equal(false);
    expect(verifyConsistency({ ...proof, path: [new Uint8Array(31), ...path.slice(1)] })).to.equal(false);
    expect(verifyConsistency({ ...proof, path, first: 8, second: 6 })).to.equal(false);
    for (const wrong of [-1, 0.5, NaN, -1n, 2 ** 60]) {
      expect(verifyConsistency({ ...proof, path, first: wrong })).to.equal(false);
      expect(verifyConsistency({ ...proof, path, second: wrong })).to.equal(false);
    }
  });
});
