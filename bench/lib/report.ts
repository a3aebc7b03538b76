/** What a bench hands over, where it was measured, and how tables reach the page and raw numbers a file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { findBrowser } from '../../scripts/browser.ts';
import { root } from '../../scripts/run.ts';

/** One table of `docs/benchmarks.md`. */
export interface Table {
  /** The name in its markers. */
  readonly id: string;
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a bench found. */
export interface Report {
  readonly tables: readonly Table[];
  /** Every repetition, for the raw file. */
  readonly raw: unknown;
}

/** How a bench is run. */
export interface RunOptions {
  /** Fewer repetitions: shows that a bench works, and is not kept. */
  readonly quick: boolean;
}

/** Where and when the numbers were taken. */
export type Machine = ReturnType<typeof machine>;

const PAGE = join(root, 'docs/benchmarks.md');
const RESULTS = join(root, 'bench/results');

/** Reads the machine, before a bench loads it. */
export function machine() {
  return {
    date: new Date().toISOString(),
    commit: tryRun('git', ['rev-parse', '--short', 'HEAD']) ?? 'unknown',
    changedFiles: tryRun('git', ['status', '--porcelain'])?.split('\n').filter(Boolean).length ?? null,
    node: process.version,
    chromium: /[\d.]+/.exec(tryRun(findBrowser(), ['--version']) ?? '')?.[0] ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    loadAverage: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}

/** A table as Markdown. */
export function markdown({ head, rows }: Table): string {
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Keeps the raw numbers: one file a bench, the last run only. */
export function writeRaw(name: string, where: Machine, { raw }: Report): string {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${name}.json`);
  const body = JSON.stringify({ bench: name, machine: where, raw }, null, 1);
  // One line a list of numbers: raw files are read by people too.
  writeFileSync(file, `${body.replace(/\[[\s\d.,eE+-]+\]/g, (list) => list.replace(/\s+/g, ' '))}\n`);
  return `bench/results/${name}.json`;
}

/**
 * Puts tables between their markers on the page, and the machine between its own.
 * @throws when the page has no such markers
 */
export async function writePage(name: string, where: Machine, tables: readonly Table[]): Promise<void> {
  let page = readFileSync(PAGE, 'utf8');
  for (const table of tables) page = between(page, table.id, markdown(table));
  page = between(page, `${name}-machine`, machineLine(name, where));
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

function machineLine(name: string, where: Machine): string {
  const { date, commit, node, chromium, platform, cores, loadAverage } = where;
  return (
    `_${date.slice(0, 10)}, commit ${commit}, Node ${node}, Chromium ${chromium}, ${platform}, ${cores} cores, ` +
    `load average ${loadAverage[0] ?? 0} at the start. Raw: \`bench/results/${name}.json\`._`
  );
}

function between(page: string, id: string, text: string): string {
  const [begin, end] = [`<!-- bench:${id} -->`, `<!-- /bench:${id} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has lost its markers ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

function tryRun(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
