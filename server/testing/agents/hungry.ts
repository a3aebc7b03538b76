/** An agent for tests: it takes memory, in a process that it forked, until somebody stops it. */
import { spawn } from 'node:child_process';

const held: Buffer[] = [];
if (process.argv[2] === 'child') {
  setInterval(() => {
    if (held.length < 64) held.push(Buffer.alloc(8_388_608, 1));
  }, 5);
} else {
  spawn(process.execPath, [import.meta.filename, 'child'], { stdio: 'ignore' });
}
