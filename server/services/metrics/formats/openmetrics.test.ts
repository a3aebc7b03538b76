import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { openMetrics } from './openmetrics.ts';

const FIXTURES = join(import.meta.dirname, '../../../../../shared/fixtures/openmetrics');

/** What a parser makes of a body. */
function readWhole(body: string | Buffer, parser: MetricParser = openMetrics.parser()): RecordingIntake {
  const intake = new RecordingIntake();
  for (const _pause of parser.parse(Buffer.from(body), intake));
  return intake;
}

/** The same, of lines before the end. */
const read = (lines: string, parser?: MetricParser): RecordingIntake =>
  readWhole(`${lines}\n# EOF\n`, parser);
const placesOf = ({ rejected }: RecordingIntake) => rejected.map(({ place, code }) => [place, code]);
const seriesOf = ({ found }: RecordingIntake) =>
  found.map(({ identity: { name, kind, unit, help }, tags }) => [name, tags, kind, unit, help]);

describe('OpenMetrics', () => {
  it('says what its media type is', () => {
    assert.equal(openMetrics.name, 'openmetrics');
    assert.deepEqual(openMetrics.mediaTypes, ['application/openmetrics-text']);
  });

  it('decides each of the project’s cases as it says', (t) => {
    if (!existsSync(FIXTURES)) {
      t.diagnostic('the cases of the OpenMetrics project are not here: only our own ran');
      return;
    }
    const cases = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const parser = openMetrics.parser();
    for (const { name } of cases) {
      const body = readFileSync(join(FIXTURES, name, 'metrics'));
      const { shouldParse } = JSON.parse(readFileSync(join(FIXTURES, name, 'test.json'), 'utf8')) as {
        shouldParse: boolean;
      };
      const fresh = readWhole(body);
      assert.equal(fresh.rejected.length === 0, shouldParse, `${name}: ${JSON.stringify(fresh.rejected)}`);
      for (const _again of [1, 2]) {
        const known = readWhole(body, parser);
        assert.deepEqual(
          [known.written, known.rejected],
          [fresh.written, fresh.rejected],
          `${name}, by a parser that knows it`,
        );
      }
    }
    assert.ok(cases.length > 100, `${cases.length} cases`);
    t.diagnostic(`${cases.length} cases`);
  });

  it('gives samples with tags, kinds, units, help, times in ms and since when they count', () => {
    const intake = read(
      [
        '# TYPE acme_http_router_request_seconds summary',
        '# UNIT acme_http_router_request_seconds seconds',
        '# HELP acme_http_router_request_seconds Latency\\nof \\"all\\" \\\\ requests.',
        'acme_http_router_request_seconds{path="/api/v1",quantile="0.5"} 0.25',
        'acme_http_router_request_seconds_sum{path="/api/v1"} 9036.32',
        'acme_http_router_request_seconds_count{path="/api/v1"} 807283.0',
        'acme_http_router_request_seconds_created{path="/api/v1"} 1605281325.0',
        '# TYPE go_goroutines gauge',
        'go_goroutines 69 1605281326.5',
        '# TYPE process_cpu_seconds counter',
        'process_cpu_seconds_total 4.20072246e+06',
        'process_cpu_seconds_created 1605281325.25',
        '# TYPE build info',
        'build_info{version="1.2"} 1',
        '# TYPE light stateset',
        'light{light="red"} 1',
        'light{light="green"} 0',
        'temperature_ratio{place="é☃𝄞"} -0.5',
      ].join('\n'),
    );
    assert.deepEqual(intake.rejected, []);
    const help = 'Latency\nof "all" \\ requests.';
    const tags = { path: '/api/v1' };
    assert.deepEqual(seriesOf(intake), [
      ['acme_http_router_request_seconds', { ...tags, quantile: '0.5' }, 'gauge', 'seconds', help],
      ['acme_http_router_request_seconds_sum', tags, 'counter', 'seconds', help],
      ['acme_http_router_request_seconds_count', tags, 'counter', undefined, help],
      ['go_goroutines', {}, 'gauge', undefined, undefined],
      ['process_cpu_seconds_total', {}, 'counter', 'seconds', undefined],
      ['build_info', { version: '1.2' }, 'gauge', undefined, undefined],
      ['light', { light: 'red' }, 'gauge', undefined, undefined],
      ['light', { light: 'green' }, 'gauge', undefined, undefined],
      ['temperature_ratio', { place: 'é☃𝄞' }, 'unknown', 'ratio', undefined],
    ]);
    assert.deepEqual(
      intake.written.map(({ name, value, timeMs, createdMs }) => [name, value, timeMs, createdMs]),
      [
        ['acme_http_router_request_seconds', 0.25, NaN, undefined],
        ['acme_http_router_request_seconds_sum', 9036.32, NaN, 1605281325000],
        ['acme_http_router_request_seconds_count', 807283, NaN, 1605281325000],
        ['go_goroutines', 69, 1605281326500, undefined],
        ['process_cpu_seconds_total', 4200722.46, NaN, 1605281325250],
        ['build_info', 1, NaN, undefined],
        ['light', 1, NaN, undefined],
        ['light', 0, NaN, undefined],
        ['temperature_ratio', -0.5, NaN, undefined],
      ],
    );
  });

  it('gives a histogram as one series, and a gauge histogram as what there is now', () => {
    const intake = read(
      '# TYPE h histogram\nh_bucket{a="1",le="0.1"} 8 1.5\nh_bucket{a="1",le="1"} 10 1.5 # {id="x"} 0.7 1.25\nh_bucket{a="1",le="+Inf"} 11 1.5\n' +
        'h_count{a="1"} 11 1.5\nh_sum{a="1"} 3.5 1.5\nh_created{a="1"} 0.5 1.5\n' +
        '# TYPE g gaugehistogram\ng_bucket{le="-1"} 1\ng_bucket{le="+Inf"} 3\ng_gcount 3\ng_gsum -5\n# TYPE e histogram\ne_bucket{le="+Inf"} 0',
    );
    assert.deepEqual(intake.rejected, []);
    assert.deepEqual(
      intake.written.map(({ name, value, temporality, timeMs, createdMs }) => [
        name,
        value,
        temporality,
        timeMs,
        createdMs,
      ]),
      [
        ['h', { bounds: [0.1, 1], counts: [8, 2, 1], sum: 3.5, count: 11 }, 'cumulative', 1500, 500],
        ['g', { bounds: [-1], counts: [1, 2], sum: -5, count: 3 }, 'delta', NaN, NaN],
        ['e', { bounds: [], counts: [0], sum: NaN, count: 0 }, 'cumulative', NaN, NaN],
      ],
    );
  });

  it('takes points of several times, and those of one tick of the clock', () => {
    const intake = read(
      '# TYPE c counter\nc_total 1 1\nc_created 0.5 1\nc_total 2 2\nc_total 3 2\n# TYPE g gauge\ng 1 -2\ng 2 -1',
    );
    assert.deepEqual(
      intake.written.map(({ value, timeMs, createdMs }) => [value, timeMs, createdMs]),
      [
        [1, 1000, 500],
        [2, 2000, NaN],
        [3, 2000, NaN],
        [1, -2000, undefined],
        [2, -1000, undefined],
      ],
    );
  });

  it('leaves out a gauge that has no value just now, and cannot keep what is infinite', () => {
    const intake = read(
      '# TYPE g gauge\ng NaN\n# TYPE s summary\ns{quantile="1"} NaN\n# TYPE h gauge\nh{a="1"} +Inf\nh{a="2"} -inf\n# TYPE c counter\nc_total Infinity',
    );
    assert.deepEqual(intake.written, []);
    assert.deepEqual(placesOf(intake), [
      ['line 6', 'bad_value'],
      ['line 7', 'bad_value'],
      ['line 9', 'bad_value'],
    ]);
  });

  it('takes the good lines and names each bad one with its place and what was expected', () => {
    const intake = read(
      '# TYPE g gauge\ng{a="1"} 1\ng{a=1} 2\ng{a="3"} x\ng{a="4"} 4\n# nothing\ng{a="5"} 5',
    );
    assert.deepEqual(
      intake.written.map(({ value }) => value),
      [1, 4, 5],
    );
    assert.deepEqual(
      intake.rejected.map(({ place, message }) => [place, message]),
      [
        ['line 3', 'Character 5: expected a value in "quotes", found "1} 2"'],
        ['line 4', 'Character 10: expected a number, found "x"'],
        ['line 6', 'Character 1: expected # TYPE, # UNIT, # HELP or # EOF, found "# nothing"'],
      ],
    );
  });
});
