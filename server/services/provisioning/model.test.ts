/** Random commands at once, on agents that crash and servers that are killed: whatever comes of it is legal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { AGENT_TRANSITIONS, OPERATION_ACTIONS, WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type { AgentState, AgentStatus, OperationStatus } from '../../../src/protocol/index.ts';
import { turn } from '../../testing/event-loop.ts';
import { MemoryDatabase } from '../../testing/memory-database.ts';
import { ANA, provisioningService } from '../../testing/provisioning-service.ts';
import type { Service } from '../../testing/provisioning-service.ts';
import { random } from '../../testing/random.ts';
import type { Command } from './index.ts';

const AGENTS = ['a', 'b', 'c', 'd'];
const STEPS = 120;
const MAX_ACTIVE = 2;
/** What a command may be refused with. Anything else is a defect. */
const REFUSALS = [
  'bad_transition',
  'agent_busy',
  'generation_conflict',
  'not_found',
  'conflict',
  'bad_parameters',
  'operation_limit',
  'unavailable',
];

/** A run with one seed. */
class Model {
  readonly #next: () => number;
  readonly #t: TestContext;
  readonly #states = new Map<string, AgentState>();
  readonly #ids = new Set<string>();
  #service: Service;

  constructor(t: TestContext, service: Service, seed: number) {
    this.#t = t;
    this.#service = service;
    this.#next = random(seed);
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      await this.#step();
      for (let turns = this.#below(12); turns > 0; turns--) await turn();
      if (this.#next() < 0.6) this.#service.clock.advance(this.#below(400));
      this.#look();
    }
    await this.#rest();
  }

  async #step(): Promise<void> {
    const roll = this.#next();
    const { machine } = this.#service;
    if (roll < 0.6) this.#ask();
    else if (roll < 0.75) this.#act();
    else if (roll < 0.85) this.#crash();
    else if (roll < 0.9) machine.refused.set('start', new WaooawError('agent_start_failed', 'chance'));
    else if (roll < 0.97) machine.refused.clear();
    else await this.#kill();
  }

  #ask(): void {
    const { provisioning } = this.#service;
    const agent = this.#one(AGENTS);
    const ifMatch = this.#next() < 0.2 ? { ifMatch: this.#below(6) } : {};
    const asked =
      this.#next() < 0.25
        ? provisioning.create(
            { agent, kind: this.#one(['web', 'worker']), start: this.#next() < 0.8 },
            { ...ANA },
          )
        : provisioning.command(agent, this.#command(), { ...ANA, ...ifMatch });
    this.#expect(asked.then(({ operation }) => void this.#ids.add(operation)));
  }

  #command(): Command {
    return this.#one<Command>([
      { type: 'start' },
      { type: 'stop', graceMs: this.#below(2) * 100 },
      { type: 'restart' },
      { type: 'upgrade', version: this.#one(['1.0.0', '2.0.0', '3.0.0']) },
      { type: 'rollback' },
      { type: 'scale', replicas: 1 + this.#below(4) },
      { type: 'suspend' },
      { type: 'resume' },
      { type: 'delete' },
    ]);
  }

  #act(): void {
    const ids = [...this.#ids].slice(-6);
    if (ids.length === 0) return;
    this.#expect(this.#service.provisioning.act(this.#one(ids), this.#one(OPERATION_ACTIONS), ANA));
  }

  #crash(): void {
    const { machine } = this.#service;
    const up = Object.entries(machine.states).filter(([, state]) => state === 'running');
    if (up.length > 0) machine.end(this.#one(up)[0], { code: 1 });
  }

  async #kill(): Promise<void> {
    await this.#service.kill();
    this.#look();
    this.#service = await provisioningService(this.#t, {
      ...this.#service.world,
      limits: { maxActiveOperations: MAX_ACTIVE },
    });
    this.#observe();
  }

  /** What a caller may hear. The dead answer nothing. */
  #expect(asked: Promise<unknown>): void {
    asked.catch((error: unknown) => {
      if (!(error instanceof WaooawError) || !REFUSALS.includes(error.code)) this.defect ??= error;
    });
  }

  defect: unknown;

  /** Every change of state that was published may follow the one before. */
  #look(): void {
    if (this.defect) throw this.defect as Error;
    for (const [channel, data] of this.#service.publisher.take()) {
      if (channel.startsWith('agent/')) this.#follows(data as unknown as AgentStatus);
      if (channel.startsWith('operation/')) this.#holds(data as unknown as OperationStatus);
    }
  }

  #follows({ agent, state, createdAt }: AgentStatus): void {
    const id = `${agent}@${createdAt}`;
    const before = this.#states.get(id);
    if (before && before !== state)
      assert.ok(AGENT_TRANSITIONS[before].includes(state), `${agent}: ${before} → ${state}`);
    this.#states.set(id, state);
  }

  #holds({ operation, state, stages, percent, queuePlace }: OperationStatus): void {
    assert.ok(percent >= 0 && percent <= 100);
    assert.ok(stages.filter((stage) => stage.state === 'running').length <= 1, operation);
    assert.equal(state === 'completed', percent === 100, operation);
    if (queuePlace !== undefined) assert.equal(state, 'queued');
    if (isEnded(state))
      assert.ok(!stages.some((stage) => stage.state === 'running'), JSON.stringify([state, stages]));
  }

  /** After a restart what is shown may be newer than what was published last. */
  #observe(): void {
    for (const { agent, createdAt, state } of this.#service.provisioning.agents())
      this.#states.set(`${agent}@${createdAt}`, state);
  }

  /** Everything comes to an end, and what runs is what is meant to. */
  async #rest(): Promise<void> {
    const { provisioning, machine, until, errors } = this.#service;
    machine.refused.clear();
    const isOver = async (): Promise<boolean> => {
      const open = await provisioning.operations({ limit: 1_000 });
      for (const { operation, state } of open)
        if (state === 'paused') await provisioning.act(operation, 'resume', ANA).catch(() => undefined);
      return open.every(({ state }) => isEnded(state));
    };
    await until(isOver, 'the end of all operations');
    const wanted = (): readonly string[] =>
      provisioning
        .agents()
        .filter(({ state }) => state === 'running')
        .flatMap(({ agent, replicas }) => Array.from({ length: replicas }, () => agent));
    const runs = (): readonly string[] =>
      Object.entries(machine.states)
        .filter(([, state]) => state === 'running')
        .map(([name]) => name.slice(0, 1));
    const isErrored = (id: string): boolean =>
      provisioning.agents().some(({ agent, state }) => agent === id && state === 'errored');
    const same = (): boolean =>
      wanted().toSorted().join() ===
      runs()
        .filter((id) => !isErrored(id))
        .toSorted()
        .join();
    await until(same, `${wanted().join()} instead of ${JSON.stringify(machine.states)}`);
    for (const agent of provisioning.agents()) {
      const generations = new Set(
        agent.instances.filter(({ state }) => state === 'running').map(({ generation }) => generation),
      );
      assert.ok(generations.size <= 1, JSON.stringify(agent));
      assert.equal(agent.busy, false);
    }
    this.#look();
    assert.deepEqual(
      errors.filter((error) => !error.includes('chance')),
      [],
    );
  }

  #below(max: number): number {
    return Math.floor(this.#next() * max);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)]!;
  }
}

describe('whatever is asked, in whatever order', () => {
  const seeds = Number(process.env.MODEL_SEEDS ?? 12);
  const from = Number(process.env.MODEL_FROM ?? 1);
  for (let seed = from; seed < from + seeds; seed++)
    it(`is legal, and comes to rest (seed ${seed})`, async (t) => {
      const limits = { maxActiveOperations: MAX_ACTIVE };
      const service = await provisioningService(t, { database: new MemoryDatabase(), limits });
      await new Model(t, service, seed).run();
    });
});
