import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Position } from '../../../src/protocol/index.ts';
import { KEY_AGE_MS } from '../../ports/bus.ts';
import type { StoredPublication } from '../../ports/bus.ts';
import { coded } from '../../testing/harness.ts';
import { random } from '../../testing/random.ts';
import { NO_TAIL, Stream } from './stream.ts';

const KEEP = { size: 10, ageMs: 60_000 };
const FOREVER = { size: Infinity, ageMs: Infinity };

/** Bytes of the heap that are in use once nothing can be freed any more. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const plain = ({ epoch, offset, prev, tail, data }: StoredPublication): StoredPublication => ({
  epoch,
  offset,
  prev,
  tail,
  data,
});

describe('the history of a stream', () => {
  it('is at every moment what its size and age leave of it, whatever happened before', () => {
    const next = random(7);
    const below = (n: number): number => Math.floor(next() * n);
    const stream = new Stream();
    const positions: Position[] = [stream.read(undefined, 0).position];
    let model: { publication: StoredPublication; at: number }[] = [];
    let retention = { size: 0, ageMs: 0 };
    let now = 0;
    const trim = (): void => {
      model = model.filter(({ at }) => now - at < retention.ageMs);
      model = model.slice(Math.max(0, model.length - retention.size));
    };
    for (let step = 0; step < 5_000; step++) {
      now += below(4);
      if (next() < 0.7) {
        retention = { size: below(40), ageMs: below(60) };
        const { publication } = stream.append(`${step}`, retention, now);
        model.push({ publication: plain(publication), at: now });
        positions.push({ e: publication.epoch, o: publication.offset, h: publication.tail });
        trim();
        continue;
      }
      trim();
      const since = positions[Math.max(0, positions.length - 1 - below(45))]!;
      const { publications, lost, last, position } = stream.read(since, now);
      const missed = positions.length - 1 - since.o;
      const expected = missed <= model.length ? model.slice(model.length - missed) : [];
      assert.equal(lost, missed <= model.length ? undefined : 'history', `step ${step}`);
      assert.deepEqual(
        publications.map(plain),
        expected.map(({ publication }) => publication),
      );
      assert.deepEqual(last && plain(last), model.at(-1)?.publication);
      assert.deepEqual(position, positions.at(-1));
    }
    assert.ok(positions.length > 3_000);
  });

  it('costs what is kept, however long the stream runs', () => {
    const stream = new Stream();
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) stream.append(`"publication ${i}"`, KEEP, i);
    };
    run(1_000);
    const before = heapBytes();
    run(100_000);
    const grown = heapBytes() - before;
    assert.ok(grown < 2_000_000, `${grown} bytes more`);
    assert.equal(stream.state(100_000).kept.length, 10);
    assert.equal(stream.read(undefined, 100_000).position.o, 101_000);
  });

  it('frees what it kept when much less is to be kept', () => {
    const stream = new Stream();
    for (let i = 0; i < 50_000; i++) stream.append(`"publication ${i}"`, FOREVER, 0);
    const before = heapBytes();
    stream.append('1', { size: 1, ageMs: 1 }, 0);
    const freed = before - heapBytes();
    assert.ok(freed > 5_000_000, `${freed} bytes less`);
    assert.equal(stream.state(0).kept.length, 1);
    assert.deepEqual([stream.state(1).kept, stream.read(undefined, 1).last], [[], undefined]);
  });
});

describe('the keys of a stream', () => {
  it('are at most ten thousand: one more, and the oldest is forgotten', () => {
    const stream = new Stream();
    for (let i = 0; i <= 10_000; i++) assert.equal(stream.append('x', KEEP, 0, `k${i}`).duplicate, false);
    assert.equal(stream.append('x', KEEP, 0, 'k1').duplicate, true);
    assert.equal(stream.append('x', KEEP, 0, 'k0').duplicate, false);
    assert.equal(stream.append('x', KEEP, 0, 'k1').duplicate, false, 'forgotten for k0');
    assert.equal(stream.state(0).keys.length, 10_000);
  });

  it('are forgotten with age, and begin anew when they are used again', () => {
    const stream = new Stream();
    stream.append('1', KEEP, 0, 'old');
    stream.append('2', KEEP, 1_000, 'young');
    assert.equal(stream.append('1', KEEP, KEY_AGE_MS - 1, 'old').duplicate, true);
    assert.equal(stream.append('another', KEEP, KEY_AGE_MS, 'old').duplicate, false);
    assert.throws(() => stream.append('1', KEEP, KEY_AGE_MS, 'old'), coded('idempotency_conflict'));
    assert.equal(stream.append('2', KEEP, KEY_AGE_MS + 999, 'young').duplicate, true);
    assert.deepEqual(
      stream.state(KEY_AGE_MS + 1_000).keys.map(({ key }) => key),
      ['old'],
    );
  });

  it('answer with the very publication, also when its data is no longer kept', () => {
    const stream = new Stream();
    const { publication } = stream.append('"x"', { size: 0, ageMs: 0 }, 0, 'k');
    stream.append('2', KEEP, 0);
    const again = stream.append('"x"', KEEP, 1, 'k');
    assert.deepEqual([again.publication, again.duplicate], [plain(publication), true]);
    // The same text at another offset, or after another past, would have another tail.
    assert.throws(() => stream.append('"y"', KEEP, 1, 'k'), coded('idempotency_conflict'));
    assert.equal(stream.read(undefined, 1).position.o, 2);
  });
});

describe('a stream made of another’s state', () => {
  it('is the same stream: position, history, keys, and all that comes after', () => {
    const first = new Stream();
    for (let i = 1; i <= 25; i++) first.append(`${i}`, KEEP, i, i % 3 === 0 ? `k${i}` : undefined);
    const second = new Stream(first.state(30));
    assert.deepEqual(second.state(30), first.state(30));
    const since = { e: first.state(30).epoch, o: 20, h: first.state(30).kept[4]!.tail };
    assert.deepEqual(second.read(since, 30), first.read(since, 30));
    assert.equal(second.read(since, 30).publications.length, 5);
    assert.equal(second.append('24', KEEP, 31, 'k24').duplicate, true);
    const [a, b] = [first.append('26', KEEP, 31), second.append('26', KEEP, 31)];
    assert.deepEqual(a, b);
    assert.equal(a.publication.offset, 26);
  });

  it('keeps to the retention that it had, before anything is published', () => {
    const first = new Stream();
    first.append('1', { size: 2, ageMs: 100 }, 0);
    const second = new Stream(first.state(50));
    assert.equal(second.read(undefined, 99).last?.data, '1');
    assert.equal(second.read(undefined, 100).last, undefined);
  });

  it('shares nothing with it', () => {
    const first = new Stream();
    first.append('1', KEEP, 0, 'k');
    const state = first.state(0);
    const second = new Stream(state);
    second.append('2', KEEP, 0);
    assert.deepEqual([state.kept.length, first.state(0).offset, second.state(0).offset], [1, 1, 2]);
  });

  it('differs from a new one, which has an epoch of its own', () => {
    const [one, other] = [new Stream().state(0), new Stream().state(0)];
    assert.notEqual(one.epoch, other.epoch);
    assert.deepEqual([one.offset, one.tail, one.kept, one.keys], [0, NO_TAIL, [], []]);
  });
});
