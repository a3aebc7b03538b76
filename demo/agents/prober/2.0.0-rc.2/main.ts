/** Broken: its first report compares with the report before it, and there is none. It ends a few seconds after it began to serve. */
import { run } from '../../agent.ts';
import { percentile, probe } from '../../server-probe.ts';
import { authorization, everyMs, path, url } from '../options.ts';

const REPORT_MS = 6_000;
const took: number[] = [];
let reported: { readonly p95: number } | undefined;

setInterval(() => {
  const p95 = percentile(took, 0.95);
  process.stdout.write(`info p95 changed by ${p95 - reported!.p95} ms\n`);
  reported = { p95 };
}, REPORT_MS);

await run({
  version: '2.0.0-rc.2',
  everyMs,
  async look() {
    const { status, tookMs } = await probe(url, path, authorization);
    took.push(tookMs);
    return { summary: `${path} answered ${status ?? 'nothing'}, p95 ${percentile(took, 0.95)} ms` };
  },
});
