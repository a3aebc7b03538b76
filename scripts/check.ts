/**
 * `npm run check`: format, lint, types, directions, manifest, tokens, codec, api, sizes, lockfile.
 *
 *     npm run check                    every step
 *     npm run check -- lint types      some
 *     npm run check -- --fix           repair format, manifest and what is made from the tokens
 */
import { parseArgs } from 'node:util';
import { type Finding, type Step, steps } from './check-steps.ts';

const LANES = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fix: { type: 'boolean', default: false } },
});
const names = steps.map(([name]) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}; there are ${names.join(', ')}`);

const queue = steps.filter(([name]) => positionals.length === 0 || positionals.includes(name));
const rows: string[] = [];
let failed = 0;
await Promise.all(Array.from({ length: LANES }, lane));

console.log(`\n${rows.join('\n')}`);
console.log(failed === 0 ? '\nthe check passed' : `\nthe check failed: ${failed} of ${rows.length} steps`);
process.exitCode = failed === 0 ? 0 : 1;

async function lane(): Promise<void> {
  for (let step = queue.shift(); step; step = queue.shift()) await run(step);
}

async function run([name, work]: Step): Promise<void> {
  const started = performance.now();
  const finding = await work(values.fix).catch((error: unknown): Finding => {
    return { saw: 0, what: 'anything', problems: [error instanceof Error ? error.message : String(error)] };
  });
  const { saw, what, note } = finding;
  const problems = saw === 0 ? [...finding.problems, `saw no ${what}`] : finding.problems;
  const ok = problems.length === 0;
  if (!ok) failed++;
  if (note !== undefined) console.log(`\n── ${name}\n${note}`);
  if (!ok) console.log(`\n── ${name}: ${problems.length} to mend\n${problems.join('\n')}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  rows.push(
    `${ok ? '✓' : '✗'} ${name.padEnd(12)} ${String(saw).padStart(5)} ${what.padEnd(10)} ${seconds.padStart(6)} s`,
  );
}
