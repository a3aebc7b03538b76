import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type {
  AgentConfiguration,
  AgentStatus,
  BulkOutcome,
  LogPage,
  OperationStatus,
} from '../../../src/protocol/index.ts';
import type { ConfigOverrides } from '../../config.ts';
import type { Parts } from '../../create.ts';
import { request, startServer } from '../../testing/harness.ts';
import type { Answer, Problem, Running } from '../../testing/harness.ts';
import { ended, startWithAgents, writtenKinds } from '../../testing/running-agents.ts';

const AGENT = { agent: 'shop', kind: 'plain', start: false };
const RELEASE = { type: 'release', title: 'Release', stages: [{ name: 'build' }, { name: 'deploy' }] };

type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

interface World extends Running {
  ask: Ask;
  /** Creates an agent that runs nothing, and waits for it. */
  create(agent?: object): Promise<OperationStatus>;
}

function asking(running: Running): World {
  const { url, waooaw } = running;
  const ask: Ask = (method, path, body, headers = {}) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return request(`${url}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(text !== undefined && { 'content-length': `${Buffer.byteLength(text)}` }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
    });
  };
  const create: World['create'] = async (agent = AGENT) => {
    const answer = await ask('POST', '/api/agents', agent);
    assert.equal(answer.status, 202, answer.text);
    return ended(waooaw, answer.json<OperationStatus>().operation);
  };
  return { ...running, ask, create };
}

/** A server whose agents never run: what is tested here begins no process. */
async function served(t: TestContext, overrides: ConfigOverrides = {}, parts: Parts = {}): Promise<World> {
  return asking(await startServer(t, { agentsFile: writtenKinds(), ...overrides }, parts));
}

const refusal = (answer: Answer): [number, string] => [answer.status, answer.json<Problem>().code];

describe('POST /api/agents', () => {
  it('is answered with the operation and where it is found again, below the base path', async (t) => {
    const { ask, url, waooaw } = await served(t, { basePath: '/ops' });
    const answer = await ask('POST', '/api/agents', { ...AGENT, tags: { service: 'pay' } });
    const made = answer.json<OperationStatus>();
    assert.deepEqual([answer.status, made.type, made.agent, made.by], [202, 'create', 'shop', 'anonymous']);
    assert.equal(answer.headers['location'], `/ops/api/operations/${made.operation}`);
    const done = await ended(waooaw, made.operation);
    const found = await request(`${new URL(url).origin}${answer.headers['location']}`);
    assert.deepEqual(found.json(), JSON.parse(JSON.stringify(done)));
    const shown = await ask('GET', '/api/agents/shop');
    const status = shown.json<AgentStatus>();
    assert.deepEqual(
      [status.state, status.version, status.tags, shown.headers['etag']],
      ['provisioned', '2.0.0', { service: 'pay', agent: 'shop', kind: 'plain' }, `"${status.generation}"`],
    );
    const { agents } = (await ask('GET', '/api/agents')).json<{ agents: AgentStatus[] }>();
    assert.deepEqual(agents, [status]);
  });

  it('names each place of what it refuses, and makes nothing', async (t) => {
    const { ask } = await served(t);
    const pointers = (answer: Answer): string[] =>
      (answer.json<Problem>().errors ?? []).map(({ pointer }) => pointer);
    const many = await ask('POST', '/api/agents', { agent: 'A', kind: 5, command: ['sh'] });
    assert.deepEqual(refusal(many), [400, 'bad_request']);
    assert.deepEqual(pointers(many).toSorted(), ['', '/agent', '/kind']);
    const parameters = await ask('POST', '/api/agents', {
      ...AGENT,
      kind: 'web',
      parameters: { every: 'x', y: 1 },
    });
    assert.deepEqual(refusal(parameters), [400, 'bad_parameters']);
    assert.ok(pointers(parameters).includes('/parameters/every'), pointers(parameters).join(' '));
    for (const [body, code] of [
      [{ ...AGENT, kind: 'x' }, 'unknown_kind'],
      [{ ...AGENT, version: '9' }, 'unknown_version'],
      [{ ...AGENT, secrets: { OTHER: 'x' } }, 'bad_parameters'],
      ['{', 'bad_json'],
    ] as const) {
      assert.deepEqual(refusal(await ask('POST', '/api/agents', body)), [400, code]);
    }
    assert.deepEqual((await ask('GET', '/api/agents')).json(), { agents: [] });
  });
});

describe('an idempotency key', () => {
  it('is answered with the operation it named: 200, and for other content 422', async (t) => {
    const { ask, waooaw } = await served(t);
    const key = { 'idempotency-key': 'run-1' };
    const first = await ask('POST', '/api/agents', AGENT, key);
    const made = first.json<OperationStatus>();
    assert.equal(first.status, 202);
    await ended(waooaw, made.operation);
    const again = await ask('POST', '/api/agents', AGENT, key);
    assert.deepEqual([again.status, again.json<OperationStatus>().operation], [200, made.operation]);
    assert.equal(again.headers['location'], first.headers['location']);
    const other = await ask('POST', '/api/agents', { ...AGENT, agent: 'till' }, key);
    assert.deepEqual(refusal(other), [422, 'idempotency_conflict']);

    const command = { 'idempotency-key': 'run-2', 'if-match': '"1"' };
    const upgrade = await ask('POST', '/api/agents/shop/upgrade', { version: '1.0.0' }, command);
    assert.equal(upgrade.status, 202, upgrade.text);
    const { operation } = upgrade.json<OperationStatus>();
    await ended(waooaw, operation);
    const repeated = await ask('POST', '/api/agents/shop/upgrade', { version: '1.0.0' }, command);
    assert.deepEqual([repeated.status, repeated.json<OperationStatus>().operation], [200, operation]);

    const told = await ask('POST', '/api/operations', RELEASE, { 'idempotency-key': 'run-3' });
    const twice = await ask('POST', '/api/operations', RELEASE, { 'idempotency-key': 'run-3' });
    assert.deepEqual([told.status, twice.status], [201, 200]);
    assert.equal(told.json<OperationStatus>().operation, twice.json<OperationStatus>().operation);
  });

  it('has what was asked again not logged again: nothing was done', async (t) => {
    const said: string[] = [];
    const write = (line: string): void => void said.push((JSON.parse(line) as { msg: string }).msg);
    const { ask, waooaw } = await served(t, {}, { log: pino({ level: 'info' }, { write }) });
    const twice = async (key: string, method: string, path: string, body?: unknown): Promise<void> => {
      const headers = { 'idempotency-key': key };
      const { operation, source } = (await ask(method, path, body, headers)).json<OperationStatus>();
      if (source === 'engine') await ended(waooaw, operation);
      assert.equal((await ask(method, path, body, headers)).status, 200);
    };
    await twice('run-1', 'POST', '/api/agents', AGENT);
    await twice('run-2', 'POST', '/api/agents/shop/upgrade', { version: '1.0.0' });
    await twice('run-3', 'POST', '/api/operations', RELEASE);
    await twice('run-4', 'DELETE', '/api/agents/shop');
    assert.deepEqual(
      said.filter((msg) => /^(agent|operation) c/.test(msg)),
      ['agent created', 'agent commanded', 'operation created', 'agent commanded'],
    );
  });

  it('is visible ASCII, and not too long', async (t) => {
    const { ask } = await served(t);
    for (const key of ['', 'a b', 'x'.repeat(129), '\u00e4'])
      assert.deepEqual(
        refusal(await ask('POST', '/api/agents', AGENT, { 'idempotency-key': key })),
        [400, 'bad_request'],
        key,
      );
    assert.deepEqual((await ask('GET', '/api/agents')).json(), { agents: [] });
  });
});

describe('If-Match', () => {
  it('refuses a command for another generation with 412, and takes the present one or *', async (t) => {
    const { ask, create, waooaw } = await served(t);
    await create();
    const upgrade = (tag: string, version: string): Promise<Answer> =>
      ask('POST', '/api/agents/shop/upgrade', { version }, { 'if-match': tag });
    for (const tag of ['"7"', '"0"', 'W/"1"', '"abc"', '1', '"01"', ''])
      assert.deepEqual(refusal(await upgrade(tag, '1.0.0')), [412, 'generation_conflict'], tag);
    assert.deepEqual(refusal(await upgrade('"1", "2"', '1.0.0')), [400, 'bad_request']);
    const now = await upgrade('"1"', '1.0.0');
    assert.equal(now.status, 202, now.text);
    await ended(waooaw, now.json<OperationStatus>().operation);
    const any = await upgrade('*', '2.0.0');
    assert.equal(any.status, 202, any.text);
    await ended(waooaw, any.json<OperationStatus>().operation);
    assert.equal((await ask('GET', '/api/agents/shop')).headers['etag'], '"3"');
  });
});

describe('a command', () => {
  it('needs no body where it has no fields, and takes none that it does not know', async (t) => {
    const { ask, create, waooaw } = await served(t);
    await create();
    for (const body of [undefined, {}]) {
      const answer = await ask('POST', '/api/agents/shop/upgrade', body);
      assert.equal(answer.status, 202, answer.text);
      await ended(waooaw, answer.json<OperationStatus>().operation);
    }
    for (const [path, body] of [
      ['start', { command: ['sh'] }],
      ['stop', { graceMs: 'x' }],
      ['scale', undefined],
      ['scale', { replicas: 0 }],
      ['upgrade', []],
      ['rollback', { version: '1.0.0' }],
    ] as const) {
      const answer = await ask('POST', `/api/agents/shop/${path}`, body);
      assert.deepEqual(refusal(answer), [400, 'bad_request'], `${path} ${JSON.stringify(body)}`);
    }
    assert.deepEqual(refusal(await ask('DELETE', '/api/agents/shop?graceMs=-1')), [400, 'bad_request']);
    const gone = await ask('DELETE', '/api/agents/shop?graceMs=0');
    assert.equal(gone.status, 202, gone.text);
    await ended(waooaw, gone.json<OperationStatus>().operation);
    assert.deepEqual((await ask('GET', '/api/agents')).json(), { agents: [] });
  });

  it('that does not follow is refused with what would: 409; for no agent 404', async (t) => {
    const { ask, create } = await served(t);
    await create();
    const answer = await ask('POST', '/api/agents/shop/stop');
    assert.deepEqual(refusal(answer), [409, 'bad_transition']);
    assert.match(answer.json<Problem>().detail, /provisioned.*legal now: .*start/);
    assert.deepEqual(refusal(await ask('POST', '/api/agents/till/start')), [404, 'not_found']);
    assert.deepEqual(refusal(await ask('GET', '/api/agents/till')), [404, 'not_found']);
  });

  it('for many has an outcome for each, in order', async (t) => {
    const { ask, create, waooaw } = await served(t);
    for (const agent of ['a', 'b']) await create({ ...AGENT, agent, tags: { team: 'red' } });
    const selection = { agents: ['b', 'x', 'a'] };
    const answer = await ask('POST', '/api/agents/bulk', { selection, command: { type: 'delete' } });
    const { outcomes } = answer.json<{ outcomes: BulkOutcome[] }>();
    assert.equal(answer.status, 200);
    assert.deepEqual(
      outcomes.map(({ agent, operation, error }) => [agent, operation?.type, error?.code]),
      [
        ['b', 'delete', undefined],
        ['x', undefined, 'not_found'],
        ['a', 'delete', undefined],
      ],
    );
    for (const { operation } of outcomes) if (operation) await ended(waooaw, operation.operation);
    const none = { selection: { tags: { team: 'red' } }, command: { type: 'stop' } };
    assert.deepEqual((await ask('POST', '/api/agents/bulk', none)).status < 500, true);
  });
});

describe('what is read of an agent', () => {
  it('is its output, its storage without the folder, and its configurations without secrets', async (t) => {
    const { ask, create, waooaw } = asking(await startWithAgents(t));
    await create({ agent: 'shop', kind: 'web', parameters: { every: 5 }, secrets: { API_TOKEN: 'hush' } });
    let page: LogPage = { lines: [], more: false };
    while (!page.lines.some(({ text }) => text === 'ready'))
      page = (await ask('GET', '/api/agents/shop/logs')).json<LogPage>();
    const [first, second] = page.lines;
    const path = `/api/agents/shop/logs?after=${first?.n}&limit=1`;
    assert.deepEqual((await ask('GET', path)).json<LogPage>().lines, [second]);
    const before = `/api/agents/shop/logs?before=${second?.n}`;
    assert.deepEqual((await ask('GET', before)).json<LogPage>().lines, [first]);
    for (const query of ['limit=0', 'limit=1001', 'after=x', 'before=-1'])
      assert.deepEqual(refusal(await ask('GET', `/api/agents/shop/logs?${query}`)), [400, 'bad_request']);

    const storage = (await ask('GET', '/api/agents/shop/storage')).json<Record<string, unknown>>();
    assert.deepEqual(storage, { bytes: 0, files: 0, quotaBytes: 1_073_741_824, over: false });
    const kept = await ask('GET', '/api/agents/shop/configurations');
    const { configurations } = kept.json<{ configurations: AgentConfiguration[] }>();
    assert.deepEqual(
      configurations.map(({ at: _at, ...rest }) => rest),
      [{ generation: 1, version: '2.0.0', replicas: 1, by: 'anonymous', parameters: { every: 5 } }],
    );
    const shown = await ask('GET', '/api/agents/shop');
    assert.deepEqual(shown.json<AgentStatus>().secrets, ['API_TOKEN']);
    const { operations } = (await ask('GET', '/api/operations')).json<{ operations: OperationStatus[] }>();
    const trail = await waooaw.audit.log.find({}, { limit: 1_000 });
    // The program of this test prints its environment; nobody else does.
    assert.ok(!`${kept.text}${shown.text}${JSON.stringify([operations, trail])}`.includes('hush'));
    for (const what of ['logs', 'storage', 'configurations'])
      assert.deepEqual(refusal(await ask('GET', `/api/agents/till/${what}`)), [404, 'not_found']);
  });
});

describe('an operation of a host', () => {
  it('is created, moved stage by stage, and followed', async (t) => {
    const { ask } = await served(t);
    const answer = await ask('POST', '/api/operations', { ...RELEASE, url: 'https://ci.example/1' });
    const { operation: id, revision, source } = answer.json<OperationStatus>();
    assert.deepEqual([answer.status, source, answer.headers['etag']], [201, 'host', `"${revision}"`]);
    const path = `/api/operations/${id}`;
    assert.equal(answer.headers['location'], path);
    const move = (stage: string, update: unknown, headers = {}): Promise<Answer> =>
      ask('PATCH', `${path}/stages/${stage}`, update, headers);
    const running = await move('build', {
      state: 'running',
      percent: 50,
      detail: 'half',
      log: ['one', 'two'],
    });
    assert.deepEqual([running.status, running.json<OperationStatus>().state], [200, 'running']);
    const stale = await move('build', { state: 'completed' }, { 'if-match': `"${revision}"` });
    assert.deepEqual(refusal(stale), [412, 'generation_conflict']);
    const etag = running.headers['etag'] ?? '';
    assert.equal((await move('build', { state: 'completed' }, { 'if-match': etag })).status, 200);
    const error = { code: 'no_room', message: 'The disk is full' };
    const failed = await move('deploy', { state: 'failed', error });
    assert.deepEqual(
      [failed.json<OperationStatus>().state, failed.json<OperationStatus>().error],
      ['failed', error],
    );
    let page = (await ask('GET', `${path}/logs`)).json<LogPage>();
    while (page.lines.length < 2) page = (await ask('GET', `${path}/logs`)).json<LogPage>();
    assert.deepEqual(
      page.lines.map(({ text, stage }) => [text, stage]),
      [
        ['one', 'build'],
        ['two', 'build'],
      ],
    );
    for (const query of ['', '?type=release', '?source=host&state=failed']) {
      const { operations } = (await ask('GET', `/api/operations${query}`)).json<{
        operations: OperationStatus[];
      }>();
      assert.deepEqual(
        operations.map(({ operation }) => operation),
        [id],
        query,
      );
    }
    const none = await ask('GET', '/api/operations?source=engine');
    assert.deepEqual(none.json(), { operations: [] });
    assert.equal((await ask('GET', path)).headers['etag'], failed.headers['etag']);
  });

  it('is refused where it is not what it should be, or not theirs', async (t) => {
    const { ask, create } = await served(t);
    const { operation: ours } = await create();
    const { operation: id } = (await ask('POST', '/api/operations', RELEASE)).json<OperationStatus>();
    for (const [method, path, body, status, code] of [
      ['POST', '/api/operations', { ...RELEASE, stages: [] }, 400, 'bad_request'],
      ['PATCH', `/api/operations/${id}/stages/build`, {}, 400, 'bad_request'],
      ['PATCH', `/api/operations/${id}/stages/none`, { percent: 5 }, 404, 'not_found'],
      ['PATCH', '/api/operations/none/stages/build', { percent: 5 }, 404, 'not_found'],
      ['PATCH', `/api/operations/${ours}/stages/allocate`, { percent: 5 }, 403, 'read_only'],
      ['POST', `/api/operations/${ours}/cancel`, undefined, 409, 'bad_transition'],
      ['POST', `/api/operations/${id}/retry`, undefined, 409, 'bad_transition'],
      ['POST', '/api/operations/none/pause', undefined, 404, 'not_found'],
      ['GET', '/api/operations/none', undefined, 404, 'not_found'],
      ['GET', '/api/operations/none/logs', undefined, 404, 'not_found'],
      ['GET', '/api/operations?state=dancing', undefined, 400, 'bad_request'],
      ['GET', '/api/operations?limit=1001', undefined, 400, 'bad_request'],
    ] as const) {
      assert.deepEqual(refusal(await ask(method, path, body)), [status, code], `${method} ${path}`);
    }
  });
});
