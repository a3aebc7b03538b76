import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { startHttp, until } from '../../../testing/fault-servers.ts';
import { turn } from '../../../testing/event-loop.ts';
import { KIND, agentOf, labelsOf, supervise } from '../../../testing/supervising.ts';
import type { AgentKind } from '../kinds.ts';

const A = { agent: 'a', incarnation: 1 };
const GATE = { progressDeadlineMs: 10_000, minHealthyMs: 2_000 };
const HTTP: AgentKind = {
  ...KIND,
  hasPort: true,
  ready: { kind: 'http', intervalMs: 1_000, timeoutMs: 5_000, failureThreshold: 2 },
};
const NEVER = new AbortController().signal;

/** Two instances that answer what they are told. */
async function setUp(t: TestContext) {
  const supervising = supervise(t, { records: [agentOf({ state: 'deployed' })] });
  const { machine, supervisor, clock } = supervising;
  const names = ['a-1.1.0', 'a-1.1.1'];
  const statuses: Record<string, number> = {};
  const asked: Record<string, number> = {};
  for (const name of names) {
    statuses[name] = 503;
    asked[name] = 0;
    const { port } = await startHttp(t, (_, response) => {
      asked[name]! += 1;
      response.writeHead(statuses[name]!).end();
    });
    machine.put(name, labelsOf(A), { port });
  }
  const told: string[] = [];
  const tell = (percent: number, detail: string): number => told.push(`${percent} ${detail}`);
  /** Time passes in steps, each heard before the next. */
  const pass = async (ms: number, stepMs = 100): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.advance(stepMs);
      for (let i = 0; i < 12; i++) await turn();
    }
  };
  return { ...supervising, supervisor, names, statuses, asked, told, tell, pass };
}

describe('the gate', () => {
  it('opens once all are ready and have stayed well for long enough, and says how far it is', async (t) => {
    const { supervisor, names, statuses, told, tell, pass, asked } = await setUp(t);
    let isOpen = false;
    const opening = supervisor.ready(names, HTTP, GATE, NEVER, tell).then(() => (isOpen = true));
    await until('both were asked', () => names.every((name) => asked[name]! > 0));
    await pass(1_000);
    statuses['a-1.1.0'] = 200;
    await until('one is ready', () => (void pass(100), told.some((one) => one.startsWith('40 '))));
    statuses['a-1.1.1'] = 200;
    await until('both are ready', () => (void pass(100), told.some((one) => one.startsWith('80 '))));
    assert.equal(isOpen, false);
    await until('it is open', () => (void pass(100), isOpen));
    await opening;
    assert.match(told[0]!, /^0 0 of 2 ready; a-1\.1\.0: it has not been asked yet$/);
    assert.ok(told.some((one) => /^40 1 of 2 ready; a-1\.1\.1: HTTP 503$/.test(one)));
    assert.equal(new Set(told).size, told.length);
  });

  it('goes by the process that is there now, whatever was there when it began to wait', async (t) => {
    const { supervisor, names, statuses, tell, machine, runtime, pass } = await setUp(t);
    const [name] = names as [string];
    const { instance } = machine.instances.get(name)!;
    machine.instances.get(name)!.instance = { ...instance, state: 'starting', externalId: '' };
    let isOpen = false;
    const opening = supervisor.ready([name], HTTP, GATE, NEVER, tell).then(() => (isOpen = true));
    await pass(200);
    machine.instances.get(name)!.instance = instance;
    await runtime.list();
    statuses[name] = 200;
    await until('it is open', () => (void pass(100), isOpen));
    await opening;
  });

  it('opens at once for what is ready by running', async (t) => {
    const { supervisor, names, told, tell } = await setUp(t);
    await supervisor.ready(names, KIND, { ...GATE, minHealthyMs: 0 }, NEVER, tell);
    assert.equal(told.at(-1), '100 2 of 2 ready, and well for 0 s of 0 s');
  });

  it('stays shut when the deadline passes without progress, and says the last answer', async (t) => {
    const { supervisor, names, tell, asked, clock } = await setUp(t);
    const opening = supervisor.ready(names, HTTP, GATE, NEVER, tell);
    const refused = assert.rejects(opening, {
      code: 'not_ready',
      message: /^0 of 2 ready after 10 s without progress; a-1\.1\.0: HTTP 503$/,
    });
    await until('they were asked', () => names.every((name) => asked[name]! > 0));
    for (let i = 0; i < 30; i++) await turn();
    clock.advance(10_000);
    await refused;
  });

  it('stays shut at once when one ends, is gone, or was never there', async (t) => {
    const { supervisor, names, tell, machine, runtime } = await setUp(t);
    await assert.rejects(supervisor.ready(['a-1.9.0'], HTTP, GATE, NEVER, tell), {
      code: 'agent_crashed',
      message: 'a-1.9.0 is not there any more',
    });
    const ending = supervisor.ready(names, HTTP, GATE, NEVER, tell);
    const refused = assert.rejects(ending, { code: 'agent_crashed', message: 'a-1.1.1 ended with code 7' });
    await turn();
    machine.end('a-1.1.1', { code: 7 });
    await refused;
    await assert.rejects(supervisor.ready(names, HTTP, GATE, NEVER, tell), { code: 'agent_crashed' });
    const going = supervisor.ready(['a-1.1.0'], HTTP, GATE, NEVER, tell);
    const gone = assert.rejects(going, { code: 'agent_crashed', message: 'a-1.1.0 is not there any more' });
    await turn();
    machine.instances.delete('a-1.1.0');
    await runtime.list();
    await gone;
  });

  it('lets go when nobody waits any more, before and while it waits', async (t) => {
    const { supervisor, names, tell, machine } = await setUp(t);
    const why = new Error('cancelled');
    await assert.rejects(supervisor.ready(names, HTTP, GATE, AbortSignal.abort(why), tell), why);
    const controller = new AbortController();
    const refused = assert.rejects(supervisor.ready(names, HTTP, GATE, controller.signal, tell), why);
    await turn();
    controller.abort(why);
    await refused;
    const soon = new AbortController();
    const nothing = assert.rejects(supervisor.watch([], HTTP, 5, soon.signal), why);
    soon.abort(why);
    await nothing;
    let come = (): void => undefined;
    machine.waits.set('find', new Promise((resolve) => (come = resolve)));
    const next = new AbortController();
    const finding = assert.rejects(supervisor.watch(names, HTTP, 5, next.signal), why);
    next.abort(why);
    come();
    await finding;
  });

  it('fails with whoever cannot be told of its progress', async (t) => {
    const { supervisor, names } = await setUp(t);
    const tell = (): void => {
      throw new Error('nobody listens');
    };
    await assert.rejects(supervisor.ready(names, HTTP, GATE, NEVER, tell), /nobody listens/);
  });
});

describe('the watch', () => {
  it('ends well after its time, in which all were well', async (t) => {
    const { supervisor, names, statuses, clock, pass } = await setUp(t);
    for (const name of names) statuses[name] = 200;
    const began = clock.monotonicMs();
    let isOver = false;
    const watching = supervisor.watch(names, HTTP, 5_000, NEVER).then(() => (isOver = true));
    await until('it is over', () => (void pass(100), isOver));
    await watching;
    assert.ok(clock.monotonicMs() - began >= 5_000);
  });

  it('fails with one that is not well any more, and at once with one that ends', async (t) => {
    const { supervisor, names, statuses, machine, pass } = await setUp(t);
    for (const name of names) statuses[name] = 200;
    let failed: { code?: string; message?: string } | undefined;
    const watching = supervisor
      .watch(names, HTTP, 100_000, NEVER)
      .catch((error: unknown) => (failed = error as { code: string }));
    await pass(3_000);
    statuses['a-1.1.1'] = 500;
    await until('it failed', () => (void pass(100), failed !== undefined));
    await watching;
    assert.deepEqual(
      [failed?.code, failed?.message],
      ['not_ready', 'a-1.1.1 is not well any more: HTTP 500'],
    );
    const ending = assert.rejects(supervisor.watch(['a-1.1.0'], HTTP, 5_000, NEVER), {
      code: 'agent_crashed',
      message: 'a-1.1.0 used more memory than its kind allows, and was ended',
    });
    await turn();
    machine.end('a-1.1.0', { signal: 'SIGKILL', reason: 'memory' });
    await ending;
  });
});
