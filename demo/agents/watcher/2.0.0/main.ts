/** Says how many files are in a folder, how large they are, and which was written last. */
import { run } from '../../agent.ts';
import { bytesText, usageOf } from '../../folder-usage.ts';
import { everyMs, folder } from '../options.ts';

await run({
  version: '2.0.0',
  everyMs,
  async look() {
    const { files, bytes, newest } = await usageOf(folder);
    const last = newest === undefined ? '' : `; written last: ${newest}`;
    return { summary: `${files} files, ${bytesText(bytes)}${last}`, files, bytes };
  },
});
