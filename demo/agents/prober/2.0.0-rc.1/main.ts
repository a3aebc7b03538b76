/** Broken: it is ready once the server has answered 204, and the server answers 200. It never becomes ready. */
import { run } from '../../agent.ts';
import { probe } from '../../server-probe.ts';
import { authorization, everyMs, path, url } from '../options.ts';

let status: number | undefined;

await run({
  version: '2.0.0-rc.1',
  everyMs,
  async look() {
    ({ status } = await probe(url, path, authorization));
    return { summary: `${path} answered ${status ?? 'nothing'}` };
  },
  waitsFor: () =>
    status === 204 ? undefined : `an answer 204 of ${path}; the last one was ${status ?? 'none'}`,
});
