/**
 * `npm test`: builds, runs every test once, merges the coverage and holds it to the gates.
 *
 *     npm test                             everything
 *     npm test -- --only node bus health   one stage (node, browser, e2e), files whose path holds a word
 *     npm test -- --only e2e --no-build    with what dist/ holds already
 *     npm test -- --verbose                name every test
 */
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Counts } from './counts.ts';
import { applyGates, criticalModules, table } from './coverage-gates.ts';
import { mergeCoverage, writeReports } from './coverage.ts';
import { canInstallDebianPackages, findExecutable, installDebianPackage } from './debian.ts';
import { root, runNode, tool } from './run.ts';
import { stripSources } from './strip.ts';

const RAW = join(root, 'coverage/raw');
const COUNTS = join(root, 'coverage/counts');
const MERGED = join(root, 'coverage/merged');
const STRIPPED = join(root, 'coverage/stripped');
const PRELOADED = pathToFileURL(join(root, 'scripts/stripped.mjs')).href;
/** A single test that hangs is ended after this. */
const NODE_TIMEOUT_MS = 60_000;
const E2E_TIMEOUT_MS = 240_000;
/** A stage that hangs is ended after this, and has failed: no run lasts for ever. */
const STAGE_LIMIT_MS = 900_000;

const stages = {
  node: {
    files: ['server/**/*.test.ts', 'cli/**/*.test.ts', 'scripts/**/*.test.ts', 'faults/**/*.test.ts'],
    // One more than two processors: most of them wait for a disk, a process or a clock.
    command: (files: string[]) => nodeTest('node', files, 3, NODE_TIMEOUT_MS),
  },
  browser: {
    files: ['src/**/*.test.ts', 'demo/**/*.test.ts'],
    command: (files: string[]) => [...tool('@web/test-runner', 'wtr'), '--files', ...files],
  },
  e2e: {
    files: ['e2e/**/*.test.ts'],
    // Each starts a server and a browser, and mostly waits for what they say to each other.
    command: (files: string[]) => nodeTest('e2e', files, 2, E2E_TIMEOUT_MS),
  },
} as const;
type Stage = keyof typeof stages;
type Result = Counts & { stage: Stage; seconds: number };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    build: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = chooseStages(values.only);
  for (const folder of [RAW, COUNTS, MERGED]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [RAW, COUNTS]) mkdirSync(folder, { recursive: true });

  if (chosen.includes('node')) installPrograms();
  stripSources(STRIPPED);
  if (values.build && chosen.includes('e2e') && !(await build())) return 1;
  const results: Result[] = [];
  for (const stage of chosen) results.push(await run(stage));
  const whole = values.only === undefined && positionals.length === 0;
  const covered = whole ? await checkCoverage() : true;

  heading('tests');
  for (const { stage, files, passed, failed, skipped, seconds } of results) {
    console.log(
      `${failed > 0 || passed === 0 ? '✗' : '✓'} ${stage.padEnd(8)} ${String(files).padStart(4)} files ` +
        `${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed ` +
        `${String(skipped).padStart(4)} skipped ${seconds.toFixed(1).padStart(7)} s`,
    );
  }
  if (!covered) console.log('✗ coverage is below its gates: see the table above');
  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((all, one) => all + one[key], 0);
  console.log(
    `\n${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
  );
  return sum('failed') === 0 && covered ? 0 : 1;
}

function chooseStages(only: string | undefined): Stage[] {
  const names = Object.keys(stages) as Stage[];
  const chosen = names.filter((name) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`--only is "${only}"; expected ${names.join(', ')}`);
  return chosen;
}

/** What shows that the disk had its word before anything was acknowledged, and what stands before a server. */
function installPrograms(): void {
  for (const [program, what] of [
    ['strace', 'of the disk'],
    ['nginx', 'of the proxy'],
  ] as const) {
    if (findExecutable([program, `/usr/sbin/${program}`])) continue;
    if (canInstallDebianPackages()) installDebianPackage(program);
    else console.log(`${program} is not installed: tests ${what} are skipped (apt-get install ${program})`);
  }
}

async function build(): Promise<boolean> {
  heading('build');
  const npm = process.env.npm_execpath;
  if (!npm) throw new Error('run this as "npm test": the build needs npm');
  const { code } = await runNode([npm, 'run', '--silent', 'build'], { show: true });
  console.log(code === 0 ? 'built' : `the build failed with ${code}`);
  return code === 0;
}

async function run(stage: Stage): Promise<Result> {
  heading(stage);
  const started = performance.now();
  const files = globSync([...stages[stage].files], { cwd: root, exclude: ['**/node_modules/**'] })
    .filter((file) => positionals.length === 0 || positionals.some((word) => file.includes(word)))
    .sort();
  let counts: Counts = { files: 0, passed: 0, failed: 0, skipped: 0 };
  let code = 0;
  if (files.length > 0) {
    const { NODE_OPTIONS = '' } = process.env;
    const env = {
      ...process.env,
      NODE_V8_COVERAGE: RAW,
      // Each test file and each server that it starts is a process of its own.
      NODE_OPTIONS: stage === 'browser' ? NODE_OPTIONS : `${NODE_OPTIONS} --import=${PRELOADED}`,
    };
    const node = ['--disable-warning=ExperimentalWarning'];
    ({ code } = await runNode([...node, ...stages[stage].command(files)], {
      env,
      show: true,
      limitMs: STAGE_LIMIT_MS,
    }));
    counts = readCounts(stage);
  }
  // A runner that saw no test, fewer files than there are, or failed without saying which, has failed.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0 || counts.files < files.length)) {
    console.log(
      `✗ ${stage}: exit code ${code}, ${counts.files} of ${files.length} files, ${counts.passed} passed`,
    );
    counts.failed++;
  }
  return { stage, seconds: (performance.now() - started) / 1000, ...counts };
}

function readCounts(stage: Stage): Counts {
  try {
    return JSON.parse(readFileSync(join(COUNTS, `${stage}.json`), 'utf8')) as Counts;
  } catch {
    return { files: 0, passed: 0, failed: 0, skipped: 0 };
  }
}

function nodeTest(stage: Stage, files: string[], concurrency: number, timeoutMs: number): string[] {
  return [
    '--import',
    join(root, 'scripts/test-watchdog.ts'),
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
    `--test-reporter=${values.verbose ? 'spec' : 'dot'}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'scripts/node-reporter.ts')}`,
    `--test-reporter-destination=${join(COUNTS, `${stage}.json`)}`,
    ...files,
  ];
}

async function checkCoverage(): Promise<boolean> {
  heading('coverage');
  const map = await mergeCoverage(RAW);
  writeReports(map, MERGED);
  const rows = applyGates(map, criticalModules());
  console.log(table(rows));
  console.log('coverage/merged/index.html shows every line');
  return rows.every((row) => row.problems.length === 0);
}

function heading(text: string): void {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 90 - text.length))}`);
}
