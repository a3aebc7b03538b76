/** Rows from slabs and chunks put in order: by series, then start, and of two rows for one start the later. */
import { ROW_LENGTH } from '../../ports/metric-store.ts';
import { CHUNK_COLUMNS } from './metric-store-chunk.ts';
import { SLAB_ROW, SLAB_SERIES, packSketches, slabOf } from './metric-store-slab.ts';

/** Sketches by row. */
export type Sketches = ReadonlyMap<number, Uint8Array> | undefined;

/** Rows of one start, as they lie in a slab. */
export interface HotPart {
  readonly start: number;
  readonly rows: Float64Array;
  readonly sketches: Sketches;
}

/** Rows of one series, as they lie in a chunk. */
export interface SealedPart {
  readonly series: number;
  readonly rows: Float64Array;
  readonly sketches: Sketches;
}

/** What was found of the series of one slab. */
interface Found {
  readonly sealed: SealedPart[];
  readonly hot: HotPart[];
}

/** Collects parts, in the order of their starts each, and hands out the rows that begin in a range. */
export class Gathering {
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #found = new Map<number, Found>();
  #most = 0;

  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  /** @returns how many rows it has. */
  addSealed(part: SealedPart): number {
    this.#of(slabOf(part.series)).sealed.push(part);
    this.#most += part.rows.length / CHUNK_COLUMNS;
    return part.rows.length / CHUNK_COLUMNS;
  }

  /** @returns how many rows it has. */
  addHot(block: number, part: HotPart): number {
    this.#of(block).hot.push(part);
    this.#most += part.rows.length / SLAB_ROW;
    return part.rows.length / SLAB_ROW;
  }

  /** The rows, `ROW_LENGTH` numbers each, and their packed sketches. @param wanted ids; undefined for every series. */
  finish(wanted?: ReadonlySet<number>): { rows: Float64Array; sketches: Uint8Array | null } {
    const rows = new Float64Array(this.#most * ROW_LENGTH);
    const sketches: [number, Uint8Array][] = [];
    let length = 0;
    for (const block of [...this.#found.keys()].sort((a, b) => a - b)) {
      const lists = this.#listsOf(block, this.#found.get(block)!, wanted);
      for (let slot = 0; slot < SLAB_SERIES; slot += 1) {
        for (const at of lists.order(slot)) {
          rows[length * ROW_LENGTH] = block * SLAB_SERIES + slot;
          for (let i = 0; i < CHUNK_COLUMNS; i += 1) {
            rows[length * ROW_LENGTH + 1 + i] = lists.numbers[at * CHUNK_COLUMNS + i]!;
          }
          const sketch = lists.sketches.get(at);
          if (sketch) sketches.push([length, sketch]);
          length += 1;
        }
      }
    }
    return {
      rows: length === this.#most ? rows : rows.slice(0, length * ROW_LENGTH),
      sketches: packSketches(sketches),
    };
  }

  #of(block: number): Found {
    let found = this.#found.get(block);
    if (!found) this.#found.set(block, (found = { sealed: [], hot: [] }));
    return found;
  }

  /** Every row into the list of its series: what is sealed first, so that what came after it is found after it. */
  #listsOf(block: number, { sealed, hot }: Found, wanted: ReadonlySet<number> | undefined): Lists {
    const first = block * SLAB_SERIES;
    const lists = new Lists();
    for (const pass of ['count', 'place'] as const) {
      if (pass === 'place') lists.reserve();
      for (const { series, rows, sketches } of sealed) {
        for (let at = 0; at < rows.length; at += CHUNK_COLUMNS) {
          if (!this.#inRange(rows[at]!)) continue;
          if (pass === 'count') lists.count(series - first);
          else lists.place(series - first, rows[at]!, rows, at + 1, sketches?.get(at / CHUNK_COLUMNS));
        }
      }
      for (const { start, rows, sketches } of hot) {
        for (let at = 0; at < rows.length; at += SLAB_ROW) {
          const series = rows[at]!;
          if (wanted && !wanted.has(series)) continue;
          if (pass === 'count') lists.count(series - first);
          else lists.place(series - first, start, rows, at + 1, sketches?.get(at / SLAB_ROW));
        }
      }
    }
    return lists;
  }

  #inRange(start: number): boolean {
    return start >= this.#fromMs && start < this.#toMs;
  }
}

/** The rows of a slab's series, each series' beside one another. Counted first, then placed. */
class Lists {
  /** `start, min, max, sum, count, last` of every row. */
  numbers = new Float64Array();
  readonly sketches = new Map<number, Uint8Array>();
  readonly #firsts = new Uint32Array(SLAB_SERIES + 1);
  readonly #ends = new Uint32Array(SLAB_SERIES);
  /** 1 for a series whose rows did not come by start: some came late. */
  readonly #mixed = new Uint8Array(SLAB_SERIES);

  count(slot: number): void {
    this.#firsts[slot + 1]! += 1;
  }

  reserve(): void {
    for (let slot = 0; slot < SLAB_SERIES; slot += 1) this.#firsts[slot + 1]! += this.#firsts[slot]!;
    this.#ends.set(this.#firsts.subarray(0, SLAB_SERIES));
    this.numbers = new Float64Array(this.#firsts[SLAB_SERIES]! * CHUNK_COLUMNS);
  }

  /** @param from holds `min, max, sum, count, last` at `at`. */
  place(slot: number, start: number, from: Float64Array, at: number, sketch: Uint8Array | undefined): void {
    const row = this.#ends[slot]!;
    this.#ends[slot]! += 1;
    const to = row * CHUNK_COLUMNS;
    this.numbers[to] = start;
    for (let i = 1; i < CHUNK_COLUMNS; i += 1) this.numbers[to + i] = from[at + i - 1]!;
    if (sketch) this.sketches.set(row, sketch);
    if (row > this.#firsts[slot]! && this.#startAt(row - 1) >= start) this.#mixed[slot] = 1;
  }

  /** Places of a series' rows by start; of two for one start the later. */
  order(slot: number): number[] {
    const first = this.#firsts[slot]!;
    const places = Array.from({ length: this.#ends[slot]! - first }, (_, i) => first + i);
    if (this.#mixed[slot] === 0) return places;
    const byStart = new Map(places.map((row) => [this.#startAt(row), row]));
    return [...byStart].sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  #startAt(row: number): number {
    return this.numbers[row * CHUNK_COLUMNS]!;
  }
}
