/** Says how many lines came in the logs of a folder, by level. */
import { run } from '../../agent.ts';
import { LEVELS } from '../../log-tail.ts';
import { everyMs, tail } from '../options.ts';

await run({
  version: '2.0.0',
  everyMs,
  async look() {
    const { files, lines, ...levels } = await tail.look();
    const text = LEVELS.filter((level) => levels[level] > 0).map((level) => `${levels[level]} ${level}`);
    return { summary: `${lines} lines in ${files} logs: ${text.join(', ') || 'none yet'}`, lines, ...levels };
  },
});
