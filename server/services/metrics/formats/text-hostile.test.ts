import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CODES, WaooawError } from '../../../../src/protocol/index.ts';
import { random } from '../../../testing/random.ts';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { MetricParser } from './format.ts';
import { openMetrics, openMetricsParser } from './openmetrics.ts';
import { prometheusParser, prometheusText } from './prometheus-text.ts';
import { DEFAULT_TEXT_LIMITS } from './text-parser.ts';

const MIB = 1024 * 1024;
const FUZZED_BODIES = 15_000;

/** An intake that keeps of each refusal what is needed, since there may be millions. */
function read(parser: MetricParser, body: Buffer): { taken: number; rejected: number; longest: number } {
  const intake = new RecordingIntake();
  const counts = { taken: 0, rejected: 0, longest: 0 };
  intake.reject = (place, code, message) => {
    assert.match(place, /^line \d+$/);
    assert.ok(code in CODES);
    counts.rejected += 1;
    counts.longest = Math.max(counts.longest, message.length);
  };
  for (const _pause of parser.parse(body, intake));
  counts.taken = intake.written.length;
  return counts;
}

for (const format of [prometheusText, openMetrics]) {
  describe(`a hostile body of ${format.name}`, () => {
    const isStrict = format === openMetrics;
    /** What the body without its end is refused for, once more. */
    const cut = isStrict ? 1 : 0;
    const refusedOnce = (body: string | Buffer, lines = 1): void => {
      const { taken, rejected, longest } = read(format.parser(), Buffer.from(body));
      assert.deepEqual([taken, rejected], [0, lines + cut]);
      assert.ok(longest < 300, `a message of ${longest} characters`);
    };

    it('has no line longer than maxLineBytes', () => {
      refusedOnce('x'.repeat(10 * MIB));
      refusedOnce(Buffer.alloc(10 * MIB));
      refusedOnce(`x{a="${'y'.repeat(10 * MIB)}"} 1\n`);
      refusedOnce(`# HELP x ${'y'.repeat(10 * MIB)}\n`);
      const make = isStrict ? openMetricsParser : prometheusParser;
      const parser = make({ ...DEFAULT_TEXT_LIMITS, maxLineBytes: 20 });
      const body = `${'x'.repeat(18)} 1\n${'x'.repeat(19)} 1\n# EOF\n`;
      assert.deepEqual(read(parser, Buffer.from(body)), { taken: 1, rejected: 1, longest: 79 });
    });

    it('has no line of a million labels', () => {
      refusedOnce(`x{${Array.from({ length: 1_000_000 }, (_, i) => `a${i}="1"`).join(',')}} 1\n`);
      refusedOnce(`x{${'a="1",'.repeat(1_000_000)}} 1\n`);
    });

    it('may have a very long value, and an exemplar', () => {
      const known = format.parser();
      const sample = (value: string): Buffer => Buffer.from(`# TYPE x counter\nx_total ${value}\n# EOF\n`);
      assert.equal(read(known, sample('1')).taken, 1);
      assert.equal(read(known, sample(`${'0'.repeat(5 * MIB)}1`)).taken, 1);
      assert.equal(read(known, sample('9'.repeat(5 * MIB))).rejected, 1, 'infinite');
      assert.equal(read(known, sample(`1e${'9'.repeat(5 * MIB)}`)).rejected, 1, 'infinite');
      assert.equal(read(known, sample(`1 # {a="${'\\\\'.repeat(MIB)}"} 1`)).rejected, 1);
      assert.equal(read(known, sample(`1${' '.repeat(5 * MIB)}x`)).rejected, 1);
    });

    it('may have escapes without end', () => {
      const value = '\\\\'.repeat(32_000);
      assert.equal(read(format.parser(), Buffer.from(`x{a="${value}"} 1\n# EOF\n`)).taken, 1);
      refusedOnce(`x{a="${value}\\"} 1\n`);
      refusedOnce(`x{a="${'"{'.repeat(30_000)}`);
    });

    it('may have a histogram of very many buckets, and another in the next body', () => {
      const parser = format.parser();
      const body = (step: number): Buffer => {
        const buckets = Array.from({ length: 100_000 }, (_, i) => `h_bucket{le="${i * step}"} ${i}\n`);
        return Buffer.from(`# TYPE h histogram\n${buckets.join('')}h_bucket{le="+Inf"} 100000\n# EOF\n`);
      };
      for (const step of [1, 2, 1])
        assert.deepEqual(read(parser, body(step)), { taken: 1, rejected: 0, longest: 0 });
    });

    it('may have NUL bytes in values, and nowhere else', () => {
      const { taken, rejected } = read(
        format.parser(),
        Buffer.from('x{a="\0"} 1\n\0\nx\0 1\nx 1\0\n# EOF\n'),
      );
      assert.deepEqual([taken, rejected], [1, 3]);
    });

    it('may have nothing but line ends, and nothing at all', () => {
      const lines = isStrict ? 300_000 : 0;
      assert.deepEqual(read(format.parser(), Buffer.alloc(300_000, '\n')).rejected, lines + cut);
      assert.deepEqual(read(format.parser(), Buffer.alloc(0)).rejected, cut);
    });

    it('never breaks a parser, whatever the bytes', () => {
      const seeded = random(42);
      const any = (count: number): number => Math.floor(seeded() * count);
      const good =
        '# TYPE a counter\n# HELP a "x" \\\\ é\na_total{b="1",c="\\"é☃"} 1.5e3 12\na_created{b="1",c="\\"é☃"} 1 12\n# TYPE h histogram\n# UNIT h \n' +
        'h_bucket{le="1"} 1 # {a="b"} 1 2\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n# TYPE s summary\ns{quantile="0.5"} NaN\ns_count 3\ns_sum -0.5\nu{} +Inf\nv 1 2\n# EOF\n';
      const tokens = [
        ...'{}",=# \n\t\r\\-+.eE0\0\xff',
        'NaN',
        '+Inf',
        '# TYPE ',
        '# EOF\n',
        '_total',
        'le="',
        '1e999',
        'é',
      ];
      const parser = (isStrict ? openMetricsParser : prometheusParser)({
        ...DEFAULT_TEXT_LIMITS,
        maxRememberedBytes: 100_000,
        pauseLines: 3,
      });
      let rejected = 0;
      for (let round = 0; round < FUZZED_BODIES; round += 1) {
        let body = Buffer.from(good);
        for (let changes = any(6); changes >= 0; changes -= 1) {
          const at = any(body.length + 1);
          const token = Buffer.from(tokens[any(tokens.length)]!, seeded() < 0.5 ? 'latin1' : 'utf8');
          const gone = seeded() < 0.5 ? any(3) : seeded() < 0.1 ? any(body.length) : 0;
          body = Buffer.concat([body.subarray(0, at), token, body.subarray(at + gone)]);
        }
        try {
          rejected += read(parser, body).rejected;
        } catch (error) {
          if (!(error instanceof WaooawError))
            assert.fail(`${String(error)} of ${JSON.stringify(body.toString('latin1'))}`);
        }
      }
      assert.ok(rejected > FUZZED_BODIES, `${rejected} refusals`);
      assert.equal(read(parser, Buffer.from('z 1\n# EOF\n')).taken, 1);
    });
  });
}
