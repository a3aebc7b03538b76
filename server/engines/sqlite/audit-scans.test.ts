import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { type ScanLimits, ScanQueue } from './audit-scans.ts';

/** A queue by a clock that a step moves on by one ms. */
function queueOf(limits: ScanLimits) {
  let now = 0;
  const ended: string[] = [];
  const queue = new ScanQueue<string>(
    {
      done: (_id, answer) => ended.push(answer),
      failed: (id, error) => ended.push(`${id} ${(error as WaooawError).code}`),
    },
    () => now,
    limits,
  );
  const steps = function* (name: string, count: number) {
    for (let left = count; left > 0; left -= 1) {
      now += 1;
      yield;
    }
    return name;
  };
  const add = (id: number, count: number) => queue.add(id, steps(`${id} done`, count));
  const run = () => {
    let turns = 0;
    for (; !queue.idle; turns += 1) queue.turn();
    return turns;
  };
  return { queue, ended, add, run };
}

describe('Searches that take turns', () => {
  it('lets a short one end before a long one that came first', () => {
    const { add, run, ended } = queueOf({ sliceMs: 10 });
    add(1, 1_000);
    add(2, 5);
    add(3, 25);
    assert.ok(run() > 100);
    assert.deepEqual(ended, ['2 done', '3 done', '1 done']);
  });

  it('refuses one that has worked too long, whatever the others did, and goes on with those', () => {
    const { add, run, ended } = queueOf({ sliceMs: 10, maxScanMs: 100 });
    add(1, 101);
    for (let id = 2; id < 20; id += 1) add(id, 99);
    run();
    assert.ok(ended.includes('1 query_limit'));
    assert.equal(ended.filter((each) => each.endsWith('done')).length, 18);
  });

  it('ends one that nobody waits for, and one that throws by itself', () => {
    const { queue, add, run, ended } = queueOf({});
    add(1, 1_000_000_000);
    add(2, 3);
    queue.turn();
    queue.cancel(1);
    queue.cancel(77);
    queue.add(
      3,
      // eslint-disable-next-line require-yield -- a search that fails at once
      (function* (): Generator<undefined, string, void> {
        throw new WaooawError('database_failed', 'no such table');
      })(),
    );
    run();
    assert.deepEqual(ended, ['2 done', '3 database_failed']);
  });
});
