import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { rootOf, sha256 } from '../../testing/reference-tree.ts';
import { FANOUT, type StoredHashes, StoredTree, TreeEdge } from './audit-tree.ts';

const LEAVES = Array.from({ length: 1_500 }, (_, i) => sha256(Buffer.from(String(i))));

/** What an edge gave to be stored, and the leaves. */
function grown(): { edge: TreeEdge; source: StoredHashes; nodes: Map<string, Uint8Array> } {
  const edge = new TreeEdge({ size: 0, peaks: [] });
  const nodes = new Map<string, Uint8Array>();
  for (const leaf of LEAVES) {
    for (const { level, position, hash } of edge.append(leaf)) nodes.set(`${level}/${position}`, hash);
  }
  const source: StoredHashes = {
    below(level, position) {
      if (level === 0) return LEAVES.slice(position * FANOUT, (position + 1) * FANOUT);
      const all = Array.from({ length: FANOUT }, (_, i) => nodes.get(`${level}/${position * FANOUT + i}`));
      return all.filter((hash) => hash !== undefined);
    },
  };
  return { edge, source, nodes };
}

describe('The tree of the audit log', () => {
  it('has the root of RFC 6962 at every size, from its edge and from what is stored', () => {
    const edge = new TreeEdge({ size: 0, peaks: [] });
    const { source } = grown();
    for (let size = 0; size <= 300; size += 1) {
      const root = rootOf(LEAVES.slice(0, size));
      assert.deepEqual(edge.head(), { size, root });
      const stored = new StoredTree(source);
      assert.deepEqual(stored.root(size), root);
      assert.deepEqual(stored.edge(size).head(), { size, root });
      edge.append(LEAVES[size]!);
    }
    assert.deepEqual(new StoredTree(source).root(1_500), rootOf(LEAVES));
  });

  it('stores one hash for 256 leaves, and goes back to what it was', () => {
    const { edge, nodes } = grown();
    assert.deepEqual([...nodes.keys()], ['8/0', '8/1', '8/2', '8/3', '8/4']);
    const mark = edge.mark();
    const head = edge.head();
    edge.append(LEAVES[0]!);
    assert.notDeepEqual(edge.head(), head);
    edge.restore(mark);
    assert.deepEqual(edge.head(), head);
  });

  it('says which entry is lost', () => {
    const { source } = grown();
    const without: StoredHashes = {
      below: (level, position) =>
        source.below(level, position).slice(0, level === 0 && position === 0 ? 7 : FANOUT),
    };
    const lost = (error: unknown) =>
      error instanceof WaooawError && error.code === 'database_failed' && /lost entry 8:/.test(error.message);
    assert.throws(() => new StoredTree(without).inclusion(20, 1_500), lost);
  });

  it('says which hashes are lost instead of proving something else', () => {
    const { source, nodes } = grown();
    nodes.delete('8/1');
    const lost = (error: unknown) =>
      error instanceof WaooawError && error.code === 'database_failed' && /level 8/.test(error.message);
    assert.throws(() => new StoredTree(source).root(1_500), lost);
  });
});
