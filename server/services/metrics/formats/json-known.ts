/**
 * The samples that a source sent before. It sends them again in the same order with other numbers: so what stands around the
 * numbers is compared with what stood there last time, and nothing is parsed, looked up or made (docs/decisions/0017).
 */
import type { SeriesRef } from './format.ts';
import { Element } from './json-element.ts';
import { readJsonNumber } from './json-number.ts';
import type { TextCursor } from './text-cursor.ts';
import { KnownLine, KnownLines } from './text-lines.ts';

/** A sample without its numbers: its bytes are what stands before the first, between the two, and behind the last. */
export class KnownSample extends KnownLine {
  ref: SeriesRef | undefined;
  /** Where the first number was cut out. */
  cut = 0;
  /** Where the second was; the length where there is one number only. */
  secondCut = 0;
  /** `time` stands before `value`. */
  timeFirst = false;
}

/** What a sample costs beside its bytes, about, bytes. */
const SAMPLE_COST = 200;
const FIRST_BYTES = 4_096;
/** What may be remembered of one source, by estimate. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The samples of one source, and the numbers of the one that was read last. */
export class KnownSamples {
  value = NaN;
  /** NaN where there is none. */
  time = NaN;
  readonly #element = new Element();
  readonly #skeleton = new Skeleton();
  readonly #lines = new KnownLines(new KnownSample(), SAMPLE_COST, MAX_BYTES);

  /** Comes before each body's first sample. */
  get first(): KnownSample {
    return this.#lines.first;
  }

  /** Reads this sample at the cursor, and goes behind it. @returns false, with the cursor where it was, where it is another one. */
  stands(sample: KnownSample, cursor: TextCursor): boolean {
    const start = cursor.at;
    if (this.#reads(sample, cursor)) return true;
    cursor.at = start;
    return false;
  }

  /** Looks up the sample that begins here. */
  find(bytes: Buffer, start: number): KnownSample | undefined {
    const skeleton = this.#skeleton;
    this.#element.scan(bytes, start);
    if (!skeleton.cutOut(bytes, start, this.#element)) return undefined;
    return this.#lines.find(skeleton, skeleton.length);
  }

  /** Remembers a sample that was taken. @param start where it begins. @param sample it was known, and is written to this from now on. */
  learn(bytes: Buffer, start: number, ref: SeriesRef, sample = new KnownSample()): KnownSample | undefined {
    const element = this.#element;
    const skeleton = this.#skeleton;
    element.scan(bytes, start);
    if (!skeleton.cutOut(bytes, start, element)) return undefined;
    sample.ref = ref;
    if (sample.at >= 0) return sample;
    const { valueAt, timeAt, timeEnd, valueEnd } = element;
    sample.timeFirst = timeAt > 0 && timeAt < valueAt;
    sample.cut = (sample.timeFirst ? timeAt : valueAt) - start;
    const between = sample.timeFirst ? valueAt - timeEnd : timeAt - valueEnd;
    sample.secondCut = timeAt > 0 ? sample.cut + between : skeleton.length;
    this.#lines.keep(sample, skeleton, skeleton.length);
    return sample;
  }

  /** After a body: what is remembered stays within its bound. */
  endBody(body: number): void {
    this.#lines.endBody(body);
  }

  #reads(sample: KnownSample, cursor: TextCursor): boolean {
    const lines = this.#lines;
    const { cut, secondCut, length } = sample;
    if (!lines.partStands(sample, 0, cut, cursor)) return false;
    cursor.at += cut;
    let value = readJsonNumber(cursor);
    // NaN is no number of JSON.
    if (value !== value) return false;
    let time = NaN;
    if (secondCut < length) {
      if (!lines.partStands(sample, cut, secondCut - cut, cursor)) return false;
      cursor.at += secondCut - cut;
      time = readJsonNumber(cursor);
      if (time !== time) return false;
      if (sample.timeFirst) [value, time] = [time, value];
      if (!lines.partStands(sample, secondCut, length - secondCut, cursor)) return false;
      cursor.at += length - secondCut;
    } else {
      if (!lines.partStands(sample, cut, length - cut, cursor)) return false;
      cursor.at += length - cut;
    }
    this.value = value;
    this.time = time;
    return true;
  }
}

/** A sample's bytes without its numbers. One for all: it is made for every sample that is looked up. */
class Skeleton {
  bytes = Buffer.alloc(FIRST_BYTES);
  readonly start = 0;
  length = 0;

  /** @returns false where the numbers cannot be cut out. */
  cutOut(bytes: Buffer, start: number, element: Element): boolean {
    const { odd, end, valueAt, valueEnd, timeAt, timeEnd } = element;
    if (odd || valueAt === 0) return false;
    if (this.bytes.length < end - start) this.bytes = Buffer.alloc(2 * (end - start));
    this.length = 0;
    if (timeAt === 0) {
      this.#add(bytes, start, valueAt);
      this.#add(bytes, valueEnd, end);
      return true;
    }
    const timeFirst = timeAt < valueAt;
    this.#add(bytes, start, timeFirst ? timeAt : valueAt);
    this.#add(bytes, timeFirst ? timeEnd : valueEnd, timeFirst ? valueAt : timeAt);
    this.#add(bytes, timeFirst ? valueEnd : timeEnd, end);
    return true;
  }

  #add(bytes: Buffer, from: number, to: number): void {
    this.length += bytes.copy(this.bytes, this.length, from, to);
  }
}
