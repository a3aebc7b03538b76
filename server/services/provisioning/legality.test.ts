import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AGENT_STATES,
  AGENT_TRANSITIONS,
  OPERATION_ACTIONS,
  OPERATION_STATES,
  OPERATION_TYPES,
} from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { assertLegal, assertTransition, legalActions, legalCommands } from './legality.ts';

describe('what an agent may be asked to', () => {
  const legal = {
    draft: ['delete'],
    provisioned: ['start', 'upgrade', 'rollback', 'delete'],
    deployed: ['delete'],
    running: ['stop', 'restart', 'upgrade', 'rollback', 'scale', 'suspend', 'delete'],
    stopped: ['start', 'upgrade', 'rollback', 'scale', 'delete'],
    suspended: ['resume', 'delete'],
    errored: ['start', 'stop', 'restart', 'upgrade', 'rollback', 'delete'],
    revoked: ['create'],
  };

  for (const state of AGENT_STATES) {
    it(`while it is ${state}, and all else is refused with what is legal`, () => {
      assert.deepEqual(legalCommands(state, true), legal[state]);
      const without = legal[state].filter((type) => type !== 'rollback');
      assert.deepEqual(legalCommands(state, false), without);
      for (const type of OPERATION_TYPES) {
        const ask = (canRollBack: boolean) => () => assertLegal(type, { agent: 'a', state, canRollBack });
        if (legal[state].includes(type)) ask(true)();
        else
          assert.throws(ask(true), coded('bad_transition', state, `legal now: ${legal[state].join(', ')}`));
        if (type === 'rollback') assert.throws(ask(false), coded('bad_transition', without.join(', ')));
      }
    });
  }

  it('says that there is nothing to go back to', () => {
    const ask = () => assertLegal('rollback', { agent: 'a', state: 'running', canRollBack: false });
    assert.throws(ask, coded('bad_transition', 'has nothing to go back to'));
  });
});

describe('what an agent may become', () => {
  for (const before of AGENT_STATES)
    it(`from ${before} is what the table says, and itself`, () => {
      for (const after of AGENT_STATES) {
        const become = () => assertTransition('a', before, after);
        if (before === after || AGENT_TRANSITIONS[before].includes(after)) become();
        else assert.throws(become, coded('bad_transition', before, after));
      }
    });
});

describe('what an operation may be asked', () => {
  for (const state of OPERATION_STATES)
    it(`while it is ${state}, in every case`, () => {
      for (const canCancel of [true, false])
        for (const canRetry of [true, false])
          for (const asked of [undefined, ...OPERATION_ACTIONS]) {
            const given = legalActions({ state, canCancel, canRetry, ...(asked && { asked }) });
            const isOpen = ['queued', 'running', 'paused'].includes(state) && asked !== 'cancel';
            const standsStill = state === 'paused' || asked === 'pause';
            assert.deepEqual(given, [
              ...(isOpen && canCancel ? ['cancel'] : []),
              ...(isOpen ? [standsStill ? 'resume' : 'pause'] : []),
              ...(state === 'failed' && canRetry ? ['retry'] : []),
            ]);
          }
    });
});
