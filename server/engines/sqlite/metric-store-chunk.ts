/**
 * A sealed chunk: the buckets of one series over one span, column by column, exact to the last bit.
 *
 * Most readings are decimals of few digits. So a column is kept as whole numbers (its values times a power of ten), of
 * which only the difference is written from what the columns and rows before let one expect. A column that is no short
 * decimal is kept as the bits in which it differs from the same expectation.
 */
import { BitReader, BitWriter, riceLength } from './metric-store-bits.ts';

/** Numbers of a bucket in a chunk: `start, min, max, sum, count, last`. */
export const CHUNK_COLUMNS = 6;
const START = 0;
const MIN = 1;
const MAX = 2;
const SUM = 3;
const COUNT = 4;
const LAST = 5;

/** How a column is written. These numbers are in the files. */
const AS_EXPECTED = 0;
const WHOLE = 1;
const NOISY = 2;
const BITS = 3;

/** Power of ten that is tried at most. */
const MOST_DECIMALS = 9;
const POWERS = Array.from({ length: 16 }, (_, decimals) => 10 ** decimals);
/** Larger whole numbers are written as bits: a guess and its miss must be exact (2^53) and fit a word (2^52). */
const LARGEST = 2 ** 48;
const LARGEST_MISS = 2 ** 51;
/** A sum of decimals is off by some units in the last place of a double. More than these are no rounding. */
const MOST_NOISE = 127;

/** Where a chunk's buckets are expected. */
export interface ChunkSpan {
  /** Start of the first, ms. */
  readonly from: number;
  /** From one to the next, ms. */
  readonly step: number;
}

/** Columns as they are known when a row is guessed: those that stand before whole, the one at hand up to the row. */
type Guess = (columns: readonly Float64Array[], own: Float64Array, row: number, span: ChunkSpan) => number;

const before: Guess = (_, own, row) => (row > 0 ? own[row - 1]! : 0);
const onward: Guess = (_, own, row) => (row > 1 ? 2 * own[row - 1]! - own[row - 2]! : 0);
const onTime: Guess = (_, own, row, { from, step }) => (row > 0 ? own[row - 1]! + step : from);
const asMin: Guess = (columns, _, row) => columns[MIN]![row]!;
const asLast: Guess = (columns, _, row) => columns[LAST]![row]!;
const asLastBefore: Guess = (columns, _, row) => columns[LAST]![row - 1] ?? 0;
/** What a counter's sum is. */
const growth: Guess = (columns, _, row) =>
  columns[LAST]![row]! - (columns[LAST]![row - 1] ?? columns[MIN]![row]!);
/** What a gauge's sum is near. */
const middle: Guess = (columns, _, row) =>
  Math.round((columns[COUNT]![row]! * (columns[MIN]![row]! + columns[MAX]![row]!)) / 2);

/** The columns as they stand in a chunk, each with its guesses. Both orders are in the files: only append. */
const LAYOUT: readonly (readonly [column: number, guesses: readonly Guess[]])[] = [
  [START, [onTime]],
  [COUNT, [before]],
  [LAST, [before, onward]],
  [MIN, [asLast, before, asLastBefore]],
  [MAX, [asLast, before, asMin]],
  [SUM, [asLast, before, growth, middle]],
];

const words = new DataView(new ArrayBuffer(16));
const out = new BitWriter();

/**
 * Packs buckets of one series.
 * @param rows `CHUNK_COLUMNS` numbers a bucket, one bucket after the other, at most 65,535, ascending.
 */
export function encodeChunk(rows: Float64Array, span: ChunkSpan): Uint8Array {
  const length = rows.length / CHUNK_COLUMNS;
  const values = columnsOf(rows, length);
  const decimals = decimalsOf(values);
  const wholes = values.map((column, c) => scaled(column, scaleOf(c, decimals)));
  out.reset();
  out.write(length, 16);
  out.write(decimals, 4);
  for (const [c, guesses] of LAYOUT) {
    const noise = noiseOf(values[c]!, wholes[c]!, scaleOf(c, decimals));
    if (!noise || !writeWhole(wholes, c, guesses, noise, span)) writeBits(values, c, guesses, span);
  }
  return out.bytes();
}

/**
 * Unpacks what `encodeChunk` packed, given the same span.
 * @throws RangeError when the bytes are damaged in a way that shows.
 */
export function decodeChunk(bytes: Uint8Array, span: ChunkSpan): Float64Array {
  const from = new BitReader(bytes);
  const length = from.read(16);
  const decimals = from.read(4);
  const empty = (): Float64Array => new Float64Array(length);
  const values = Array.from({ length: CHUNK_COLUMNS }, empty);
  const wholes = Array.from({ length: CHUNK_COLUMNS }, empty);
  for (const [c, guesses] of LAYOUT) {
    const mode = from.read(2);
    const guess = guesses[from.read(3)];
    if (!guess) throw new RangeError('The chunk names a guess that does not exist');
    const scale = scaleOf(c, decimals);
    if (mode === BITS) readBits(from, values, c, guess, span);
    else readWhole(from, wholes, values, c, guess, mode, scale, span);
    if (mode === BITS) wholes[c] = scaled(values[c]!, scale);
  }
  const rows = new Float64Array(length * CHUNK_COLUMNS);
  values.forEach((column, c) => {
    for (let row = 0; row < length; row += 1) rows[row * CHUNK_COLUMNS + c] = column[row]!;
  });
  return rows;
}

function columnsOf(rows: Float64Array, length: number): Float64Array[] {
  return Array.from({ length: CHUNK_COLUMNS }, (_, c) => {
    const column = new Float64Array(length);
    for (let row = 0; row < length; row += 1) column[row] = rows[row * CHUNK_COLUMNS + c]!;
    return column;
  });
}

/** Times and counts are whole by nature; the others share a scale, so that each can be told from the others. */
function scaleOf(column: number, decimals: number): number {
  return column === START || column === COUNT ? 1 : POWERS[decimals]!;
}

function scaled(column: Float64Array, scale: number): Float64Array {
  return column.map((value) => Math.round(value * scale));
}

/** The fewest decimals that readings have; none when they are no decimals. */
function decimalsOf(values: readonly Float64Array[]): number {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1) {
    const scale = POWERS[decimals]!;
    const fits = (value: number): boolean => noiseAt(value, Math.round(value * scale), scale) === 0;
    if (values[LAST]!.every(fits) && values[MIN]!.every(fits) && values[MAX]!.every(fits)) return decimals;
  }
  return 0;
}

/** By how many units in the last place each value misses its decimal, folded; undefined when one is no decimal. */
function noiseOf(values: Float64Array, wholes: Float64Array, scale: number): Float64Array | undefined {
  const noise = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const off = noiseAt(values[row]!, wholes[row]!, scale);
    if (off === undefined) return undefined;
    noise[row] = fold(off);
  }
  return noise;
}

function noiseAt(value: number, whole: number, scale: number): number | undefined {
  const decimal = whole / scale;
  if (Math.abs(whole) > LARGEST) return undefined;
  if (decimal === value) return Object.is(value, -0) ? undefined : 0;
  words.setFloat64(0, value);
  words.setFloat64(8, decimal);
  if (words.getUint32(0) !== words.getUint32(8)) return undefined;
  const off = words.getUint32(4) - words.getUint32(12);
  return Math.abs(off) <= MOST_NOISE ? off : undefined;
}

function noisy(decimal: number, noise: number): number {
  words.setFloat64(0, decimal);
  words.setUint32(4, words.getUint32(4) + noise);
  return words.getFloat64(0);
}

/** @returns false when no guess is near enough. */
function writeWhole(
  wholes: readonly Float64Array[],
  c: number,
  guesses: readonly Guess[],
  noise: Float64Array,
  span: ChunkSpan,
): boolean {
  const own = wholes[c]!;
  let best: Float64Array | undefined;
  let bestGuess = 0;
  let least = Infinity;
  for (let g = 0; g < guesses.length && least > 0; g += 1) {
    const folded = missesOf(wholes, own, guesses[g]!, span);
    const width = folded ? widths(folded) : Infinity;
    if (width >= least) continue;
    best = folded;
    bestGuess = g;
    least = width;
  }
  if (!best) return false;
  const quiet = widths(noise) === 0;
  const expected = quiet && least === 0;
  out.write(expected ? AS_EXPECTED : quiet ? WHOLE : NOISY, 2);
  out.write(bestGuess, 3);
  if (!expected) writeFolded(best);
  if (!quiet) writeFolded(noise);
  return true;
}

/** By how much the guess misses each row, folded; undefined when that cannot be written. */
function missesOf(
  wholes: readonly Float64Array[],
  own: Float64Array,
  guess: Guess,
  span: ChunkSpan,
): Float64Array | undefined {
  const misses = new Float64Array(own.length);
  for (let row = 0; row < own.length; row += 1) {
    const miss = own[row]! - guess(wholes, own, row, span);
    if (!(Math.abs(miss) < LARGEST_MISS)) return undefined;
    misses[row] = fold(miss);
  }
  return misses;
}

function readWhole(
  from: BitReader,
  wholes: readonly Float64Array[],
  values: readonly Float64Array[],
  c: number,
  guess: Guess,
  mode: number,
  scale: number,
  span: ChunkSpan,
): void {
  const own = wholes[c]!;
  const low = mode === AS_EXPECTED ? 0 : from.read(6);
  for (let row = 0; row < own.length; row += 1) {
    const miss = mode === AS_EXPECTED ? 0 : unfold(from.readRice(low));
    own[row] = guess(wholes, own, row, span) + miss;
    values[c]![row] = own[row]! / scale;
  }
  if (mode !== NOISY) return;
  const noiseLow = from.read(6);
  for (let row = 0; row < own.length; row += 1) {
    const off = unfold(from.readRice(noiseLow));
    if (off !== 0) values[c]![row] = noisy(values[c]![row]!, off);
  }
}

/** A value is one bit when it is as guessed; else how many of its bytes agree at both ends, and those between. */
function writeBits(
  values: readonly Float64Array[],
  c: number,
  guesses: readonly Guess[],
  span: ChunkSpan,
): void {
  const own = values[c]!;
  const lengths = guesses.map((guess) =>
    own.reduce((sum, value, row) => sum + differing(value, guess(values, own, row, span))[1], 0),
  );
  const best = lengths.indexOf(Math.min(...lengths));
  out.write(BITS, 2);
  out.write(best, 3);
  own.forEach((value, row) => {
    const [first, count] = differing(value, guesses[best]!(values, own, row, span));
    out.write(count > 0 ? 1 : 0, 1);
    if (count === 0) return;
    out.write(first, 3);
    out.write(count - 1, 3);
    for (let at = first; at < first + count; at += 1) out.write(words.getUint8(at), 8);
  });
}

function readBits(
  from: BitReader,
  values: readonly Float64Array[],
  c: number,
  guess: Guess,
  span: ChunkSpan,
): void {
  const own = values[c]!;
  for (let row = 0; row < own.length; row += 1) {
    words.setFloat64(0, guess(values, own, row, span));
    if (from.read(1) === 1) {
      const first = from.read(3);
      const count = from.read(3) + 1;
      for (let at = first; at < first + count; at += 1) words.setUint8(at & 7, from.read(8));
    }
    own[row] = words.getFloat64(0);
  }
}

/** Leaves the value's bytes in `words`. @returns its first byte that differs from the guess, and how many from there. */
function differing(value: number, guess: number): readonly [first: number, count: number] {
  words.setFloat64(0, value);
  words.setFloat64(8, guess);
  let first = 0;
  while (first < 8 && words.getUint8(first) === words.getUint8(first + 8)) first += 1;
  let end = 8;
  while (end > first && words.getUint8(end - 1) === words.getUint8(end + 7)) end -= 1;
  return [first, end - first];
}

function writeFolded(folded: Float64Array): void {
  const low = bestLow(folded);
  out.write(low, 6);
  for (let row = 0; row < folded.length; row += 1) out.writeRice(folded[row]!, low);
}

/** Binary digits of all the numbers together. */
function widths(folded: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < folded.length; row += 1) {
    const value = folded[row]!;
    sum += value < 2 ** 31 ? 32 - Math.clz32(value) : Math.ceil(Math.log2(value));
  }
  return sum;
}

/** The number of lower bits with which the numbers take the least room: near their usual width. */
function bestLow(folded: Float64Array): number {
  const usual = Math.round(widths(folded) / folded.length);
  let best = 0;
  let least = Infinity;
  for (let low = Math.max(0, usual - 4); low <= usual + 1; low += 1) {
    let length = 0;
    for (let row = 0; row < folded.length; row += 1) length += riceLength(folded[row]!, low);
    if (length >= least) continue;
    best = low;
    least = length;
  }
  return best;
}

/** Small numbers of either sign become small ones from 0. */
function fold(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
