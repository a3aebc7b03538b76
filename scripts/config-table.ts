/**
 * The table of docs/configuration.md, made from the settings themselves.
 *
 *     node scripts/config-table.ts            prints it
 *     node scripts/config-table.ts --write    puts it into the page
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { SETTINGS } from '../server/config.ts';
import { root } from './run.ts';

/** The page that carries the table. */
export const PAGE = join(root, 'docs/configuration.md');

const BEGIN = '<!-- settings: written by scripts/config-table.ts -->';
const END = '<!-- /settings -->';

/** Every variable with its default, what it must be and what it sets, as a Markdown table. */
export function configTable(): string {
  const rows = SETTINGS.map(([variable, { fallback, expected, meaning }]) => [
    `\`${variable}\``,
    defaultOf(fallback),
    escape(expected),
    escape(meaning),
  ]);
  const head = ['Variable', 'Default', 'Expected', 'Meaning'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Puts a table between the page's markers, formatted as the check wants it. */
export async function withTable(page: string, tableText: string): Promise<string> {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`docs/configuration.md has lost its markers ${BEGIN} … ${END}`);
  const text = `${page.slice(0, begin + BEGIN.length)}\n\n${tableText}\n\n${page.slice(end)}`;
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

function defaultOf(fallback: unknown): string {
  const text = Array.isArray(fallback) ? fallback.join(',') : String(fallback);
  return text === '' ? 'empty' : `\`${text}\``;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  if (process.argv.includes('--write')) {
    writeFileSync(PAGE, await withTable(readFileSync(PAGE, 'utf8'), configTable()));
  } else console.log(configTable());
}
