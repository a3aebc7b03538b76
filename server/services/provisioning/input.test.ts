/** What callers may send: choices among what local configuration defines, and nothing that is run. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import { AGENTS_HOLD, bulkRequest, newAgent } from '../../../src/protocol/agents.schema.ts';
import { OPERATIONS_HOLD, newOperation, stageUpdate } from '../../../src/protocol/operations.schema.ts';

/** Places that a schema objects to. */
function wrong(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return [...new Set(error?.issues.map(({ path }) => path.join('.')))];
}

const AGENT = { agent: 'shop', kind: 'watcher' };
const OPERATION = { type: 'release', title: 'Release', stages: [{ name: 'build' }] };

describe('what an agent is created from', () => {
  it('is a kind and what it lets choose', () => {
    assert.deepEqual(wrong(newAgent, AGENT), []);
    const all = {
      ...AGENT,
      version: '1.0.0',
      title: 'Shop',
      parameters: { folder: 'inbox', every: 5, nested: { a: [1, null, true] } },
      secrets: { token: 'hush' },
      tags: { service: 'shop' },
      replicas: 2,
      port: 9_000,
      start: false,
    };
    assert.deepEqual(newAgent.parse(all), all);
    assert.ok([...AGENTS_HOLD, ...OPERATIONS_HOLD].every(Boolean));
  });

  it('has no field for a command, a path or a variable', () => {
    for (const field of ['command', 'args', 'argv', 'env', 'cwd', 'workingFolder', 'path', 'shell', 'probe'])
      assert.deepEqual(wrong(newAgent, { ...AGENT, [field]: ['x'] }), [''], field);
  });

  it('has an id that can stand in names of folders, channels and checks', () => {
    for (const agent of [
      '',
      '.',
      '..',
      'a/b',
      'A',
      'a_b',
      '-a',
      'a-',
      'a--b',
      'a b',
      'ä',
      'a\0',
      'a'.repeat(64),
    ])
      assert.deepEqual(wrong(newAgent, { ...AGENT, agent }), ['agent'], JSON.stringify(agent));
    assert.deepEqual(wrong(newAgent, { ...AGENT, agent: 'a'.repeat(63) }), []);
    assert.deepEqual(wrong(newAgent, { kind: 'watcher' }), ['agent']);
  });

  it('is held to its ranges', () => {
    const many = (count: number, value: unknown) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, value]));
    for (const [field, value] of [
      ['kind', 'Watcher'],
      ['version', ''],
      ['version', 'x'.repeat(65)],
      ['title', ''],
      ['replicas', 0],
      ['replicas', 1.5],
      ['replicas', 1_001],
      ['port', 0],
      ['port', 65_536],
      ['port', '80'],
      ['start', 'no'],
      ['parameters', []],
      ['parameters', many(257, 1)],
      ['secrets', many(65, 'x')],
      ['tags', many(33, 'x')],
    ] as const) {
      assert.deepEqual(
        wrong(newAgent, { ...AGENT, [field]: value }),
        [field],
        `${field} ${JSON.stringify(value)}`,
      );
    }
    assert.deepEqual(wrong(newAgent, { ...AGENT, secrets: { token: '' } }), ['secrets.token']);
    assert.deepEqual(wrong(newAgent, { ...AGENT, secrets: { token: 5 } }), ['secrets.token']);
    for (const name of ['agent', 'kind', '__x', 'a-b'])
      assert.equal(wrong(newAgent, { ...AGENT, tags: { [name]: 'x' } }).length, 1, name);
  });
});

describe('a command for many', () => {
  it('names its agents or their tags, and one command with its own fields', () => {
    const command = { type: 'stop', graceMs: 0 };
    assert.deepEqual(wrong(bulkRequest, { selection: { agents: ['a'] }, command }), []);
    assert.deepEqual(wrong(bulkRequest, { selection: { tags: { kind: 'x' } }, command }), []);
    for (const selection of [{}, { tags: {} }])
      assert.deepEqual(wrong(bulkRequest, { selection, command }), ['selection'], JSON.stringify(selection));
    assert.deepEqual(wrong(bulkRequest, { selection: { agents: [] }, command }), ['selection.agents']);
    const selection = { agents: ['a'] };
    for (const [bad, place] of [
      [{ type: 'create' }, 'command.type'],
      [{ type: 'dance' }, 'command.type'],
      [{ type: 'scale' }, 'command.replicas'],
      [{ type: 'start', command: ['sh'] }, 'command'],
      [{ type: 'restart', graceMs: 5 }, 'command'],
      [{ type: 'stop', graceMs: -1 }, 'command.graceMs'],
      [{ type: 'delete', graceMs: 3_600_001 }, 'command.graceMs'],
    ] as const) {
      assert.deepEqual(wrong(bulkRequest, { selection, command: bad }), [place], JSON.stringify(bad));
    }
  });
});

describe('what a host tells', () => {
  it('is an operation with stages of different names', () => {
    assert.deepEqual(wrong(newOperation, OPERATION), []);
    for (const [field, value] of [
      ['stages', []],
      ['stages', [{ name: 'a' }, { name: 'a' }]],
      ['stages', Array.from({ length: 65 }, (_, n) => ({ name: `s${n}` }))],
      ['type', 'A release'],
      ['title', ''],
      ['agent', 'A'],
      ['url', 'javascript:alert(1)'],
      ['url', 'ftp://a.example'],
      ['url', 'nowhere'],
    ] as const) {
      assert.deepEqual(wrong(newOperation, { ...OPERATION, [field]: value }), [field], JSON.stringify(value));
    }
    assert.deepEqual(wrong(newOperation, { ...OPERATION, source: 'engine' }), ['']);
    assert.deepEqual(wrong(newOperation, { ...OPERATION, url: 'http://ci.example/1' }), []);
  });

  it('is something of a stage', () => {
    for (const update of [
      { state: 'running' },
      { percent: 0 },
      { detail: 'x' },
      { error: { code: 'a_b', message: 'x' } },
      { log: [''] },
    ]) {
      assert.deepEqual(wrong(stageUpdate, update), [], JSON.stringify(update));
    }
    for (const [update, place] of [
      [{}, ''],
      [{ colour: 'red' }, ''],
      [{ state: 'dancing' }, 'state'],
      [{ percent: 101 }, 'percent'],
      [{ percent: -1 }, 'percent'],
      [{ error: { code: 'A B', message: 'x' } }, 'error.code'],
      [{ log: Array.from({ length: 101 }, () => 'x') }, 'log'],
      [{ log: ['x'.repeat(4_097)] }, 'log.0'],
    ] as const) {
      assert.deepEqual(wrong(stageUpdate, update), [place], JSON.stringify(update));
    }
  });
});
