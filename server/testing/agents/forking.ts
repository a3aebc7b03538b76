/**
 * An agent for tests: it starts another process that leaves its group and session, and outlives it.
 *
 *     forking.ts stay    stays beside it
 *     forking.ts go      ends at once, and leaves it behind
 *     forking.ts child   is that process: it ignores requests to end
 */
import { spawn } from 'node:child_process';

const [part = 'stay'] = process.argv.slice(2);
if (part === 'child') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 60_000);
  process.stdout.write(`forked ${process.pid}\n`);
} else {
  const child = spawn(process.execPath, [import.meta.filename, 'child'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', (text) => {
    process.stdout.write(String(text));
    if (part === 'go') process.exit(7);
  });
}
