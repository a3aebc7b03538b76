import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPERATION_STATES, STAGE_STATES, isEnded } from '../../../src/protocol/index.ts';
import type { StageState } from '../../../src/protocol/index.ts';
import { anOperation, aStage } from '../../testing/provisioning-recording.ts';
import { PLANS, onFailure } from './plans.ts';
import type { PlanName } from './plans.ts';
import type { OperationRecord, StageRecord } from './record/record.ts';
import { nextStep, stagesAtEnd, stagesForRetry } from './steps.ts';
import type { Step } from './steps.ts';

const NAMES = Object.keys(PLANS) as readonly PlanName[];
const asked = (name: 'cancel' | 'pause', phase: 'accepted' | 'in-effect' | 'done' = 'accepted') => ({
  action: { name, phase, by: 'ana', at: 0 },
});

/** Stages of a plan: so many done, and the next in a state. */
function stagesOf(plan: PlanName, done: number, next: StageState = 'pending'): readonly StageRecord[] {
  return PLANS[plan].stages.map((name, at) => {
    if (at < done) return aStage(name, { state: 'completed', attempts: 1 });
    const state = at === done ? next : 'pending';
    return aStage(name, { state, attempts: state === 'pending' || state === 'skipped' ? 0 : 1 });
  });
}

const operation = (stages: readonly StageRecord[], more: Partial<OperationRecord> = {}): OperationRecord =>
  anOperation('op', { state: 'running', stages, ...more });

/** Takes everything back, as the executor does. @returns the stages in the order in which that was done, and the end. */
function takenBack(
  plan: PlanName,
  start: OperationRecord,
): { readonly undone: string[]; readonly last: Step } {
  const undone: string[] = [];
  let now = start;
  for (;;) {
    const step = nextStep(now, plan);
    if (step.do === 'turn back') now = { ...now, state: 'rolling-back' };
    else if (step.do === 'undo') {
      undone.push(step.stage);
      const stages = now.stages.map((one) => (one.name === step.stage ? { ...one, compensated: true } : one));
      now = { ...now, stages };
    } else return { undone, last: step };
  }
}

describe('the next step', () => {
  for (const plan of NAMES) {
    const { stages: names } = PLANS[plan];

    it(`of ${plan} is each stage in its order, again whole where it was left in the middle, and then the end`, () => {
      names.forEach((name, done) => {
        for (const state of ['pending', 'running'] as const)
          assert.deepEqual(nextStep(operation(stagesOf(plan, done, state)), plan), {
            do: 'begin',
            stage: name,
          });
      });
      assert.deepEqual(nextStep(operation(stagesOf(plan, names.length)), plan), {
        do: 'end',
        as: 'completed',
      });
    });

    it(`of ${plan} leaves out what is skipped`, () => {
      const stages = stagesOf(plan, names.length).map((stage) => ({ ...stage, state: 'skipped' as const }));
      assert.deepEqual(nextStep(operation(stages), plan), { do: 'end', as: 'completed' });
    });

    it(`of ${plan}, failed at any stage, is to take back what its plan says, in reverse`, () => {
      names.forEach((_name, done) => {
        const failed = operation(stagesOf(plan, done, 'failed'));
        const leadsTo = onFailure(plan, failed.stages);
        const { undone, last } = takenBack(plan, failed);
        const begun = names.slice(0, done + 1).toReversed();
        if (leadsTo === 'stay') assert.deepEqual([undone, last], [[], { do: 'end', as: 'failed' }]);
        else if (leadsTo === 'back')
          assert.deepEqual([undone, last], [begun, { do: 'end', as: 'rolled-back' }]);
        else {
          const kept = begun.filter((name) => name !== 'stop' && !(name === 'allocate' && done > 0));
          assert.deepEqual([undone, last], [kept, { do: 'end', as: 'failed' }]);
        }
      });
    });

    it(`of ${plan}, cancelled at any stage, is to take back all that was begun`, () => {
      names.forEach((_name, done) => {
        for (const state of ['pending', 'cancelled'] as const) {
          const cancelled = operation(stagesOf(plan, done, state), asked('cancel'));
          if (onFailure(plan, cancelled.stages) === 'stay' && PLANS[plan].committedBy) continue;
          const begun = names.slice(0, state === 'pending' ? done : done + 1).toReversed();
          assert.deepEqual(takenBack(plan, cancelled), {
            undone: begun,
            last: { do: 'end', as: 'cancelled' },
          });
        }
      });
    });

    it(`of ${plan}, paused, is to stand still before the next stage, and not in the middle of one`, () => {
      names.forEach((name, done) => {
        const at = (state: StageState, more: object) =>
          nextStep(operation(stagesOf(plan, done, state), more), plan);
        assert.deepEqual(at('pending', asked('pause')), { do: 'pause' });
        assert.deepEqual(at('pending', { ...asked('pause', 'in-effect'), state: 'paused' }), {
          do: 'nothing',
        });
        assert.deepEqual(at('running', asked('pause')), { do: 'begin', stage: name });
        assert.deepEqual(at('pending', asked('pause', 'done')), { do: 'begin', stage: name });
      });
    });
  }

  it('of what has ended is none, whatever its stages are', () => {
    for (const state of OPERATION_STATES.filter((one) => isEnded(one)))
      for (const one of STAGE_STATES)
        for (const more of [{}, asked('cancel'), asked('pause')]) {
          const over = operation(stagesOf('replace', 2, one), { state, ...more });
          assert.deepEqual(nextStep(over, 'replace'), { do: 'nothing' });
        }
  });

  it('of an upgrade that has proved itself never goes back', () => {
    for (const done of [5, 6]) {
      const failed = operation(stagesOf('replace', done, 'failed'));
      assert.deepEqual(nextStep(failed, 'replace'), { do: 'end', as: 'failed' });
    }
  });
});

describe('the stages of an operation', () => {
  it('that were never begun are told apart by how it ended', () => {
    const stages = stagesOf('start', 1, 'failed');
    const states = (as: Parameters<typeof stagesAtEnd>[1]) =>
      stagesAtEnd(stages, as).map(({ state }) => state);
    assert.deepEqual(states('failed'), ['completed', 'failed', 'pending']);
    assert.deepEqual(states('completed'), ['completed', 'failed', 'pending']);
    assert.deepEqual(states('rolled-back'), ['completed', 'failed', 'skipped']);
    assert.deepEqual(states('cancelled'), ['completed', 'failed', 'cancelled']);
  });

  it('that failed or were taken back are done again by a retry, and none that stands', () => {
    const [a, b, c] = stagesOf('start', 2, 'failed') as [StageRecord, StageRecord, StageRecord];
    const error = { code: 'x', message: 'y' };
    const again = stagesForRetry([
      { ...a, description: 'd', compensated: true },
      b,
      { ...c, error, endedAt: 5 },
    ]);
    assert.deepEqual(again, [
      { name: 'start', title: 'start', description: 'd', state: 'pending', attempts: 1 },
      b,
      { name: 'expose', title: 'expose', state: 'pending', attempts: 1 },
    ]);
  });
});
