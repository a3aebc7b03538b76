/** Says how many lines came in the logs of a folder. */
import { run } from '../../agent.ts';
import { everyMs, tail } from '../options.ts';

await run({
  version: '1.0.0',
  everyMs,
  async look() {
    const { files, lines } = await tail.look();
    return { summary: `${lines} lines in ${files} logs`, files, lines };
  },
});
