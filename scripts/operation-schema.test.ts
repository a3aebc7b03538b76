import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { NewOperation, OperationStatus, StageUpdate } from '../src/protocol/index.ts';
import { FILE, operationSchemaText } from './operation-schema.ts';
import { root, runNode } from './run.ts';

const text = readFileSync(FILE, 'utf8');
const document = JSON.parse(text) as { readonly $defs: Readonly<Record<string, object>> };

const STATUS: OperationStatus = {
  operation: 'op_1',
  type: 'release',
  title: 'Release 1.4.0',
  source: 'host',
  agent: 'shop',
  state: 'failed',
  stages: [
    { name: 'build', title: 'Build', state: 'completed', startedAt: 1, endedAt: 2, attempts: 1 },
    {
      name: 'deploy',
      title: 'Deploy',
      description: 'To both regions',
      state: 'failed',
      startedAt: 2,
      endedAt: 3,
      percent: 40,
      detail: '1 of 2',
      error: { code: 'quota', message: 'No room' },
      expected: { p50Ms: 10, p90Ms: 20, runs: 3 },
      attempts: 2,
    },
  ],
  percent: 70,
  createdAt: 0,
  startedAt: 1,
  endedAt: 3,
  by: 'key:k_1',
  generation: 2,
  error: { code: 'quota', message: 'No room' },
  result: { requests: { failed: 0 } },
  actions: ['retry'],
  action: { name: 'cancel', phase: 'accepted', by: 'ana', at: 2 },
  queuePlace: 1,
  tags: { service: 'shop' },
  url: 'https://ci.example/1',
  revision: 4,
};

describe('docs/operation-status.schema.json', () => {
  it('is what the schemas make of it (else: node scripts/operation-schema.ts --write)', async () => {
    assert.equal(text, await operationSchemaText());
  });

  it('takes a status with everything in it, and one with fields of a later release', () => {
    const validate = new Ajv2020({ strict: false }).compile(document);
    assert.ok(validate(STATUS), JSON.stringify(validate.errors));
    assert.ok(validate({ ...STATUS, colour: 'red' }));
    assert.equal(validate({ ...STATUS, state: 'dancing' }), false);
    assert.equal(validate({}), false);
  });

  it('says what a host sends', () => {
    const of = (name: string) =>
      new Ajv2020({ strict: false, formats: { uri: true } }).compile({
        $ref: `#/$defs/${name}`,
        $defs: document.$defs,
      });
    const operation: NewOperation = { type: 'release', title: 'Release', stages: [{ name: 'build' }] };
    const create = of('NewOperation');
    assert.ok(create(operation), JSON.stringify(create.errors));
    assert.equal(create({ ...operation, stages: [] }), false);
    assert.equal(create({ ...operation, command: ['rm'] }), false);
    const update: StageUpdate = { state: 'running', percent: 5, log: ['a'] };
    const move = of('StageUpdate');
    assert.ok(move(update), JSON.stringify(move.errors));
    assert.equal(move({ percent: 101 }), false);
  });

  it('is printed by the script', async () => {
    const { code, stdout } = await runNode(['scripts/operation-schema.ts'], { cwd: root });
    assert.deepEqual([code, stdout], [0, text]);
  });
});
