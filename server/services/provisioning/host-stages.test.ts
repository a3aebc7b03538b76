import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STAGE_STATES } from '../../../src/protocol/index.ts';
import type { StageState } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { STAGE_TRANSITIONS, derive, moveStage } from './host-stages.ts';
import type { StageRecord } from './record/record.ts';

const stage = (state: StageState, more: Partial<StageRecord> = {}): StageRecord => ({
  name: 'build',
  title: 'Build',
  state,
  attempts: state === 'pending' ? 0 : 1,
  ...more,
});

describe('a stage of a host', () => {
  for (const before of STAGE_STATES)
    it(`that is ${before} becomes what it may, and nothing else`, () => {
      for (const after of STAGE_STATES) {
        const move = () => moveStage(stage(before), { state: after }, 5);
        if (before === after) assert.deepEqual(move(), stage(before));
        else if (STAGE_TRANSITIONS[before].includes(after)) assert.equal(move().state, after);
        else assert.throws(move, coded('bad_transition', before, after));
      }
    });

  it('has its times: from when it runs to when it ends, and anew when it is tried again', () => {
    const running = moveStage(stage('pending'), { state: 'running', percent: 10, detail: 'compiling' }, 5);
    assert.deepEqual(running, {
      ...stage('pending'),
      state: 'running',
      attempts: 1,
      startedAt: 5,
      percent: 10,
      detail: 'compiling',
    });
    const told = moveStage(running, { percent: 60 }, 6);
    assert.deepEqual([told.percent, told.startedAt, told.detail], [60, 5, 'compiling']);
    const error = { code: 'exit_1', message: 'It did not compile' };
    const failed = moveStage(told, { state: 'failed', error }, 9);
    assert.deepEqual([failed.endedAt, failed.error, failed.percent], [9, error, undefined]);
    const again = moveStage(failed, { state: 'running' }, 20);
    assert.deepEqual(
      [again.startedAt, again.endedAt, again.error, again.attempts, again.percent],
      [20, undefined, undefined, 2, undefined],
    );
    assert.equal(moveStage(again, { state: 'completed' }, 30).endedAt, 30);
  });

  it('that was done at once has begun when it ended; one that was left out never began', () => {
    const done = moveStage(stage('pending'), { state: 'completed' }, 5);
    assert.deepEqual([done.startedAt, done.endedAt, done.attempts], [5, 5, 1]);
    const skipped = moveStage(stage('pending'), { state: 'skipped' }, 5);
    assert.deepEqual([skipped.startedAt, skipped.endedAt, skipped.attempts], [undefined, 5, 0]);
  });

  it('has an error only while it is failed', () => {
    const error = { code: 'x', message: 'y' };
    assert.equal(moveStage(stage('running'), { error }, 5).error, undefined);
    assert.deepEqual(moveStage(stage('failed'), { error }, 5).error, error);
  });
});

describe('the whole of a host’s operation', () => {
  const of = (...states: readonly StageState[]) => derive({ stages: states.map((state) => stage(state)) }, 7);

  it('is queued until something begins, runs until nothing is left, and is completed then', () => {
    assert.deepEqual(of('pending', 'pending'), { state: 'queued' });
    assert.deepEqual(of('running', 'pending'), { state: 'running', startedAt: 7 });
    assert.deepEqual(of('completed', 'pending'), { state: 'running', startedAt: 7 });
    assert.deepEqual(of('completed', 'skipped'), { state: 'completed', startedAt: 7, endedAt: 7 });
  });

  it('is failed by a stage that failed, once nothing runs any more', () => {
    assert.deepEqual(of('failed', 'running').state, 'running');
    assert.deepEqual(of('failed', 'pending'), {
      state: 'failed',
      startedAt: 7,
      endedAt: 7,
      error: { code: 'failed', message: 'Build failed' },
    });
    assert.equal(of('failed', 'cancelled').state, 'failed');
    const error = { code: 'x', message: 'y' };
    assert.deepEqual(derive({ stages: [stage('failed', { error })] }, 7).error, error);
  });

  it('is cancelled by a stage that was cancelled, where none failed', () => {
    assert.equal(of('cancelled', 'completed', 'pending').state, 'cancelled');
    assert.equal(of('cancelled', 'running').state, 'running');
  });

  it('keeps when it began, and when it ended', () => {
    assert.deepEqual(derive({ stages: [stage('completed')], startedAt: 1, endedAt: 2 }, 7), {
      state: 'completed',
      startedAt: 1,
      endedAt: 2,
    });
    assert.deepEqual(derive({ stages: [stage('running')], startedAt: 1, endedAt: 2 }, 7), {
      state: 'running',
      startedAt: 1,
    });
  });

  it('is something in every combination of three stages', () => {
    for (const a of STAGE_STATES)
      for (const b of STAGE_STATES)
        for (const c of STAGE_STATES) {
          const { state, endedAt } = of(a, b, c);
          const all = [a, b, c];
          const expected = all.includes('running')
            ? 'running'
            : all.includes('failed')
              ? 'failed'
              : all.includes('cancelled')
                ? 'cancelled'
                : !all.includes('pending')
                  ? 'completed'
                  : all.every((one) => one === 'pending')
                    ? 'queued'
                    : 'running';
          assert.equal(state, expected, all.join());
          assert.equal(endedAt !== undefined, !['queued', 'running'].includes(state));
        }
  });
});
