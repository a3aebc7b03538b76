/**
 * `npm run size`: what a browser downloads for each entry, against `size-budgets.json`.
 *
 *     npm run size -- src/define.ts   also names the largest modules behind an entry
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { moduleBuild } from '../vite.config.ts';
import { root } from './run.ts';

interface Budgets {
  unit: string;
  entries: Record<string, Budget>;
  /** Packages that no browser may download. */
  never: string[];
}

interface Budget {
  entry: string;
  /** The entry and everything that it imports statically. */
  initialKb: number;
  /** Each lazy chunk. */
  lazyKb?: number;
  /** Lazy chunks with a budget of their own, by name: they must be there. */
  chunksKb?: Record<string, number>;
  /** Packages that must come lazily. */
  lazy?: string[];
}

/** One entry's measure, in bytes as gzip sends them. */
export interface Size {
  readonly name: string;
  readonly initial: number;
  readonly initialBudget: number;
  readonly lazy: readonly { readonly name: string; readonly size: number }[];
  readonly lazyBudget: number;
  readonly problems: readonly string[];
}

const KB = 1024;

/** Builds and measures every entry that has a budget. */
export async function measureSizes(): Promise<Size[]> {
  const { entries, never } = JSON.parse(readFileSync(join(root, 'size-budgets.json'), 'utf8')) as Budgets;
  const sizes: Size[] = [];
  for (const [name, budget] of Object.entries(entries)) sizes.push(await measure(name, budget, never));
  return sizes;
}

/** The table that `npm run size` and the check print. */
export function table(sizes: readonly Size[]): string {
  const kb = (bytes: number) => (bytes / KB).toFixed(1);
  const lines = sizes.flatMap(({ name, initial, initialBudget, lazy, lazyBudget, problems }) => [
    `${name.padEnd(16)} ${kb(initial).padStart(6)} of ${kb(initialBudget).padStart(5)} KB`,
    ...lazy.map(
      (chunk) =>
        `  lazy ${chunk.name.padEnd(9)} ${kb(chunk.size).padStart(6)} of ${kb(lazyBudget).padStart(5)} KB`,
    ),
    ...problems.map((problem) => `  ✗ ${problem}`),
  ]);
  return ['minified, gzip -9, KB of 1024 bytes', ...lines].join('\n');
}

async function measure(name: string, budget: Budget, never: readonly string[]): Promise<Size> {
  const initialBudget = budget.initialKb * KB;
  const lazyBudget = (budget.lazyKb ?? 0) * KB;
  if (!existsSync(join(root, budget.entry))) {
    return {
      name,
      initial: 0,
      initialBudget,
      lazy: [],
      lazyBudget,
      problems: [`no such file: ${budget.entry}`],
    };
  }
  const chunks = await chunksOf(join(root, budget.entry));
  const entry = [...chunks.values()].find((chunk) => chunk.isEntry);
  const initial = new Set<Rolldown.OutputChunk>();
  const visit = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || initial.has(chunk)) return;
    initial.add(chunk);
    chunk.imports.forEach((file) => visit(chunks.get(file)));
  };
  visit(entry);
  const lazy = [...chunks.values()]
    .filter((chunk) => !initial.has(chunk))
    .map((chunk) => ({ name: chunk.name, size: gzipSize(chunk.code) }));
  const initialSize = [...initial].reduce((all, chunk) => all + gzipSize(chunk.code), 0);

  const problems: string[] = [];
  if (initial.size === 0 || initialSize < 100) problems.push('nothing was built');
  if (initialSize > initialBudget) problems.push(`initial graph over its ${budget.initialKb} KB`);
  for (const chunk of lazy) {
    const kb = budget.chunksKb?.[chunk.name] ?? budget.lazyKb ?? 0;
    if (chunk.size > kb * KB) problems.push(`lazy chunk ${chunk.name} over its ${kb} KB`);
  }
  for (const name of Object.keys(budget.chunksKb ?? {})) {
    if (!lazy.some((chunk) => chunk.name === name)) problems.push(`there is no lazy chunk ${name}`);
  }
  const first = packagesIn([...initial]);
  const all = packagesIn([...chunks.values()]);
  for (const banned of never) if (all.has(banned)) problems.push(`${banned} is in the browser bundle`);
  for (const late of budget.lazy ?? []) {
    if (first.has(late)) problems.push(`${late} is in the initial graph`);
    else if (!all.has(late)) problems.push(`${late} is in no chunk: is the budget still about it?`);
  }
  return { name, initial: initialSize, initialBudget, lazy, lazyBudget, problems };
}

async function chunksOf(entry: string): Promise<Map<string, Rolldown.OutputChunk>> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { ...moduleBuild(entry, 'entry.js'), write: false, reportCompressedSize: false },
  });
  const outputs = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const files = outputs.flatMap(({ output }) => output);
  return new Map(files.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
}

/** The npm packages whose code a chunk holds. */
function packagesIn(chunks: readonly Rolldown.OutputChunk[]): Set<string> {
  const ids = chunks.flatMap((chunk) =>
    Object.entries(chunk.modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? id : [])),
  );
  return new Set(
    ids.flatMap(
      (id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1]?.replaceAll(sep, '/') ?? [],
    ),
  );
}

function gzipSize(code: string): number {
  return gzipSync(code, { level: 9 }).length;
}

/** The modules in an entry's graph, largest first, before compression: what to look at when over budget. */
async function explain(entry: string): Promise<string> {
  const modules = [...(await chunksOf(join(root, entry))).values()].flatMap((chunk) =>
    Object.entries(chunk.modules).map(([id, { renderedLength }]) => ({
      id,
      renderedLength,
      chunk: chunk.name,
    })),
  );
  return modules
    .sort((a, b) => b.renderedLength - a.renderedLength)
    .slice(0, 25)
    .map(
      ({ id, renderedLength, chunk }) =>
        `${String(renderedLength).padStart(7)} B  ${chunk}: ${relative(root, id)}`,
    )
    .join('\n');
}

if (import.meta.main) {
  const sizes = await measureSizes();
  console.log(table(sizes));
  for (const entry of process.argv.slice(2)) console.log(`\n${entry}, by module\n${await explain(entry)}`);
  if (sizes.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}
