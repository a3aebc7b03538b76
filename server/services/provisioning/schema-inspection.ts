/** Whether a JSON Schema is of the subset that is decided in time that grows with the value, and reaches for nothing. */
import type { Mistake, Place } from '../../config-file.ts';
import { compilePattern } from '../../pattern.ts';

type Rule = (value: unknown) => string | undefined;
/** A schema, or what stands in the place of one. */
export type SchemaNode = Readonly<Record<string, unknown>>;

/** Levels, and schemas in all. */
const [MAX_DEPTH, MAX_NODES] = [16, 1_000];
const NAME = /^[A-Za-z_][\w.-]{0,127}$/;
const FORMATS = [
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'time',
  'uri',
  'uuid',
] as const;

const isText: Rule = (value) => (typeof value === 'string' ? undefined : 'expected a text');
const isNumber: Rule = (value) => (Number.isFinite(value) ? undefined : 'expected a number');
const isCount: Rule = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'expected a whole number, 0 or more';
const isFlag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'expected true or false');
const isScalar: Rule = (value) =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)
    ? undefined
    : 'expected a text, a number, true, false or null';
const isAny: Rule = () => undefined;
const listOf =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length > 0
      ? value.map(rule).find((problem) => problem !== undefined)
      : 'expected a list';
const isPattern: Rule = (value) => {
  try {
    compilePattern(String(value));
    return isText(value);
  } catch (error) {
    return (error as RangeError).message;
  }
};

/** Of every schema, and of each type. What holds schemas is looked into beside. */
const COMMON: Readonly<Record<string, Rule>> = {
  type: isText,
  title: isText,
  description: isText,
  default: isAny,
  examples: listOf(isAny),
  enum: listOf(isScalar),
  const: isScalar,
};
const OF_TYPE: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  object: {
    properties: isAny,
    required: listOf(isText),
    additionalProperties: isAny,
    minProperties: isCount,
    maxProperties: isCount,
  },
  array: { items: isAny, minItems: isCount, maxItems: isCount, uniqueItems: isFlag },
  string: {
    minLength: isCount,
    maxLength: isCount,
    pattern: isPattern,
    format: (value) =>
      FORMATS.some((format) => format === value) ? undefined : `expected one of ${FORMATS.join(', ')}`,
  },
  number: {
    minimum: isNumber,
    maximum: isNumber,
    exclusiveMinimum: isNumber,
    exclusiveMaximum: isNumber,
    multipleOf: (value) => isNumber(value) ?? (Number(value) > 0 ? undefined : 'expected a number over 0'),
  },
  boolean: {},
  null: {},
};

/** What is wrong with the schema of parameters. */
export function inspectSchema(root: SchemaNode): Mistake[] {
  return new Inspection().of(root, []);
}

/** Looks a schema through. */
class Inspection {
  #nodes = 0;

  of(node: unknown, place: Place): Mistake[] {
    this.#nodes += 1;
    if (!isNode(node)) return [{ place, message: 'expected a schema' }];
    if (place.length > MAX_DEPTH * 2) return [{ place, message: `expected at most ${MAX_DEPTH} levels` }];
    if (this.#nodes > MAX_NODES) return [{ place, message: `expected at most ${MAX_NODES} schemas` }];
    const type = typeOf(node);
    const rules = { ...COMMON, ...OF_TYPE[type === 'integer' ? 'number' : type] };
    const own = Object.entries(node).flatMap(([key, value]): Mistake[] => {
      const problem = Object.hasOwn(rules, key) ? rules[key]!(value) : unknownOf(key, type);
      return problem === undefined ? [] : [{ place: [...place, key], message: problem }];
    });
    const known = type === 'integer' || Object.hasOwn(OF_TYPE, type);
    if (!known && node['enum'] === undefined && node['const'] === undefined)
      own.push({
        place: [...place, 'type'],
        message: 'expected object, array, string, number, integer, boolean or null',
      });
    return [...own, ...this.#inside(node, type, place)];
  }

  #inside(node: SchemaNode, type: string, place: Place): Mistake[] {
    if (type === 'array' && node['items'] !== undefined) return this.of(node['items'], [...place, 'items']);
    if (type !== 'object') return [];
    const { properties = {}, additionalProperties = true } = node;
    if (!isNode(properties))
      return [{ place: [...place, 'properties'], message: 'expected schemas by name' }];
    const inside = Object.entries(properties).flatMap(([name, property]): Mistake[] =>
      NAME.test(name) && name !== '__proto__'
        ? this.of(property, [...place, 'properties', name])
        : [
            {
              place: [...place, 'properties', name],
              message: 'expected a name of letters, digits, _ . and -',
            },
          ],
    );
    // What is not described cannot be held to anything.
    for (const [i, name] of Array.isArray(node['required']) ? node['required'].entries() : [])
      if (!Object.hasOwn(properties, String(name)))
        inside.push({ place: [...place, 'required', i], message: 'expected one of the properties' });
    if (typeof additionalProperties === 'boolean') return inside;
    return [...inside, ...this.of(additionalProperties, [...place, 'additionalProperties'])];
  }
}

function unknownOf(key: string, type: string): string {
  return key === '$ref'
    ? 'references are not followed: write it out'
    : `is not taken here${type === '' ? '' : `, of type ${type}`}`;
}

/** Schemas by name. */
export function nodesOf(properties: unknown): readonly (readonly [string, SchemaNode])[] {
  return isNode(properties) ? (Object.entries(properties) as [string, SchemaNode][]) : [];
}

/** The type that a schema names; '' for none. */
export function typeOf(node: SchemaNode): string {
  const { type } = node;
  return typeof type === 'string' ? type : '';
}

/** It may be a schema. */
export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
