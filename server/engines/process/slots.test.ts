import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Slots } from './slots.ts';

describe('Slots', () => {
  it('lets so many work at once, and the others in their order, also after one that fails', async () => {
    const slots = new Slots(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    let atOnce = 0;
    const all = [0, 1, 2, 3, 4].map((index) =>
      slots.use(async () => {
        begun.push(index);
        assert.ok(++atOnce <= 2);
        await new Promise<void>((resolve) => (ends[index] = resolve));
        atOnce--;
        if (index === 1) throw new Error('fails');
        return index;
      }),
    );
    const settled = Promise.allSettled(all);
    for (const index of [0, 1, 2, 3, 4]) {
      while (!ends[index]) await new Promise((resolve) => setImmediate(resolve));
      ends[index]();
      await all[index]?.catch(() => undefined);
    }
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
  });
});
