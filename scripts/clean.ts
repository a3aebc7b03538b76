/** Deletes everything that a build writes, so that no file of a deleted source survives. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

for (const folder of ['dist', '.cache']) {
  rmSync(join(root, folder), { recursive: true, force: true });
}
