/** Asks the server whether it lives, and says how long the last hundred answers took. */
import { run } from '../../agent.ts';
import { percentile, probe } from '../../server-probe.ts';
import { authorization, everyMs, path, url } from '../options.ts';

const KEPT = 100;
const took: number[] = [];
let failures = 0;

await run({
  version: '2.0.0',
  everyMs,
  async look() {
    const { status, tookMs, failure } = await probe(url, path, authorization);
    if (failure) failures += 1;
    took.push(tookMs);
    if (took.length > KEPT) took.shift();
    const [p50, p95] = [percentile(took, 0.5), percentile(took, 0.95)];
    const last = status ? `answered ${status}` : `did not answer: ${failure}`;
    return {
      summary: `${path} ${last}; p50 ${p50} ms, p95 ${p95} ms, ${failures} failed`,
      p50,
      p95,
      failures,
    };
  },
});
