import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { LogLine } from '../../../../src/protocol/index.ts';
import { FakePublisher } from '../../../testing/fake-publisher.ts';
import { turn } from '../../../testing/event-loop.ts';
import { random } from '../../../testing/random.ts';
import { agentOf, labelsOf, specOf, supervise } from '../../../testing/supervising.ts';
import { LogTails } from './log-tails.ts';

const A = { agent: 'a', incarnation: 1 };

async function setUp(t: TestContext, replicas = 2) {
  const supervising = supervise(t, { records: [agentOf({ live: specOf({ replicas }) })] });
  const { machine, supervisor, clock, runtime, pass } = supervising;
  await supervisor.adopt();
  await pass(0);
  /** One writes a line a moment later than what was written before. */
  const write = (index: number, text: string, afterMs = 1): void => {
    clock.advance(afterMs);
    machine.write(`a-1.1.${index}`, text);
  };
  return { ...supervising, logs: supervisor.logs, machine, runtime, write };
}

const texts = (lines: readonly LogLine[]): string => lines.map(({ text }) => text).join(' ');

describe("an agent's log", () => {
  it('is what all its instances wrote, in the order of time', async (t) => {
    const { logs, write, machine } = await setUp(t);
    write(0, 'one');
    write(1, 'two');
    write(0, 'three');
    write(1, 'four', 0);
    machine.put('a-9.1.0', labelsOf({ agent: 'a', incarnation: 9 }));
    machine.write('a-9.1.0', 'of another');
    const { lines, more } = await logs.page('a', { limit: 10 });
    assert.equal(texts(lines), 'one two three four');
    assert.deepEqual(
      [more, lines.map(({ instance }) => instance)],
      [false, ['a-1.1.0', 'a-1.1.1', 'a-1.1.0', 'a-1.1.1']],
    );
    assert.equal(new Set(lines.map(({ n }) => n)).size, 4);
  });

  it('is read backwards and forwards, each line once, whatever wrote it and when', async (t) => {
    const { logs, write } = await setUp(t, 3);
    const chance = random(4);
    for (let i = 0; i < 200; i++) write(Math.floor(chance() * 3), `${i}`, chance() < 0.5 ? 0 : 3);
    const all = (await logs.page('a', { limit: 1_000 })).lines;
    assert.equal(all.length, 200);
    const back: LogLine[] = [];
    for (let page = await logs.page('a', { limit: 17 }); ;) {
      back.unshift(...page.lines);
      if (!page.more) break;
      page = await logs.page('a', { limit: 17, before: page.lines[0]!.n });
    }
    assert.deepEqual(back, all);
    const on: LogLine[] = [];
    for (let lines: readonly LogLine[] = all.slice(0, 1); lines.length > 0;) {
      on.push(...lines);
      ({ lines } = await logs.page('a', { limit: 13, after: on.at(-1)!.n }));
    }
    assert.deepEqual(on, all);
  });

  it('leaves out an instance that is removed while it is read, and nothing else that fails', async (t) => {
    const { logs, write, machine } = await setUp(t);
    write(0, 'one');
    write(1, 'two');
    machine.instances.delete('a-1.1.1');
    assert.equal(texts((await logs.page('a', { limit: 5 })).lines), 'one');
    machine.refused.set('logs a-1.1.0', new Error('the disk'));
    await assert.rejects(logs.page('a', { limit: 5 }), /the disk/);
    await assert.rejects(logs.page('nobody', { limit: 5 }), { code: 'not_found' });
  });
});

describe('whoever follows it', () => {
  it('hears the last lines of each instance and then every line once, of new instances too', async (t) => {
    const { logs, write, machine, runtime, pass } = await setUp(t);
    for (let i = 0; i < 5; i++) write(0, `old${i}`);
    const heard: LogLine[] = [];
    const stop = logs.follow('a', 2, (lines) => heard.push(...lines));
    // Before what was written earlier is read.
    write(0, 'new0');
    await turn();
    write(1, 'new1');
    assert.equal(texts(heard), 'old4 new0 new1');
    machine.put('a-1.2.0', labelsOf(A, 2));
    machine.write('a-1.2.0', 'before it was seen');
    machine.put('b-1.1.0', labelsOf({ agent: 'b', incarnation: 1 }));
    await runtime.list();
    machine.write('b-1.1.0', 'of another');
    await pass(0);
    machine.end('a-1.1.1');
    await pass(1_200);
    machine.write('a-1.1.1', 'started anew');
    assert.equal(texts(heard.slice(3)), 'before it was seen started anew');
    machine.instances.delete('a-1.1.1');
    await runtime.list();
    stop();
    write(0, 'nobody hears');
    await pass(0);
    assert.equal(heard.length, 5);
    assert.deepEqual(
      [...machine.followers.values()].map(({ size }) => size),
      [0, 0, 0],
    );
  });

  it('hears nothing of a past that is read after it left, and is not told of one that cannot be read', async (t) => {
    const { logs, write, machine, errors } = await setUp(t);
    write(0, 'old');
    const heard: LogLine[] = [];
    logs.follow('a', 5, (lines) => heard.push(...lines))();
    await turn();
    assert.equal(heard.length, 0);
    machine.refused.set('logs a-1.1.0', new Error('the disk'));
    const stop = logs.follow('a', 5, (lines) => heard.push(...lines));
    await turn();
    write(0, 'new');
    stop();
    assert.deepEqual([texts(heard), errors], ['new', ['what a-1.1.0 wrote before cannot be read: the disk']]);
  });
});

describe('the channel of a log', () => {
  async function setUpTails(t: TestContext) {
    const supervising = await setUp(t);
    const { clock, logs } = supervising;
    const publisher = new FakePublisher();
    const limits = { logTailLines: 3, logPublishIntervalMs: 100 };
    const tails = new LogTails({ clock, publisher, logs, limits });
    t.after(() => tails.close());
    const published = (): string[] =>
      publisher
        .take()
        .map(([channel, data]) => `${channel}: ${texts((data as unknown as { lines: LogLine[] }).lines)}`);
    return { ...supervising, publisher, tails, published };
  }

  it('begins with nothing, publishes the last lines once they are read, and then what comes', async (t) => {
    const { tails, write, pass, published } = await setUpTails(t);
    for (let i = 0; i < 5; i++) write(i % 2, `${i}`);
    assert.deepEqual(tails.snapshot('a'), { lines: [] });
    await pass(100);
    await pass(100);
    assert.deepEqual(published(), ['logs/a: 2 3 4']);
    assert.equal(texts(tails.snapshot('a').lines), '2 3 4');
    write(0, '5');
    await pass(100);
    assert.deepEqual(published(), ['logs/a: 5']);
    assert.equal(texts(tails.snapshot('a').lines), '3 4 5');
  });

  it('publishes no more of a flood than a reader begins with', async (t) => {
    const { tails, write, pass, published } = await setUpTails(t);
    tails.snapshot('a');
    await pass(100);
    for (let i = 0; i < 500; i++) write(0, `${i}`, 0);
    await pass(100);
    assert.deepEqual(published(), ['logs/a: 497 498 499']);
  });

  it('is followed only while somebody wants it', async (t) => {
    const { tails, write, pass, published, publisher, machine } = await setUpTails(t);
    tails.snapshot('a');
    tails.snapshot('b');
    await pass(10_000);
    write(0, 'one');
    await pass(100);
    assert.deepEqual(published(), ['logs/a: one']);
    publisher.wanted = new Set(['logs/b']);
    await pass(10_000);
    assert.equal(machine.followers.get('a-1.1.0')?.size, 0);
    publisher.wanted = new Set();
    await pass(10_000);
    publisher.wanted = undefined;
    assert.deepEqual(tails.snapshot('a'), { lines: [] });
    await pass(0);
    await pass(100);
    assert.deepEqual(published(), ['logs/a: one']);
    tails.close();
    tails.close();
    write(0, 'two');
    await pass(10_000);
    assert.deepEqual(published(), []);
  });
});
