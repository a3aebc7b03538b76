import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/protocol/index.ts';
import { compileParameters } from './parameters-schema.ts';
import type { Parameters } from './parameters-schema.ts';

type Schema = Readonly<Record<string, Json>>;

function taken(schema: Schema): Parameters {
  const compiled = compileParameters(schema);
  assert.ok('parameters' in compiled, JSON.stringify(compiled));
  return compiled.parameters;
}

/** Of each mistake its place and its words. */
function refused(schema: Schema): string[] {
  const compiled = compileParameters(schema);
  assert.ok('mistakes' in compiled, JSON.stringify(schema));
  return compiled.mistakes.map(({ place, message }) => `${place.join('.')}: ${message}`);
}

const of = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

/** What is wrong with values, or what they become. */
function held(schema: Schema, given: unknown): unknown {
  const parsed = taken(schema).parse(given);
  return 'wrong' in parsed
    ? parsed.wrong.map(({ pointer, message }) => `${pointer}: ${message}`)
    : parsed.values;
}

describe('parameters', () => {
  it('get their defaults, wherever these stand, and are else as they were given', () => {
    const schema = of(
      {
        name: { type: 'string', default: 'x' },
        everyMs: { type: 'integer', minimum: 10, default: 1_000 },
        deep: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
        free: { type: 'object' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { a: { type: 'null', default: null } } },
        },
        map: { type: 'object', additionalProperties: { type: 'number' } },
        mode: { enum: ['a', 'b'], default: 'a' },
        one: { const: 7 },
      },
      ['everyMs'],
    );
    assert.deepEqual(held(schema, {}), { name: 'x', everyMs: 1_000, mode: 'a' });
    const given = { name: 'y', everyMs: 10, free: { any: ['thing'] }, map: { a: 1.5 }, mode: 'b', one: 7 };
    assert.deepEqual(held(schema, given), given);
    assert.deepEqual(held(schema, { deep: {}, list: [{}] }), {
      name: 'x',
      everyMs: 1_000,
      mode: 'a',
      deep: { on: true },
      list: [{ a: null }],
    });
    assert.deepEqual(held({}, {}), {});
  });

  it('are refused where they are none, each with its place', () => {
    const schema = of(
      {
        name: { type: 'string', minLength: 1, maxLength: 3 },
        port: { type: 'integer', exclusiveMinimum: 0, maximum: 65_535, multipleOf: 5 },
        list: { type: 'array', items: { type: 'string' }, maxItems: 2, uniqueItems: true },
        map: { type: 'object', additionalProperties: { type: 'number' }, minProperties: 1 },
        at: { type: 'string', format: 'date-time' },
      },
      ['name'],
    );
    const wrong = (given: unknown): string => String(held(schema, given));
    assert.match(wrong({}), /^\/name: /);
    assert.match(wrong({ name: '' }), /^\/name: /);
    assert.match(wrong({ name: 'four' }), /^\/name: /);
    assert.match(wrong({ name: 'a', port: 0 }), /^\/port: /);
    assert.match(wrong({ name: 'a', port: 1.5 }), /^\/port: /);
    assert.match(wrong({ name: 'a', port: 7 }), /^\/port: /);
    assert.match(wrong({ name: 'a', port: '5' }), /^\/port: /);
    assert.match(wrong({ name: 'a', list: ['a', 1] }), /^\/list\/1: /);
    assert.match(wrong({ name: 'a', list: ['a', 'a'] }), /^\/list\/1: /);
    assert.match(wrong({ name: 'a', list: ['a', 'b', 'c'] }), /^\/list: /);
    assert.match(wrong({ name: 'a', map: { b: true } }), /^\/map\/b: /);
    assert.match(wrong({ name: 'a', map: {} }), /^\/map: /);
    assert.match(wrong({ name: 'a', at: 'now' }), /^\/at: /);
    assert.equal(wrong({ name: 'a', command: 'rm' }), '/command: is no parameter of this kind');
    assert.match(wrong({ name: 1, port: 'x' }), /^\/name: .*,\/port: /);
    for (const given of [undefined, null, 7, 'x', []]) assert.match(wrong(given), /^: /);
    assert.match(wrong(JSON.parse('{"name":"a","__proto__":{"port":5}}')), /__proto__/);
  });

  it('match patterns in time that grows with the text alone', () => {
    const schema = of({
      name: { type: 'string', pattern: '^(a+)+$' },
      list: { type: 'array', items: { type: 'string', pattern: '[0-9]' } },
      map: { type: 'object', additionalProperties: { type: 'string', pattern: 'x' } },
    });
    assert.deepEqual(held(schema, { name: 'aaa', list: ['a1'], map: { a: 'xy' } }), {
      name: 'aaa',
      list: ['a1'],
      map: { a: 'xy' },
    });
    const evil = `${'a'.repeat(50_000)}!`;
    assert.deepEqual(held(schema, { name: evil, list: ['1', 'b'], map: { a: 'y' } }), [
      '/name: expected a text that matches ^(a+)+$',
      '/list/1: expected a text that matches [0-9]',
      '/map/a: expected a text that matches x',
    ]);
  });

  it('stand in an argument where they are single values that are always there', () => {
    const { scalar } = taken(
      of(
        {
          a: { type: 'string' },
          b: { type: 'integer', default: 3 },
          c: { type: 'boolean' },
          d: { type: 'object' },
          e: { enum: ['x'] },
        },
        ['a', 'd', 'e'],
      ),
    );
    assert.deepEqual(['a', 'b', 'c', 'd', 'e', 'f'].map(scalar), [
      'string',
      'integer',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are shown with all that is refused', () => {
    assert.deepEqual(taken({ description: 'None' }).schema, {
      type: 'object',
      description: 'None',
      additionalProperties: false,
    });
  });
});

describe('a schema', () => {
  for (const [title, schema, ...expected] of [
    ['of a list', { type: 'array' }, 'type: expected object'],
    ['that takes everything', { additionalProperties: true }, 'additionalProperties: expected false: what'],
    ['that refers', of({ a: { $ref: 'https://evil.example/x.json' } }), 'properties.a.$ref: references'],
    ['that refers to itself', of({ a: { $ref: '#' } }), 'properties.a.$ref: references'],
    [
      'of choices',
      of({ a: { type: 'string', anyOf: [] } }),
      'properties.a.anyOf: is not taken here, of type',
    ],
    ['of no type with something odd', of({ a: { if: {}, const: 1 } }), 'properties.a.if: is not taken here'],
    ['of nothing', of({ a: {} }), 'properties.a.type: expected object'],
    ['of another type', of({ a: { type: 'date' } }), 'properties.a.type: expected object'],
    ['of several types', of({ a: { type: ['string', 'null'] } }), 'properties.a.type: expected a text'],
    ['that is none', of({ a: 'string' }), 'properties.a: expected a schema'],
    ['whose properties are none', { properties: ['a'] }, 'properties: expected schemas by name'],
    ['with an odd name', of({ 'a b': { type: 'null' } }), 'properties.a b: expected a name'],
    [
      'with a name that is none',
      of(JSON.parse('{"__proto__":{"type":"null"}}') as Schema),
      'properties.__proto__: ',
    ],
    [
      'with limits of another type',
      of({ a: { type: 'string', minimum: 1 } }),
      'properties.a.minimum: is not',
    ],
    ['with a length below zero', of({ a: { type: 'string', maxLength: -1 } }), 'properties.a.maxLength: '],
    ['with an odd number', of({ a: { type: 'number', minimum: '1' } }), 'properties.a.minimum: expected a'],
    ['of multiples of nothing', of({ a: { type: 'number', multipleOf: 0 } }), 'properties.a.multipleOf: '],
    ['with an odd flag', of({ a: { type: 'array', uniqueItems: 1 } }), 'properties.a.uniqueItems: '],
    ['with an odd list', { required: 'a' }, 'required: expected a list'],
    ['with odd names', { required: [1] }, 'required: expected a text'],
    ['of odd values', of({ a: { enum: [{}] } }), 'properties.a.enum: expected a text, a number'],
    ['of no values', of({ a: { enum: [] } }), 'properties.a.enum: expected a list'],
    [
      'with an odd format',
      of({ a: { type: 'string', format: 'regex' } }),
      'properties.a.format: expected one',
    ],
    ['with a pattern that is none', of({ a: { type: 'string', pattern: '(' } }), 'properties.a.pattern: '],
    [
      'with a pattern that looks back',
      of({ a: { type: 'string', pattern: '(a)\\1' } }),
      'properties.a.pattern: ',
    ],
    [
      'with a pattern that multiplies',
      of({ a: { type: 'string', pattern: '((a{30}){30}){30}' } }),
      'properties.a.pattern: ',
    ],
    ['with a pattern that is no text', of({ a: { type: 'string', pattern: 7 } }), 'properties.a.pattern: '],
    ['of odd items', of({ a: { type: 'array', items: [] } }), 'properties.a.items: expected a schema'],
    [
      'of odd further ones',
      of({ a: { type: 'object', additionalProperties: 1 } }),
      'properties.a.additionalProp',
    ],
    ['whose default is none', of({ a: { type: 'integer', default: 'x' } }), 'properties.a.default: '],
    [
      'of a choice that its type refuses',
      of({ a: { type: 'integer', enum: [1, 'x'] } }),
      'properties.a.enum.1: ',
    ],
    [
      'of a choice that its limits refuse',
      of({ a: { type: 'string', minLength: 2, enum: ['x'] } }),
      'a.enum.0: ',
    ],
    ['of a constant that it refuses', of({ a: { type: 'string', const: 1 } }), 'properties.a.const: '],
    [
      'that needs what it does not describe',
      of({ a: { type: 'null' } }, ['b']),
      'required.0: expected one of',
    ],
    [
      'whose default matches nothing',
      of({ a: { type: 'array', items: { type: 'string', pattern: 'b', default: 'a' } } }),
      'properties.a.items.default: expected a text that matches b',
    ],
    [
      'whose inner default is none',
      of({ a: { type: 'object', additionalProperties: { type: 'null', default: 1 } } }),
      'properties.a.additionalProperties.default: ',
    ],
  ] as const satisfies readonly (readonly [string, Schema, ...string[]])[]) {
    it(`${title} is refused with its place`, () => {
      const said = refused(schema).join('\n');
      for (const words of expected) assert.ok(said.includes(words), said);
    });
  }

  it('that is too deep, or too large, is refused', () => {
    let deep: Schema = { type: 'null' };
    for (let i = 0; i < 20; i += 1) deep = of({ a: deep });
    assert.match(refused(deep).join(), /expected at most 16 levels/);
    const names = Array.from({ length: 1_001 }, (_, i) => [`p${i}`, { type: 'null' }] as const);
    assert.match(refused(of(Object.fromEntries(names))).join(), /expected at most 1000 schemas/);
  });
});
