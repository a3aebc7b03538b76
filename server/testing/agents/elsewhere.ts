/** An agent for tests: it listens on another port than its own. */
import { createServer } from 'node:http';

createServer((_, response) => response.end('here')).listen(0, '127.0.0.1', () => {
  process.stdout.write('ready\n');
});
