/** Contract suite of the Bus port. Every engine runs it against the real thing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEY_AGE_MS } from './bus.ts';
import type { Bus, StoredPublication } from './bus.ts';

/** A bus under test. `pass` lets the bus's own clock advance, for ageing history. */
export interface BusFixture {
  readonly bus: Bus;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const KEEP = { size: 10, ageMs: 60_000 };

/** Declares the suite for one engine. */
export function busContract(engine: string, create: () => Promise<BusFixture>): void {
  const withBus = (test: (fixture: BusFixture) => Promise<void>) => async () => {
    const fixture = await create();
    try {
      await test(fixture);
    } finally {
      await fixture.close();
    }
  };

  describe(`Bus contract: ${engine}`, () => {
    it(
      'numbers publications from 1 without a hole and delivers them in order, once',
      withBus(async ({ bus }) => {
        const heard: StoredPublication[] = [];
        await bus.subscribe('c', (publication) => heard.push(publication));
        const sent = await Promise.all([1, 2, 3, 4, 5].map((i) => bus.publish('c', `${i}`, KEEP)));
        assert.deepEqual(
          sent.map((p) => p.publication.offset),
          [1, 2, 3, 4, 5],
        );
        assert.deepEqual(
          heard.map((p) => [p.offset, p.data]),
          [1, 2, 3, 4, 5].map((i) => [i, `${i}`]),
        );
      }),
    );

    it(
      'keeps channels apart',
      withBus(async ({ bus }) => {
        const heard: string[] = [];
        await bus.subscribe('a', (p) => heard.push(p.data));
        await bus.publish('b', '1', KEEP);
        assert.equal((await bus.publish('a', '2', KEEP)).publication.offset, 1);
        assert.deepEqual(heard, ['2']);
      }),
    );

    it(
      'stops a listener at once, and the others hear on',
      withBus(async ({ bus }) => {
        const first: string[] = [];
        const second: string[] = [];
        const stop = await bus.subscribe('c', (p) => first.push(p.data));
        await bus.subscribe('c', (p) => second.push(p.data));
        await bus.publish('c', '1', KEEP);
        stop();
        stop();
        await bus.publish('c', '2', KEEP);
        assert.deepEqual([first, second], [['1'], ['1', '2']]);
      }),
    );

    it(
      'lets neither publisher nor neighbours suffer from a failing listener',
      withBus(async ({ bus }) => {
        const heard: string[] = [];
        await bus.subscribe('c', () => {
          throw new Error('a listener failed');
        });
        await bus.subscribe('c', (p) => heard.push(p.data));
        await bus.publish('c', '1', KEEP);
        assert.deepEqual(heard, ['1']);
      }),
    );

    it(
      'gives a position before the first publication, and continues from it',
      withBus(async ({ bus }) => {
        const { position } = await bus.read('c');
        assert.equal(position.o, 0);
        await bus.publish('c', '1', KEEP);
        const result = await bus.read('c', position);
        assert.equal(result.lost, undefined);
        assert.deepEqual(
          result.publications.map((p) => p.data),
          ['1'],
        );
      }),
    );

    it(
      'returns everything since a position, and the position it leads to',
      withBus(async ({ bus }) => {
        for (const i of [1, 2]) await bus.publish('c', `${i}`, KEEP);
        const { position } = await bus.read('c');
        for (const i of [3, 4]) await bus.publish('c', `${i}`, KEEP);
        const result = await bus.read('c', position);
        assert.deepEqual(
          result.publications.map((p) => [p.offset, p.data]),
          [
            [3, '3'],
            [4, '4'],
          ],
        );
        assert.deepEqual(result.position, { e: position.e, o: 4, h: result.publications[1]?.tail });
      }),
    );

    it(
      'is recovered with nothing to tell when nothing happened',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        const { position } = await bus.read('c');
        const { lost, ...result } = await bus.read('c', position);
        assert.deepEqual([result.position, result.publications, lost], [position, [], undefined]);
      }),
    );

    it(
      'says "history" when a publication since then is no longer kept, and returns no part of it',
      withBus(async ({ bus }) => {
        const { position } = await bus.read('c');
        for (let i = 1; i <= 11; i++) await bus.publish('c', `${i}`, KEEP);
        const result = await bus.read('c', position);
        assert.equal(result.lost, 'history');
        assert.deepEqual(result.publications, []);
        assert.equal(result.position.o, 11);
      }),
    );

    it(
      'continues from the last position before the oldest kept publication',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        const { position } = await bus.read('c');
        for (let i = 2; i <= 11; i++) await bus.publish('c', `${i}`, KEEP);
        const result = await bus.read('c', position);
        assert.equal(result.lost, undefined);
        assert.equal(result.publications.length, 10);
      }),
    );

    it(
      'keeps nothing when the size is 0, and says so',
      withBus(async ({ bus }) => {
        const { position } = await bus.read('c');
        await bus.publish('c', '1', { size: 0, ageMs: 60_000 });
        assert.equal((await bus.read('c', position)).lost, 'history');
      }),
    );

    it(
      'forgets publications older than ageMs',
      withBus(async ({ bus, pass }) => {
        const short = { size: 10, ageMs: 50 };
        const { position } = await bus.read('c');
        await bus.publish('c', '1', short);
        await pass(100);
        assert.equal((await bus.read('c', position)).lost, 'history');
        const now = (await bus.read('c')).position;
        await bus.publish('c', '2', short);
        assert.deepEqual(
          (await bus.read('c', now)).publications.map((p) => p.data),
          ['2'],
        );
      }),
    );

    it(
      'says "epoch" for a position of another stream',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        const { position } = await bus.read('c');
        assert.equal((await bus.read('c', { ...position, e: 'another' })).lost, 'epoch');
      }),
    );

    it(
      'says "tail" for the same offset with another past',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        await bus.publish('c', '2', KEEP);
        const { position } = await bus.read('c');
        assert.equal((await bus.read('c', { ...position, h: '0123456789abcdef' })).lost, 'tail');
        assert.equal((await bus.read('c', { ...position, o: 1 })).lost, 'tail');
      }),
    );

    it(
      'says "tail" for an offset that is still to come',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        const { position } = await bus.read('c');
        assert.equal((await bus.read('c', { ...position, o: 5 })).lost, 'tail');
      }),
    );

    it(
      'gives equal pasts of one stream equal tails, and different ones different tails',
      withBus(async ({ bus }) => {
        const tails = new Set<string>();
        for (const data of ['1', '1', '2', '11'])
          tails.add((await bus.publish('c', data, KEEP)).publication.tail);
        assert.equal(tails.size, 4);
        for (const tail of tails) assert.match(tail, /^[0-9a-f]{16}$/);
      }),
    );

    it(
      'begins another epoch after forget',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP);
        const { position } = await bus.read('c');
        await bus.forget('c');
        assert.equal((await bus.read('c', position)).lost, 'epoch');
        assert.equal((await bus.publish('c', '2', KEEP)).publication.offset, 1);
      }),
    );

    it(
      'loses nothing between subscribing and reading',
      withBus(async ({ bus }) => {
        const { position } = await bus.read('c');
        const sending = Array.from({ length: 8 }, (_, i) => bus.publish('c', `${i + 1}`, KEEP));
        const heard = new Map<number, string>();
        await bus.subscribe('c', (p) => heard.set(p.offset, p.data));
        const read = await bus.read('c', position);
        await Promise.all(sending);
        for (const p of read.publications) heard.set(p.offset, p.data);
        assert.deepEqual(
          [...heard.keys()].sort((a, b) => a - b),
          [1, 2, 3, 4, 5, 6, 7, 8],
        );
      }),
    );

    it(
      'chains publications: each carries its epoch and the tail before it',
      withBus(async ({ bus }) => {
        const { position } = await bus.read('c');
        let before = position.h;
        for (const data of ['1', '2', '3']) {
          const { publication } = await bus.publish('c', data, KEEP);
          assert.deepEqual([publication.epoch, publication.prev], [position.e, before]);
          before = publication.tail;
        }
        assert.equal((await bus.read('c')).position.h, before);
      }),
    );

    it(
      'tells the newest publication that is kept',
      withBus(async ({ bus, pass }) => {
        assert.equal((await bus.read('c')).last, undefined);
        for (const data of ['1', '2']) await bus.publish('c', data, { size: 1, ageMs: 50 });
        assert.equal((await bus.read('c')).last?.data, '2');
        await pass(100);
        assert.equal((await bus.read('c')).last, undefined);
      }),
    );

    it(
      'stores and tells a publication with the same key once, and answers with where it stands',
      withBus(async ({ bus }) => {
        const heard: string[] = [];
        await bus.subscribe('c', (p) => heard.push(p.data));
        const first = await bus.publish('c', '1', KEEP, 'k');
        await bus.publish('c', '2', KEEP, 'other');
        const again = await bus.publish('c', '1', KEEP, 'k');
        assert.deepEqual([first.duplicate, again.duplicate], [false, true]);
        const { epoch, offset, prev, tail, data } = first.publication;
        assert.deepEqual({ ...again.publication }, { epoch, offset, prev, tail, data });
        assert.deepEqual(heard, ['1', '2']);
        assert.equal((await bus.publish('d', '1', KEEP, 'k')).duplicate, false, 'a key is its channel’s own');
      }),
    );

    it(
      'refuses a key that was used with other data, and stores nothing',
      withBus(async ({ bus }) => {
        await bus.publish('c', '1', KEEP, 'k');
        await assert.rejects(bus.publish('c', '2', KEEP, 'k'), { code: 'idempotency_conflict' });
        assert.equal((await bus.read('c')).position.o, 1);
      }),
    );

    it(
      'knows a key for as long as promised, also when its publication is no longer kept',
      withBus(async ({ bus, pass }) => {
        await bus.publish('c', '1', { size: 0, ageMs: 0 }, 'k');
        await pass(KEY_AGE_MS - 1_000);
        assert.equal((await bus.publish('c', '1', KEEP, 'k')).duplicate, true);
        await pass(1_000);
        assert.equal((await bus.publish('c', '1', KEEP, 'k')).duplicate, false);
      }),
    );
  });
}
