/** The parameters of a kind: values held to its JSON Schema. */
import { z } from 'zod';
import type { Json } from '../../../src/protocol/index.ts';
import type { Mistake, Place } from '../../config-file.ts';
import { compilePattern } from '../../pattern.ts';
import { inspectSchema, isNode, nodesOf, typeOf } from './schema-inspection.ts';
import type { SchemaNode } from './schema-inspection.ts';

/** What is wrong with a value, and where: a JSON Pointer. */
export interface Wrong {
  readonly pointer: string;
  readonly message: string;
}

/** A schema that values can be held to. */
export interface Parameters {
  /** For callers: what is not listed in it is refused. */
  readonly schema: Json;
  /** @returns the values with their defaults, or what is wrong with them. */
  parse(
    given: unknown,
  ): { readonly values: Readonly<Record<string, Json>> } | { readonly wrong: readonly Wrong[] };
  /** The type of a parameter that is always there. @returns undefined for one that may be missing, or is no single value. */
  scalar(name: string): string | undefined;
}

/** Takes a schema. @returns what is wrong with it, where it is none of the subset. */
export function compileParameters(
  written: Readonly<Record<string, Json>>,
): { readonly parameters: Parameters } | { readonly mistakes: readonly Mistake[] } {
  const root: SchemaNode = { type: 'object', ...written, additionalProperties: false };
  const mistakes = [...rootMistakes(written), ...inspectSchema(root)];
  if (mistakes.length > 0) return { mistakes };
  const wrongValues = valueMistakes(root, []);
  if (wrongValues.length > 0) return { mistakes: wrongValues };
  const check = checkOf(root);
  return {
    parameters: {
      schema: root as Json,
      parse(given) {
        const wrong = check.wrong(given);
        return wrong.length > 0
          ? { wrong }
          : { values: check.values(given) as Readonly<Record<string, Json>> };
      },
      scalar(name) {
        const node = nodesOf(root['properties']).find(([property]) => property === name)?.[1];
        const required = (root['required'] as readonly string[] | undefined)?.includes(name) === true;
        if (!node || (!required && node['default'] === undefined)) return undefined;
        const type = typeOf(node);
        return ['string', 'number', 'integer', 'boolean'].includes(type) ? type : undefined;
      },
    },
  };
}

function rootMistakes({
  type = 'object',
  additionalProperties = false,
}: Readonly<Record<string, Json>>): Mistake[] {
  return [
    ...(type === 'object' ? [] : [{ place: ['type'], message: 'expected object' }]),
    ...(additionalProperties === false
      ? []
      : [{ place: ['additionalProperties'], message: 'expected false: what is not listed is refused' }]),
  ];
}

/** Defaults, and values to choose from, that the rest of their own schema refuses. */
function valueMistakes(node: SchemaNode, place: Place): Mistake[] {
  const { default: value, ...rest } = node;
  const { enum: choices, const: constant, ...limits } = rest;
  const refusing = (within: SchemaNode, given: unknown, ...at: readonly PropertyKey[]): Mistake[] => {
    const [wrong] = given === undefined ? [] : checkOf(within).wrong(given);
    return wrong ? [{ place: [...place, ...at], message: wrong.message }] : [];
  };
  return [
    ...((choices ?? []) as readonly unknown[]).flatMap((choice, i) => refusing(limits, choice, 'enum', i)),
    ...refusing(limits, constant, 'const'),
    ...refusing(rest, value, 'default'),
    ...childrenOf(node).flatMap(([child, at]) => valueMistakes(child, [...place, ...at])),
  ];
}

interface Check {
  wrong(given: unknown): readonly Wrong[];
  values(given: unknown): unknown;
}

function checkOf(node: SchemaNode): Check {
  // A registry of its own: what is described here is nobody else's business.
  const schema = z.fromJSONSchema(convertible(node), { registry: z.registry() });
  return {
    wrong(given) {
      const result = schema.safeParse(given);
      if (!result.success) return result.error.issues.flatMap(wrongOf);
      return patternsIn(node, given, '');
    },
    values: (given) => schema.parse(given),
  };
}

function wrongOf({ path, message, ...issue }: z.core.$ZodIssue): readonly Wrong[] {
  const pointer = path.map((part) => `/${String(part)}`).join('');
  if (issue.code !== 'unrecognized_keys') return [{ pointer, message }];
  return issue.keys.map((key) => ({ pointer: `${pointer}/${key}`, message: 'is no parameter of this kind' }));
}

/**
 * A schema as it is converted. Patterns are RE2's to decide, whose time grows with the text alone; and of a list without `items` the
 * conversion would forget the length.
 */
function convertible(node: SchemaNode): Record<string, unknown> {
  const { pattern: _, ...rest } = node;
  const { properties, additionalProperties, items } = rest;
  return {
    ...rest,
    ...(isNode(properties) && {
      properties: Object.fromEntries(nodesOf(properties).map(([name, of]) => [name, convertible(of)])),
    }),
    ...(isNode(additionalProperties) && { additionalProperties: convertible(additionalProperties) }),
    ...(node['type'] === 'array' && { items: isNode(items) ? convertible(items) : {} }),
  };
}

function patternsIn(node: SchemaNode, value: unknown, pointer: string): readonly Wrong[] {
  const { pattern, properties, additionalProperties, items } = node;
  if (typeof value === 'string')
    return typeof pattern === 'string' && !compilePattern(pattern).matcher(value).find()
      ? [{ pointer, message: `expected a text that matches ${pattern}` }]
      : [];
  if (Array.isArray(value))
    return isNode(items) ? value.flatMap((item, i) => patternsIn(items, item, `${pointer}/${i}`)) : [];
  if (!isNode(value)) return [];
  const named = new Map(nodesOf(properties));
  return Object.entries(value).flatMap(([name, item]) => {
    const of = named.get(name) ?? (isNode(additionalProperties) ? additionalProperties : undefined);
    return of ? patternsIn(of, item, `${pointer}/${name}`) : [];
  });
}

function childrenOf(node: SchemaNode): readonly (readonly [SchemaNode, Place])[] {
  const { properties, additionalProperties, items } = node;
  return [
    ...nodesOf(properties).map(([name, child]) => [child, ['properties', name]] as const),
    ...(isNode(additionalProperties) ? [[additionalProperties, ['additionalProperties']] as const] : []),
    ...(isNode(items) ? [[items, ['items']] as const] : []),
  ];
}
