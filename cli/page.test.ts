/** docs/cli.md, held to the program's help, and the help to the program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { main } from './main.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/cli.md'), 'utf8');

/** What a text says that a word takes: its commands (one without any has ''), options, and variables. */
interface Word {
  readonly commands: Set<string>;
  readonly names: Set<string>;
}

/** `--json`, `-f`, `WAOOAW_URL`: whole, and not within another word. */
const NAMES = /(?<![\w-])(?:--[a-z][a-z-]*|-[a-z]\b|WAOOAW_[A-Z_]+)/g;

/** Runs `waooaw …` within this process, where nobody answers. */
async function run(...args: string[]): Promise<{ code: number; printed: string; noted: string }> {
  const [lines, notes]: [string[], string[]] = [[], []];
  const output = {
    print: (line: string) => void lines.push(line),
    note: (line: string) => void notes.push(line),
  };
  const nowhere = { WAOOAW_URL: 'http://127.0.0.1:9', WAOOAW_DATA_DIR: '/nowhere/at/all' };
  const code = await main(args, nowhere, output);
  return { code, printed: lines.join('\n'), noted: notes.join('\n') };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(NAMES)].map(([name]) => name);
}

/** The help, by the first word of each command; '' has what `waooaw` itself takes. */
async function helped(): Promise<Map<string, Word>> {
  const words = new Map<string, Word>();
  let current: Word | undefined;
  for (const line of (await run('--help')).printed.split('\n')) {
    const [, word, commands = ''] = /^ {2}waooaw (?:([a-z]+)(?: ([a-z|]+))?)?/.exec(line) ?? [];
    if (line.startsWith('  waooaw ')) {
      current = words.get(word ?? '') ?? { commands: new Set(), names: new Set() };
      words.set(word ?? '', current);
      for (const command of commands.split('|')) current.commands.add(command);
    } else if (!line.startsWith('    ') && line !== '') current = undefined;
    for (const name of namesIn(line)) current?.names.add(name);
  }
  return words;
}

/** The page's part "Commands", likewise: each of its headings names one word. */
function written(): Map<string, Word> {
  const [, part = ''] = page.split(/^## Commands$/m);
  const [mine = ''] = part.split(/^## /m);
  return new Map(
    mine
      .split(/^### /m)
      .slice(1)
      .map((text) => {
        const [, word = ''] = /^`waooaw ?([a-z]*)`/.exec(text) ?? [];
        const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
        const commands = spans.flatMap((span) => {
          const [, first, command = ''] = /^waooaw ?([a-z]*)(?: ([a-z]+))?/.exec(span) ?? [];
          return first === word ? [command] : [];
        });
        // The heading alone is no command where the word has some.
        const named = new Set(commands.some((command) => command !== '') ? commands.filter(Boolean) : ['']);
        return [word, { commands: named, names: new Set(spans.flatMap(namesIn)) }];
      }),
  );
}

const sorted = (words: ReadonlyMap<string, Word>) =>
  [...words]
    .map(([word, { commands, names }]) => ({
      word,
      commands: [...commands].sort(),
      names: [...names].sort(),
    }))
    .sort((one, other) => (one.word < other.word ? -1 : 1));

describe('the help', () => {
  it('lists words, commands and options that the program knows', async () => {
    const words = await helped();
    assert.deepEqual([...words.keys()].sort(), [
      '',
      'agents',
      'audit',
      'backup',
      'keys',
      'kinds',
      'migrate',
      'operation',
      'restore',
      'serve',
    ]);
    for (const [word, { commands, names }] of words) {
      for (const command of commands) {
        if (word === '') continue;
        // Two words too many: known, and yet a misuse, so that nobody is asked.
        const args = [word, command, 'x', 'y'].filter(Boolean);
        const { code, noted } = await run(...args);
        assert.deepEqual([code, /is no command/.test(noted)], [2, false], `${args.join(' ')}: ${noted}`);
      }
      for (const name of names) {
        if (!name.startsWith('-')) continue;
        const { noted } = await run(...[word, name].filter(Boolean));
        assert.doesNotMatch(noted, /Unknown option/, `${word} ${name}`);
      }
    }
    assert.match((await run('agents', '--dance')).noted, /Unknown option '--dance'/);
  });
});

describe('docs/cli.md', () => {
  it('lists every command, option and variable of the help under its word, and no other', async () => {
    assert.deepEqual(sorted(written()), sorted(await helped()));
  });

  it('names no command and no option elsewhere that the help has not', async () => {
    const words = await helped();
    const options = new Set([...words.values()].flatMap(({ names }) => [...names]));
    const code = [...page.matchAll(/^```\w*\n([\s\S]*?)^```|`([^`\n]+)`/gm)].map(
      ([, block, span]) => block ?? span ?? '',
    );
    const unknown = code.flatMap((text) => [
      ...namesIn(text).filter((name) => name.startsWith('--') && !options.has(name)),
      ...[...text.matchAll(/^waooaw ([a-z]+)(?: ([a-z]+))?/gm)]
        .filter(([, word = '', command]) => {
          const known = words.get(word)?.commands;
          return !known || (command !== undefined && !known.has(command) && !known.has(''));
        })
        .map(([said]) => said),
    ]);
    assert.deepEqual(unknown, []);
  });
});
