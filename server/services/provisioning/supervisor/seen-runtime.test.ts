import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import type { InstanceSpec } from '../../../ports/agent-runtime.ts';
import { turn } from '../../../testing/event-loop.ts';
import { MemoryMachine, MemoryRuntime } from '../../../testing/memory-runtime.ts';
import { KIND, RESOURCES, agentOf, labelsOf, specOf } from '../../../testing/supervising.ts';
import { SeenRuntime } from './seen-runtime.ts';

async function setUp(t: TestContext) {
  const clock = createManualClock();
  const machine = new MemoryMachine(clock);
  const runtime = new SeenRuntime(new MemoryRuntime(machine));
  t.after(() => runtime.close());
  const heard: string[] = [];
  runtime.onSeen((agent, name, instance) => heard.push(`${agent} ${name} ${instance?.state ?? 'gone'}`));
  const spec: InstanceSpec = await RESOURCES.prepare(agentOf(), specOf(), KIND, 0, 1);
  const state = (): string | undefined => runtime.seen('a-1.1.0')?.state;
  return { clock, machine, runtime, heard, spec, state };
}

/** Something that comes later. */
function later(): { readonly promise: Promise<void>; readonly come: () => void } {
  let come = (): void => undefined;
  const promise = new Promise<void>((resolve) => (come = resolve));
  return { promise, come: () => come() };
}

describe('what went through a runtime', () => {
  it('is remembered: starts, stops, halts, ends, and that it is gone', async (t) => {
    const { machine, runtime, heard, spec, state } = await setUp(t);
    await runtime.start(spec);
    await runtime.suspend('a-1.1.0');
    assert.equal(state(), 'suspended');
    await runtime.resume('a-1.1.0');
    machine.end('a-1.1.0', { code: 1 });
    assert.equal(state(), 'exited');
    await runtime.start(spec);
    assert.equal((await runtime.stop('a-1.1.0'))?.reason, 'stopped');
    assert.equal(state(), 'exited');
    await runtime.remove('a-1.1.0');
    assert.equal(state(), undefined);
    assert.deepEqual(
      heard.map((one) => one.replace('a a-1.1.0 ', '')),
      ['running', 'suspended', 'running', 'exited', 'running', 'exited', 'gone'],
    );
  });

  it('is told by agent, and only what is otherwise than before', async (t) => {
    const { machine, runtime, heard, spec } = await setUp(t);
    machine.put('b-1.1.0', labelsOf({ agent: 'b', incarnation: 1 }));
    machine.put('odd', {});
    await runtime.list();
    await runtime.start(spec);
    await runtime.list();
    await runtime.find('a-1.1.0');
    assert.deepEqual(heard, ['b b-1.1.0 running', 'a a-1.1.0 running']);
    assert.deepEqual(
      runtime.instances('a').map(({ name }) => name),
      ['a-1.1.0'],
    );
    assert.equal(runtime.instances().length, 3);
    machine.instances.delete('odd');
    machine.instances.delete('a-1.1.0');
    assert.equal(await runtime.find('a-1.1.0'), undefined);
    await runtime.list();
    assert.equal(runtime.instances().length, 1);
  });

  it('is not forgotten for an answer that is older', async (t) => {
    const { machine, runtime, spec, state } = await setUp(t);
    const { promise, come } = later();
    machine.waits.set('list', promise);
    const empty = runtime.list();
    await turn();
    await runtime.start(spec);
    come();
    assert.equal((await empty).length, 1);
    assert.equal(state(), 'running');
  });

  it('does not come to life again by an answer that is older', async (t) => {
    const { machine, runtime, spec, state } = await setUp(t);
    await runtime.start(spec);
    const { promise, come } = later();
    machine.waits.set('list', promise);
    const listing = runtime.list();
    await turn();
    machine.end('a-1.1.0', { code: 1 });
    come();
    await listing;
    assert.equal(state(), 'exited');
    await runtime.remove('a-1.1.0');
    assert.equal(state(), undefined);
  });

  it('ended when it was heard to end before its start was answered', async (t) => {
    const { machine, spec, clock } = await setUp(t);
    // The start's answer is on its way while the end is told.
    const inner = new MemoryRuntime(machine);
    const start = inner.start.bind(inner);
    inner.start = async (given) => {
      const begun = await start(given);
      machine.end(given.name, { code: 7 });
      return begun;
    };
    const runtime = new SeenRuntime(inner);
    t.after(() => runtime.close());
    assert.equal((await runtime.start(spec)).exit?.code, 7);
    clock.advance(1);
    assert.equal(runtime.seen('a-1.1.0')?.state, 'exited');
  });

  it('is handed on as it is: output, use and ends', async (t) => {
    const { machine, runtime, spec } = await setUp(t);
    await runtime.start(spec);
    const lines: string[] = [];
    const ends: string[] = [];
    const undo = [
      runtime.follow('a-1.1.0', (more) => lines.push(...more.map(({ text }) => text))),
      runtime.onChange(({ name }) => ends.push(name)),
    ];
    machine.write('a-1.1.0', 'one');
    machine.used.set('a-1.1.0', { memoryBytes: 1, cpuSeconds: 2 });
    assert.equal((await runtime.logs('a-1.1.0', { limit: 5 })).lines.length, 1);
    assert.equal((await runtime.usage()).size, 1);
    machine.end('a-1.1.0', { code: 0 });
    for (const each of undo) each();
    machine.write('a-1.1.0', 'two');
    assert.deepEqual([lines, ends], [['one'], ['a-1.1.0']]);
  });

  it('is said to nobody who does not listen any more', async (t) => {
    const { machine, runtime, spec, heard } = await setUp(t);
    const more: string[] = [];
    runtime.onSeen((agent) => more.push(agent))();
    await runtime.start(spec);
    await runtime.close();
    machine.end('a-1.1.0', { code: 0 });
    assert.deepEqual([more, heard.length], [[], 1]);
  });
});
