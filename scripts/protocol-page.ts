/**
 * The tables of docs/protocol.md that the code knows better: close codes and limits.
 *
 *     node scripts/protocol-page.ts            prints them
 *     node scripts/protocol-page.ts --write    puts them into the page
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { BROADCASTER_SETTINGS } from '../server/limit-settings.ts';
import { CLOSE, CODES, closeBand } from '../src/protocol/index.ts';
import type { CloseBand, CloseName } from '../src/protocol/index.ts';
import { PAGE } from './protocol-examples.ts';

const BANDS: Readonly<Record<CloseBand, string>> = {
  'at-once': 'at once',
  'back-off': 'back off',
  terminal: 'terminal',
};

/** Every close code of ours, by number. */
export function closeTable(): string {
  const codes = (Object.entries(CLOSE) as [CloseName, number][]).sort(([, a], [, b]) => a - b);
  return table(
    ['code', 'reason', 'band', 'meaning'],
    codes.map(([name, code]) => [
      `${code}`,
      `[\`${name}\`](errors.md#${name})`,
      BANDS[closeBand(code)],
      CODES[name].title,
    ]),
  );
}

/** Every limit of the broadcaster with its default. */
export function limitsTable(): string {
  return table(
    ['limit', 'default', 'of what'],
    Object.entries(BROADCASTER_SETTINGS).map(([name, { fallback, meaning }]) => [
      `\`${name}\``,
      `${fallback}`,
      meaning,
    ]),
  );
}

/** Puts the tables between the page's markers, formatted as the check wants it. */
export async function withTables(page: string): Promise<string> {
  const text = put(put(page, 'close codes', closeTable()), 'limits', limitsTable());
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

function put(page: string, name: string, content: string): string {
  const marker = `<!-- ${name}: written by scripts/protocol-page.ts -->`;
  const begin = page.indexOf(marker);
  const end = page.indexOf(`<!-- /${name} -->`, begin);
  if (begin < 0 || end < 0) throw new Error(`docs/protocol.md has lost its markers of the ${name}`);
  return `${page.slice(0, begin + marker.length)}\n\n${content}\n\n${page.slice(end)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(PAGE, await withTables(readFileSync(PAGE, 'utf8')));
  else console.log(`${closeTable()}\n\n${limitsTable()}`);
}
