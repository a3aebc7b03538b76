import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turn } from '../../testing/event-loop.ts';
import { Queue } from './queue.ts';

/** A queue whose work ends when the test says so. */
function queueOf(max: number) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = new Queue(max, (id) => {
    begun.push(id);
    return new Promise((resolve) => ends.set(id, resolve));
  });
  let moves = 0;
  queue.moved = () => void (moves += 1);
  const end = async (id: string): Promise<void> => {
    ends.get(id)!();
    await turn();
  };
  return { queue, begun, end, moves: () => moves };
}

describe('the queue', () => {
  it('runs as many at once as it may, the others in their order, and says their places', async () => {
    const { queue, begun, end, moves } = queueOf(2);
    for (const id of ['a', 'b', 'c', 'd', 'e']) queue.add(id);
    assert.deepEqual([begun, queue.active, queue.waiting], [['a', 'b'], 2, 3]);
    assert.deepEqual(
      ['a', 'c', 'd', 'e'].map((id) => queue.place(id)),
      [undefined, 1, 2, 3],
    );
    assert.deepEqual(queue.order(), ['c', 'd', 'e']);
    const before = moves();
    await end('b');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    assert.deepEqual([queue.place('d'), moves() > before], [1, true]);
    queue.remove('d');
    queue.remove('nobody');
    await end('a');
    assert.deepEqual(begun, ['a', 'b', 'c', 'e']);
  });

  it('forces what cannot wait, beside all others', async () => {
    const { queue, begun, end } = queueOf(1);
    for (const id of ['a', 'b', 'c']) queue.add(id);
    queue.force('c');
    assert.deepEqual(begun, ['a', 'c']);
    assert.equal(queue.active, 2);
    await end('a');
    assert.deepEqual(begun, ['a', 'c']);
    await end('c');
    assert.deepEqual(begun, ['a', 'c', 'b']);
  });

  it('runs once more what is asked for again while it runs', async () => {
    const { queue, begun, end } = queueOf(1);
    queue.add('a');
    queue.add('a');
    queue.force('a');
    assert.deepEqual(begun, ['a']);
    await end('a');
    assert.deepEqual(begun, ['a', 'a']);
    await end('a');
    assert.deepEqual([begun, queue.active], [['a', 'a'], 0]);
  });

  it('begins nothing once it is closed', async () => {
    const { queue, begun, end } = queueOf(1);
    for (const id of ['a', 'b']) queue.add(id);
    queue.add('a');
    queue.close();
    queue.add('c');
    queue.force('d');
    await end('a');
    assert.deepEqual([begun, queue.waiting], [['a'], 0]);
  });
});
