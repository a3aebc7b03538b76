import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { startCollecting } from './index.ts';
import type { Collector } from './index.ts';

const sample = (name: string): Sample => ({ name, value: 1 });

/** Starts collecting; `ingested` yields the next batch that was handed over. */
function collect(collectors: readonly Collector[]) {
  const clock = createManualClock();
  const batches: (readonly Sample[])[] = [];
  const waiting: ((batch: readonly Sample[]) => void)[] = [];
  const complaints: [string, unknown][] = [];
  const stop = startCollecting({
    clock,
    collectors,
    intervalMs: 1_000,
    ingest(samples) {
      batches.push(samples);
      for (const resolve of waiting.splice(0)) resolve(samples);
    },
    unreadable: (collector, error) => complaints.push([collector, error]),
  });
  const ingested = (): Promise<readonly Sample[]> => new Promise((resolve) => waiting.push(resolve));
  return { clock, batches, complaints, stop, ingested };
}

describe('collecting', () => {
  it('begins at once and goes on with every interval, all collectors in one batch', async () => {
    const { clock, batches, ingested } = collect([
      { name: 'a', collect: () => [sample('a1'), sample('a2')] },
      { name: 'b', collect: () => Promise.resolve([sample('b')]) },
    ]);
    const names = (batch: readonly Sample[]): string[] => batch.map(({ name }) => name);
    assert.deepEqual(names(await ingested()), ['a1', 'a2', 'b']);
    const second = ingested();
    clock.advance(1_000);
    assert.deepEqual(names(await second), ['a1', 'a2', 'b']);
    assert.equal(batches.length, 2);
  });

  it('reports a collector that cannot read once, and the others go on', async () => {
    let works = false;
    const failing = (name: string, fail: () => never): Collector => ({
      name,
      collect: () => (works ? [sample(name)] : fail()),
    });
    const { clock, complaints, ingested } = collect([
      failing('throws', () => {
        throw new Error('no such file');
      }),
      {
        name: 'rejects',
        collect: () => (works ? [sample('rejects')] : Promise.reject(new Error('not here'))),
      },
      { name: 'works', collect: () => [sample('works')] },
    ]);
    assert.deepEqual(await ingested(), [sample('works')]);
    const second = ingested();
    clock.advance(1_000);
    assert.deepEqual(await second, [sample('works')]);
    assert.deepEqual(
      complaints.map(([name, error]) => [name, (error as Error).message]),
      [
        ['throws', 'no such file'],
        ['rejects', 'not here'],
      ],
    );
    works = true;
    const third = ingested();
    clock.advance(1_000);
    assert.deepEqual(await third, [sample('throws'), sample('rejects'), sample('works')]);
  });

  it('never reads twice at once: a slow collector makes ticks pass, not pile up', async () => {
    let running = 0;
    let most = 0;
    let finish: (() => void)[] = [];
    const { clock, batches, ingested } = collect([
      {
        name: 'slow',
        async collect() {
          running += 1;
          most = Math.max(most, running);
          await new Promise<void>((resolve) => finish.push(resolve));
          running -= 1;
          return [sample('slow')];
        },
      },
    ]);
    const first = ingested();
    clock.advance(5_000);
    assert.equal(finish.length, 1);
    for (const done of finish.splice(0)) done();
    await first;
    assert.equal(batches.length, 1);
    const second = ingested();
    clock.advance(1_000);
    for (const done of finish.splice(0)) done();
    await second;
    assert.equal(most, 1);
    finish = [];
  });

  it('ends when it is stopped, and lets collectors let go of what they hold', async () => {
    let closed = 0;
    let collected = 0;
    const { clock, stop, ingested } = collect([
      {
        name: 'a',
        collect: () => {
          collected += 1;
          return [];
        },
        close: () => void (closed += 1),
      },
      { name: 'holds nothing', collect: () => [] },
    ]);
    await ingested();
    stop();
    clock.advance(10_000);
    assert.deepEqual([collected, closed], [1, 1]);
  });
});
