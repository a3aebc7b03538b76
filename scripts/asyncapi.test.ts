import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { CLOSE, CODES, VERSION } from '../src/protocol/index.ts';
import { COMMANDS, pong } from '../src/protocol/frames.schema.ts';
import { SERVER_MESSAGES, checkServerMessage } from '../src/protocol/server-frames.schema.ts';
import { FILE, asyncApi, asyncApiText } from './asyncapi.ts';
import { readExamples } from './protocol-examples.ts';
import { root, runNode } from './run.ts';

interface Document {
  readonly info: { readonly version: string };
  readonly channels: Readonly<Record<string, { readonly messages: object }>>;
  readonly operations: Readonly<Record<string, { readonly action: string; readonly reply?: object }>>;
  readonly components: {
    readonly messages: Readonly<
      Record<
        string,
        { readonly payload: { readonly $ref: string }; readonly examples: { readonly payload: object }[] }
      >
    >;
    readonly schemas: Readonly<Record<string, object>>;
  };
  readonly 'x-close-codes': { readonly codes: { readonly code: number; readonly reason: string }[] };
  readonly 'x-error-codes': { readonly code: string }[];
}

const text = readFileSync(FILE, 'utf8');
const document = JSON.parse(text) as Document;
const { messages, schemas } = document.components;

/** AsyncAPI's own schema, as its makers publish it. */
const official = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as {
  readonly definitions: Record<string, object>;
};

/** Every object in a JSON value. */
function* objects(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const part of Object.values(value)) yield* objects(part);
}

describe('docs/asyncapi.json', () => {
  it('is what the schemas, the codes and the page make of it (else: node scripts/asyncapi.ts --write)', async () => {
    assert.equal(text, await asyncApiText());
    assert.equal(document.info.version, VERSION);
  });

  it('is AsyncAPI 3.0.0 by AsyncAPI’s own schema', () => {
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      logger: false,
      formats: { uri: /^[a-z][a-z+.-]*:/i },
    });
    // Ajv brings the drafts of JSON Schema itself.
    const definitions = Object.fromEntries(
      Object.entries(official.definitions).filter(([name]) => !/^http:\/\/json-schema\.org\//.test(name)),
    );
    const validate = ajv.compile({ ...official, definitions });
    assert.ok(validate(document), JSON.stringify(validate.errors, null, 1));
    assert.equal(validate({ ...document, operations: { connect: { action: 'shout' } } }), false);
  });

  it('resolves each of its references, and uses each part that it names', () => {
    const used = new Set<string>();
    for (const { $ref } of objects(document)) {
      if (typeof $ref !== 'string') continue;
      const found = $ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
      assert.ok(found, `${$ref} leads nowhere`);
      used.add($ref);
    }
    for (const [kind, parts] of Object.entries(document.components))
      for (const name of Object.keys(parts))
        assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name}`);
  });

  it('names every message that there is, and answers every command', () => {
    for (const name of Object.keys(COMMANDS)) {
      assert.ok(messages[name] && messages[`${name}Reply`], name);
      assert.ok(document.operations[name]?.action === 'receive' && document.operations[name].reply, name);
    }
    const others = ['failure', 'batch', 'loss', 'end', 'ping', 'move', 'direct'];
    assert.equal(
      others.length + 1,
      Object.keys(SERVER_MESSAGES).length,
      'with `ok`, which each command has its own of',
    );
    const all = Object.keys(COMMANDS).flatMap((name) => [name, `${name}Reply`]);
    assert.deepEqual(
      Object.keys(document.channels['websocket']!.messages).sort(),
      [...all, ...others, 'pong'].sort(),
    );
  });

  for (const [name, { payload, examples }] of Object.entries(messages)) {
    it(`shows "${name}" as its schema has it, here and at run time`, () => {
      const ajv = new Ajv({ strict: false });
      const validate = ajv.compile({ ...payload, components: { schemas } });
      assert.ok(examples.length > 0);
      for (const example of examples) {
        assert.ok(validate(example.payload), JSON.stringify([example, validate.errors]));
        if (name === 'pong') pong.parse(example.payload);
        else if (name in COMMANDS) COMMANDS[name as keyof typeof COMMANDS].parse(example.payload);
        else if (name !== 'closed') checkServerMessage(example.payload);
      }
      assert.equal(validate({}), false);
    });
  }

  it('lists every close code and every error code', () => {
    assert.deepEqual(
      Object.fromEntries(document['x-close-codes'].codes.map(({ reason, code }) => [reason, code])),
      CLOSE,
    );
    assert.deepEqual(
      document['x-error-codes'].map(({ code }) => code),
      Object.keys(CODES),
    );
  });

  it('lets a client meet fields that it does not know', () => {
    for (const part of objects(document)) assert.notEqual(part['additionalProperties'], false);
  });

  it('cannot be made without an example of each message', () => {
    assert.throws(
      () => asyncApi(readExamples().filter(({ name }) => name !== 'direct')),
      /no example of "direct"/,
    );
  });

  it('is printed by the script', async () => {
    const { code, stdout } = await runNode(['scripts/asyncapi.ts'], { cwd: root });
    assert.deepEqual([code, stdout], [0, text]);
  });
});
