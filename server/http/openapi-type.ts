/** A JSON Schema as a type of TypeScript: for people on the API's page, and for the types of the client. */
import { nameOf } from './openapi-document.ts';
import type { Schema } from './openapi-document.ts';

/** How a type is written. */
export interface TypeStyle {
  /** What stands for a schema that has a name. Default: that name. */
  readonly ref?: (name: string) => string;
  /** What was sent may not be changed: `readonly` everywhere. Default false. */
  readonly readonly?: boolean;
  /** What stands for an object without fields. Default `{}`, which as a type of TypeScript means something else. */
  readonly empty?: string;
  /** What fields are for, as comments before them. Default false. */
  readonly descriptions?: boolean;
}

const IDENTIFIER = /^[a-zA-Z_$][\w$]*$/;

/** Writes a type. What no type can say, such as a pattern or a limit, is left out. */
export function typeText(schema: Schema | boolean | undefined, style: TypeStyle = {}): string {
  if (schema === undefined || typeof schema === 'boolean') return 'unknown';
  const { ref = (name: string) => name } = style;
  if (schema.$ref !== undefined) return ref(nameOf(schema.$ref));
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return union(several.map((one) => typeText(one, style)));
  if (schema.allOf) return schema.allOf.map((one) => inParts(typeText(one, style))).join(' & ');
  const { type } = schema;
  if (Array.isArray(type)) {
    return union((type as readonly string[]).map((one) => single({ ...schema, type: one }, style)));
  }
  return single(schema, style);
}

function single(schema: Schema, style: TypeStyle): string {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return list(schema, style);
    case 'object':
      return object(schema, style);
    default:
      return schema.properties ? object(schema, style) : 'unknown';
  }
}

function list({ items, prefixItems }: Schema, style: TypeStyle): string {
  const mark = style.readonly ? 'readonly ' : '';
  if (!prefixItems) return `${mark}${inParts(typeText(items, style))}[]`;
  const rest = items === undefined || items === false ? [] : [`...${inParts(typeText(items, style))}[]`];
  return `${mark}[${[...prefixItems.map((one) => typeText(one, style)), ...rest].join(', ')}]`;
}

function object({ properties = {}, required = [], additionalProperties }: Schema, style: TypeStyle): string {
  const mark = style.readonly ? 'readonly ' : '';
  const fields = Object.entries(properties).map(([name, field]) => {
    const key = IDENTIFIER.test(name) ? name : JSON.stringify(name);
    const doc = style.descriptions && field.description ? `/** ${comment(field.description)} */\n` : '';
    return `${doc}${mark}${key}${required.includes(name) ? '' : '?'}: ${typeText(field, style)}`;
  });
  const known = fields.length > 0 ? `{ ${fields.join(style.descriptions ? ';\n' : '; ')} }` : undefined;
  if (additionalProperties === undefined || additionalProperties === false)
    return known ?? style.empty ?? '{}';
  const others = `{ ${mark}[name: string]: ${typeText(additionalProperties, style)} }`;
  // Beside named fields a type cannot say what the others are.
  return known ?? others;
}

/** Types of which one holds: each once, in order. */
export function union(types: readonly string[]): string {
  const once = [...new Set(types)];
  if (once.includes('unknown')) return 'unknown';
  return once.length === 0 ? 'never' : once.join(' | ');
}

function inParts(text: string): string {
  return /[|&]|^readonly /.test(text) ? `(${text})` : text;
}

function comment(text: string): string {
  return text.replaceAll('*/', '*\u200b/').replace(/\s+/g, ' ');
}
