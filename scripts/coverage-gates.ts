/** The coverage that each component, the whole, and each critical module must reach. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import coverage, {
  type CoverageMap,
  type CoverageSummary,
  type FileCoverageData,
} from 'istanbul-lib-coverage';
import { root } from './run.ts';

/** A component's lines, statements and branches must be above this, in percent. */
export const COMPONENT_ABOVE = 85;
/** The same for all files together. */
export const OVERALL_ABOVE = 90;

const MEASURES = ['lines', 'statements', 'branches', 'functions'] as const;
/** Folders whose subfolders are components of their own. */
const SHELVES = new Set(['src/elements', 'server/services', 'server/engines']);

/** One row of the table and what is wrong with it. */
export interface Row {
  readonly name: string;
  readonly summary: CoverageSummary;
  readonly problems: readonly string[];
}

/**
 * The component that a source file belongs to: its folder under `src` or `server`, one level further
 * down for elements, services and engines; the whole of `cli` and of `demo`.
 */
export function componentOf(file: string): string {
  const [top = '', ...rest] = file.split('/').slice(0, -1);
  if (top !== 'src' && top !== 'server') return top;
  const shelf = [top, ...rest.slice(0, 1)].join('/');
  return SHELVES.has(shelf) ? [top, ...rest.slice(0, 2)].join('/') : shelf;
}

/** The modules that `critical-modules.json` names. */
export function criticalModules(folder = root): string[] {
  const { modules } = JSON.parse(readFileSync(join(folder, 'critical-modules.json'), 'utf8')) as {
    modules: string[];
  };
  if (modules.length === 0) throw new Error('critical-modules.json names no module');
  return modules;
}

/**
 * Holds a coverage map to the gates.
 *
 * @param critical files that must be covered without a gap
 * @param folder the project's folder
 */
export function applyGates(map: CoverageMap, critical: readonly string[], folder = root): Row[] {
  const summaries = new Map<string, CoverageSummary>();
  const files = new Map<string, CoverageSummary>();
  const overall = coverage.createCoverageSummary();
  for (const path of map.files()) {
    const file = relative(folder, path).split(sep).join('/');
    const summary = map.fileCoverageFor(path).toSummary();
    const component = componentOf(file);
    files.set(file, summary);
    overall.merge(summary);
    summaries.set(component, (summaries.get(component) ?? coverage.createCoverageSummary()).merge(summary));
  }
  const rows: Row[] = [...summaries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, summary]) => ({ name, summary, problems: below(summary, COMPONENT_ABOVE) }));
  rows.push({ name: 'all files', summary: overall, problems: below(overall, OVERALL_ABOVE) });
  for (const name of critical) {
    const summary = files.get(name) ?? coverage.createCoverageSummary();
    const missed = files.has(name) ? missedLines(map.fileCoverageFor(join(folder, name)).data) : [];
    rows.push({ name, summary, problems: gaps(name, summary, missed, folder) });
  }
  return rows;
}

/** The table that `npm test` prints. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map((row) => row.name.length));
  const head = `${'component'.padEnd(width)}  ${MEASURES.map((name) => name.padStart(12)).join('')}`;
  const lines = rows.map(({ name, summary, problems }) => {
    const numbers = MEASURES.map((measure) => {
      const { pct, total } = summary[measure];
      return (total === 0 ? '–' : `${pct.toFixed(1)} %`).padStart(12);
    });
    return `${name.padEnd(width)}  ${numbers.join('')}  ${problems.length > 0 ? `✗ ${problems.join(', ')}` : '✓'}`;
  });
  return [head, ...lines].join('\n');
}

function below(summary: CoverageSummary, limit: number): string[] {
  return (['lines', 'statements', 'branches'] as const)
    .filter((measure) => summary[measure].total > 0 && summary[measure].pct <= limit)
    .map((measure) => `${measure} not above ${limit} %`);
}

function gaps(name: string, summary: CoverageSummary, missed: readonly number[], folder: string): string[] {
  if (!existsSync(join(folder, name))) return ['no such file'];
  if (summary.statements.total === 0) return ['nothing in it to cover'];
  return missed.length === 0
    ? []
    : [`not at 100 %: lines ${missed.slice(0, 12).join(', ')}${missed.length > 12 ? ', …' : ''}`];
}

/** Lines that hold a statement, a branch or a function which no test reached. */
function missedLines({ s, statementMap, b, branchMap, f, fnMap }: FileCoverageData): number[] {
  const of = (counts: Record<string, number>, line: (id: string) => number | undefined) =>
    Object.entries(counts).flatMap(([id, count]) => (count === 0 ? (line(id) ?? 0) : []));
  const branches = Object.entries(b).flatMap(([id, counts]) => {
    const { loc, locations } = branchMap[id]!;
    // The branch that an `if` without `else` lacks has no place of its own.
    return counts.flatMap((count, way) =>
      count === 0 ? (locations[way]?.start.line ?? loc.start.line) : [],
    );
  });
  const lines = [
    ...of(s, (id) => statementMap[id]?.start.line),
    ...of(f, (id) => fnMap[id]?.loc.start.line),
    ...branches,
  ];
  return [...new Set(lines)].sort((x, y) => x - y);
}
