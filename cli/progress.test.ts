import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OperationStage, OperationStatus } from '../src/protocol/index.ts';
import { endOf, progressBlock, progressLines } from './progress.ts';

const STAGES: readonly OperationStage[] = [
  { name: 'prepare', title: 'Prepare', state: 'completed', startedAt: 1_000, endedAt: 1_400, attempts: 1 },
  {
    name: 'ready',
    title: 'Ready',
    state: 'running',
    startedAt: 2_000,
    percent: 60,
    detail: '1 of 2 is ready',
    expected: { p50Ms: 3_000, p90Ms: 5_000, runs: 4 },
    attempts: 2,
  },
  { name: 'switch', title: 'Switch', state: 'pending', attempts: 0 },
];

const STATUS: OperationStatus = {
  operation: 'op_1',
  type: 'upgrade',
  title: 'Upgrade shop',
  source: 'engine',
  state: 'running',
  stages: STAGES,
  percent: 42.4,
  createdAt: 0,
  startedAt: 1_000,
  by: 'ana',
  actions: [],
  tags: {},
  revision: 1,
};

describe('an operation as a block', () => {
  it('has a line for the whole and one a stage, with what it does, how long, and how long it takes', () => {
    assert.deepEqual(progressBlock(STATUS, 6_000), [
      'Upgrade shop  running  42 %  5.0 s',
      '  ✓ prepare  0.4 s',
      '  ▸ ready    60 %  4.0 s of 3.0 s to 5.0 s  attempt 2  1 of 2 is ready',
      '  · switch',
    ]);
  });

  it('says why it failed, and what became of requests', () => {
    const error = { code: 'not_ready', message: 'ECONNREFUSED\x1b[31m' };
    const failed: OperationStatus = {
      ...STATUS,
      state: 'rolled-back',
      endedAt: 9_000,
      error,
      result: { requests: { failed: 0, drained: 3 } },
      stages: [{ ...STAGES[1]!, state: 'failed', endedAt: 9_000, error }],
    };
    assert.deepEqual(progressBlock(failed, 99_000), [
      'Upgrade shop  rolled-back: not_ready: ECONNREFUSED\u{fffd}[31m: requests: failed 0, drained 3  8.0 s',
      '  ✗ ready  7.0 s  attempt 2  not_ready: ECONNREFUSED\u{fffd}[31m',
    ]);
  });

  it('says which place it has in the queue, and has none before it began', () => {
    const { startedAt: _, ...rest } = STATUS;
    const queued: OperationStatus = { ...rest, state: 'queued', queuePlace: 3, percent: 0, stages: [] };
    assert.deepEqual(progressBlock(queued, 2_000), ['Upgrade shop  queued, place 3  0 %  2.0 s']);
  });

  it('takes a running stage without any figure', () => {
    const stages: OperationStage[] = [{ name: 'a', title: 'A', state: 'running', attempts: 1 }];
    assert.deepEqual(progressBlock({ ...STATUS, stages }, 2_000)[1], '  ▸ a  0.0 s');
  });
});

describe('an operation as lines', () => {
  it('begins with what it is, and has a line for each stage that turned', () => {
    assert.deepEqual(progressLines(undefined, STATUS), [
      'op_1: Upgrade shop',
      'prepare: completed after 0.4 s',
      'ready: running',
      'running',
    ]);
    assert.deepEqual(progressLines(STATUS, { ...STATUS, percent: 50 }), []);
    const [prepare, ready] = STAGES;
    const error = { code: 'not_ready', message: 'no' };
    const next: OperationStatus = {
      ...STATUS,
      state: 'failed',
      error,
      stages: [prepare!, { ...ready!, state: 'failed', endedAt: 3_000, error }],
    };
    assert.deepEqual(progressLines(STATUS, next), [
      'ready: failed after 1.0 s (not_ready: no)',
      'failed: not_ready: no',
    ]);
  });

  it('tells a place in the queue once', () => {
    const queued: OperationStatus = { ...STATUS, state: 'queued', queuePlace: 2, stages: [] };
    assert.deepEqual(progressLines(undefined, queued), ['op_1: Upgrade shop', 'queued, place 2']);
    assert.deepEqual(progressLines(queued, queued), []);
    assert.deepEqual(progressLines(queued, { ...queued, queuePlace: 1 }), ['queued, place 1']);
    const { queuePlace: _, ...placeless } = queued;
    assert.deepEqual(progressLines(queued, placeless), ['queued, place ?']);
  });

  it('ends with its state, and what came of it', () => {
    assert.equal(endOf({ ...STATUS, state: 'completed' }), 'completed');
    assert.equal(endOf({ ...STATUS, state: 'completed', result: { requests: [1] } }), 'completed');
  });
});
