/** Test-runner reporter: leaves the counts for `npm test` to add up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestSuiteResult } from '@web/test-runner';
import type { Counts } from './counts.ts';

/** @param file where the {@link Counts} go when the run ends */
export function countsReporter(file: string): Reporter {
  return {
    onTestRunFinished({ sessions }) {
      const counts: Counts = { files: sessions.length, passed: 0, failed: 0, skipped: 0 };
      for (const session of sessions) {
        if (session.testResults) count(session.testResults, counts);
        // A file that failed outside its tests (a syntax error, a time-out) is a failure of its own.
        if (session.errors.length > 0) counts.failed++;
        else if (!session.testResults || isEmpty(session.testResults)) {
          console.log(`✗ ${session.testFile} holds no test`);
          counts.failed++;
        }
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(counts));
    },
  };
}

function isEmpty({ tests, suites }: TestSuiteResult): boolean {
  return tests.length === 0 && suites.every(isEmpty);
}

function count(suite: TestSuiteResult, counts: Counts): void {
  for (const test of suite.tests) {
    if (test.skipped) counts.skipped++;
    else if (test.passed) counts.passed++;
    else counts.failed++;
  }
  for (const inner of suite.suites) count(inner, counts);
}
