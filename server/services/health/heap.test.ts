import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { Heap } from './heap.ts';

describe('a heap', () => {
  it('gives what a sorted list gives', () => {
    for (let seed = 1; seed <= 2_000; seed++) {
      const chance = random(seed);
      const heap = new Heap<string>();
      let list: number[] = [];
      for (let step = 0; step < 40; step++) {
        if (chance() < 0.6) {
          const key = Math.floor(chance() * 20);
          heap.push(key, `value ${key}`);
          list = [...list, key].sort((a, b) => a - b);
        } else {
          const key = list.shift();
          assert.equal(heap.pop(), key === undefined ? undefined : `value ${key}`);
        }
        assert.deepEqual([heap.size, heap.lowest], [list.length, list[0]]);
      }
    }
  });

  it('is empty once it was cleared', () => {
    const heap = new Heap<number>();
    heap.push(1, 1);
    heap.clear();
    assert.deepEqual([heap.size, heap.lowest, heap.pop()], [0, undefined, undefined]);
  });
});
