import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { random } from '../../../testing/random.ts';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { openMetrics, openMetricsParser } from './openmetrics.ts';
import { DEFAULT_TEXT_LIMITS } from './text-parser.ts';

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

describe('a source of OpenMetrics', () => {
  const body = (value: number): string[] => [
    '# TYPE a counter\n# HELP a A.\n',
    ...Array.from({ length: 20 }, (_, i) => `a_total{b="${i}"} ${i * value}\na_created{b="${i}"} 1\n`),
    '# TYPE h histogram\n',
    ...Array.from(
      { length: 5 },
      (_, i) =>
        `h_bucket{b="${i}",le="1"} ${value}\nh_bucket{b="${i}",le="+Inf"} ${2 * value}\nh_count{b="${i}"} ${2 * value}\nh_sum{b="${i}"} 1\n`,
    ),
    '# TYPE s summary\n',
    's{quantile="0.5"} 1\ns{quantile="0.9"} 2\ns_sum 3\ns_count 4\n',
    '# TYPE st stateset\nst{st="x"} 1\nst{st="y"} 0\n',
    'u 1\n',
    'v{a="é"} 1 1\nv{a="é"} 2 2\n',
    '# EOF\n',
  ];

  it('has each series looked up once', () => {
    const parser = openMetrics.parser();
    const first = readWhole(body(1).join(''), parser);
    assert.deepEqual(first.rejected, []);
    assert.equal(first.found.length, 20 + 5 + 4 + 2 + 1 + 1);
    const second = readWhole(body(2).join(''), parser);
    assert.deepEqual([second.found, second.rejected], [[], []]);
    assert.deepEqual(second.written, readWhole(body(2).join('')).written);
  });

  it('may be of another type in the next body', () => {
    const parser = openMetrics.parser();
    const kinds = (body: string) => seriesOf(read(body, parser)).map(([, , kind]) => kind);
    assert.deepEqual(kinds('# TYPE a_total gauge\na_total 1'), ['gauge']);
    assert.deepEqual(kinds('# TYPE a counter\na_total 1'), ['counter']);
    assert.deepEqual(kinds('a_total 1'), ['unknown']);
    assert.deepEqual(kinds('# HELP a_total x\na_total 1'), ['unknown']);
    assert.deepEqual(kinds('# HELP a_total x\na_total 2'), []);
  });

  it('is judged alike whether its lines are known, forgotten or new', () => {
    const parsers = [
      openMetrics.parser(),
      openMetricsParser({ ...DEFAULT_TEXT_LIMITS, maxRememberedBytes: 20_000 }),
    ];
    const seeded = random(3);
    let refused = 0;
    for (let round = 0; round < 300; round += 1) {
      const lines = body(round)
        .join('')
        .split(/(?<=\n)/);
      for (let changes = round % 4; changes > 0; changes -= 1) {
        const [i, j] = [Math.floor(seeded() * lines.length), Math.floor(seeded() * lines.length)];
        const kind = seeded();
        if (kind < 0.3) lines.splice(i, 1);
        else if (kind < 0.6) lines.splice(i, 0, lines[j]!);
        else if (kind < 0.8) [lines[i], lines[j]] = [lines[j]!, lines[i]!];
        else lines[i] = lines[i]!.replace('1', '-1');
      }
      // Other labels for some rounds: a parser of little memory forgets the ones before.
      const text = lines.join('').replaceAll('b="', `b="${Math.floor(round / 8) % 5}`);
      const fresh = readWhole(text);
      for (const parser of parsers) {
        const known = readWhole(text, parser);
        assert.deepEqual([known.written, known.rejected], [fresh.written, fresh.rejected], text);
      }
      refused += fresh.rejected.length > 0 ? 1 : 0;
    }
    assert.ok(refused > 100, `${refused} bodies were refused`);
  });

  it('has a series looked up again once it is gone', () => {
    const parser = openMetrics.parser();
    const text = body(1).join('');
    const first = readWhole(text, parser);
    for (const series of first.found) series.gone = true;
    const second = readWhole(text, parser);
    assert.deepEqual(second.written, first.written);
    assert.equal(second.found.length, first.found.length);
    assert.deepEqual(readWhole(text, parser).found, []);
  });

  it('is asked for a series again once an intake let one go, also by a line that could not be read just then', () => {
    class Counting extends RecordingIntake {
      retired = 0;
    }
    const parser = openMetrics.parser();
    const readCounted = (text: string, retired: number): RecordingIntake => {
      const intake = new Counting();
      intake.retired = retired;
      for (const _pause of parser.parse(Buffer.from(text), intake));
      return intake;
    };
    const whole = 'c{i="1"} 1\nc{i="2"} 1\nd 1\n# EOF\n';
    const { found } = readCounted(whole, 0);
    assert.deepEqual(readCounted(whole, 0).found, []);
    for (const series of found) series.gone = true;
    // A family whose lines do not stand together: the second is refused.
    const apart = readCounted('c{i="1"} 1\nd 1\nc{i="2"} 1\n# EOF\n', 1);
    assert.equal(apart.found.length, 2);
    assert.deepEqual(placesOf(apart).length, 1);
    assert.deepEqual(
      readCounted(whole, 1).found.map(({ tags }) => tags),
      [{ i: '2' }],
    );
    assert.deepEqual(readCounted(whole, 1).found, []);
  });

  it('has a series that was refused asked for again each time', () => {
    const parser = openMetrics.parser();
    const text = 'a 1\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\n# TYPE c counter\nc_total 1\n# EOF\n';
    for (const series of readWhole(text, parser).found) series.gone = true;
    for (let round = 0; round < 3; round += 1) {
      const intake = new RecordingIntake();
      intake.series = () => {
        throw new WaooawError('series_limit');
      };
      for (const _pause of parser.parse(Buffer.from(text), intake));
      assert.deepEqual(placesOf(intake), [
        ['line 1', 'series_limit'],
        ['line 3', 'series_limit'],
        ['line 5', 'series_limit'],
      ]);
    }
    assert.equal(readWhole(text, parser).written.length, 3);
  });

  it('hears from the intake why a value was not taken', () => {
    const intake = new RecordingIntake();
    intake.sample = () => 'time_too_old';
    intake.histogram = () => 'bad_kind';
    const text = 'x 1\n# TYPE c counter\nc_total 1\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\n# EOF\n';
    for (const _pause of openMetrics.parser().parse(Buffer.from(text), intake));
    assert.deepEqual(placesOf(intake), [
      ['line 1', 'time_too_old'],
      ['line 3', 'time_too_old'],
      ['line 5', 'bad_kind'],
    ]);
  });

  it('gives others their turn, and is read whole after a body that broke off', () => {
    const parser = openMetricsParser({ ...DEFAULT_TEXT_LIMITS, pauseLines: 10 });
    const text = body(1).join('');
    const broken = parser.parse(Buffer.from(text), new RecordingIntake());
    broken.next();
    broken.return();
    const intake = new RecordingIntake();
    const pauses = [...parser.parse(Buffer.from(text), intake)].length;
    assert.equal(pauses, Math.floor(text.split('\n').length / 10));
    assert.deepEqual([intake.written, intake.rejected], [readWhole(text).written, []]);
  });

  it('is remembered within bounds, metrics and families too', () => {
    const parser = openMetricsParser({ ...DEFAULT_TEXT_LIMITS, maxRememberedBytes: 40_000 });
    const text = (round: number): string =>
      Array.from({ length: 100 }, (_, i) => `# TYPE g${round}_${i} gauge\ng${round}_${i} 2\n`).join('');
    for (let round = 0; round < 30; round += 1) {
      const intake = read(text(round).trimEnd(), parser);
      assert.deepEqual([intake.written.length, intake.rejected], [100, []]);
    }
    read(text(0).trimEnd(), parser);
    read(text(0).trimEnd(), parser);
    const again = read(text(0).trimEnd(), parser);
    assert.deepEqual([again.written.length, again.rejected], [100, []]);
    assert.ok(
      again.found.length > 0 && again.found.length < 100,
      `${again.found.length} of 100 had to be looked up`,
    );
  });
});
