import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { random } from '../../../testing/random.ts';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { prometheusParser, prometheusText } from './prometheus-text.ts';
import { DEFAULT_TEXT_LIMITS } from './text-parser.ts';

/** What a parser makes of a body. */
function read(body: string | Buffer, parser: MetricParser = prometheusText.parser()): RecordingIntake {
  const intake = new RecordingIntake();
  for (const _pause of parser.parse(Buffer.from(body), intake));
  return intake;
}

/** The series that were asked for, briefly: name, tags, kind, unit, help. */
const seriesOf = ({ found }: RecordingIntake) =>
  found.map(({ identity: { name, kind, unit, help }, tags }) => [name, tags, kind, unit, help]);
const placesOf = ({ rejected }: RecordingIntake) => rejected.map(({ place, code }) => [place, code]);

describe('a source of prometheus text', () => {
  const lines = (count: number, value = 1): string[] =>
    Array.from({ length: count }, (_, i) => `x{a="${i}",b="é"} ${i * value}\n`);

  it('has each series looked up once, whatever the order of its lines', () => {
    const parser = prometheusText.parser();
    const seeded = random(7);
    assert.equal(read(lines(100).join(''), parser).found.length, 100);
    for (let round = 2; round < 6; round += 1) {
      const body = lines(100, round).filter(() => seeded() > 0.2);
      if (round > 3) body.sort(() => seeded() - 0.5);
      const intake = new RecordingIntake();
      assert.throws(() => {
        // References of another intake are unknown to this one: whatever is written goes to the first.
        for (const _pause of parser.parse(
          Buffer.from(`${body.join('')}y${round} 1\n`),
          Object.assign(intake, { series: () => assert.fail('looked up') }),
        ));
      }, /looked up/);
      assert.equal(intake.written.length, body.length, 'all but the new one were known');
    }
  });

  it('is read alike whether its lines are known, forgotten or new', () => {
    const parsers = [
      prometheusText.parser(),
      prometheusParser({ ...DEFAULT_TEXT_LIMITS, maxRememberedBytes: 8_000 }),
    ];
    const seeded = random(11);
    for (let round = 0; round < 50; round += 1) {
      const body = lines(40, round)
        .map((line) => (seeded() < 0.05 ? line.slice(0, Math.floor(seeded() * line.length)) + '\n' : line))
        .filter(() => seeded() > 0.1)
        .sort(() => (round % 5 === 0 ? seeded() - 0.5 : 0))
        .join('');
      // Other tags for some rounds: a parser of little memory forgets the ones before.
      const text = body.replaceAll('a="', `a="${Math.floor(round / 8) % 3}`);
      const fresh = read(text);
      for (const parser of parsers) {
        const known = read(text, parser);
        assert.deepEqual([known.written, known.rejected], [fresh.written, fresh.rejected], text);
      }
    }
  });

  it('is known by any number of blanks before its value', () => {
    const parser = prometheusText.parser();
    for (const body of [
      'x{a="1"} 1\n',
      'x{a="1"}  2\n',
      'x{a="1"}3\n',
      'x{a="1"}\t4\n',
      'x{a="1"}\n',
      'x{a="1"} 5\n',
    ]) {
      const [known, fresh] = [read(body, parser), read(body)];
      assert.deepEqual([known.written, known.rejected], [fresh.written, fresh.rejected], body);
    }
  });

  it('has a series looked up again once it is gone', () => {
    const parser = prometheusText.parser();
    const body = '# TYPE h histogram\nh_bucket{le="+Inf"} 1\ng 1\n';
    const first = read(body, parser);
    for (const series of first.found) series.gone = true;
    const second = read(body, parser);
    assert.deepEqual(seriesOf(second), seriesOf(first));
    assert.deepEqual(second.written, first.written);
    assert.deepEqual(read(body, parser).found, []);
  });

  describe('of which an intake says how many series were let go', () => {
    class Counting extends RecordingIntake {
      retired = 0;
    }
    const readCounted = (body: string, parser: MetricParser, retired: number, pause?: () => void) => {
      const intake = new Counting();
      intake.retired = retired;
      for (const _pause of parser.parse(Buffer.from(body), intake)) {
        if (!pause) continue;
        pause();
        intake.retired += 1;
      }
      return intake;
    };

    it('is asked for a series again once one was, also by a line that was left out meanwhile', () => {
      const parser = prometheusText.parser();
      const first = readCounted('a 1\nb 1\nc 1\n', parser, 0);
      assert.deepEqual(readCounted('a 2\nc 2\n', parser, 0).found, []);
      for (const series of first.found) series.gone = true;
      assert.equal(readCounted('a 3\n', parser, 1).found.length, 1);
      // b was not in the body after: it is doubted when it comes again.
      assert.equal(readCounted('a 4\nb 4\nc 4\n', parser, 1).found.length, 2);
      assert.deepEqual(readCounted('a 5\nb 5\nc 5\n', parser, 1).found, []);
    });

    it('looks again at what is left of a body, and at all of the next, where one goes in a pause', () => {
      const parser = prometheusParser({ ...DEFAULT_TEXT_LIMITS, pauseLines: 3 });
      const body = 'a 1\nb 1\nc 1\nd 1\n';
      const { found } = readCounted(body, parser, 0);
      assert.deepEqual(readCounted(body, parser, 0).found, []);
      const again = readCounted(body, parser, 0, () => {
        for (const series of found) series.gone = true;
      });
      assert.deepEqual(
        again.found.map(({ identity }) => identity.name),
        ['c', 'd'],
      );
      assert.equal(readCounted(body, parser, 1).found.length, 2);
      assert.deepEqual(readCounted(body, parser, 1).found, []);
    });

    it('reads lines again whose family is described otherwise, in this body and the next', () => {
      const parser = prometheusText.parser();
      const said = (type: string): string => `# TYPE a ${type}\na 1\n`;
      const kinds = ({ found }: RecordingIntake) => found.map(({ identity }) => identity.kind);
      assert.deepEqual(kinds(readCounted(said('gauge'), parser, 0)), ['gauge']);
      assert.deepEqual(kinds(readCounted(said('counter'), parser, 0)), ['counter']);
      assert.deepEqual(kinds(readCounted(`a 1\n${said('gauge')}`, parser, 0)), ['gauge']);
      assert.deepEqual(kinds(readCounted('a 1\n# TYPE a counter\n', parser, 0)), []);
      assert.deepEqual(kinds(readCounted('a 1\n', parser, 0)), ['counter']);
    });
  });

  it('has a series that was refused asked for again each time', () => {
    const parser = prometheusText.parser();
    const body = '# TYPE h histogram\nx 1\nh_bucket{le="+Inf"} 1\n';
    for (const series of read(body, parser).found) series.gone = true;
    for (let round = 0; round < 3; round += 1) {
      const intake = new RecordingIntake();
      intake.series = () => {
        throw new WaooawError('series_limit');
      };
      for (const _pause of parser.parse(Buffer.from(body), intake));
      assert.deepEqual(placesOf(intake), [
        ['line 2', 'series_limit'],
        ['line 3', 'series_limit'],
      ]);
    }
    assert.equal(read(body, parser).written.length, 2);
  });

  it('is described anew where its metadata change', () => {
    const parser = prometheusText.parser();
    assert.deepEqual(
      seriesOf(read('x 1\nh_sum 1\n', parser)).map(([, , kind]) => kind),
      ['unknown', 'unknown'],
    );
    const described = read('# TYPE x counter\n# HELP x one\nx 1\n# TYPE h summary\nh_sum 1\n', parser);
    assert.deepEqual(seriesOf(described), [
      ['x', {}, 'counter', undefined, 'one'],
      ['h_sum', {}, 'counter', undefined, undefined],
    ]);
    assert.deepEqual(seriesOf(read('x 1\n', parser)), [], 'what was said before still holds');
    assert.deepEqual(seriesOf(read('# HELP x two\nx 1\n', parser)), [['x', {}, 'counter', undefined, 'two']]);
  });

  it('may send what fails within: only coded errors are named', () => {
    const intake = new RecordingIntake();
    intake.series = () => {
      throw new TypeError('broken');
    };
    assert.throws(() => [...prometheusText.parser().parse(Buffer.from('x 1\n'), intake)], /broken/);
  });

  it('hears from the intake why a value was not taken', () => {
    const intake = new RecordingIntake();
    intake.sample = () => 'time_too_old';
    intake.histogram = () => 'bad_kind';
    const body = 'x 1 1000\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\n';
    for (const _pause of prometheusText.parser().parse(Buffer.from(body), intake));
    assert.deepEqual(placesOf(intake), [
      ['line 1', 'time_too_old'],
      ['line 3', 'bad_kind'],
    ]);
  });

  it('gives others their turn', () => {
    const parser = prometheusParser({ ...DEFAULT_TEXT_LIMITS, pauseLines: 10 });
    const body =
      '# TYPE h histogram\n' + Array.from({ length: 100 }, (_, i) => `h_count{a="${i}"} 1\n`).join('');
    assert.equal(
      [...parser.parse(Buffer.from(body), new RecordingIntake())].length,
      20,
      '10 while reading, 10 handing on',
    );
  });

  it('may send two bodies at once, or break off', () => {
    const parser = prometheusParser({ ...DEFAULT_TEXT_LIMITS, pauseLines: 10 });
    const body = `# TYPE h histogram\nh_bucket{le="1"} 1\n${lines(30).join('')}h_bucket{le="+Inf"} 2\n`;
    const [one, two] = [new RecordingIntake(), new RecordingIntake()];
    const first = parser.parse(Buffer.from(body), one);
    first.next();
    const second = parser.parse(Buffer.from(body), two);
    while (!(first.next().done && second.next().done));
    while (!second.next().done);
    assert.deepEqual(one.written, two.written);
    const broken = parser.parse(Buffer.from(body), new RecordingIntake());
    broken.next();
    broken.return();
    const after = read(body, parser);
    assert.deepEqual([after.written, after.rejected], [one.written, []]);
  });

  it('is remembered within bounds, histograms and families too', () => {
    const parser = prometheusParser({ ...DEFAULT_TEXT_LIMITS, maxRememberedBytes: 25_000 });
    const body = (round: number): string =>
      Array.from(
        { length: 60 },
        (_, i) => `# TYPE h${round}_${i} histogram\nh${round}_${i}_count{a="${round}"} 1\ng${round}_${i} 2\n`,
      ).join('');
    for (let round = 0; round < 30; round += 1) assert.equal(read(body(round), parser).written.length, 120);
    read(body(0), parser);
    read(body(0), parser);
    const again = read(body(0), parser);
    assert.equal(again.written.length, 120);
    assert.ok(
      again.found.length > 0 && again.found.length < 120,
      `${again.found.length} of 120 had to be looked up`,
    );
  });
});
