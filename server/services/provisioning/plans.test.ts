import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AGENT_STATES, OPERATION_TYPES } from '../../../src/protocol/index.ts';
import type { AgentState, OperationType } from '../../../src/protocol/index.ts';
import { legalCommands } from './legality.ts';
import { PLANS, STAGES, canCancel, planOf, stagesOf } from './plans.ts';
import type { PlanName, Situation } from './plans.ts';
import { STAGE_WORK } from './stages/index.ts';

const situation = (type: OperationType, state: AgentState, more: Partial<Situation> = {}): Situation => ({
  type,
  state,
  hasPort: true,
  start: true,
  replicas: { before: 2, after: 2 },
  ...more,
});

describe('a plan', () => {
  it('is there for every legal command, and each stage has its work', () => {
    for (const state of AGENT_STATES)
      for (const type of legalCommands(state, true)) assert.ok(PLANS[planOf(situation(type, state))]);
    for (const { stages } of Object.values(PLANS)) for (const name of stages) assert.ok(STAGE_WORK[name].run);
    assert.deepEqual(Object.keys(STAGE_WORK).toSorted(), Object.keys(STAGES).toSorted());
    assert.equal(OPERATION_TYPES.length, 10);
  });

  it('is chosen by what the agent is', () => {
    const is = (type: OperationType, state: AgentState, more: Partial<Situation> = {}): PlanName =>
      planOf(situation(type, state, more));
    assert.equal(is('restart', 'running'), 'replace');
    assert.equal(is('restart', 'running', { hasPort: false }), 'restart-in-place');
    assert.equal(is('restart', 'errored'), 'restart-in-place');
    for (const type of ['upgrade', 'rollback'] as const) {
      assert.equal(is(type, 'running'), 'replace');
      assert.equal(is(type, 'running', { hasPort: false }), 'replace');
      assert.equal(is(type, 'errored'), 'revive');
      for (const state of ['stopped', 'provisioned'] as const) assert.equal(is(type, state), 'prepare');
    }
    assert.equal(is('scale', 'stopped'), 'prepare');
    assert.equal(is('scale', 'running', { replicas: { before: 2, after: 1 } }), 'scale-down');
    assert.equal(is('scale', 'running', { replicas: { before: 2, after: 3 } }), 'scale-up');
  });

  it('leaves out what such an agent has no need of', () => {
    const skipped = (plan: PlanName, more: Situation): readonly string[] =>
      stagesOf(plan, more).flatMap(({ name, state }) => (state === 'skipped' ? [name] : []));
    assert.deepEqual(skipped('replace', situation('upgrade', 'running')), []);
    assert.deepEqual(skipped('replace', situation('upgrade', 'running', { hasPort: false })), [
      'switch',
      'drain',
    ]);
    assert.deepEqual(skipped('create', situation('create', 'draft', { start: false })), [
      'start',
      'ready',
      'expose',
    ]);
    assert.deepEqual(skipped('create', situation('create', 'draft', { hasPort: false })), ['expose']);
    assert.deepEqual(skipped('delete', situation('delete', 'stopped')), ['conceal', 'drain']);
    assert.deepEqual(skipped('delete', situation('delete', 'errored')), []);
    assert.deepEqual(skipped('stop', situation('stop', 'running', { hasPort: false })), ['conceal', 'drain']);
  });

  it('can be cancelled until its point of no return is begun', () => {
    for (const plan of Object.keys(PLANS) as PlanName[]) {
      const { noCancelFrom } = PLANS[plan];
      const stages = stagesOf(plan, situation('upgrade', 'running'));
      stages.forEach(({ name }, at) => {
        const begun = stages.map((stage, i) => (i <= at ? { ...stage, attempts: 1 } : stage));
        const isPast =
          noCancelFrom !== undefined && at >= stages.findIndex((one) => one.name === noCancelFrom);
        assert.equal(canCancel(plan, begun), !isPast, `${plan} at ${name}`);
      });
    }
  });
});
