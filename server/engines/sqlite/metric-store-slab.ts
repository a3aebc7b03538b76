/** A slab: what is kept of up to 32 neighbouring series of one tier at one start, before it is sealed. */

/**
 * Series in a slab. A row of SQLite for each bucket would make a flush several times as slow; a larger slab makes a lone late
 * bucket, and a reader of one series, move more bytes, and one slice of sealing longer. Five of these fill a page.
 */
export const SLAB_SERIES = 32;
/** Numbers of a row in a slab: `seriesId, min, max, sum, count, last`. */
export const SLAB_ROW = 6;

/** Which slab a series' buckets are in. */
export function slabOf(seriesId: number): number {
  return Math.floor(seriesId / SLAB_SERIES);
}

/** Rows of a slab, each in the place of its series. */
export class Slab {
  readonly #first: number;
  readonly #present = new Uint8Array(SLAB_SERIES);
  readonly #numbers = new Float64Array(SLAB_SERIES * SLAB_ROW);
  readonly #sketches: (Uint8Array | undefined)[] = [];
  #length = 0;

  constructor(block: number) {
    this.#first = block * SLAB_SERIES;
  }

  /**
   * Takes a row, in place of the one that its series has.
   * @param rows holds it from `at`, as `seriesId, min, max, sum, count, last`. @returns true when the series had none.
   */
  put(rows: Float64Array, at: number, sketch: Uint8Array | undefined): boolean {
    const slot = rows[at]! - this.#first;
    for (let i = 0; i < SLAB_ROW; i += 1) this.#numbers[slot * SLAB_ROW + i] = rows[at + i]!;
    if (sketch || this.#sketches.length > 0) this.#sketches[slot] = sketch;
    if (this.#present[slot] === 1) return false;
    this.#present[slot] = 1;
    this.#length += 1;
    return true;
  }

  /** The rows by series id, and their sketches by row. */
  pack(): { rows: Uint8Array; sketches: Uint8Array | null } {
    const rows = new Float64Array(this.#length * SLAB_ROW);
    const sketches: [number, Uint8Array][] = [];
    let row = 0;
    for (let slot = 0; slot < SLAB_SERIES; slot += 1) {
      if (this.#present[slot] === 0) continue;
      rows.set(this.#numbers.subarray(slot * SLAB_ROW, (slot + 1) * SLAB_ROW), row * SLAB_ROW);
      const sketch = this.#sketches[slot];
      if (sketch) sketches.push([row, sketch]);
      row += 1;
    }
    return { rows: new Uint8Array(rows.buffer), sketches: packSketches(sketches) };
  }

  /** Takes every row that `pack` gave. */
  unpack(packed: Uint8Array, packedSketches: Uint8Array | null): void {
    const rows = numbersOf(packed);
    const sketches = sketchesByRow(packedSketches);
    for (let at = 0; at < rows.length; at += SLAB_ROW) this.put(rows, at, sketches?.get(at / SLAB_ROW));
  }
}

/** Numbers that were stored as bytes. */
export function numbersOf(bytes: Uint8Array): Float64Array {
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}

/** Many sketches in one array: of each its row, its length (both 32 bits) and its bytes. Null for none. */
export function packSketches(sketches: readonly (readonly [number, Uint8Array])[]): Uint8Array | null {
  if (sketches.length === 0) return null;
  const packed = new Uint8Array(sketches.reduce((sum, [, bytes]) => sum + 8 + bytes.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [row, bytes] of sketches) {
    view.setUint32(at, row);
    view.setUint32(at + 4, bytes.length);
    packed.set(bytes, at + 8);
    at += 8 + bytes.length;
  }
  return packed;
}

/** Takes apart what `packSketches` put together. The bytes are views, not copies. */
export function unpackSketches(packed: Uint8Array | null): [number, Uint8Array][] {
  const sketches: [number, Uint8Array][] = [];
  if (!packed) return sketches;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let at = 0; at < packed.length;) {
    const length = view.getUint32(at + 4);
    sketches.push([view.getUint32(at), packed.subarray(at + 8, at + 8 + length)]);
    at += 8 + length;
  }
  return sketches;
}

/** The same by row; undefined for none. */
export function sketchesByRow(packed: Uint8Array | null): Map<number, Uint8Array> | undefined {
  return packed ? new Map(unpackSketches(packed)) : undefined;
}
