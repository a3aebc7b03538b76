/** Holds parameters to a JSON Schema validator of others, over schemas and values of chance. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../../src/protocol/index.ts';
import { random } from '../../testing/random.ts';
import { compileParameters } from './parameters-schema.ts';
import type { Parameters } from './parameters-schema.ts';

type Schema = Record<string, Json>;

const NAMES = ['a', 'b', 'c'];
const TEXTS = ['', 'a', 'ab', 'abc', 'x1', '12', 'a-b'];

/** Schemas and values from a seed. */
class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Keywords, each there or not. */
  some(all: Readonly<Record<string, Json>>): Schema {
    return Object.fromEntries(Object.entries(all).filter(() => this.below(3) === 0));
  }

  schema(depth: number): Schema {
    const types = [
      'string',
      'number',
      'integer',
      'boolean',
      'null',
      ...(depth > 0 ? ['array', 'object'] : []),
    ];
    const type = this.of(types);
    return { type, ...this.#keywords(type, depth) };
  }

  object(depth: number): Schema {
    const named = NAMES.filter(() => this.below(2) === 0);
    return {
      type: 'object',
      properties: Object.fromEntries(named.map((name) => [name, this.schema(depth - 1)])),
      ...(named.length > 0 && this.below(2) === 0 && { required: [this.of(named)] }),
    };
  }

  value(depth: number): Json {
    const kind = this.below(depth > 0 ? 7 : 5);
    if (kind === 0) return this.of([0, 1, 2, 3, 4, 1.5, -1]);
    if (kind === 1) return this.of([true, false]);
    if (kind === 2) return null;
    if (kind === 5) return Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    if (kind === 6) return this.record(depth);
    return this.of(TEXTS);
  }

  record(depth: number): Record<string, Json> {
    return Object.fromEntries(
      NAMES.filter(() => this.below(2) === 0).map((name) => [name, this.value(depth - 1)]),
    );
  }

  #keywords(type: string, depth: number): Schema {
    switch (type) {
      case 'string':
        return this.below(5) === 0
          ? { enum: [this.of(TEXTS), this.of(TEXTS)] }
          : this.some({
              minLength: this.below(3),
              maxLength: this.below(4),
              pattern: this.of(['^a', 'b', '[0-9]$']),
            });
      case 'number':
      case 'integer':
        return this.some({
          minimum: this.below(3),
          maximum: this.below(5),
          exclusiveMinimum: this.below(3),
          exclusiveMaximum: this.below(5),
          multipleOf: this.of([1, 2]),
        });
      case 'array':
        return {
          ...this.some({ minItems: this.below(3), maxItems: this.below(4), uniqueItems: true }),
          ...(this.below(3) > 0 && { items: this.schema(depth - 1) }),
        };
      case 'object':
        return {
          ...this.object(depth),
          ...this.some({ minProperties: this.below(2), maxProperties: this.below(4) }),
          additionalProperties: this.of<Json>([true, false, this.schema(depth - 1)]),
        };
      default:
        return {};
    }
  }
}

describe('parameters of chance', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`are taken and refused as by another validator (seed ${seed})`, () => {
      const chance = new Chance(seed);
      const ajv = new Ajv2020({ strict: false });
      const met = { taken: 0, refused: 0 };
      for (let round = 0; round < 150; round += 1) {
        const schema = chance.object(3);
        const compiled = compileParameters(schema);
        assert.ok('parameters' in compiled, JSON.stringify([schema, compiled]));
        const isValid = ajv.compile({ ...schema, additionalProperties: false });
        for (let i = 0; i < 20; i += 1) {
          const given = chance.record(3);
          const parsed: ReturnType<Parameters['parse']> = compiled.parameters.parse(given);
          const expected = isValid(given);
          assert.equal('values' in parsed, expected, JSON.stringify({ schema, given, parsed }));
          if ('values' in parsed) assert.deepEqual(parsed.values, given);
          met[expected ? 'taken' : 'refused'] += 1;
        }
      }
      assert.ok(met.taken > 100 && met.refused > 100, JSON.stringify(met));
    });
  }
});
