import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { random } from '../../testing/random.ts';
import { Lanes } from './lanes.ts';
import type { Place } from './lanes.ts';

describe('places', () => {
  it('are given at once while there are any, then in the order in which they were asked for', () => {
    const lanes = new Lanes(2, 9);
    const begun: string[] = [];
    const places = ['a', 'b', 'c', 'd'].map((name) => lanes.ask(undefined, () => begun.push(name)));
    assert.deepEqual([begun, lanes.running, lanes.waiting], [['a', 'b'], 2, 2]);
    places[1]!.leave();
    places[1]!.leave();
    assert.deepEqual([begun, lanes.running, lanes.waiting], [['a', 'b', 'c'], 2, 1]);
  });

  it('may be asked for by whoever begins', () => {
    const lanes = new Lanes(2, 9);
    const begun: string[] = [];
    lanes.ask(undefined, () => {
      lanes.ask(undefined, () => begun.push('inner'));
      begun.push('outer');
    });
    assert.deepEqual(begun, ['outer', 'inner']);
  });

  it('go on being given where a beginning throws', () => {
    const lanes = new Lanes(2, 9);
    assert.throws(() =>
      lanes.ask(undefined, () => {
        throw new Error('no');
      }),
    );
    let begun = false;
    lanes.ask(undefined, () => (begun = true));
    assert.equal(begun, true);
  });

  it('are given, held back and taken back as a plain list would do it', () => {
    for (let seed = 1; seed <= 2_000; seed++) {
      const chance = random(seed);
      const max = 1 + Math.floor(chance() * 4);
      const maxPerHost = 1 + Math.floor(chance() * 2);
      const lanes = new Lanes(max, maxPerHost);
      const begun: number[] = [];
      const places: Place[] = [];
      const expected: number[] = [];
      let running: { id: number; host: string | undefined }[] = [];
      let waiting: { id: number; host: string | undefined }[] = [];
      const give = (): void => {
        for (const one of [...waiting]) {
          const ofHost = running.filter(({ host }) => host !== undefined && host === one.host).length;
          if (running.length >= max || ofHost >= maxPerHost) continue;
          waiting = waiting.filter((other) => other !== one);
          running = [...running, one];
          expected.push(one.id);
        }
      };
      for (let step = 0; step < 40; step++) {
        if (chance() < 0.5) {
          const id = places.length;
          const host = [undefined, 'a', 'b', 'c'][Math.floor(chance() * 4)];
          waiting = [...waiting, { id, host }];
          give();
          places.push(lanes.ask(host, () => begun.push(id)));
        } else if (places.length > 0) {
          const id = Math.floor(chance() * places.length);
          running = running.filter((one) => one.id !== id);
          waiting = waiting.filter((one) => one.id !== id);
          give();
          places[id]!.leave();
        }
        assert.deepEqual(begun, expected, `seed ${seed}, step ${step}`);
        assert.deepEqual([lanes.running, lanes.waiting], [running.length, waiting.length]);
      }
    }
  });
});
