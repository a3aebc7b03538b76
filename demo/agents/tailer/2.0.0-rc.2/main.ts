/** Broken: its first report compares with the report before it, and there is none. It ends a few seconds after it began to serve. */
import { run } from '../../agent.ts';
import { everyMs, tail } from '../options.ts';

const REPORT_MS = 6_000;
let lines = 0;
let reported: { readonly lines: number } | undefined;

setInterval(() => {
  process.stdout.write(`info ${lines - reported!.lines} lines since the last report\n`);
  reported = { lines };
}, REPORT_MS);

await run({
  version: '2.0.0-rc.2',
  everyMs,
  async look() {
    ({ lines } = await tail.look());
    return { summary: `${lines} lines`, lines };
  },
});
