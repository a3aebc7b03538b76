/** Broken: it looks at a folder beside the one that it was given. It never becomes ready. */
import { join } from 'node:path';
import { run } from '../../agent.ts';
import { usageOf } from '../../folder-usage.ts';
import { everyMs, folder } from '../options.ts';

let known = false;

await run({
  version: '2.0.0-rc.1',
  everyMs,
  async look() {
    const { files } = await usageOf(join(folder, '..', 'data-of-waooaw'));
    known = true;
    return { summary: `${files} files`, files };
  },
  waitsFor: () => (known ? undefined : 'the folder data-of-waooaw'),
});
