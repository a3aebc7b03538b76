/** Holds the imports of the product's modules to `.dependency-cruiser.cjs`. */
import { globSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root, runNode, tool } from './run.ts';

const FOLDERS = ['src', 'server', 'cli', 'demo'];

/** What the check read and what it found. */
export interface Directions {
  /** Our own modules that were read. */
  readonly modules: readonly string[];
  /** Imports between all modules that were read. */
  readonly imports: number;
  readonly violations: readonly Violation[];
  /** Source files that the check did not read: with one of these it proves nothing. */
  readonly unread: readonly string[];
}

/** One import in a forbidden direction. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

interface Report {
  modules: { source: string }[];
  summary: {
    totalDependenciesCruised?: number;
    violations: { from: string; to: string; rule: { name: string } }[];
  };
}

/**
 * Reads all modules under the product's folders.
 *
 * @param folder the project's folder, or one laid out like it
 * @throws when dependency-cruiser itself fails
 */
export async function checkDirections(folder = root): Promise<Directions> {
  const files = FOLDERS.flatMap((name) =>
    globSync(`${name}/**/*.ts`, { cwd: folder, exclude: ['**/node_modules/**'] }),
  ).map((file) => file.split(sep).join('/'));
  const folders = FOLDERS.filter((name) => files.some((file) => file.startsWith(`${name}/`)));
  if (folders.length === 0) return { modules: [], imports: 0, violations: [], unread: [] };
  const config = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  const { code, stdout, stderr } = await runNode(
    [...tool('dependency-cruiser', 'depcruise'), ...config, ...folders],
    { cwd: folder },
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser ended with ${code}: ${stderr || stdout}`);
  const { modules, summary } = JSON.parse(stdout) as Report;
  const read = new Set(modules.map(({ source }) => source));
  return {
    modules: files.filter((file) => read.has(file)),
    imports: summary.totalDependenciesCruised ?? 0,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    unread: files.filter((file) => !read.has(file)),
  };
}
