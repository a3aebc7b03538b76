/** Keeps the raw V8 coverage of each browser test page, in the form that Node writes its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { playwright } from '@web/test-runner-playwright';

type Page = Awaited<ReturnType<playwright.BrowserContext['newPage']>>;
type Entries = Awaited<ReturnType<Page['coverage']['stopJSCoverage']>>;

let pages = 0;

/**
 * Makes a page write its coverage to `folder` when the test runner stops counting. Browser and server
 * coverage then merge as V8 counts, which unlike two Istanbul maps of V8 counts merge exactly.
 *
 * @param page as the launcher made it
 * @param folder where to write `browser-<n>.json`
 * @param rootDir the folder that the dev server serves as `/`
 */
export function keepCoverage(page: Page, folder: string, rootDir: string): Page {
  const stop = page.coverage.stopJSCoverage.bind(page.coverage);
  page.coverage.stopJSCoverage = async () => {
    const entries = await stop();
    const result = entries
      .map((entry) => toFileCoverage(entry, rootDir))
      .filter((entry) => entry !== undefined);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `browser-${process.pid}-${++pages}.json`), JSON.stringify({ result }));
    return []; // the runner makes no report of its own
  };
  return page;
}

function toFileCoverage(entry: Entries[number], rootDir: string) {
  const { pathname } = new URL(entry.url, 'http://localhost');
  if (!pathname.endsWith('.ts') || pathname.startsWith('/__') || entry.source === undefined) return undefined;
  const path = join(rootDir, decodeURIComponent(pathname));
  const code = stripTypeScriptTypes(readFileSync(path, 'utf8'), { mode: 'strip' });
  const move = offsetMapper(entry.source, code);
  const functions = entry.functions.map((fn) => ({
    ...fn,
    ranges: fn.ranges.map((range) => ({
      ...range,
      startOffset: move(range.startOffset),
      endOffset: move(range.endOffset),
    })),
  }));
  return { scriptId: entry.scriptId, url: pathToFileURL(path).href, functions };
}

/**
 * Maps offsets in the served text back to the file's. They differ only inside lines whose bare import
 * the dev server replaced by a path; before and after the replaced part of a line nothing changed.
 */
export function offsetMapper(served: string, code: string): (offset: number) => number {
  if (served === code) return (offset) => offset;
  const from = served.split('\n');
  const to = code.split('\n');
  const starts = lineStarts(from);
  const targets = lineStarts(to);
  return (offset) => {
    let line = starts.findLastIndex((start) => start <= offset);
    line = Math.min(line, to.length - 1);
    const column = offset - (starts[line] ?? 0);
    const a = from[line] ?? '';
    const b = to[line] ?? '';
    let same = 0;
    while (same < a.length && same < b.length && a[same] === b[same]) same++;
    const moved = column <= same ? column : Math.max(same, column + b.length - a.length);
    return (targets[line] ?? 0) + Math.min(moved, b.length);
  };
}

function lineStarts(lines: readonly string[]): number[] {
  let start = 0;
  return lines.map((line) => {
    const at = start;
    start += line.length + 1;
    return at;
  });
}
