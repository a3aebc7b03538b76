/** Merges the raw V8 counts of every process and page into one report over all source files. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeScriptCovs } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import coverage, { type CoverageMap } from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { parseAstAsync } from 'vite';
import { root } from './run.ts';

const SOURCES = ['src/**/*.ts', 'server/**/*.ts', 'cli/**/*.ts', 'demo/**/*.ts'];
const NOT_SOURCES = /\.(test|contract|d)\.ts$|\/node_modules\/|(^|\/)testing\//;

type Functions = Profiler.FunctionCoverage[];

/**
 * Every source file of the product, relative to its folder, sorted.
 *
 * @param folder the project's folder
 */
export function sourceFiles(folder = root): string[] {
  return globSync(SOURCES, { cwd: folder })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !NOT_SOURCES.test(file))
    .sort();
}

/**
 * Istanbul's map of all source files. One that no process loaded counts as not covered at all, and
 * one that holds nothing but types, or re-exports, counts for nothing.
 *
 * @param rawFolder where Node (`NODE_V8_COVERAGE`) and the browser tests left their counts
 * @param folder the project's folder
 */
export async function mergeCoverage(rawFolder: string, folder = root): Promise<CoverageMap> {
  const counted = readRaw(rawFolder, folder);
  const map = coverage.createCoverageMap({});
  for (const file of sourceFiles(folder)) {
    // The text that ran: types blanked out, all positions kept, so offsets are the source's own.
    const code = stripTypeScriptTypes(readFileSync(join(folder, file), 'utf8'), { mode: 'strip' });
    const url = pathToFileURL(join(folder, file)).href;
    const runs = counted.get(file) ?? [neverRan(code.length)];
    // Merged as trees of ranges, which loses nothing, before the one conversion: of maps made of each process' ranges
    // branches would get lost. The AST alone says what there is to be covered.
    const merged = mergeScriptCovs(
      runs.map((functions) => ({ scriptId: '0', url, functions: clip(functions, code.length) })),
    );
    const coverage = { url, functions: merged!.functions };
    const ast = (await parseAstAsync(code)) as never; // one tree, two packages' names for its type
    map.merge(await convert({ ast, code, coverage }));
  }
  return map;
}

/** Writes `coverage-final.json`, `lcov.info` and pages to read into a folder. */
export function writeReports(map: CoverageMap, folder: string): void {
  const context = report.createContext({ dir: folder, coverageMap: map, defaultSummarizer: 'nested' });
  for (const format of ['json', 'lcovonly', 'html', 'json-summary'] as const) {
    reports.create(format).execute(context);
  }
}

function readRaw(rawFolder: string, folder: string): Map<string, Functions[]> {
  const counted = new Map<string, Functions[]>();
  const files = readdirSync(rawFolder).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new Error(`no coverage was written to ${rawFolder}`);
  for (const name of files) {
    for (const script of scriptsOf(join(rawFolder, name))) {
      if (!script.url.startsWith('file:')) continue;
      const file = relative(folder, fileURLToPath(script.url.replace(/[?#].*$/, '')))
        .split(sep)
        .join('/');
      const same = counted.get(file);
      if (same) same.push(script.functions);
      else counted.set(file, [script.functions]);
    }
  }
  return counted;
}

/** A process that was killed while it wrote has left a part, whose counts are lost; there are tests that kill. */
function scriptsOf(path: string): readonly Profiler.ScriptCoverage[] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { result: Profiler.ScriptCoverage[] }).result;
  } catch (error) {
    console.warn(`${path} is not whole: ${String(error).slice(0, 200)}`);
    return [];
  }
}

/** Node appends a `sourceURL` comment to what it runs, which is beyond the end of the source. */
function clip(functions: Functions, length: number): Functions {
  return functions.map((fn) => ({
    ...fn,
    ranges: fn.ranges.map((range) => ({ ...range, endOffset: Math.min(range.endOffset, length) })),
  }));
}

function neverRan(length: number): Functions {
  const ranges = [{ startOffset: 0, endOffset: length, count: 0 }];
  return [{ functionName: '', isBlockCoverage: true, ranges }];
}
