import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { prometheusText } from './prometheus-text.ts';

/** What a parser makes of a body. */
function read(body: string | Buffer, parser: MetricParser = prometheusText.parser()): RecordingIntake {
  const intake = new RecordingIntake();
  for (const _pause of parser.parse(Buffer.from(body), intake));
  return intake;
}

/** The series that were asked for, briefly: name, tags, kind, unit, help. */
const seriesOf = ({ found }: RecordingIntake) =>
  found.map(({ identity: { name, kind, unit, help }, tags }) => [name, tags, kind, unit, help]);
const valuesOf = ({ written }: RecordingIntake) => written.map(({ name, value }) => [name, value]);
const placesOf = ({ rejected }: RecordingIntake) => rejected.map(({ place, code }) => [place, code]);

describe('prometheus text', () => {
  it('says what its media type is', () => {
    assert.equal(prometheusText.name, 'prometheus-text');
    assert.deepEqual(prometheusText.mediaTypes, ['text/plain']);
  });

  it('gives samples with tags, kinds, units, help and times', () => {
    const intake = read(
      [
        '# HELP http_requests_total Requests \\\\ answered\\nby now.',
        '# TYPE http_requests_total counter',
        'http_requests_total{method="post",code="200"} 1027 1395066363000',
        '# TYPE room_bytes gauge',
        'room_bytes 1.5e+09',
        'odd{path="C:\\\\DIR\\\\",error="Cannot \\"find\\"\\nit"} -3 -3982045',
        'cpu_seconds_total 3',
        '',
      ].join('\n'),
    );
    assert.deepEqual(intake.rejected, []);
    assert.deepEqual(seriesOf(intake), [
      [
        'http_requests_total',
        { method: 'post', code: '200' },
        'counter',
        undefined,
        'Requests \\ answered\nby now.',
      ],
      ['room_bytes', {}, 'gauge', 'bytes', undefined],
      ['odd', { path: 'C:\\DIR\\', error: 'Cannot "find"\nit' }, 'unknown', undefined, undefined],
      ['cpu_seconds_total', {}, 'unknown', 'seconds', undefined],
    ]);
    assert.deepEqual(
      intake.written.map(({ value, timeMs }) => [value, timeMs]),
      [
        [1027, 1395066363000],
        [1.5e9, NaN],
        [-3, -3982045],
        [3, NaN],
      ],
    );
  });

  it('takes blanks, blank lines, comments, CRLF and a last line without an end', () => {
    const intake = read(
      '\n \t\n# a comment\n#\n  # TYPE\tx  gauge \n x { a = "1" , } \t 2  3 \r\n\r\ny 4\r\n# HELP\n{#}\n\t z\t5',
    );
    assert.deepEqual(valuesOf(intake), [
      ['x', 2],
      ['y', 4],
      ['z', 5],
    ]);
    assert.equal(intake.written[0]?.kind, 'gauge');
    assert.deepEqual(placesOf(intake), [['line 10', 'bad_exposition']]);
  });

  it('keeps the bytes of UTF-8 in tags and help, and refuses what is none', () => {
    const intake = read('# HELP x é☃𝄞\n# TYPE x gauge\nx{a="é☃𝄞"} 1\n');
    assert.deepEqual(seriesOf(intake), [['x', { a: 'é☃𝄞' }, 'gauge', undefined, 'é☃𝄞']]);
    const broken = Buffer.concat([
      Buffer.from('x{a="'),
      Buffer.of(0xff),
      Buffer.from('"} 1\n# HELP x '),
      Buffer.of(0xc3, 10),
    ]);
    assert.deepEqual(placesOf(read(broken)), [
      ['line 1', 'bad_exposition'],
      ['line 2', 'bad_exposition'],
    ]);
  });

  it('takes the good lines and names each bad one with its place and what was expected', () => {
    const bad = [
      'x',
      'x ',
      'x 1 2 3',
      'x 1.5 z',
      'x 0x10',
      'x 1_0',
      '1x 1',
      'x{a=1} 1',
      'x{a="1"}',
      'x{a="1" 1',
      'x-y 1',
      'x 1 1.5',
      'x{a="1",a="2"} 1',
      '# TYPE x meh',
      '# TYPE 1x gauge',
      '# TYPE x{ gauge',
      '{a="b"} 1',
      'x{}1 x',
      'x 1 # {} 1',
      'x"1',
    ];
    const intake = read(bad.map((line) => `${line}\ngood 1\n`).join(''));
    assert.equal(intake.written.length, bad.length);
    assert.deepEqual(
      placesOf(intake),
      bad.map((_, i) => [`line ${2 * i + 1}`, 'bad_exposition']),
    );
    for (const { message } of intake.rejected)
      assert.match(message, /^Character \d+: expected .+, found .+$/);
    assert.equal(
      read('abc{x=1} 1\n').rejected[0]?.message,
      'Character 7: expected a value in "quotes", found "1} 1"',
    );
  });

  it('leaves out a gauge that has no value just now, and refuses what is infinite', () => {
    const intake = read(
      '# TYPE g gauge\ng NaN\ng +Inf\n# TYPE c counter\nc NaN\nc -Inf\n# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum NaN\nu NaN\n',
    );
    assert.deepEqual(intake.written, []);
    assert.deepEqual(placesOf(intake), [
      ['line 3', 'bad_value'],
      ['line 5', 'bad_value'],
      ['line 6', 'bad_value'],
      ['line 9', 'bad_value'],
    ]);
  });

  it('gives a summary as gauges of its quantiles and two counters', () => {
    const intake = read(
      '# TYPE rpc_seconds summary\nrpc_seconds{quantile="0.99"} 76656\nrpc_seconds_sum 17560473\nrpc_seconds_count 2693\n',
    );
    assert.deepEqual(seriesOf(intake), [
      ['rpc_seconds', { quantile: '0.99' }, 'gauge', 'seconds', undefined],
      ['rpc_seconds_sum', {}, 'counter', 'seconds', undefined],
      ['rpc_seconds_count', {}, 'counter', undefined, undefined],
    ]);
  });

  it('takes a counter’s type for its _total, and OpenMetrics’ words for types', () => {
    const intake = read(
      '# TYPE a counter\na_total 1\n# TYPE b unknown\nb 1\n# TYPE c_info info\nc_info 1\n# TYPE d stateset\nd 1\n',
    );
    assert.deepEqual(
      intake.written.map(({ name, kind }) => [name, kind]),
      [
        ['a_total', 'counter'],
        ['b', 'unknown'],
        ['c_info', 'gauge'],
        ['d', 'gauge'],
      ],
    );
  });

  it('takes what a body says first of a family, and names a type that says otherwise', () => {
    const intake = read(
      '# TYPE a gauge\n# HELP a one\n# HELP a two\n# TYPE a counter\n# TYPE a gauge\n# UNIT a apples\na 1\n',
    );
    assert.deepEqual(seriesOf(intake), [['a', {}, 'gauge', 'apples', 'one']]);
    assert.deepEqual(placesOf(intake), [['line 4', 'bad_exposition']]);
  });
});

describe('a histogram in prometheus text', () => {
  const head = '# TYPE h_seconds histogram\n# HELP h_seconds How long.\n';

  it('is one series, put together from its lines', () => {
    const intake = read(
      `${head}h_seconds_bucket{a="1",le="0.05"} 3\nh_seconds_bucket{a="1",le="0.1"} 3\nh_seconds_bucket{a="1",le="1"} 10\n` +
        'h_seconds_bucket{a="1",le="+Inf"} 12\nh_seconds_sum{a="1"} 53.5\nh_seconds_count{a="1"} 12\n',
    );
    assert.deepEqual(intake.rejected, []);
    assert.deepEqual(seriesOf(intake).at(-1), ['h_seconds', { a: '1' }, 'histogram', 'seconds', 'How long.']);
    assert.deepEqual(intake.written, [
      {
        name: 'h_seconds',
        tags: { a: '1' },
        kind: 'histogram',
        by: 'histogram',
        value: { bounds: [0.05, 0.1, 1], counts: [3, 0, 7, 2], sum: 53.5, count: 12 },
        temporality: 'cumulative',
        timeMs: NaN,
      },
    ]);
  });

  it('may have its lines anywhere and in any order, and more than one time', () => {
    const intake = read(
      `${head}h_seconds_count{a="2"} 5 1000\nh_seconds_bucket{le="+Inf",a="2"} 5 1000\nh_seconds_bucket{a="1",le="2"} 4\n` +
        'x 1\nh_seconds_bucket{a="1",le="1"} 3\nh_seconds_bucket{a="2",le="1"} 2 1000\nh_seconds_bucket{a="1",le="+Inf"} 6\n' +
        'h_seconds_bucket{a="2",le="1"} 3 2000\nh_seconds_bucket{a="2",le="Inf"} 9 2000\n',
    );
    assert.deepEqual(intake.rejected, []);
    assert.deepEqual(
      intake.of('h_seconds').map(({ tags, value, timeMs }) => [tags['a'], timeMs, value]),
      [
        ['2', 1000, { bounds: [1], counts: [2, 3], sum: NaN, count: 5 }],
        ['2', 2000, { bounds: [1], counts: [3, 6], sum: NaN, count: 9 }],
        ['1', NaN, { bounds: [1, 2], counts: [3, 1, 2], sum: NaN, count: 6 }],
      ],
    );
  });

  it('is taken without its last bucket where it says its count, and without buckets', () => {
    const intake = read(
      `${head}h_seconds_bucket{le="1"} 3\nh_seconds_count 5\nh_seconds_sum{a="1"} 2\nh_seconds_count{a="1"} 7\n`,
    );
    assert.deepEqual(
      intake.of('h_seconds').map(({ value }) => value),
      [
        { bounds: [1], counts: [3, 2], sum: NaN, count: 5 },
        { bounds: [], counts: [7], sum: 2, count: 7 },
      ],
    );
  });

  it('is taken without its sum where this is no number', () => {
    const intake = read(`${head}h_seconds_sum NaN\nh_seconds_bucket{le="+Inf"} 5\n`);
    assert.deepEqual(intake.rejected, []);
    assert.deepEqual(intake.written[0]?.value, { bounds: [], counts: [5], sum: NaN, count: 5 });
    assert.deepEqual(placesOf(read(`${head}h_seconds_count NaN\n`)), [['line 3', 'bad_value']]);
  });

  it('is named by its first line where it makes no sense', () => {
    const intake = read(
      `${head}h_seconds_bucket{a="1",le="1"} 3\nh_seconds_bucket{a="2",le="1"} 3\nh_seconds_bucket{a="2",le="2"} 2\nh_seconds_count{a="2"} 4\n` +
        'h_seconds_bucket{a="3",le="1"} 3\nh_seconds_bucket{a="3",le="1.0"} 3\nh_seconds_count{a="3"} 4\nh_seconds_bucket{a="4"} 1\nh_seconds_bucket{a="4",le="x"} 1\n',
    );
    assert.deepEqual(intake.written, []);
    assert.deepEqual(placesOf(intake), [
      ['line 10', 'bad_exposition'],
      ['line 11', 'bad_exposition'],
      ['line 3', 'bad_exposition'],
      ['line 4', 'bad_exposition'],
      ['line 7', 'bad_exposition'],
    ]);
    assert.match(intake.rejected[3]!.message, /no bucket to count less/);
  });

  it('may change its bounds from one body to the next, and what was handed out stays as it was', () => {
    const parser = prometheusText.parser();
    const body = (...les: string[]): string =>
      head + les.map((le, i) => `h_seconds_bucket{le="${le}"} ${i + 1}\n`).join('');
    const first = read(body('1', '2', '+Inf'), parser);
    const second = read(body('1', '3', '4', '+Inf'), parser);
    const third = read(body('1', '+Inf'), parser);
    assert.deepEqual(
      [first, second, third].map((intake) => intake.written[0]?.value),
      [
        { bounds: [1, 2], counts: [1, 1, 1], sum: NaN, count: 3 },
        { bounds: [1, 3, 4], counts: [1, 1, 1, 1], sum: NaN, count: 4 },
        { bounds: [1], counts: [1, 1], sum: NaN, count: 2 },
      ],
    );
  });
});
