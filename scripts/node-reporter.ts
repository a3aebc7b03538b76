/** node:test reporter: one JSON line with the counts, and each failure as it comes; for `npm test` to add up. */
import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import type { Counts } from './counts.ts';

/** Suites are containers and do not count; a file that holds no test is reported as failed. */
export default async function* counts(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const total: Counts = { files: 0, passed: 0, failed: 0, skipped: 0 };
  const files = new Set<string>();
  for await (const event of events) {
    // What scripts/test-watchdog.ts says, which the dots of a quiet run would swallow.
    if (event.type === 'test:stderr' && event.data.message.startsWith('✗'))
      process.stderr.write(event.data.message);
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    if (data.file) files.add(data.file);
    if (data.details.type === 'suite') continue;
    // At once: a run that is ended from outside still says what failed in it.
    if (event.type === 'test:fail') process.stderr.write(`\n✗ ${data.file} | ${data.name}\n`);
    // Node reports a file without tests as one passed test with the file's own name.
    const isFile = data.nesting === 0 && data.file !== undefined && resolve(data.name) === data.file;
    if (isFile && event.type === 'test:pass') process.stderr.write(`✗ ${data.name} holds no test\n`);
    if (data.skip !== undefined || data.todo !== undefined) total.skipped++;
    else if (event.type === 'test:fail' || isFile) total.failed++;
    else total.passed++;
  }
  total.files = files.size;
  yield `${JSON.stringify(total)}\n`;
}
