/** Asks the server whether it lives, and says how long the answer took. */
import { run } from '../../agent.ts';
import { probe } from '../../server-probe.ts';
import { authorization, everyMs, path, url } from '../options.ts';

await run({
  version: '1.0.0',
  everyMs,
  async look() {
    const { status, tookMs, failure } = await probe(url, path, authorization);
    const summary = status
      ? `${path} answered ${status} in ${tookMs} ms`
      : `${path} did not answer: ${failure}`;
    return { summary, tookMs, ...(status && { status }) };
  },
});
