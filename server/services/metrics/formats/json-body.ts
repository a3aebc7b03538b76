/** A body of samples that is not made objects of: only what is new in it is parsed. */
import { Element, skipSpace } from './json-element.ts';
import type { KnownSample, KnownSamples } from './json-known.ts';
import { CLOSE, COMMA, OPEN, TextCursor } from './text-cursor.ts';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const SAMPLES = Buffer.from('"samples"');

/** What is read at most. */
export interface JsonLimits {
  /** Samples of a body. */
  readonly maxSamples: number;
  /** Commas and brackets of those that are not known. */
  readonly maxParts: number;
}

/** `{"samples":[…]}`, read and not taken yet: a body that breaks off is refused whole. */
export class JsonBody {
  readonly cursor: TextCursor;
  /** In their order: known ones, and undefined for those that have to be looked at. */
  readonly known: (KnownSample | undefined)[] = [];
  /** Where each begins. */
  readonly starts: number[] = [];
  /** Of known ones the value; NaN of the others. */
  readonly values: number[] = [];
  /** ms since 1970, NaN for now. */
  readonly times: number[] = [];
  /** The others, parsed, in their order. */
  readonly posted: unknown[] = [];
  readonly #length: number;
  readonly #samples: KnownSamples;
  readonly #limits: JsonLimits;
  readonly #element = new Element();
  #parts = 0;

  constructor(body: Buffer, samples: KnownSamples, limits: JsonLimits) {
    this.cursor = new TextCursor(body);
    this.#length = body.length;
    this.#samples = samples;
    this.#limits = limits;
  }

  /** @returns false where a parser has to read the whole, be it to say what is wrong with it. */
  read(): boolean {
    const { cursor, known, starts, values, times } = this;
    const { bytes } = cursor;
    const samples = this.#samples;
    if (!this.#enter()) return false;
    let before = samples.first;
    for (;;) {
      if (known.length === this.#limits.maxSamples) return false;
      cursor.at = cursor.start = skipSpace(bytes, cursor.at);
      let found = before.next;
      if (found === undefined || !samples.stands(found, cursor)) found = this.#find();
      if (found?.ref?.gone === false) {
        before = found;
        known.push(found);
        values.push(samples.value);
        times.push(samples.time);
      } else if (this.#parse()) {
        known.push(undefined);
        values.push(NaN);
        times.push(NaN);
      } else return false;
      starts.push(cursor.start);
      cursor.at = skipSpace(bytes, cursor.at);
      if (bytes[cursor.at] !== COMMA) return this.#leave();
      cursor.at += 1;
    }
  }

  /** Parses a sample again, which was known when the body was read and is not any more. */
  parseAgain(index: number): unknown {
    const { bytes } = this.cursor;
    const start = this.starts[index]!;
    this.#element.scan(bytes, start);
    return JSON.parse(bytes.toString('utf8', start, this.#element.end));
  }

  /** Looks the sample at the cursor up. */
  #find(): KnownSample | undefined {
    const { cursor } = this;
    const found = this.#samples.find(cursor.bytes, cursor.start);
    return found && this.#samples.stands(found, cursor) ? found : undefined;
  }

  /** Parses what begins where the sample does. */
  #parse(): boolean {
    const { cursor, posted } = this;
    const { bytes, start } = cursor;
    const element = this.#element;
    if (bytes[start] !== OPEN) return false;
    element.scan(bytes, start);
    this.#parts += element.parts;
    if (element.end === 0 || this.#parts > this.#limits.maxParts) return false;
    try {
      posted.push(JSON.parse(bytes.toString('utf8', start, element.end)));
    } catch {
      return false;
    }
    cursor.at = element.end;
    return true;
  }

  #enter(): boolean {
    const { cursor } = this;
    const { bytes } = cursor;
    let at = skipSpace(bytes, 0);
    if (bytes[at] !== OPEN) return false;
    at = skipSpace(bytes, at + 1);
    if (!bytes.subarray(at, at + SAMPLES.length).equals(SAMPLES)) return false;
    at = skipSpace(bytes, at + SAMPLES.length);
    if (bytes[at] !== COLON) return false;
    at = skipSpace(bytes, at + 1);
    cursor.at = at + 1;
    return bytes[at] === OPEN_ARRAY;
  }

  #leave(): boolean {
    const { bytes, at } = this.cursor;
    if (bytes[at] !== CLOSE_ARRAY) return false;
    const brace = skipSpace(bytes, at + 1);
    return bytes[brace] === CLOSE && skipSpace(bytes, brace + 1) >= this.#length;
  }
}
