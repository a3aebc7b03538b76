/** Browser tests: Mocha in a real Chromium, sources served with their types blanked out. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultReporter } from '@web/test-runner';
import { playwrightLauncher } from '@web/test-runner-playwright';
import { browserArgs, findBrowser } from './scripts/browser.ts';
import { keepCoverage } from './scripts/wtr-coverage.ts';
import { countsReporter } from './scripts/wtr-reporter.ts';
import { serverPlugin } from './scripts/wtr-server.ts';
import { nodeEnvPlugin, typescriptPlugin } from './scripts/wtr-typescript.ts';

const rootDir = import.meta.dirname;
const rawCoverage = join(rootDir, 'coverage/raw');
const server = serverPlugin();
mkdirSync(rawCoverage, { recursive: true });

export default {
  rootDir,
  files: ['src/**/*.test.ts', 'demo/**/*.test.ts'],
  nodeResolve: true,
  plugins: [typescriptPlugin(), nodeEnvPlugin(), server.plugin],
  middleware: [server.middleware],
  browsers: [
    playwrightLauncher({
      product: 'chromium',
      launchOptions: { executablePath: findBrowser(), args: browserArgs() },
      createPage: async ({ context }) => keepCoverage(await context.newPage(), rawCoverage, rootDir),
    }),
  ],
  // Pages that animate share the processor; more of them than cores only makes timers late.
  concurrency: Math.min(4, availableParallelism()),
  // Makes the launcher count; scripts/coverage.ts merges with the server's counts and reports.
  coverage: true,
  coverageConfig: { report: false },
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 120_000,
  testFramework: { config: { timeout: 30_000 } },
  filterBrowserLogs: ({ args }) => !String(args[0]).includes('Lit is in dev mode'),
  reporters: [
    defaultReporter({ reportTestResults: true, reportTestProgress: process.stdout.isTTY }),
    countsReporter(join(rootDir, 'coverage/counts/browser.json')),
  ],
};
