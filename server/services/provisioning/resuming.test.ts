import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { OperationStatus } from '../../../src/protocol/index.ts';
import { turn } from '../../testing/event-loop.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService } from '../../testing/provisioning-service.ts';
import type { Service } from '../../testing/provisioning-service.ts';
import type { Asked, Command } from './index.ts';

/** What is asked, of what, and what comes of it whenever the server was killed. */
interface Scenario {
  readonly title: string;
  readonly before?: (service: Service) => Promise<unknown>;
  readonly command: Command | 'create';
  /** What the machine does then. */
  readonly machine?: (service: Service) => void;
  readonly states: Readonly<Record<string, string>>;
  readonly ends: OperationStatus['state'];
  readonly agent: string;
}

const upgraded = async ({ create, run }: Service): Promise<void> => {
  await create({ version: '1.0.0' });
  await run('shop', { type: 'upgrade', version: '2.0.0' });
};
const running = ({ create }: Service): Promise<unknown> => create({ version: '1.0.0', replicas: 2 });

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'create',
    command: 'create',
    states: { 'shop-1.1.0': 'running' },
    ends: 'completed',
    agent: 'running 1.0.0',
  },
  {
    title: 'upgrade',
    before: running,
    command: { type: 'upgrade', version: '2.0.0' },
    states: { 'shop-1.2.0': 'running', 'shop-1.2.1': 'running' },
    ends: 'completed',
    agent: 'running 2.0.0',
  },
  {
    title: 'upgrade to what does not start',
    before: running,
    command: { type: 'upgrade', version: '2.0.0' },
    machine: ({ machine }) => machine.refused.set('start shop-1.2.1', new Error('no such program')),
    states: { 'shop-1.1.0': 'running', 'shop-1.1.1': 'running' },
    ends: 'rolled-back',
    agent: 'running 1.0.0',
  },
  {
    title: 'rollback',
    before: upgraded,
    command: { type: 'rollback' },
    states: { 'shop-1.3.0': 'running' },
    ends: 'completed',
    agent: 'running 1.0.0',
  },
  {
    title: 'scale down',
    before: running,
    command: { type: 'scale', replicas: 1 },
    states: { 'shop-1.1.0': 'running' },
    ends: 'completed',
    agent: 'running 1.0.0',
  },
  {
    title: 'delete',
    before: running,
    command: { type: 'delete' },
    states: {},
    ends: 'completed',
    agent: 'revoked 1.0.0',
  },
];

const KEY: Asked = { ...ANA, idempotencyKey: 'once' };

function ask({ provisioning }: Service, { command }: Scenario): Promise<OperationStatus> {
  if (command === 'create') return provisioning.create({ agent: 'shop', kind: 'web', version: '1.0.0' }, KEY);
  return provisioning.command('shop', command, KEY);
}

/** @returns false once it was not killed, as there was nothing more to write. */
async function killedAt(
  t: TestContext,
  scenario: Scenario,
  entries: number,
  after: boolean,
): Promise<boolean> {
  const first = await provisioningService(t, { database: new MemoryDatabase() });
  await scenario.before?.(first);
  scenario.machine?.(first);
  first.killAt = { entries, after };
  let answered: OperationStatus | undefined;
  ask(first, scenario).then(
    (operation) => void (answered = operation),
    () => undefined,
  );
  const done = async (): Promise<boolean> =>
    first.isDead ||
    (answered !== undefined &&
      (await first.provisioning.operation(answered.operation)).endedAt !== undefined);
  await first.until(done, `the end of ${scenario.title}`);
  const { isDead } = first;
  await first.kill();

  const next = await provisioningService(t, first.world);
  const again = await ask(next, scenario);
  if (answered) assert.equal(again.operation, answered.operation);
  const ended = await next.ended(again.operation);
  for (let turns = 0; turns < 20; turns++) await turn();
  const where = `${scenario.title}, killed ${after ? 'after' : 'before'} entry ${entries}`;
  assert.equal(ended.state, scenario.ends, `${where}: ${JSON.stringify(ended)}`);
  const { state, version, instances } = next.agent();
  assert.equal(`${state} ${version}`, scenario.agent, where);
  const up = Object.entries(first.machine.states).filter(([, is]) => is === 'running');
  assert.deepEqual(Object.fromEntries(up), scenario.states, where);
  if (state === 'running')
    assert.deepEqual(
      next.door.routes.get('shop')!.targets.map(({ instance }) => instance),
      Object.keys(scenario.states),
      where,
    );
  const generations = new Set(
    instances.filter((one) => one.state === 'running').map((one) => one.generation),
  );
  assert.ok(generations.size <= 1, where);
  const ends = [...first.entries, ...next.entries].filter(({ details }) => {
    const { operation, phase } = details as { operation: string; phase: string };
    return operation === again.operation && phase === scenario.ends && !(details as { stage?: string }).stage;
  });
  assert.equal(ends.length, 1, where);
  await next.stop();
  return isDead;
}

describe('killed before or after any entry of its journal', () => {
  for (const scenario of SCENARIOS)
    it(`${scenario.title} comes to its end, and the same key is the same operation`, async (t) => {
      for (const after of [false, true])
        for (let entries = 0; await killedAt(t, scenario, entries, after); entries++);
    });
});
