/** Broken: it waits for the name that logs had in another release. It never becomes ready. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../agent.ts';
import { everyMs, folder, tail } from '../options.ts';

let there = false;

await run({
  version: '2.0.0-rc.1',
  everyMs,
  async look() {
    await access(join(folder, 'server.log.current'));
    there = true;
    const { lines } = await tail.look();
    return { summary: `${lines} lines`, lines };
  },
  waitsFor: () => (there ? undefined : 'server.log.current'),
});
