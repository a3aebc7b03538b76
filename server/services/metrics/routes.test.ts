import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IngestResult, SeriesInfo, WindowResult } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { post, request, startServer } from '../../testing/harness.ts';
import type { Problem, Running } from '../../testing/harness.ts';

const one = { name: 'queue_pending', value: 3, tags: { queue: 'mail' } };
const SELECTOR = encodeURIComponent('queue_pending{queue="mail"}');

describe('POST /api/metrics', () => {
  it('takes what is good of a batch, and names what is not', async (t) => {
    const { url } = await startServer(t);
    const answer = await post(`${url}/api/metrics`, { samples: [one, { ...one, value: null }] });
    assert.equal(answer.status, 200);
    const { accepted, errors } = answer.json<IngestResult>();
    assert.equal(accepted, 1);
    assert.deepEqual(
      errors.map(({ place, code }) => [place, code]),
      [['/samples/1/value', 'bad_value']],
    );
  });

  it('is a problem when nothing was good, with the first code and a pointer to each', async (t) => {
    const { url } = await startServer(t);
    const body = '{"samples":[{"name":"x","value":1e999},{"name":"x","value":1,"tags":{"__proto__":"y"}}]}';
    const answer = await post(`${url}/api/metrics`, body);
    const { code, errors, detail } = answer.json<Problem>();
    assert.deepEqual([answer.status, code], [400, 'bad_value']);
    assert.match(detail, /^\/samples\/0\/value: /);
    assert.deepEqual(
      errors?.map((error) => [error.pointer, error.code]),
      [
        ['/samples/0/value', 'bad_value'],
        ['/samples/1', 'bad_tags'],
      ],
    );
  });

  it('refuses what is no batch: other shapes, an empty one, one over maxBatch', async (t) => {
    const { url, waooaw } = await startServer(t, { metrics: { maxBatch: 3 } });
    const before = waooaw.metrics.stats();
    for (const body of [
      [],
      {},
      null,
      7,
      { samples: 'x' },
      { samples: {} },
      { samples: [] },
      { samples: [one, one, one, one] },
    ]) {
      const answer = await post(`${url}/api/metrics`, body);
      assert.deepEqual(
        [answer.status, answer.json<Problem>().code],
        [400, 'bad_request'],
        JSON.stringify(body),
      );
      assert.match(answer.json<Problem>().detail, /1 to 3 samples/);
    }
    assert.equal(waooaw.metrics.stats().rejected, before.rejected);
    assert.equal(
      (await post(`${url}/api/metrics`, { samples: [one, one, one] })).json<IngestResult>().accepted,
      3,
    );
  });

  it('says 429 and retryable when a sender has as many series as it may', async (t) => {
    const { url } = await startServer(t, { metrics: { maxSeriesPerSource: 1 } });
    await post(`${url}/api/metrics`, { samples: [{ name: 'first', value: 1 }] });
    const answer = await post(`${url}/api/metrics`, { samples: [{ name: 'second', value: 1 }] });
    assert.deepEqual(
      [answer.status, answer.json<Problem>().code, answer.json<Problem>().retryable],
      [429, 'source_limit', true],
    );
  });
});

describe('GET /api/metrics/window', () => {
  const posted = async (server: Running): Promise<Running> => {
    await post(`${server.url}/api/metrics`, { samples: [one] });
    return server;
  };

  it('answers the buckets of one series, all that is kept unless told otherwise', async (t) => {
    const { url } = await posted(await startServer(t, {}, { clock: createManualClock(1_750_000_000_400) }));
    const whole = (await request(`${url}/api/metrics/window?series=${SELECTOR}`)).json<WindowResult>();
    assert.equal(whole.to - whole.from, 600_000);
    assert.deepEqual(whole.tags, { queue: 'mail' });
    assert.deepEqual(whole.buckets, [
      { start: 1_750_000_000_000, min: 3, max: 3, avg: 3, sum: 3, count: 1, last: 3 },
    ]);
    const short = (
      await request(`${url}/api/metrics/window?series=${SELECTOR}&windowMs=5000`)
    ).json<WindowResult>();
    assert.equal(short.to - short.from, 5_000);
  });

  it('says what is wrong with a query', async (t) => {
    const { url } = await posted(await startServer(t));
    for (const [query, status, code] of [
      ['', 400, 'bad_request'],
      ['series=', 400, 'bad_request'],
      ['series=x%7B', 400, 'bad_selector'],
      ['series=never_seen', 404, 'unknown_series'],
      [`series=${SELECTOR}&windowMs=ten`, 400, 'bad_request'],
      [`series=${SELECTOR}&windowMs=1.5`, 400, 'bad_request'],
      [`series=${SELECTOR}&windowMs=1e999`, 400, 'bad_request'],
      [`series=${SELECTOR}&windowMs=86400000`, 400, 'bad_request'],
      [`series=${SELECTOR}&windowMs=`, 400, 'bad_request'],
    ] as const) {
      const answer = await request(`${url}/api/metrics/window?${query}`);
      assert.deepEqual([answer.status, answer.json<Problem>().code], [status, code], query);
    }
  });
});

describe('GET /api/metrics/series', () => {
  it('lists every series by name, the server’s own among them', async (t) => {
    const { url } = await startServer(t);
    await post(`${url}/api/metrics`, { samples: [{ name: 'zzz', value: 1 }, one] });
    const { series } = (await request(`${url}/api/metrics/series`)).json<{ series: SeriesInfo[] }>();
    const names = series.map((info) => info.series);
    assert.deepEqual(names, [...names].sort());
    assert.ok(names.includes('queue_pending{queue="mail"}'));
    assert.ok(names.includes('zzz'));
  });
});
