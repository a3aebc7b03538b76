import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError, seriesKey } from '../../../../src/protocol/index.ts';
import { random as seededRandom } from '../../../testing/random.ts';
import type { Identity, Intake, SeriesRef } from './format.ts';
import { jsonFormat, takeSamples } from './json.ts';
import { readJsonNumber } from './json-number.ts';
import { TextCursor } from './text-cursor.ts';

const MAX_BATCH = 100;

/** Writes down what it is given. */
class Witness implements Intake {
  readonly heard: string[] = [];
  readonly made = new Map<string, { key: string; gone: boolean }>();

  faultOf(value: number): 'bad_value' | undefined {
    return Number.isFinite(value) ? undefined : 'bad_value';
  }

  series({ name, labels, kind, unit, help }: Identity): SeriesRef {
    if (name === '') throw new WaooawError('bad_name', 'no name');
    const key = `${seriesKey({ name, tags: Object.fromEntries(labels) })} ${kind} ${unit ?? '-'} ${help ?? '-'}`;
    const known = this.made.get(key);
    if (known && !known.gone) return known;
    const ref = { key, gone: false };
    this.made.set(key, ref);
    return ref;
  }

  sample(ref: SeriesRef, value: number, timeMs: number): 'time_too_old' | undefined {
    if (timeMs < 0) return 'time_too_old';
    assert.equal(ref.gone, false);
    this.heard.push(
      `${(ref as unknown as { key: string }).key} ${Object.is(value, -0) ? '-0' : value} ${timeMs}`,
    );
    return undefined;
  }

  increment(): undefined {
    assert.fail('no increments in JSON');
  }

  observe(): undefined {
    assert.fail('no observations in JSON');
  }

  histogram(): undefined {
    assert.fail('no histograms in JSON');
  }

  reject(place: string, code: string, message: string): void {
    this.heard.push(`${place} ${code} ${message}`);
  }
}

/** What the parser says of a body, or why it refuses it. */
function heardOf(parse: (intake: Witness) => Iterable<void>, intake = new Witness()): string[] {
  intake.heard.length = 0;
  try {
    for (const pause of parse(intake)) void pause;
  } catch (error) {
    assert.ok(error instanceof WaooawError, String(error));
    return [...intake.heard, `${error.code} ${error.message}`];
  }
  return [...intake.heard];
}

/** The same by a parser that makes objects of everything. */
function plainly(text: string): string[] {
  return heardOf(function* (intake) {
    let batch: unknown;
    try {
      batch = JSON.parse(text);
    } catch (cause) {
      throw new WaooawError('bad_json', (cause as SyntaxError).message);
    }
    const { samples } = (batch ?? {}) as { samples?: unknown };
    if (!Array.isArray(samples) || samples.length === 0 || samples.length > MAX_BATCH)
      throw new WaooawError('bad_request', `Expected {"samples":[…]} with 1 to ${MAX_BATCH} samples`);
    yield* takeSamples(samples, intake, new Map());
  });
}

describe('JSON', () => {
  it('says of every body what a parser of the whole says, whatever came before', () => {
    const random = seededRandom(20_261);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const numbers = [
      '1',
      '0',
      '-0',
      '12.5',
      '0.1',
      '-3',
      '1e3',
      '1E-7',
      '123456789012345678901',
      '0.30000000000000004',
      '5.0',
    ];
    const times = ['1700000000000', '5', '-1', '1.5e12', 'null', '"x"'];
    const fields: readonly (() => string)[] = [
      () => '"name":"cpu"',
      () => '"name" : "a_b"',
      () => '"n\\u0061me":"esc"',
      () => '"name":""',
      () => '"tags":{"value":"1","host":"h{}[],\\"x"}',
      () => '"tags":{"a":"é😀"}',
      () => '"tags":{"a":1}',
      () => '"kind":"counter"',
      () => '"unit":"seconds"',
      () => `"value":${pick(numbers)}`,
      () => `"value": ${pick(numbers)} `,
      () => `"value":"${pick(numbers)}"`,
      () => `"v\\u0061lue":${pick(numbers)}`,
      () => `"time":${pick(times)}`,
      () => `"other":[${pick(numbers)},{"value":2}]`,
    ];
    const bases = Array.from({ length: 40 }, () => {
      const own = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(fields)());
      return `{"name":"m${Math.floor(random() * 6)}",${own.join(',')}}`;
    });
    bases.push(
      '{"name":"timed","value":1,"time":5,"tags":{"a":"b"}}',
      '{"time":5,"name":"timed","value":1}',
      '{"time":5,"value":1,"name":"timed","unit":"s"}',
    );
    const renumbered = (text: string): string =>
      text.replace(/("value": ?|"time":)(-?\d[\d.e+-]*)/gi, (whole, key: string) =>
        random() < 0.7
          ? `${key}${key.startsWith('"t') ? Math.floor(random() * 1e12) : pick(numbers)}`
          : whole,
      );
    const broken: readonly ((text: string) => string)[] = [
      (text) => text.slice(0, Math.floor(random() * text.length)),
      (text) => text.replace(',', ',,'),
      (text) => text.replace('}', ''),
      (text) => text.replace(/\d/, '0$&'),
      (text) => text.replace(/\d+/, '$&.'),
      (text) => text.replace(/\d/, '+$&'),
      (text) => text.replace('}', '}}'),
      (text) => `${text} x`,
      (text) => `\ufeff${text}`,
      (text) => text.replace('"samples"', '"sample"'),
      (text) => text.replace('{"samples"', '{"samples":[],"samples"'),
      (text) => text.replace(']', ',7]'),
      (text) => text.replace(']', ',{"name":"m1","value":1,"value":2}]'),
    ];
    const parser = jsonFormat(MAX_BATCH).parser();
    const witness = new Witness();
    let taken = 0;
    for (let body = 0; body < 4_000; body++) {
      const from = Math.floor(random() * 42);
      let samples = bases.slice(from, from + 1 + Math.floor(random() * 20)).map(renumbered);
      if (random() < 0.2) samples = samples.toReversed();
      if (random() < 0.01) samples = Array.from({ length: 101 }, () => samples[0]!);
      const joint = pick([',', ',', ' , ', ',\n']);
      let text = `{"samples":[${samples.join(joint)}]}`;
      if (random() < 0.1) text = text.replace('[', ' [\n').replace(']', '\t] ');
      if (random() < 0.15) text = pick(broken)(text);
      if (random() < 0.1) for (const ref of witness.made.values()) ref.gone = random() < 0.3;
      const heard = heardOf((intake) => parser.parse(Buffer.from(text), intake), witness);
      assert.deepEqual(heard, plainly(text), text);
      taken += heard.length;
    }
    assert.ok(taken > 10_000);
  });

  it('parses a sample again whose series went while the body was taken in turns', () => {
    const parser = jsonFormat(10_000).parser();
    const witness = new Witness();
    const body = Buffer.from(
      JSON.stringify({ samples: Array.from({ length: 4_000 }, (_, i) => ({ name: `m${i}`, value: i })) }),
    );
    for (const pause of parser.parse(body, witness)) void pause;
    let pauses = 0;
    for (const pause of parser.parse(body, witness)) {
      void pause;
      if (pauses++ === 0) for (const ref of witness.made.values()) ref.gone = true;
    }
    assert.equal(witness.heard.length, 8_000);
    assert.ok(pauses > 0);
    assert.ok(!witness.made.get('m3999{} unknown - -')?.gone);
  });

  it('reads plain numbers as JSON.parse does, and leaves the others to it', () => {
    const random = seededRandom(7);
    const read = (text: string): number => {
      const cursor = new TextCursor(Buffer.from(`${text}}`));
      const value = readJsonNumber(cursor);
      return cursor.at === text.length ? value : NaN;
    };
    for (let i = 0; i < 20_000; i++) {
      const text =
        (random() < 0.5 ? '-' : '') +
        String(Math.floor(random() * 10 ** (random() * 15))) +
        (random() < 0.7 ? `.${String(random()).slice(2, 3 + Math.floor(random() * 15))}` : '');
      const value = read(text);
      if (!Number.isNaN(value)) assert.ok(Object.is(value, JSON.parse(text)), text);
    }
    assert.ok(Object.is(read('-0'), -0));
    assert.equal(read('12.25'), 12.25);
    for (const text of [
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '',
      '1e5',
      '1.5E3',
      '12345678901234567890',
      'NaN',
      '0x1',
    ])
      assert.ok(Number.isNaN(read(text)), text);
  });
});
