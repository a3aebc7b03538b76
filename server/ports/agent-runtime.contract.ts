/** Contract suite of the AgentRuntime port. Every engine runs it against real agents: those of `server/testing/agents`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../src/protocol/index.ts';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AgentRuntime, Instance, InstanceSpec } from './agent-runtime.ts';

/** A program of `server/testing/agents`. */
export type TestAgent = 'serving' | 'stubborn' | 'forking' | 'flooding' | 'ending' | 'counting';

/** A runtime under test. */
export interface AgentRuntimeFixture {
  readonly runtime: AgentRuntime;
  /** Another one in the same place, as a restarted server has it. The first is not closed by that. */
  reopen(): AgentRuntime;
  /** How one of the agents is run: whatever the engine needs. */
  spec(name: string, agent: TestAgent, args?: readonly string[], more?: Partial<InstanceSpec>): InstanceSpec;
  /** True while a process runs whose pid an agent has told. */
  isAlive(pid: number): boolean;
  /** Ends everything. */
  close(): Promise<void>;
}

const NAME = 'watcher-1.1.0';
const coded = (code: string) => (error: unknown) => error instanceof WaooawError && error.code === code;

/** Declares the suite for one engine. */
export function agentRuntimeContract(engine: string, create: () => Promise<AgentRuntimeFixture>): void {
  const withRuntime = (test: (fixture: AgentRuntimeFixture) => Promise<void>) => async () => {
    const fixture = await create();
    try {
      await test(fixture);
    } finally {
      await fixture.close();
    }
  };

  describe(`AgentRuntime contract: ${engine}`, () => {
    it(
      'starts a program with its arguments, environment and folder, and keeps what it says',
      withRuntime(async ({ runtime, spec }) => {
        const odd = ['a b', '$HOME', '"; exit', '{port}'];
        const asked = spec(NAME, 'serving', odd, {
          env: { GREETING: 'grüße' },
          labels: { agent: 'watcher' },
        });
        const said = lineOf(runtime, NAME, /^ready$/);
        const instance = await runtime.start(asked);
        await said;
        assert.equal(instance.state, 'running');
        assert.deepEqual(instance.labels, { agent: 'watcher' });
        assert.notEqual(instance.externalId, '');
        // Its two streams come in one after the other, and all of both before it has ended.
        await runtime.stop(NAME);

        const { lines } = await runtime.logs(NAME, { limit: 100 });
        const texts = lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
        // It has no port: nothing stands in its place.
        assert.ok(texts.includes(`arguments ${JSON.stringify(odd)}`));
        const environment = JSON.parse(
          texts.find((text) => text.startsWith('environment '))?.slice(12) ?? '',
        ) as Record<string, string>;
        assert.equal(environment['GREETING'], 'grüße');
        assert.equal(environment['WAOOAW_INSTANCE'], NAME);
        assert.equal(environment['PORT'], undefined);
        // Nothing of ours is handed on.
        assert.equal(environment['NODE_TEST_CONTEXT'], undefined);
        assert.deepEqual(
          lines.filter(({ stream }) => stream === 'stderr').map(({ text }) => text),
          ['to stderr'],
        );
      }),
    );

    it(
      'finds it a port of its own, which it is told in both ways, and where it answers',
      withRuntime(async ({ runtime, spec }) => {
        const names = ['one-1.1.0', 'two-1.1.0'];
        const instances = await Promise.all(
          names.map(async (name) => {
            const ready = lineOf(runtime, name, /^ready$/);
            const instance = await runtime.start(spec(name, 'serving', ['--port={port}'], { hasPort: true }));
            await ready;
            return instance;
          }),
        );
        const [one, two] = instances as [Instance, Instance];
        assert.notEqual(one.port, two.port);
        const answer = await fetch(`http://127.0.0.1:${one.port}/`);
        assert.equal(await answer.text(), 'hello');
        const { lines } = await runtime.logs('two-1.1.0', { limit: 100 });
        assert.ok(lines.some(({ text }) => text === `arguments ["--port=${two.port}"]`));
      }),
    );

    it(
      'starts one, however often and at once it is asked',
      withRuntime(async ({ runtime, reopen, spec }) => {
        const other = reopen();
        const asked = spec(NAME, 'serving');
        const found = await Promise.all([
          runtime.start(asked),
          other.start(asked),
          runtime.start(asked),
          other.start(asked),
        ]);
        assert.equal(new Set(found.map(({ externalId }) => externalId)).size, 1);
        assert.equal((await runtime.start(asked)).externalId, found[0].externalId);
        assert.equal((await runtime.list()).length, 1);
      }),
    );

    it(
      'says why a program cannot be started, and keeps nothing of it',
      withRuntime(async ({ runtime, spec }) => {
        const nowhere = { ...spec(NAME, 'serving'), command: ['/no/such/program'] };
        await assert.rejects(runtime.start(nowhere), (error: unknown) => {
          return coded('agent_start_failed')(error) && /\/no\/such\/program/.test(String(error));
        });
        assert.deepEqual(await runtime.list(), []);
        assert.equal(await runtime.find(NAME), undefined);
        for (const name of ['', '..', 'a/b', 'Upper', '.hidden', 'x'.repeat(129)]) {
          await assert.rejects(runtime.start({ ...spec(NAME, 'serving'), name }), coded('bad_request'), name);
        }
      }),
    );

    it(
      'asks it to end, and says how it did',
      withRuntime(async ({ runtime, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        const changes = changesOf(runtime);
        await runtime.start(spec(NAME, 'serving'));
        await ready;
        const exit = await runtime.stop(NAME);
        assert.equal(exit?.code, 0);
        assert.equal(exit.reason, 'stopped');
        const { lines } = await runtime.logs(NAME, { limit: 1 });
        assert.equal(lines[0]?.text, 'goes');
        const found = await runtime.find(NAME);
        assert.equal(found?.state, 'exited');
        assert.deepEqual(found.exit, exit);
        assert.deepEqual(changes, [found]);
        assert.deepEqual(await runtime.stop(NAME), exit);
        assert.equal(await runtime.stop('never-1.1.0'), undefined);
      }),
    );

    it(
      'forces what does not listen, and at once when that is asked later',
      withRuntime(async ({ runtime, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        await runtime.start(spec(NAME, 'stubborn', [], { stop: { signal: 'SIGTERM', graceMs: 600_000 } }));
        await ready;
        const patient = runtime.stop(NAME);
        const forced = await runtime.stop(NAME, 0);
        assert.equal(forced?.signal, 'SIGKILL');
        assert.deepEqual(await patient, forced);

        const again = lineOf(runtime, NAME, /^ready$/);
        await runtime.start(spec(NAME, 'stubborn', [], { stop: { signal: 'SIGTERM', graceMs: 20 } }));
        await again;
        assert.equal((await runtime.stop(NAME))?.signal, 'SIGKILL');
      }),
    );

    it(
      'ends what it forked too, and what left its group',
      withRuntime(async ({ runtime, spec, isAlive }) => {
        const forked = lineOf(runtime, NAME, /^forked /);
        await runtime.start(spec(NAME, 'forking', ['stay'], { stop: { signal: 'SIGTERM', graceMs: 20 } }));
        const pid = Number((await forked).slice('forked '.length));
        assert.ok(isAlive(pid));
        await runtime.stop(NAME);
        assert.ok(!isAlive(pid));
      }),
    );

    it(
      'ends what a program leaves behind before it tells that it ended',
      withRuntime(async ({ runtime, spec, isAlive }) => {
        const forked = lineOf(runtime, NAME, /^forked /);
        const ended = endOf(runtime, NAME);
        await runtime.start(spec(NAME, 'forking', ['go'], { stop: { signal: 'SIGTERM', graceMs: 20 } }));
        const { exit } = await ended;
        assert.equal(exit?.code, 7);
        assert.equal(exit.reason, undefined);
        assert.ok(!isAlive(Number((await forked).slice('forked '.length))));
      }),
    );

    it(
      'tells of each end once, with its exit code or signal, and all that it said',
      withRuntime(async ({ runtime, spec }) => {
        for (const [how, exit] of [
          ['0', { code: 0 }],
          ['3', { code: 3 }],
          ['SIGABRT', { signal: 'SIGABRT' }],
        ] as const) {
          const name = `ending-${how.toLowerCase()}.1.0`;
          const ended = endOf(runtime, name);
          const changes = changesOf(runtime);
          await runtime.start(spec(name, 'ending', [how]));
          const { at, ...rest } = (await ended).exit ?? {};
          assert.deepEqual(rest, exit);
          assert.ok(at! > 0);
          const { lines } = await runtime.logs(name, { limit: 10 });
          if (how !== 'SIGABRT') {
            assert.deepEqual(
              lines.map(({ text }) => text),
              ['said', 'and unfinished'],
            );
          }
          assert.equal(changes.length, 1);
        }
      }),
    );

    it(
      'starts one anew that has ended: its output goes on, its exit does not',
      withRuntime(async ({ runtime, spec }) => {
        const first = endOf(runtime, NAME);
        await runtime.start(spec(NAME, 'ending', ['1'], { labels: { run: 'one' } }));
        const { startedAt } = await first;
        const ready = lineOf(runtime, NAME, /^ready$/);
        const second = await runtime.start(spec(NAME, 'counting', ['2'], { labels: { run: 'two' } }));
        await ready;
        assert.equal(second.state, 'running');
        assert.equal(second.exit, undefined);
        assert.deepEqual(second.labels, { run: 'two' });
        assert.ok(second.startedAt >= startedAt);
        const { lines } = await runtime.logs(NAME, { limit: 10 });
        assert.deepEqual(
          lines.map(({ text }) => text),
          ['said', 'and unfinished', 'line 1', 'line 2', 'ready'],
        );
        assert.ok(lines.every(({ n }, i) => i === 0 || n > lines[i - 1]!.n));
      }),
    );

    it(
      'outlives the one who started it: the next one finds it, with all that it said',
      withRuntime(async ({ runtime, reopen, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        const labels = { agent: 'watcher', generation: '1' };
        const started = await runtime.start(spec(NAME, 'serving', [], { labels, hasPort: true }));
        await ready;
        await runtime.close();

        const next = reopen();
        assert.deepEqual(await next.list(), [started]);
        assert.deepEqual(await next.start(spec(NAME, 'serving')), started);
        // Its two streams come in one after the other: either may have the last word.
        const { lines } = await next.logs(NAME, { limit: 100 });
        assert.equal(lines.findLast(({ stream }) => stream === 'stdout')?.text, 'ready');
        const ended = endOf(next, NAME);
        const heard = lineOf(next, NAME, /^goes$/);
        await next.stop(NAME);
        await heard;
        assert.equal((await ended).exit?.code, 0);
      }),
    );

    it(
      'knows how one ended while nobody looked',
      withRuntime(async ({ runtime, reopen, spec, isAlive }) => {
        const { pid } = await runtime.start(spec(NAME, 'stubborn'));
        await runtime.close();
        process.kill(pid!, 'SIGKILL');
        const between = reopen();
        await until(() => !isAlive(pid!));
        const exit = await between.stop(NAME);
        assert.equal(exit?.signal, 'SIGKILL');
        const next = reopen();
        const [found] = await next.list();
        assert.equal(found?.state, 'exited');
        assert.equal(found.exit?.signal, 'SIGKILL');
      }),
    );

    it(
      'halts one where it stands, and lets it go on',
      withRuntime(async ({ runtime, reopen, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        const { port } = await runtime.start(spec(NAME, 'serving', [], { hasPort: true }));
        await ready;
        await runtime.suspend(NAME);
        await runtime.suspend(NAME);
        assert.equal((await runtime.find(NAME))?.state, 'suspended');
        const answer = fetch(`http://127.0.0.1:${port}/`);
        assert.equal((await reopen().find(NAME))?.state, 'suspended');
        await runtime.resume(NAME);
        assert.equal((await runtime.find(NAME))?.state, 'running');
        assert.equal(await (await answer).text(), 'hello');

        await runtime.suspend(NAME);
        // It is let go on, to end in order.
        assert.equal((await runtime.stop(NAME))?.code, 0);
        await assert.rejects(runtime.suspend(NAME), coded('not_found'));
        await assert.rejects(runtime.resume('never-1.1.0'), coded('not_found'));
      }),
    );

    it(
      'pages through the output from both ends',
      withRuntime(async ({ runtime, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        await runtime.start(spec(NAME, 'counting', ['20']));
        await ready;
        const all = await runtime.logs(NAME, { limit: 100 });
        assert.equal(all.lines.length, 21);
        assert.equal(all.more, false);
        const last = await runtime.logs(NAME, { limit: 3 });
        assert.deepEqual(last, { lines: all.lines.slice(-3), more: true });
        const before = await runtime.logs(NAME, { limit: 5, before: last.lines[0]!.n });
        assert.deepEqual(before, { lines: all.lines.slice(-8, -3), more: true });
        const after = await runtime.logs(NAME, { limit: 5, after: all.lines[9]!.n });
        assert.deepEqual(after, { lines: all.lines.slice(10, 15), more: true });
        assert.deepEqual((await runtime.logs(NAME, { limit: 5, after: all.lines[20]!.n })).lines, []);
        assert.deepEqual((await runtime.logs(NAME, { limit: 0 })).lines, []);
        await assert.rejects(runtime.logs('never-1.1.0', { limit: 1 }), coded('not_found'));
      }),
    );

    it(
      'keeps the newest output of one that never stops writing',
      withRuntime(async ({ runtime, spec }) => {
        const logs = { maxFileBytes: 65_536, maxFiles: 3, maxLineBytes: 50 };
        const numbers: number[] = [];
        const heard = new Promise<void>((resolve) => {
          runtime.follow(NAME, (lines) => {
            numbers.push(...lines.map(({ n }) => n));
            if (numbers.length > 4_000) resolve();
          });
        });
        await runtime.start(spec(NAME, 'flooding', [], { logs }));
        await heard;
        await runtime.stop(NAME, 0);
        assert.ok(numbers.every((n, i) => i === 0 || n > numbers[i - 1]!));
        const { lines } = await runtime.logs(NAME, { limit: 100_000 });
        assert.ok(lines.length > 0);
        assert.ok(
          lines.every(({ text }) => /^line \d+ x+…?$/.test(text)),
          'no half of a line',
        );
        const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
        assert.ok(bytes <= logs.maxFileBytes * logs.maxFiles, `${bytes} bytes are kept`);
      }),
    );

    it(
      'tells whoever follows what is new, until he has heard enough',
      withRuntime(async ({ runtime, spec }) => {
        const ended = endOf(runtime, NAME);
        await runtime.start(spec(NAME, 'ending', ['0']));
        await ended;
        const heard: string[] = [];
        const silent: string[] = [];
        const stop = runtime.follow(NAME, (lines) => silent.push(...lines.map(({ text }) => text)));
        stop();
        stop();
        runtime.follow(NAME, (lines) => heard.push(...lines.map(({ text }) => text)));
        const ready = lineOf(runtime, NAME, /^ready$/);
        await runtime.start(spec(NAME, 'counting', ['2']));
        await ready;
        await runtime.stop(NAME);
        assert.deepEqual(heard, ['line 1', 'line 2', 'ready']);
        assert.deepEqual(silent, []);
      }),
    );

    it(
      'forgets one that has ended, and none that runs',
      withRuntime(async ({ runtime, reopen, spec }) => {
        await runtime.start(spec(NAME, 'serving'));
        await assert.rejects(runtime.remove(NAME), coded('conflict'));
        await runtime.stop(NAME, 0);
        await runtime.remove(NAME);
        await runtime.remove(NAME);
        assert.deepEqual(await runtime.list(), []);
        assert.deepEqual(await reopen().list(), []);
        await assert.rejects(runtime.logs(NAME, { limit: 1 }), coded('not_found'));
      }),
    );

    it(
      'tells how much is used, of those that run',
      withRuntime(async ({ runtime, spec }) => {
        const ready = lineOf(runtime, NAME, /^ready$/);
        const ended = endOf(runtime, 'ended-1.1.0');
        await runtime.start(spec(NAME, 'serving'));
        await runtime.start(spec('ended-1.1.0', 'ending'));
        await Promise.all([ready, ended]);
        const usage = await runtime.usage();
        assert.deepEqual([...usage.keys()], [NAME]);
        assert.ok(usage.get(NAME)!.memoryBytes > 1_000_000);
        assert.ok(usage.get(NAME)!.cpuSeconds >= 0);
      }),
    );

    it(
      'tells the others when one who listens fails',
      withRuntime(async ({ runtime, spec }) => {
        runtime.onChange(() => {
          throw new Error('fails');
        });
        const heard = changesOf(runtime);
        const stop = runtime.onChange(() => assert.fail('it has stopped'));
        stop();
        await runtime.start(spec(NAME, 'serving'));
        await runtime.stop(NAME, 0);
        assert.equal(heard.length, 1);
      }),
    );

    it(
      'lets go without ending anything, and then refuses',
      withRuntime(async ({ runtime, spec, isAlive }) => {
        const { pid } = await runtime.start(spec(NAME, 'serving'));
        await runtime.close();
        await runtime.close();
        assert.ok(isAlive(pid!));
        for (const ask of [
          () => runtime.start(spec(NAME, 'serving')),
          () => runtime.stop(NAME),
          () => runtime.find(NAME),
          () => runtime.list(),
          () => runtime.remove(NAME),
        ]) {
          await assert.rejects(ask, coded('unavailable'));
        }
      }),
    );
  });
}

/** The first new line of its output that matches. Follows from the call on, so it is called before the start. */
export function lineOf(runtime: AgentRuntime, name: string, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const stop = runtime.follow(name, (lines: readonly LogLine[]) => {
      const found = lines.find(({ text }) => pattern.test(text));
      if (!found) return;
      stop();
      resolve(found.text);
    });
  });
}

/** Its next end. */
export function endOf(runtime: AgentRuntime, name: string): Promise<Instance> {
  return new Promise((resolve) => {
    const stop = runtime.onChange((instance) => {
      if (instance.name !== name) return;
      stop();
      resolve(instance);
    });
  });
}

/** All that it tells from now on. */
function changesOf(runtime: AgentRuntime): Instance[] {
  const changes: Instance[] = [];
  runtime.onChange((instance) => changes.push(instance));
  return changes;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
