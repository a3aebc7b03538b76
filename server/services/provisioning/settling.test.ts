import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AGENT_STATES, AGENT_TRANSITIONS, OPERATION_TYPES } from '../../../src/protocol/index.ts';
import type { AgentState, OperationType } from '../../../src/protocol/index.ts';
import { aSpec, anAgent } from '../../testing/provisioning-recording.ts';
import { legalCommands } from './legality.ts';
import { planWork } from './planning.ts';
import { canCancel, onFailure } from './plans.ts';
import type { AgentRecord, StageRecord } from './record/record.ts';
import { committed, inState, settled, specBack, turningBack } from './settling.ts';
import type { Ending } from './steps.ts';
import { beforeOf } from './work.ts';

const RUNS: readonly AgentState[] = ['running', 'suspended', 'errored'];
const ACTOR = { actor: { id: 'ana', kind: 'user' } } as const;

/** An agent in a state, with what it would have in it. */
function agentIn(state: AgentState): AgentRecord {
  const spec = aSpec({ generation: 4, version: '1.0.0' });
  const live = RUNS.includes(state) ? { live: spec } : {};
  return anAgent({
    state,
    spec,
    ...live,
    port: 20_000,
    keyId: 'k',
    desired: state === 'running' ? 'running' : 'stopped',
  });
}

/** A command on it: the agent as it is meant, and the work. */
function commanded(type: OperationType, state: AgentState, hasPort: boolean) {
  const before = agentIn(state);
  const keeps = ['create', 'start', 'stop', 'suspend', 'resume', 'delete'].includes(type);
  const version = type === 'upgrade' || type === 'rollback' ? '2.0.0' : '1.0.0';
  const spec = keeps ? before.spec : { ...before.spec, generation: 5, version, replicas: 2 };
  const wanted = { type, before: beforeOf(before), spec, hasPort, start: true, asked: ACTOR };
  return { before, agent: { ...before, spec }, ...planWork(wanted) };
}

/** Every way in which an operation can end: how far it came, and how. */
function* endings(): Generator<{
  readonly type: OperationType;
  readonly state: AgentState;
  readonly as: Ending;
  readonly isBroken: boolean;
  readonly before: AgentRecord;
  readonly after: AgentRecord;
}> {
  for (const state of AGENT_STATES.filter((one) => one !== 'revoked'))
    for (const type of [...legalCommands(state, true), ...(state === 'draft' ? (['create'] as const) : [])])
      for (const hasPort of [true, false]) {
        const { agent, work, stages } = commanded(type, state, hasPort);
        for (let done = 0; done <= stages.length; done++) {
          const reached = through(stages, done);
          const now = advanced(agent, reached, work, type);
          const end = (from: AgentRecord, as: Ending, isBroken = false) => ({
            ...{ type, state, as, isBroken, before: from },
            after: settled(from, { operation: { type, stages: reached }, work, as, isBroken, at: 9 }),
          });
          if (done === stages.length) yield end(now, 'completed');
          const back = turningBack(now, 8, 'x');
          const leadsTo = onFailure(work.plan, reached);
          if (leadsTo === 'stay') yield end(now, 'failed');
          else {
            yield end(back, leadsTo === 'back' ? 'rolled-back' : 'failed');
            yield end(back, 'failed', true);
          }
          if (canCancel(work.plan, reached)) yield end(back, 'cancelled');
        }
      }
}

function through(stages: readonly StageRecord[], done: number): readonly StageRecord[] {
  return stages.map((stage, at) =>
    at < done && stage.state === 'pending' ? { ...stage, state: 'completed', attempts: 1 } : stage,
  );
}

/** What stages have made of it by then. */
function advanced(
  agent: AgentRecord,
  stages: readonly StageRecord[],
  work: ReturnType<typeof planWork>['work'],
  type: OperationType,
): AgentRecord {
  const isDone = (name: string): boolean =>
    stages.some((one) => one.name === name && one.state === 'completed');
  let now = agent;
  if (isDone('allocate')) now = inState(now, 'provisioned', 5);
  if (isDone('start') && ['create', 'start', 'revive'].includes(work.plan)) now = inState(now, 'deployed', 6);
  return isDone('watch') ? committed(now, work, type, 7) : now;
}

describe('an operation that ends', () => {
  it('never leaves an agent in a state that may not follow, however it ends', () => {
    const seen = new Set<string>();
    for (const { type, state, as, before, after } of endings()) {
      seen.add(type);
      const isLegal = before.state === after.state || AGENT_TRANSITIONS[before.state].includes(after.state);
      assert.ok(isLegal, `${type} of ${state}, ${as}: ${before.state} → ${after.state}`);
    }
    assert.deepEqual([...seen].toSorted(), [...OPERATION_TYPES].toSorted());
  });

  it('never makes a generation smaller, nor uses one twice', () => {
    for (const { type, before, after } of endings()) {
      const step = after.spec.generation - before.spec.generation;
      assert.ok(step === 0 || step === 1, type);
      if (step === 1) assert.equal(after.spec.version, '1.0.0');
      else assert.equal(after.spec, before.spec);
    }
  });

  it('completed is what was asked for', () => {
    const states: Partial<Record<OperationType, readonly AgentState[]>> = {
      create: ['running'],
      start: ['running'],
      stop: ['stopped'],
      restart: ['running'],
      suspend: ['suspended'],
      resume: ['running'],
      delete: ['revoked'],
    };
    for (const { type, as, after, before } of endings()) {
      if (as !== 'completed') continue;
      assert.ok((states[type] ?? [before.state, 'running']).includes(after.state), type);
      if (after.state === 'running') assert.equal(after.live?.version, after.spec.version, type);
      if (after.state === 'stopped' || after.state === 'revoked') assert.equal(after.live, undefined, type);
      if (type === 'upgrade' || type === 'rollback') assert.equal(after.previous?.version, '1.0.0');
      else assert.equal(after.previous, undefined);
      if (type === 'delete')
        assert.deepEqual([after.port, after.keyId, after.desired], [undefined, undefined, 'revoked']);
    }
  });

  it('gone back is what was before, with all that served', () => {
    for (const { type, state, as, after } of endings()) {
      if (as !== 'rolled-back' && as !== 'cancelled') continue;
      if (type === 'create') assert.equal(after.state, 'revoked');
      else {
        const expected = state === 'provisioned' && after.state === 'stopped' ? 'stopped' : state;
        assert.equal(after.state, expected, `${type} of ${state}`);
        assert.equal(after.spec.version, '1.0.0');
        assert.deepEqual(after.live, agentIn(state).live);
        assert.equal(after.desired, agentIn(state).desired);
      }
    }
  });

  it('and could not be taken back leaves the agent errored where that may follow', () => {
    for (const { isBroken, before, after } of endings()) {
      if (!isBroken) continue;
      const may = before.state === 'errored' || AGENT_TRANSITIONS[before.state].includes('errored');
      assert.equal(after.state, may ? 'errored' : before.state);
    }
  });
});

describe('an agent', () => {
  it('has the reason of the state that it is in, and when that began', () => {
    const errored = inState(agentIn('running'), 'errored', 5, 'crashed');
    assert.deepEqual([errored.reason, errored.since, errored.changedAt], ['crashed', 5, 5]);
    const same = inState(errored, 'errored', 7, 'again');
    assert.deepEqual([same.reason, same.since], ['again', 5]);
    assert.equal(inState(errored, 'running', 8).reason, undefined);
  });

  it('whose specification did not change goes back to itself', () => {
    const { agent, work } = commanded('stop', 'running', true);
    assert.equal(specBack(agent, work), agent);
  });
});
