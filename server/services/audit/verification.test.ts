import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  TreeBuilder,
  formatCheckpoint,
  noteOf,
  parseVerifier,
  verifierOf,
} from '../../../src/proof/index.ts';
import { verifyTrail } from './verification.ts';
import type { StoredTrail } from './verification.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const KEY = verifierOf(
  'log',
  new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
);

const leaves = Array.from({ length: 12 }, (_, at) => createHash('sha256').update(`${at}`).digest());

/** A signed checkpoint of the first so many leaves. */
function checkpoint(size: number, of: readonly Uint8Array[] = leaves): string {
  const tree = new TreeBuilder();
  for (const leaf of of.slice(0, size)) tree.append(leaf);
  const text = formatCheckpoint('log', size, tree.root());
  return noteOf(text, [{ ...parseVerifier(KEY), signature: sign(null, Buffer.from(text), privateKey) }]);
}

/** Twelve entries, of which the first eight are pruned. */
function pruned(changes: Partial<StoredTrail> = {}): StoredTrail {
  return {
    first: 9,
    prunedLeaves: () => leaves.slice(0, 8),
    async *leaves() {
      await Promise.resolve();
      yield leaves.slice(8, 11);
      yield leaves.slice(11);
    },
    checkpoints: () => [12, 3].map((size) => ({ size, text: checkpoint(size), at: 0 })),
    ...changes,
  };
}

describe('verifyTrail', () => {
  it('needs only the hashes of what was pruned', async () => {
    const verified = await verifyTrail(pruned(), { verifiers: [KEY], kept: [checkpoint(5)] });
    assert.deepEqual(verified, { size: 12, first: 9, signed: 12, checkpoints: 3 });
  });

  it('tells how many entries nobody has signed yet', async () => {
    const trail = pruned({ checkpoints: () => [{ size: 10, text: checkpoint(10), at: 0 }] });
    assert.equal((await verifyTrail(trail, { verifiers: [KEY], kept: [] })).signed, 10);
  });

  it('has nothing to say against an empty trail, but where a key is pinned and nobody signed', async () => {
    const nothing = async function* () {
      // Nothing was ever recorded.
    };
    const trail = pruned({ first: 1, prunedLeaves: () => [], leaves: nothing, checkpoints: () => [] });
    const verified = await verifyTrail(trail, { verifiers: [], kept: [] });
    assert.deepEqual(verified, { size: 0, first: 1, signed: 0, checkpoints: 0 });
    await assert.rejects(verifyTrail(trail, { verifiers: [KEY], kept: [] }), {
      fault: 'unknown_key',
      message: 'There is no checkpoint: nobody signed that it is empty',
    });
    assert.equal((await verifyTrail(trail, { verifiers: [KEY], kept: [checkpoint(0)] })).checkpoints, 1);
    await assert.rejects(verifyTrail(trail, { verifiers: [KEY], kept: [checkpoint(1)] }), { sequence: 1 });
  });

  it('fails where hashes of pruned entries are missing, or others', async () => {
    const fewer = pruned({ prunedLeaves: () => leaves.slice(0, 7) });
    await assert.rejects(verifyTrail(fewer, { verifiers: [], kept: [] }), {
      message: 'The hashes of 8 pruned entries are needed, and 7 are there',
      sequence: 8,
    });
    const other = leaves.with(4, leaves[0]!);
    const changed = pruned({ prunedLeaves: () => other.slice(0, 8) });
    await assert.rejects(verifyTrail(changed, { verifiers: [], kept: [] }), {
      message:
        'One of the entries 4 to 12 is not what was signed: the checkpoint of 12 entries does not hold',
      sequence: 4,
    });
    await assert.rejects(verifyTrail(changed, { verifiers: [], kept: [checkpoint(5), checkpoint(4)] }), {
      message: 'Entry 5 is not what was signed: the checkpoint of 5 entries does not hold',
      sequence: 5,
    });
  });

  it('lets an error that is not about the trail through as it is', async () => {
    const broken = pruned({
      checkpoints: () => {
        throw new RangeError('broken');
      },
    });
    await assert.rejects(verifyTrail(broken, { verifiers: [], kept: [] }), RangeError);
  });
});
