/** What does a browser download before the first paint? The measure is `npm run size`, which the check enforces. */
import { measureSizes } from '../scripts/size.ts';
import type { Report, Table } from './lib/report.ts';

const KB = 1024;

/** Runs the bench. */
export async function size(): Promise<Report> {
  const sizes = await measureSizes();
  if (sizes.length === 0) throw new Error('there is nothing to measure');
  const kb = (bytes: number): string => (bytes / KB).toFixed(1);
  const table: Table = {
    id: 'size',
    title: 'Minified, gzip -9, KB of 1,024 bytes',
    head: ['Entry', 'initial graph', 'budget', 'lazy'],
    rows: sizes.map(({ name, initial, initialBudget, lazy, problems }) => [
      `\`${name}\`${problems.length > 0 ? ` ✗ ${problems.join('; ')}` : ''}`,
      kb(initial),
      kb(initialBudget),
      lazy.map((chunk) => `${chunk.name} ${kb(chunk.size)}`).join(', ') || '–',
    ]),
  };
  return { tables: [table], raw: sizes };
}
