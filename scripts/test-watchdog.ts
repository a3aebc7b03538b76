/**
 * Preloaded into every test file's process: what a test leaves open fails the file instead of hanging the run.
 *
 * The timer holds nothing up itself, so it fires only where something else keeps the process alive.
 */
import { after } from 'node:test';

/** How long a file's process may live on after its last test. */
const GRACE_MS = 10_000;

// The runner's own process is preloaded too.
if (process.env.NODE_TEST_CONTEXT === 'child-v8') {
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`✗ ${process.argv[1]} left open after its last test: ${open}\n`);
      process.exit(1);
    }, GRACE_MS).unref();
  });
}
