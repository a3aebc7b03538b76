/** Reads src/theme/tokens.json, the one source of the design tokens, and resolves what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

/** The source: Design Tokens format 2025.10. */
export const SOURCE = join(root, 'src/theme/tokens.json');

/** Where our own properties are: the format asks for a reverse domain name. */
const EXTENSION = 'com.waooaw';
/** Groups that only others refer to. */
const PALETTES = ['brand', 'tone'];
const TYPES = ['color', 'dimension', 'duration', 'fontFamily', 'number', 'shadow'] as const;
const SHEETS = ['core', 'surfaces', 'none'] as const;

/** Circumstances that a token may have a value of its own for; `light` is everybody’s. */
export const CASES = ['light', 'dark', 'moreLight', 'moreDark', 'forced', 'compact', 'reduced'] as const;
export type Case = (typeof CASES)[number];
export type TokenType = (typeof TYPES)[number];

/** One token that elements use. */
export interface Token {
  /** As in `--waooaw-<name>`. */
  readonly name: string;
  /** As in the source: `color.text`. */
  readonly path: string;
  readonly type: TokenType;
  readonly description: string;
  /** The style sheet that carries it: every element’s, that of elements with surfaces, or none. */
  readonly sheet: (typeof SHEETS)[number];
  /** The token that it follows unless it is set. */
  readonly follows: string | undefined;
  /** As CSS, by the circumstances that it has a value of its own for. */
  readonly css: Readonly<Partial<Record<Case, string>>>;
  /** As the source has it, aliases resolved, likewise. */
  readonly raw: Readonly<Partial<Record<Case, unknown>>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * All tokens in the order of the source.
 * @throws naming the token, what it was and what was expected.
 */
export function readTokens(text: string = readFileSync(SOURCE, 'utf8')): Token[] {
  const source = JSON.parse(text) as Json;
  const tokens: Token[] = [];
  const visit = (group: Json, path: readonly string[], inherited: unknown): void => {
    const type = group['$type'] ?? inherited;
    if ('$value' in group) {
      const token = readToken(source, group, path, type);
      // The palettes are read too, so that a mistake in them is found.
      if (!PALETTES.includes(path[0] ?? '')) tokens.push(token);
      return;
    }
    for (const [name, child] of Object.entries(group)) {
      if (name.startsWith('$') && name !== '$root') continue;
      if (/[{}.]/.test(name) || !isObject(child)) throw new Error(`${[...path, name].join('.')} is no token`);
      visit(child, [...path, name], type);
    }
  };
  visit(source, [], undefined);
  const names = tokens.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two tokens are called ${twice}`);
  return tokens;
}

function readToken(source: Json, token: Json, path: readonly string[], type: unknown): Token {
  const at = path.join('.');
  const fail = (was: string, expected: string): never => {
    throw new Error(`${at}: ${was}; expected ${expected}`);
  };
  if (!isOneOf(TYPES, type)) return fail(`$type is ${String(type)}`, TYPES.join(', '));
  const description = token['$description'];
  if (typeof description !== 'string') return fail('it has no $description', 'what it is for');
  const extensions = (token['$extensions'] as Record<string, Json> | undefined)?.[EXTENSION] ?? {};
  const { sheet = 'surfaces', dark, more, forced, compact, reduced, ...unknown } = extensions;
  if (!isOneOf(SHEETS, sheet)) return fail(`sheet is ${String(sheet)}`, SHEETS.join(', '));
  if (Object.keys(unknown).length > 0)
    return fail(`${EXTENSION} has ${Object.keys(unknown).join()}`, 'dark, more, forced, compact or reduced');
  const value = token['$value'];
  const alias = /^\{color\.(.+)\}$/.exec(String(value))?.[1];
  const { light: moreLight, dark: moreDark } = (more ?? {}) as Json;
  const values: Partial<Record<Case, unknown>> = {
    light: value,
    dark,
    moreLight,
    moreDark,
    compact,
    reduced,
  };
  const css: Partial<Record<Case, string>> = {};
  const raw: Partial<Record<Case, unknown>> = {};
  for (const key of CASES) {
    if (values[key] === undefined) continue;
    raw[key] = resolve(source, values[key], [at]);
    css[key] = toCss(type, raw[key]) ?? fail(JSON.stringify(raw[key]), `a ${type}`);
  }
  if (typeof forced === 'string') css.forced = raw.forced = forced;
  const name = path.filter((part) => part !== '$root' && part !== 'color').join('-');
  return { name, path: at, type, description, sheet, follows: alias, css, raw };
}

/** Follows `{group.token}` to a value, and those within a composite one. */
function resolve(source: Json, value: unknown, seen: readonly string[]): unknown {
  const path = typeof value === 'string' ? /^\{(.+)\}$/.exec(value)?.[1] : undefined;
  if (path === undefined) {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, resolve(source, inner, seen)]),
    );
  }
  if (seen.includes(path)) throw new Error(`${seen.join(' → ')} → ${path} never ends`);
  const target = path
    .split('.')
    .reduce<unknown>((group, name) => (isObject(group) ? group[name] : undefined), source);
  if (!isObject(target) || !('$value' in target)) throw new Error(`${seen.join(' → ')}: no token ${path}`);
  return resolve(source, target['$value'], [...seen, path]);
}

/** CSS of a value of the format; undefined where it is none of its type. */
function toCss(type: TokenType, value: unknown): string | undefined {
  switch (type) {
    case 'color':
      return colorCss(value);
    case 'dimension':
      return unitCss(value, ['px', 'rem']);
    case 'duration':
      return unitCss(value, ['ms', 's']);
    case 'number':
      return typeof value === 'number' ? String(value) : undefined;
    case 'fontFamily':
      if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) return undefined;
      return value.map((name) => (/^[\w-]+$/.test(name) ? name : `'${name}'`)).join(', ');
    case 'shadow':
      return shadowCss(value);
  }
}

/** The format’s colours are objects; their `hex` is what we write, and must say the same. */
function colorCss(value: unknown): string | undefined {
  if (!isObject(value) || value['colorSpace'] !== 'srgb') return undefined;
  const { components, alpha = 1, hex } = value;
  if (!Array.isArray(components) || typeof hex !== 'string' || typeof alpha !== 'number') return undefined;
  const channels = (components as number[]).map((channel) => Math.round(channel * 255));
  const same = `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
  if (same !== hex) return undefined;
  if (alpha < 1) return `rgb(${channels.join(' ')} / ${alpha})`;
  return hex.replace(/^#(.)\1(.)\2(.)\3$/, '#$1$2$3');
}

function unitCss(value: unknown, units: readonly string[]): string | undefined {
  if (!isObject(value) || typeof value['value'] !== 'number') return undefined;
  const unit = String(value['unit']);
  if (!units.includes(unit)) return undefined;
  return value['value'] === 0 && unit !== 'ms' && unit !== 's' ? '0' : `${value['value']}${unit}`;
}

function shadowCss(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const lengths = ['offsetX', 'offsetY', 'blur', 'spread'].map((key) => unitCss(value[key], ['px', 'rem']));
  const color = colorCss(value['color']);
  if (color === undefined || lengths.includes(undefined)) return undefined;
  return [...lengths, color].join(' ');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOneOf<T extends string>(words: readonly T[], word: unknown): word is T {
  return words.includes(word as T);
}
