import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { WaooawError } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { until } from '../../testing/auditing.ts';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import { createKinds, openKinds } from './open-kinds.ts';
import type { OpenKinds } from './open-kinds.ts';

const TEXT = `kinds:
  - kind: watcher
    title: Watcher
    description: Watches a folder
    command: [node, w.mjs, '{param:name}']
    versions:
      - version: 1.0.0
      - { version: 2.0.0, command: [node, w.mjs, '--level={param:level}'] }
    parameters:
      properties:
        name: { type: string, default: x, pattern: '^[a-z-]*$' }
        level: { type: integer, default: 1 }
    secrets: [{ name: API_TOKEN }, { name: OTHER, required: false }]
    maxReplicas: 3
`;

async function opened(t: TestContext, text = TEXT, more: { maxParameterBytes?: number } = {}) {
  const path = join(temporaryFolder(), 'agents.yaml');
  await writeFile(path, text);
  await chmod(path, 0o644);
  const clock = createManualClock();
  const errors: string[] = [];
  const onError = (error: unknown, what: string): void => void errors.push(`${what}: ${String(error)}`);
  const kinds = await openKinds({ path, clock, pollMs: 5_000, onError, ...more });
  t.after(() => kinds.close());
  const passes = (holds: () => boolean, what: string): Promise<void> =>
    until(() => {
      clock.advance(100);
      return holds();
    }, what);
  return { path, clock, errors, kinds, passes };
}

const details = (error: unknown): string[] =>
  error instanceof WaooawError
    ? (error.details ?? []).map(({ pointer, code, message }) => `${code} ${pointer}: ${message}`)
    : [];

describe('kinds', () => {
  it('are told without their commands, folders and environment', async (t) => {
    const { kinds } = await opened(t);
    assert.deepEqual(kinds.info(kinds.get('watcher')), {
      kind: 'watcher',
      title: 'Watcher',
      description: 'Watches a folder',
      versions: ['1.0.0', '2.0.0'],
      parameters: {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'x', pattern: '^[a-z-]*$' },
          level: { type: 'integer', default: 1 },
        },
        additionalProperties: false,
      },
      secrets: [
        { name: 'API_TOKEN', required: true },
        { name: 'OTHER', required: false },
      ],
      hasPort: false,
      maxReplicas: 3,
    });
    assert.ok(!('description' in kinds.info({ ...kinds.get('watcher'), description: undefined as never })));
  });

  it('are found by name, and versions: the newest where none is named', async (t) => {
    const { kinds } = await opened(t);
    const kind = kinds.get('watcher');
    assert.equal(kinds.version(kind).version, '2.0.0');
    assert.equal(kinds.version(kind, '1.0.0').version, '1.0.0');
    assert.throws(() => kinds.version(kind, '3'), coded('unknown_version', '1.0.0, 2.0.0'));
    assert.throws(() => kinds.get('rm'), coded('unknown_kind', 'watcher'));
  });

  it('hold parameters to their schema and to the commands of all versions', async (t) => {
    const { kinds } = await opened(t, TEXT, { maxParameterBytes: 50 });
    const kind = kinds.get('watcher');
    assert.deepEqual(kinds.parameters(kind, {}), { name: 'x', level: 1 });
    assert.deepEqual(kinds.parameters(kind, { name: 'y', level: -1 }), { name: 'y', level: -1 });
    const refusal = (given: object): string[] => {
      try {
        kinds.parameters(kind, given as never);
      } catch (error) {
        assert.ok(coded('bad_parameters', '/parameters')(error));
        return details(error);
      }
      return [];
    };
    assert.deepEqual(refusal({ name: 'A', level: 1, shell: 'x' }), [
      'bad_parameters /parameters/shell: is no parameter of this kind',
    ]);
    assert.deepEqual(refusal({ name: 'A' }), [
      'bad_parameters /parameters/name: expected a text that matches ^[a-z-]*$',
    ]);
    assert.deepEqual(refusal({ name: '-x' }), [
      'bad_parameters /parameters/name: expected no dash at its beginning, as an argument begins with it',
    ]);
    assert.deepEqual(refusal({ name: 'y'.repeat(60) }), [
      'bad_parameters /parameters: expected at most 50 bytes as JSON',
    ]);
  });

  it('name twenty mistakes, and how many more there are', async (t) => {
    const { kinds } = await opened(t);
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`p${i}`, 1]));
    assert.throws(
      () => kinds.parameters(kinds.get('watcher'), many),
      (error: unknown) => details(error).length === 20 && /… and 5 more$/.test(String(error)),
    );
  });

  it('take the secrets that they name, all that they need, and no others', async (t) => {
    const { kinds } = await opened(t);
    const kind = kinds.get('watcher');
    kinds.checkSecrets(kind, ['API_TOKEN']);
    kinds.checkSecrets(kind, ['OTHER', 'API_TOKEN']);
    assert.throws(
      () => kinds.checkSecrets(kind, ['PATH']),
      (error: unknown) => {
        assert.deepEqual(details(error), [
          'bad_parameters /secrets/API_TOKEN: is missing',
          'bad_parameters /secrets/PATH: is no secret of watcher',
        ]);
        return true;
      },
    );
  });
});

describe('kinds of a file that changes', () => {
  it('are those that it says last; whoever holds an old one goes on with it', async (t) => {
    const { path, kinds, passes, errors } = await opened(t);
    const before = kinds.get('watcher');
    const heard: number[] = [];
    const stop = kinds.onChange(() => heard.push(kinds.list().length));
    await writeFile(path, `${TEXT}  - { kind: other, command: [node], versions: [{ version: a }] }\n`);
    await passes(() => heard.length > 0, 'the change is told');
    assert.deepEqual([heard, kinds.list().map(({ kind }) => kind)], [[2], ['watcher', 'other']]);
    await writeFile(path, 'kinds: []\n');
    await passes(() => heard.length > 1, 'the second change is told');
    assert.throws(() => kinds.get('watcher'), coded('unknown_kind', 'there is none'));
    assert.deepEqual(kinds.parameters(before, { level: 3 }), { name: 'x', level: 3 });
    stop();
    await writeFile(path, TEXT);
    await passes(() => kinds.list().length === 1, 'the third change is taken');
    assert.deepEqual([heard, errors], [[2, 0], []]);
  });

  it('stay as they are while it is not valid, or others could write to it, which is told', async (t) => {
    const { path, kinds, passes, errors } = await opened(t);
    await writeFile(path, 'kinds: 7\n');
    await passes(() => errors.length > 0, 'the mistake is told');
    assert.match(
      errors[0] ?? '',
      /^the agents file is not valid, and what it said before counts: .*:1: kinds/,
    );
    await chmod(path, 0o666);
    await writeFile(path, 'kinds: []\n');
    await passes(() => errors.length > 1, 'the danger is told');
    assert.match(errors[1] ?? '', /is writable by everybody/);
    assert.equal(kinds.list().length, 1);
  });
});

describe('kinds without a file', () => {
  it('are none, and nothing is watched', async () => {
    const clock = createManualClock();
    const kinds: OpenKinds = await openKinds({ path: '', clock, onError: assert.ifError });
    assert.deepEqual([kinds.list(), clock.pending], [[], 0]);
    await kinds.close();
  });

  it('that is not valid at the start are refused there, and are none before', async () => {
    const clock = createManualClock();
    const path = join(temporaryFolder(), 'nowhere.yaml');
    const kinds = createKinds({ path, clock, onError: assert.ifError });
    assert.deepEqual(kinds.list(), []);
    await assert.rejects(kinds.start(), coded('bad_config', 'ENOENT'));
    await kinds.close();
    assert.equal(clock.pending, 0);
  });
});
