import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { AgentStatus, LogLine, OperationStatus } from '../src/protocol/index.ts';
import { request } from '../server/testing/harness.ts';
import { Program } from '../server/testing/program.ts';
import { ended, startWithAgents, until } from '../server/testing/running-agents.ts';
import { main } from './main.ts';

/** What a command printed, and its exit code. */
interface Printed {
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** Runs `waooaw …` within this process. */
async function run(url: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Printed> {
  const [lines, notes]: [string[], string[]] = [[], []];
  const output = {
    print: (line: string) => void lines.push(line),
    note: (line: string) => void notes.push(line),
  };
  const code = await main(args, { WAOOAW_URL: url, ...env }, output);
  return { code, lines, notes };
}

async function world(t: TestContext) {
  const running = await startWithAgents(t);
  const { url } = running;
  const agents = (...args: string[]): Promise<Printed> => run(url, ['agents', ...args]);
  const made = async (agent: string, ...more: string[]): Promise<void> => {
    const { code, notes } = await agents('create', agent, '--kind', 'plain', ...more);
    assert.deepEqual([code, notes], [0, []]);
  };
  const status = (agent: string): AgentStatus => running.waooaw.provisioning.agent(agent);
  return { ...running, agents, made, status };
}

describe('waooaw agents', () => {
  it('makes an agent, says each stage, and ends with 0 once it runs', async (t) => {
    const { agents, status, url } = await world(t);
    const args = ['--kind', 'web', '--version', '1.0.0', '--param', 'every=5', '--tag', 'service=shop'];
    const { code, lines, notes } = await agents('create', 'shop', ...args, '--title', 'The shop');
    assert.deepEqual([code, notes], [0, []], lines.join('\n'));
    assert.match(lines[0] ?? '', /^op-\S+: Create The shop/);
    for (const stage of ['allocate', 'start', 'ready', 'expose'])
      assert.ok(
        lines.some((line) => line.startsWith(`${stage}: completed after `)),
        lines.join('\n'),
      );
    assert.equal(lines.at(-1), 'completed');
    const { title, parameters, tags, address, version } = status('shop');
    assert.deepEqual([title, parameters, version], ['The shop', { every: 5 }, '1.0.0']);
    assert.deepEqual(tags, { agent: 'shop', kind: 'web', service: 'shop' });
    assert.equal((await request(`http://${address?.host}:${address?.port}/`)).text, 'hello');

    const upgraded = await agents('upgrade', 'shop', '--version', '2.0.0', '--param', 'every=6');
    assert.deepEqual([upgraded.code, upgraded.notes], [0, []]);
    assert.match(upgraded.lines.at(-1) ?? '', /^completed: requests: .*failed 0/);
    assert.deepEqual([status('shop').version, status('shop').parameters], ['2.0.0', { every: 6 }]);
    assert.equal((await agents('rollback', 'shop')).code, 0);
    assert.equal(status('shop').version, '1.0.0');

    const shown = await agents('show', 'shop');
    const fact = (name: string): string =>
      shown.lines.find((line) => line.startsWith(name.padEnd(14)))?.slice(14) ?? '';
    assert.equal(fact('agent'), 'shop');
    assert.equal(fact('kind'), 'web 1.0.0');
    assert.equal(fact('state'), 'running');
    assert.equal(fact('parameters'), '{"every":5}');
    assert.match(fact('instance'), /^shop-1\.\d+\.0 {2}running {2}1\.0\.0 {2}pid \d+ {2}serving$/);
    assert.deepEqual(JSON.parse((await agents('show', 'shop', '--json')).lines[0] ?? ''), status('shop'));

    const listed = await agents('list');
    assert.match(listed.lines[0] ?? '', /^AGENT +KIND +VERSION +STATE +FOR +RUNNING +ADDRESS +OPERATION$/);
    assert.match(listed.lines[1] ?? '', /^shop +web +1\.0\.0 +running +\S+ s +1\/1 +127\.0\.0\.1:\d+ +-$/);
    assert.deepEqual(JSON.parse((await agents('list', '--json')).lines[0] ?? ''), [status('shop')]);
    assert.deepEqual(
      JSON.parse((await agents('list', '--json', '--tag', 'service=till')).lines[0] ?? ''),
      [],
    );

    const kinds = await run(url, ['kinds']);
    assert.match(kinds.lines[0] ?? '', /^KIND +VERSIONS +REPLICAS +PORT +PARAMETERS +SECRETS +TITLE$/);
    assert.match(kinds.lines[1] ?? '', /^web +1\.0\.0 2\.0\.0 +\d+ +yes +\[every\] +\[API_TOKEN\] +Web$/);
    assert.match(kinds.lines[2] ?? '', /^plain +1\.0\.0 2\.0\.0 +\d+ +no +- +- +plain$/);
    const all = JSON.parse((await run(url, ['kinds', '--json'])).lines[0] ?? '') as { kind: string }[];
    assert.deepEqual(all.map(({ kind }) => kind).slice(0, 2), ['web', 'plain']);
  });

  it('commands it: stops, starts, scales, suspends, resumes, restarts, deletes', async (t) => {
    const { agents, made, status, waooaw } = await world(t);
    await made('a');
    for (const [args, state] of [
      [['suspend', 'a'], 'suspended'],
      [['resume', 'a'], 'running'],
      [['restart', 'a'], 'running'],
      [['stop', 'a', '--grace-ms', '0'], 'stopped'],
      [['scale', 'a', '--replicas', '2'], 'stopped'],
      [['start', 'a'], 'running'],
    ] as const) {
      const { code, notes } = await agents(...args);
      assert.deepEqual([code, notes, status('a').state], [0, [], state], args.join(' '));
    }
    assert.equal(status('a').instances.filter(({ state }) => state === 'running').length, 2);
    assert.equal((await agents('delete', 'a', '--grace-ms', '0')).code, 0);
    assert.deepEqual(waooaw.provisioning.agents(), []);
  });

  it('tells each state as a line of JSON', async (t) => {
    const { agents, status } = await world(t);
    const { code, lines } = await agents('create', 'a', '--kind', 'plain', '--json');
    const states = lines.map((line) => JSON.parse(line) as OperationStatus);
    assert.equal(code, 0);
    assert.deepEqual([states[0]?.type, states.at(-1)?.state], ['create', 'completed']);
    assert.ok(states.every(({ revision }, n) => n === 0 || revision >= states[n - 1]!.revision));
    assert.equal(status('a').operation, states[0]?.operation);
  });

  it('does not wait when it is told to, and does the same with the same key once', async (t) => {
    const { agents, waooaw } = await world(t);
    const args = ['create', 'a', '--kind', 'plain', '--detach', '--key', 'run-1'];
    const [one, two] = [await agents(...args), await agents(...args)];
    assert.deepEqual([one.code, one.lines.length, two.lines], [0, 1, one.lines]);
    await ended(waooaw, one.lines[0]!);
    const stopped = await agents('stop', 'a', '--if-match', '1', '--detach', '--json');
    const { operation, type } = JSON.parse(stopped.lines[0] ?? '') as OperationStatus;
    assert.equal(type, 'stop');
    await ended(waooaw, operation);
    const late = await agents('start', 'a', '--if-match', '7');
    assert.equal(late.code, 1);
    assert.match(late.notes[0] ?? '', /^waooaw: generation_conflict: /);
  });

  it('ends with 1 and the reason when what it began fails, is refused, or takes too long', async (t) => {
    const { agents, made } = await world(t);
    const failed = await agents('create', 'gone', '--kind', 'gone');
    assert.equal(failed.code, 1);
    assert.match(failed.notes.join('\n'), /^waooaw: Create gone.*: failed: agent_crashed: .*$/);
    assert.ok(
      failed.lines.some((line) => line.startsWith('ready: failed after ')),
      failed.lines.join('\n'),
    );
    const late = await agents('create', 'never', '--kind', 'never', '--timeout-s', '1');
    assert.deepEqual([late.code, late.notes], [1, ['waooaw: It took longer than 1 s']]);
    await made('a');
    for (const [args, said] of [
      [['create', 'b', '--kind', 'x'], /^waooaw: unknown_kind: .*web/],
      [['create', 'b', '--kind', 'web', '--param', 'every=soon'], /^waooaw: bad_parameters: .*every/],
      [['start', 'a'], /^waooaw: bad_transition: .*legal now: /],
      [['stop', 'b'], /^waooaw: not_found: /],
      [['show', 'b'], /^waooaw: not_found: /],
      [['logs', 'b'], /^waooaw: not_found: /],
    ] as const) {
      const { code, lines, notes } = await agents(...args);
      assert.deepEqual([code, lines, notes.length], [1, [], 1], args.join(' '));
      assert.match(notes[0] ?? '', said);
    }
  });

  it('commands many at once, by their tags or all of them, and names those that were refused', async (t) => {
    const { agents, made, status } = await world(t);
    for (const [agent, team] of [
      ['a', 'red'],
      ['b', 'red'],
      ['c', 'blue'],
    ] as const) {
      await made(agent, '--tag', `team=${team}`);
    }
    const red = await agents('stop', '--tag', 'team=red', '--grace-ms', '0');
    assert.deepEqual([red.code, red.notes], [0, []]);
    assert.deepEqual(red.lines.toSorted(), ['Stop a: completed', 'Stop b: completed']);
    assert.deepEqual(
      ['a', 'b', 'c'].map((agent) => status(agent).state),
      ['stopped', 'stopped', 'running'],
    );
    const all = await agents('stop', '--all', '--json');
    const states = all.lines.map((line) => JSON.parse(line) as OperationStatus);
    assert.deepEqual(
      states.map(({ agent, state }) => [agent, state]),
      [['c', 'completed']],
    );
    const none = await agents('stop', '--all');
    assert.deepEqual([none.code, none.lines, none.notes], [0, [], ['There is no agent to stop.']]);
    const detached = await agents('delete', '--all', '--detach');
    assert.equal(detached.lines.length, 3);
    await until(async () => (await agents('list', '--json')).lines[0] === '[]', 'all are deleted');
  });

  it('prints what an agent wrote, and what it goes on to write', async (t) => {
    const { agents, url, waooaw } = await world(t);
    await agents('create', 'a', '--kind', 'knowing');
    await until(
      async () => (await agents('logs', 'a')).lines.some((line) => line.endsWith('ready')),
      'ready',
    );
    const { lines } = await agents('logs', 'a', '--lines', '1');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^\d{4}-\S+Z a-1\.1\.0 std(out|err) {2}/);
    const program = new Program(t, 'cli/bin.ts', { WAOOAW_URL: url }, [
      'agents',
      'logs',
      'a',
      '-f',
      '--json',
    ]);
    const before = JSON.parse(await program.line(/"ready"/)) as LogLine;
    await ended(waooaw, (await agents('stop', 'a', '--detach')).lines[0]!);
    const after = JSON.parse(await program.line(/"goes"/)) as LogLine;
    assert.ok(after.n > before.n);
    program.kill('SIGTERM');
    const told = (await program.ended).stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as LogLine).n);
    assert.deepEqual(
      told,
      [...new Set(told)].toSorted((one, other) => one - other),
      'each once, in order',
    );
  });

  it('takes secrets from variables, and never prints them', async (t) => {
    const { url, status } = await world(t);
    const args = ['agents', 'create', 'a', '--kind', 'web', '--secret', 'API_TOKEN=SHOP_TOKEN', '--json'];
    const { code, lines, notes } = await run(url, args, { SHOP_TOKEN: 'hush-hush' });
    assert.equal(code, 0, notes.join('\n'));
    assert.deepEqual(status('a').secrets, ['API_TOKEN']);
    assert.ok(![...lines, ...notes].join('\n').includes('hush'));
    const missing = await run(url, args.with(2, 'b'));
    assert.equal(missing.code, 2);
    assert.match(missing.notes[0] ?? '', /--secret API_TOKEN: there is no variable SHOP_TOKEN/);
  });
});

describe('a misuse of waooaw agents', () => {
  it('is one line and exit code 2, and nobody is asked', async () => {
    for (const [args, said] of [
      [[], /"agents " is no command/],
      [['dance'], /"agents dance" is no command/],
      [['list', 'all'], /"all" is one word too many/],
      [['show'], /needs the id of an agent/],
      [['show', 'a', 'b'], /"b" is one word too many/],
      [['create', '--kind', 'web'], /needs an id/],
      [['create', 'a'], /needs --kind/],
      [['create', 'a', '--kind', 'web', '--param', 'x'], /--param is "x"; expected <name>=<value>/],
      [['create', 'a', '--kind', 'web', '--param', 'x=1', '--param', 'x=2'], /names "x" twice/],
      [['create', 'a', '--kind', 'web', '--replicas', '0'], /--replicas is "0"; expected .* from 1 to 1000/],
      [['create', 'a', '--kind', 'web', '--port', 'x'], /--port is "x"/],
      [['create', 'a', '--kind', 'web', '--key', 'a b'], /--key must be/],
      [['create', 'a', '--kind', 'web', '--timeout-s', '0'], /--timeout-s is "0"/],
      [['create', 'a', '--kind', 'web', '--follow'], /agents create takes no --follow/],
      [['create', 'a', '--colour'], /--colour/],
      [['stop'], /needs the id of an agent, --all or --tag/],
      [['stop', 'a', '--all'], /"a" is one word too many/],
      [['stop', '--all', '--if-match', '1'], /--if-match is of one agent/],
      [['stop', 'a', '--grace-ms', '-1'], /--grace-ms/],
      [['start', 'a', '--grace-ms', '5'], /agents start takes no --grace-ms/],
      [['start', 'a', '--if-match', 'x'], /--if-match is "x"/],
      [['scale', 'a'], /needs --replicas/],
      [['logs', 'a', '--lines', '0'], /--lines is "0"/],
      [['list', '--url', 'ftp://x'], /--url must be an http address/],
    ] as const) {
      // Whoever was asked there would not answer, which is exit code 1.
      const { code, lines, notes } = await run('http://127.0.0.1:9', ['agents', ...args]);
      assert.deepEqual([code, lines, notes.length], [2, [], 1], args.join(' '));
      assert.match(notes[0] ?? '', said, args.join(' '));
    }
  });
});
