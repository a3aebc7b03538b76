import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { openMetrics } from './openmetrics.ts';

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

function takes(...bodies: string[]): void {
  for (const body of bodies) assert.deepEqual(read(body).rejected, [], body);
}

function refuses(...bodies: string[]): void {
  for (const body of bodies) {
    const { rejected } = read(body);
    assert.ok(rejected.length > 0, body);
    assert.ok(
      rejected.every(({ code }) => code === 'bad_exposition'),
      body,
    );
  }
}

describe('the form of OpenMetrics', () => {
  it('is a single space, no blank line, no comment and \\n alone', () => {
    takes('a 1', 'a{} 1', 'a{b="}"} 1 2', 'a{b="\r\0"} 1');
    refuses(
      '',
      ' a 1',
      'a  1',
      'a 1 ',
      'a\t1',
      'a 1\t',
      'a 1\r',
      'a 1\n\nb 1',
      '# a comment',
      '#TYPE a gauge',
      'a{b="1" } 1',
      'a{b="1"}1',
      'a{b="1",} 1',
      'a 1 1 1',
      'a{b="1"}',
    );
    refuses(
      '# TYPE a gauge\r',
      '# HELP a x\r',
      ' # HELP a x',
      '# HELP a',
      '# TYPE a',
      '# UNIT a',
      '# EOF x',
      '# FOO a b',
      '# TYPE 1a gauge',
    );
  });

  it('ends with # EOF, behind which there is nothing', () => {
    for (const body of ['a 1\n# EOF', 'a 1\n# EOF\n', '# EOF\n', '# EOF'])
      assert.deepEqual(readWhole(body).rejected, [], body);
    for (const [body, place] of [
      ['', 'line 1'],
      ['a 1\n', 'line 2'],
      ['a 1\n# EOF\n\n', 'line 3'],
      ['a 1\n# EOF\nb 1\n', 'line 3'],
      ['a 1\n# EOF\n# EOF\n', 'line 3'],
    ] as const)
      assert.deepEqual(placesOf(readWhole(body)), [[place, 'bad_exposition']], body);
    assert.equal(readWhole('a 1\n# EOF\nb 1\n').written.length, 1);
  });

  it('is UTF-8', () => {
    for (const bad of [
      Buffer.of(0xff),
      Buffer.of(0xc3),
      Buffer.of(0xed, 0xa0, 0x80),
      Buffer.of(0xc0, 0x80),
    ]) {
      for (const [head, tail] of [
        ['a{b="', '"} 1\n# EOF\n'],
        ['# HELP a ', '\n# EOF\n'],
        ['# TYPE c counter\nc_total 1 # {b="', '"} 1\n# EOF\n'],
      ] as const) {
        const { rejected } = readWhole(Buffer.concat([Buffer.from(head), bad, Buffer.from(tail)]));
        assert.match(rejected[0]?.message ?? '', /expected UTF-8/);
      }
    }
  });

  it('has exemplars at counters and buckets only, of at most 128 characters', () => {
    const at = (exemplar: string): string => `# TYPE c counter\nc_total 1${exemplar}`;
    takes(
      at(' # {} 1'),
      at(' 2 # {a="b"} 0.5 3'),
      at(` # {a="${'☃'.repeat(127)}"} 1`),
      at(` # {a="${'𝄞'.repeat(127)}"} 1`),
      at(' # {a="\\"}"} NaN'),
    );
    refuses(
      at(` # {a="${'☃'.repeat(128)}"} 1`),
      at(' #'),
      at('# {} 1'),
      at(' #{} 1'),
      at(' # {}1'),
      at(' # {} 1 '),
      at(' # {} 1 1 '),
      at(' # {} 1 NaN'),
      at(' # {} 1 1 1'),
      at(' # {a="1",a="2"} 1'),
      at(' # {a} 1'),
      at(' # {} x'),
      at(' 1  # {} 1'),
    );
    refuses(
      '# TYPE g gauge\ng 1 # {} 1',
      'u 1 # {} 1',
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_count 1 # {} 1\nh_sum 1',
      '# TYPE s summary\ns{quantile="1"} 1 # {} 1',
    );
    takes('# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 1 # {} 1');
  });
});

describe('the families of OpenMetrics', () => {
  it('have each metadata once, before their samples', () => {
    takes('# HELP a x\n# UNIT a \n# TYPE a gauge\na 1', '# TYPE a gauge', '# UNIT a_s s\na_s 1');
    refuses(
      '# TYPE a gauge\n# TYPE a gauge',
      '# HELP a x\n# HELP a x',
      '# UNIT a_s s\n# UNIT a_s s',
      'a 1\n# TYPE a gauge',
      '# TYPE a gauge\na 1\n# HELP a x',
    );
  });

  it('stand together', () => {
    refuses(
      'a 1\nb 1\na{c="1"} 1',
      '# TYPE a gauge\n# TYPE b gauge\n# HELP a x',
      '# TYPE a gauge\na 1\nb 1\na{b="1"} 2',
    );
    const intake = read('a 1\nb 1\na{c="1"} 1\na{c="2"} 1\nd 1');
    assert.deepEqual(placesOf(intake), [
      ['line 3', 'bad_exposition'],
      ['line 4', 'bad_exposition'],
    ]);
    assert.equal(intake.written.length, 3);
  });

  it('claim their names and those of their samples for themselves', () => {
    takes(
      '# TYPE a counter\na_total 1\n# TYPE a_sum gauge\na_sum 1',
      '# TYPE a gaugehistogram\na_bucket{le="+Inf"} 1\na_created 1',
    );
    refuses(
      '# TYPE a counter\n# TYPE a_total gauge',
      '# TYPE a counter\n# TYPE a_created gauge\na_created 1',
      '# TYPE a_sum gauge\n# TYPE a summary',
      '# TYPE a histogram\n# TYPE a_bucket counter',
      '# TYPE a counter\na_total 1\na 1',
      '# TYPE a_info gauge\na_info 1\n# TYPE a info',
    );
  });

  it('are of the types that there are, with units that their names end with', () => {
    for (const type of ['untyped', 'Counter', 'meh', 'gauge ', '', 'constructor'])
      refuses(`# TYPE a ${type}`);
    takes('# TYPE a_b_s counter\n# UNIT a_b_s b_s\na_b_s_total 1');
    refuses(
      '# UNIT a s',
      '# UNIT a_s b',
      '# UNIT as s',
      '# UNIT a_é é',
      '# TYPE a_s info\n# UNIT a_s s',
      '# UNIT a_s s\n# TYPE a_s stateset\na_s{a_s="1"} 1',
    );
  });
});

describe('the samples of OpenMetrics', () => {
  it('have the values that their roles allow', () => {
    const of = (type: string, sample: string): string => `# TYPE a ${type}\n${sample}`;
    refuses(
      of('counter', 'a_total -1'),
      of('counter', 'a_total NaN'),
      of('counter', 'a_total 1\na_created NaN'),
      of('info', 'a_info 0'),
      of('stateset', 'a{a="b"} 0.5'),
      of('stateset', 'a 1'),
      of('summary', 'a{quantile="0.5"} -1'),
      of('summary', 'a_count 1.5'),
      of('summary', 'a_sum -1'),
      of('summary', 'a 1'),
    );
    for (const quantile of ['foo', '', '-0.1', '1.01', 'NaN'])
      refuses(of('summary', `a{quantile="${quantile}"} 1`));
    takes(
      of('counter', 'a_total 18446744073709551616'),
      of('summary', 'a{quantile="0"} 1\na{quantile="1e0"} 1'),
      of('gauge', 'a 0000.1e-1'),
      of('unknown', 'a -1'),
    );
  });

  it('have times that are finite and do not go back, all or none', () => {
    takes('a 1 0.5\na 2 0.5\na 3 1e3', 'a{b="1"} 1 5\na{b="2"} 1 3');
    for (const time of ['NaN', 'Inf', '-Inf', 'x', '1_2', '0x1', '1.1.1', '']) refuses(`a 1 ${time}`);
    refuses('a 1 2\na 1 1', 'a 1 1\na 1', 'a 1\na 1 1', '# TYPE c counter\nc_total 1 1\nc_created 1');
  });

  it('are there once, whatever the order of their labels', () => {
    refuses(
      'a 1\na 1',
      'a 1\na{} 1',
      'a{b="1",c="2"} 1\na{c="2",b="1"} 1',
      '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.5"} 1',
      '# TYPE s stateset\ns{s="x"} 1\ns{s="x"} 1',
      '# TYPE c counter\nc_total 1\nc_total 1',
      '# TYPE i info\ni_info{a="1"} 1\ni_info{a="1"} 1',
    );
    takes('# TYPE i info\ni_info{a="1"} 1\ni_info{a="2"} 1');
  });

  it('of one metric stand together', () => {
    refuses(
      'a{b="1"} 1 1\na{b="2"} 1\na{b="1"} 1 2',
      '# TYPE s summary\ns_sum{a="1"} 1\ns_sum{a="2"} 1\ns_count{a="1"} 1',
      '# TYPE s stateset\ns{s="x"} 1\ns{a="1",s="x"} 1\ns{s="y"} 1',
    );
  });

  it('make histograms that make sense', () => {
    const h = (...samples: string[]): string => ['# TYPE h histogram', ...samples].join('\n');
    const g = (...samples: string[]): string => ['# TYPE g gaugehistogram', ...samples].join('\n');
    const last = 'h_bucket{le="+Inf"} 3';
    takes(
      h(last),
      h('h_bucket{le="-1"} 1', last),
      h('h_bucket{le="1e-4"} 1', 'h_bucket{le="1"} 1.0', last, 'h_count 3', 'h_sum 0'),
      h(),
    );
    refuses(
      h('h_sum 1'),
      h('h_bucket{le="1"} 1'),
      h('h_bucket{le="1"} 4', last),
      h('h_bucket{le="2"} 1', 'h_bucket{le="1"} 1', last),
      h(last, last),
      h(last, 'h_bucket{le="1"} 1'),
      h(last, 'h_count 3'),
      h(last, 'h_sum 3'),
      h(last, 'h_count 4', 'h_sum 1'),
      h('h_bucket{le="+Inf"} 1.5'),
      h('h_bucket 1'),
      h('h_bucket{le="NaN"} 1', last),
      h('h_bucket{le="x"} 1', last),
      h('h_bucket{le="-1"} 1', last, 'h_count 3', 'h_sum 1'),
      h('h_bucket{le="+Inf"} Inf'),
    );
    takes(g('g_bucket{le="-1"} 1', 'g_bucket{le="+Inf"} 3', 'g_gcount 3', 'g_gsum -1'));
    refuses(
      g('g_bucket{le="+Inf"} 3', 'g_gcount 3', 'g_gsum -1'),
      g('g_bucket{le="+Inf"} 3', 'g_gcount 3'),
      g('g_bucket{le="+Inf"} 3', 'g_gsum 3'),
      g('g_gsum 1'),
      g('g_bucket{le="+Inf"} 3', 'g_gcount 3', 'g_gsum NaN'),
    );
  });
});
