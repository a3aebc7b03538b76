/** Says how many files are in a folder. */
import { run } from '../../agent.ts';
import { usageOf } from '../../folder-usage.ts';
import { everyMs, folder } from '../options.ts';

await run({
  version: '1.0.0',
  everyMs,
  async look() {
    const { files } = await usageOf(folder);
    return { summary: `${files} files`, files };
  },
});
