/**
 * What is made from src/theme/tokens.json: style sheets, constants, the colours of charts, the tables of docs/theming.md.
 *
 *     node scripts/tokens.ts            names what is stale
 *     node scripts/tokens.ts --write    writes it (`npm run tokens`)
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './run.ts';
import { chartModule, coreSheet, pageSheet, surfacesSheet } from './token-sheets.ts';
import { readTokens } from './token-source.ts';
import type { Case, Token } from './token-source.ts';
import { tokenTables } from './token-table.ts';

/** One dash a line of a chart, px: the first is whole. */
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 4], [9, 3, 2, 3, 2, 3], [2, 6]] as const;

/** Between these, in pages that are otherwise written by hand. */
const MARKERS = {
  css: ['/* tokens: written by scripts/tokens.ts */', '/* /tokens */'],
  md: ['<!-- tokens: written by scripts/tokens.ts -->', '<!-- /tokens -->'],
} as const;

/** What a check of the generated files saw. */
export interface TokensCheck {
  readonly tokens: number;
  /** Files that are not what the source says. */
  readonly stale: readonly string[];
}

/**
 * Compares every generated file with what the source says.
 * @param write writes those that are stale.
 * @throws when the source is not in the format, or a page has lost its markers.
 */
export async function checkTokens(write = false): Promise<TokensCheck> {
  const tokens = readTokens();
  const stale: string[] = [];
  for (const [file, text] of Object.entries(await generate(tokens))) {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (write) writeFileSync(path, text);
    else stale.push(file);
  }
  return { tokens: tokens.length, stale };
}

/** Every generated file by its path in the project, formatted as the check wants it. */
export async function generate(tokens: readonly Token[]): Promise<Record<string, string>> {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const sheet = 'src/theme/waooaw.css';
  const page = 'docs/theming.md';
  const files = {
    'src/theme/tokens.styles.ts': coreSheet(tokens),
    'src/theme/surfaces.styles.ts': surfacesSheet(tokens),
    'src/theme/tokens.ts': constants(tokens),
    'src/theme/chart-colors.ts': chartModule(tokens, DASHES),
    'src/theme/tokens.resolver.json': JSON.stringify(resolver(tokens), null, 2),
    [sheet]: between(read(sheet), MARKERS.css, pageSheet(tokens)),
    [page]: between(read(page), MARKERS.md, tokenTables(tokens)),
  };
  const formatted = Object.entries(files).map(async ([file, text]) => {
    const path = join(root, file);
    return [file, await format(text, { ...(await resolveConfig(path)), filepath: path })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}

/** Puts text between a page's markers. */
function between(page: string, [begin, end]: readonly [string, string], text: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`a page has lost its markers ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** The tokens as TypeScript: for a host that draws, or that hands them to something that is no style sheet. */
function constants(tokens: readonly Token[]): string {
  const colors = tokens.filter(({ type }) => type === 'color');
  const of = (type: string): Token[] => tokens.filter((token) => token.type === type);
  const record = (list: readonly Token[], value: (token: Token) => unknown): string =>
    JSON.stringify(Object.fromEntries(list.map((token) => [token.name, value(token)])));
  const pick =
    (...cases: Case[]) =>
    ({ raw }: Token): unknown => {
      const value = cases.map((key) => raw[key]).find((found) => found !== undefined);
      return (value as { hex?: string }).hex;
    };
  const followed = colors.map((token): Token => {
    const target = colors.find(({ name }) => name === token.follows);
    return target ? { ...token, raw: target.raw } : token;
  });
  const amount =
    (key: Case, factor: (unit: string) => number) =>
    ({ raw }: Token): number => {
      const { value, unit } = (raw[key] ?? raw.light) as { value: number; unit: string };
      return value * factor(unit);
    };
  const px = (unit: string): number => (unit === 'rem' ? 16 : 1);
  const ms = (unit: string): number => (unit === 's' ? 1000 : 1);
  return `/**
 * The tokens' defaults, for what is no style sheet. What a page has set is not in them: ask its CSS for that.
 * Written by scripts/tokens.ts from tokens.json: change that, and run \`npm run tokens\`.
 */

/** Colours by theme, as \`#rrggbb\`; the latter two where the system asks for more contrast. */
export const COLORS = {
  light: ${record(followed, pick('light'))},
  dark: ${record(followed, pick('dark', 'light'))},
  moreLight: ${record(followed, pick('moreLight', 'light'))},
  moreDark: ${record(followed, pick('moreDark', 'dark', 'light'))},
} as const;

/** Lengths by density, px, where a rem is 16. */
export const LENGTHS = {
  comfortable: ${record(of('dimension'), amount('light', px))},
  compact: ${record(of('dimension'), amount('compact', px))},
} as const;

/** Durations, ms. Under reduced motion they are 0. */
export const DURATIONS = ${record(of('duration'), amount('light', ms))} as const;

/** Fonts by use, the wanted one first. */
export const FONTS = ${record(of('fontFamily'), ({ raw }) => raw.light)} as const;

/** Every token's name: \`--waooaw-\` and this is the custom property that sets it. */
export const TOKEN_NAMES = ${JSON.stringify(tokens.map(({ name }) => name))} as const;

/** A theme, and whether it is the one of more contrast. */
export type ThemeName = keyof typeof COLORS;
export type ColorName = keyof typeof COLORS.light;
export type TokenName = (typeof TOKEN_NAMES)[number];
/** A custom property that a host may set. */
export type TokenProperty = \`--waooaw-\${TokenName}\`;
`;
}

/** The same cases for tools that know the format's resolver module and not our extension. */
function resolver(tokens: readonly Token[]): object {
  const context = (...cases: Case[]): object => {
    const tree: Record<string, unknown> = {};
    for (const { path, raw, type } of tokens) {
      const key = cases.find((name) => raw[name] !== undefined);
      if (key === undefined) continue;
      const parts = path.split('.');
      const leaf = parts.pop() ?? '';
      let group = tree;
      for (const part of parts) group = (group[part] ??= {}) as Record<string, unknown>;
      group[leaf] = { $type: type, $value: raw[key] };
    }
    return tree;
  };
  return {
    $schema: 'https://www.designtokens.org/schemas/2025.10/resolver.json',
    name: 'waooaw',
    version: '2025.10',
    description: 'Written by scripts/tokens.ts from tokens.json: change that, and run `npm run tokens`.',
    sets: { base: { sources: [{ $ref: './tokens.json' }] } },
    modifiers: {
      theme: {
        contexts: {
          light: [],
          dark: [context('dark')],
          'light-more-contrast': [context('moreLight')],
          'dark-more-contrast': [context('moreDark', 'dark')],
        },
        default: 'light',
      },
      density: { contexts: { comfortable: [], compact: [context('compact')] }, default: 'comfortable' },
      motion: { contexts: { full: [], reduced: [context('reduced')] }, default: 'full' },
    },
    resolutionOrder: [
      { $ref: '#/sets/base' },
      { $ref: '#/modifiers/theme' },
      { $ref: '#/modifiers/density' },
      { $ref: '#/modifiers/motion' },
    ],
  };
}

if (import.meta.main) {
  const write = process.argv.includes('--write');
  const { stale, tokens } = await checkTokens(write);
  for (const file of stale) console.log(`${file} is stale: npm run tokens`);
  if (stale.length === 0) console.log(`${tokens} tokens, everything made from them is fresh`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
