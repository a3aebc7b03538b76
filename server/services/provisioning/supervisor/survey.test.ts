import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AGENT_STATES } from '../../../../src/protocol/index.ts';
import type { InstanceState } from '../../../../src/protocol/index.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import { random } from '../../../testing/random.ts';
import { agentOf, labelsOf, specOf, without } from '../../../testing/supervising.ts';
import type { AgentRecord } from '../record/record.ts';
import { hasEnded, survey } from './survey.ts';
import type { Survey } from './survey.ts';

const HOUR_MS = 3_600_000;
const NOW = 10 * HOUR_MS;

function instance(
  name: string,
  state: InstanceState = 'running',
  { incarnation = 1, generation = 1, epoch = 1, endedAt = NOW }: Record<string, number> = {},
): Instance {
  return {
    name,
    state,
    labels: labelsOf({ agent: 'a', incarnation }, generation, epoch),
    externalId: `of ${name}`,
    startedAt: 1,
    ...(state === 'exited' && { exit: { at: endedAt, code: 1 } }),
  };
}

function plan(record: AgentRecord | undefined, ...instances: Instance[]): Record<string, string[]> {
  const found: Survey = survey({
    record,
    instances,
    epoch: 5,
    now: NOW,
    keepEndedInstancesMs: HOUR_MS,
    maxEndedInstances: 3,
  });
  const names = Object.entries(found).map(([what, list]) => [
    what,
    (list as readonly (string | { name: string })[]).map((one) => (typeof one === 'string' ? one : one.name)),
  ]);
  return Object.fromEntries(names.filter(([, list]) => list!.length > 0)) as Record<string, string[]>;
}

describe('an agent that is meant to run', () => {
  const three = agentOf({ live: specOf({ replicas: 3 }) });

  it('wants what is missing, has ended or is lost, and what stands still to go on', () => {
    assert.deepEqual(plan(three, instance('a-1.1.0', 'exited'), instance('a-1.1.2', 'lost')), {
      missing: ['a-1.1.1'],
      ended: ['a-1.1.0', 'a-1.1.2'],
    });
    assert.deepEqual(
      plan(three, instance('a-1.1.0'), instance('a-1.1.1', 'suspended'), instance('a-1.1.2', 'starting')),
      { running: ['a-1.1.0', 'a-1.1.1', 'a-1.1.2'], resume: ['a-1.1.1'] },
    );
  });

  it('wants nothing else of its own: no replica too many, no other generation, no other incarnation', () => {
    assert.deepEqual(
      plan(
        agentOf(),
        instance('a-1.1.0'),
        instance('a-1.1.1'),
        instance('a-1.2.0', 'running', { generation: 2 }),
        instance('a-2.1.0', 'suspended', { incarnation: 2 }),
      ),
      { running: ['a-1.1.0'], stop: ['a-2.1.0', 'a-1.1.1', 'a-1.2.0'] },
    );
  });

  it('goes by what is live, whatever it is meant to become', () => {
    const record = agentOf({ live: specOf({ generation: 4 }), spec: specOf({ generation: 6, replicas: 9 }) });
    assert.deepEqual(plan(record), { missing: ['a-1.4.0'] });
    assert.deepEqual(plan(without(agentOf(), 'live')), {});
  });

  it('touches nothing that a later server started, and starts nothing beside it', () => {
    assert.deepEqual(
      plan(
        agentOf(),
        instance('a-1.1.0', 'running', { epoch: 6 }),
        instance('a-1.2.0', 'running', { generation: 2, epoch: 6 }),
      ),
      { running: ['a-1.1.0'] },
    );
  });
});

describe('an agent that is not meant to run', () => {
  it('is stopped, and its output is kept', () => {
    for (const state of ['stopped', 'provisioned', 'draft'] as const)
      assert.deepEqual(plan(agentOf({ state }), instance('a-1.1.0'), instance('a-1.1.1', 'exited')), {
        stop: ['a-1.1.0'],
      });
  });

  it('stands still while it is suspended, and nothing of it is started', () => {
    const two = agentOf({ state: 'suspended', live: specOf({ replicas: 3 }) });
    assert.deepEqual(plan(two, instance('a-1.1.0'), instance('a-1.1.1', 'suspended')), {
      running: ['a-1.1.0', 'a-1.1.1'],
      suspend: ['a-1.1.0'],
    });
    assert.deepEqual(plan(two, instance('a-1.1.0', 'exited')), {});
  });

  it('is left as it is while it is errored: what still runs may serve', () => {
    const record = agentOf({
      state: 'errored',
      live: specOf({ replicas: 2 }),
      spec: specOf({ generation: 3 }),
    });
    assert.deepEqual(
      plan(
        record,
        instance('a-1.1.0'),
        instance('a-1.1.1', 'exited'),
        instance('a-1.3.0', 'running', { generation: 3 }),
        instance('a-1.2.0', 'running', { generation: 2 }),
      ),
      { left: ['a-1.1.0', 'a-1.3.0'], stop: ['a-1.2.0'] },
    );
  });

  it('is cleared away, output and all, when it is revoked, or nobody knows it', () => {
    for (const record of [agentOf({ state: 'revoked' }), undefined])
      assert.deepEqual(plan(record, instance('a-1.1.0'), instance('a-1.1.1', 'exited')), {
        stop: ['a-1.1.0'],
        remove: ['a-1.1.1'],
      });
  });

  it('keeps the name of what is lost for a while: it may run somewhere', () => {
    const lost = instance('a-1.1.0', 'lost');
    assert.deepEqual(plan(agentOf({ state: 'revoked' }), { ...lost, startedAt: NOW }), {});
    assert.deepEqual(plan(agentOf({ state: 'revoked' }), lost), { remove: ['a-1.1.0'] });
  });
});

describe('output of what has ended', () => {
  const ended = (index: number, agoMs: number): Instance =>
    instance(`a-1.2.${index}`, 'exited', { generation: 2, endedAt: NOW - agoMs });

  it('is kept for an hour', () => {
    assert.deepEqual(plan(agentOf(), instance('a-1.1.0'), ended(0, HOUR_MS - 1), ended(1, HOUR_MS)), {
      running: ['a-1.1.0'],
      remove: ['a-1.2.1'],
    });
  });

  it('is kept of the last three', () => {
    assert.deepEqual(plan(agentOf(), instance('a-1.1.0'), ...[5, 3, 4, 2, 1].map((ago) => ended(ago, ago))), {
      running: ['a-1.1.0'],
      remove: ['a-1.2.4', 'a-1.2.5'],
    });
  });
});

describe('any agent with any instances', () => {
  it('has nothing stopped that is wanted, nothing removed that runs, and nothing touched twice', () => {
    const chance = random(5);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(chance() * of.length)]!;
    for (let run = 0; run < 3_000; run++) {
      const live = specOf({ generation: 1 + Math.floor(chance() * 3), replicas: Math.floor(chance() * 4) });
      const full = agentOf({ state: pick(AGENT_STATES), live, spec: specOf({ generation: 3 }) });
      const record = pick([full, full, without(full, 'live'), undefined]);
      const names = new Map<string, Instance>();
      for (let i = 0; i < 6; i++) {
        const [incarnation, generation, index] = [pick([1, 1, 2]), pick([1, 2, 3]), pick([0, 1, 2, 3])];
        const name = `a-${incarnation}.${generation}.${index}`;
        const more = {
          incarnation,
          generation,
          epoch: pick([1, 5, 6]),
          endedAt: NOW - pick([0, 2 * HOUR_MS]),
        };
        names.set(name, instance(name, pick(['running', 'exited', 'lost', 'suspended', 'starting']), more));
      }
      const limits = { keepEndedInstancesMs: HOUR_MS, maxEndedInstances: 2 };
      const found = survey({ record, instances: [...names.values()], epoch: 5, now: NOW, ...limits });
      const wanted = new Set([...found.missing, ...found.ended, ...found.running].map(({ name }) => name));
      for (const one of found.stop) {
        assert.ok(!hasEnded(one) && !wanted.has(one.name) && !found.left.includes(one));
        assert.ok(Number(one.labels['epoch']) <= 5);
      }
      for (const one of found.remove) assert.ok(hasEnded(one) && !wanted.has(one.name));
      const isRunning = record?.state === 'running' && record.live;
      assert.equal(wanted.size, isRunning ? live.replicas : found.running.length);
      if (!isRunning) assert.deepEqual([...found.missing, ...found.ended, ...found.resume], []);
    }
  });
});
