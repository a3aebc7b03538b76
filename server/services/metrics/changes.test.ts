import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/protocol/index.ts';
import { mergeChanges, mergeQueryUpdates } from './changes.ts';

describe('mergeChanges', () => {
  it('keeps the newest row of each bucket, and the buckets in order', () => {
    const updates: Json[] = [
      { rows: [[1000, 1]] },
      {
        rows: [
          [1000, 1, 2, 3, 2, 2],
          [2000, 5],
        ],
      },
      {
        rows: [
          [2000, 6],
          [3000, 7],
        ],
      },
    ];
    assert.deepEqual(mergeChanges(updates), [
      {
        rows: [
          [1000, 1, 2, 3, 2, 2],
          [2000, 6],
          [3000, 7],
        ],
      },
    ]);
  });

  it('keeps the newest of what is known of the series', () => {
    const info = (unit: string): Json => ({ series: 'a', name: 'a', tags: {}, unit });
    assert.deepEqual(
      mergeChanges([{ rows: [], info: info('s') }, { rows: [[1, 1]], info: info('ms') }, { rows: [] }]),
      [{ rows: [[1, 1]], info: info('ms') }],
    );
  });
});

describe('mergeQueryUpdates', () => {
  it('keeps what was last said of the metric, in whichever update', () => {
    const about = (unit: string): Json => ({ aggregation: 'avg', across: 'avg', unit });
    const update = (to: number, more: object): Json => ({ to, groups: [], ...more });
    assert.deepEqual(
      mergeQueryUpdates([
        update(1, { about: about('s') }),
        update(2, { about: about('bytes') }),
        update(3, {}),
      ]),
      [update(3, { about: about('bytes') })],
    );
  });
});
