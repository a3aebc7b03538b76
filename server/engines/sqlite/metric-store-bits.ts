/** Numbers as bits: what the columns of a sealed chunk are written with. */

/** More ones than these before a zero would cost more than the number as it stands. */
const ESCAPE = 24;
/** What the escape is followed by: any whole number below 2^52. */
const WIDEST = 52;
/** Bits that are moved at once: JavaScript's shifts work on 32. */
const STEP = 24;
const ENDS_EARLY = 'The chunk ends too early';
const POWERS = Array.from({ length: WIDEST + 1 }, (_, power) => 2 ** power);

/** Writes bits, the highest first, into a buffer that grows. */
export class BitWriter {
  #bytes = new Uint8Array(1_024);
  #bits = 0;

  /** Whole bytes of what was written. A copy: the writer may be used again. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.#bits / 8));
  }

  /** Forgets everything. */
  reset(): void {
    this.#bytes.fill(0, 0, Math.ceil(this.#bits / 8));
    this.#bits = 0;
  }

  /** @param value whole, from 0, below 2^width. @param width 0 to 52. */
  write(value: number, width: number): void {
    if (width > STEP) {
      const low = POWERS[STEP]!;
      this.write(Math.floor(value / low), width - STEP);
      this.#step(value % low, STEP);
    } else this.#step(value, width);
  }

  /**
   * A whole number from 0, below 2^52, after Rice: its upper part as ones ended by a zero, then its lower bits.
   * @param low how many lower bits; near the binary logarithm of the usual value it takes the least room.
   */
  writeRice(value: number, low: number): void {
    const upper = Math.floor(value / POWERS[low]!);
    if (upper >= ESCAPE) {
      this.write(POWERS[ESCAPE]! - 1, ESCAPE);
      this.write(value, WIDEST);
      return;
    }
    this.write(POWERS[upper + 1]! - 2, upper + 1);
    this.write(value - upper * POWERS[low]!, low);
  }

  #step(value: number, width: number): void {
    if ((this.#bits + width) / 8 > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    let left = width;
    while (left > 0) {
      const at = this.#bits >> 3;
      const free = 8 - (this.#bits & 7);
      const taken = Math.min(free, left);
      const part = (value >>> (left - taken)) & ((1 << taken) - 1);
      this.#bytes[at]! |= part << (free - taken);
      this.#bits += taken;
      left -= taken;
    }
  }
}

/** Reads what a `BitWriter` wrote. @throws RangeError past the end: the bytes are damaged. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bits = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @param width 0 to 52. */
  read(width: number): number {
    if (width <= STEP) return this.#step(width);
    const upper = this.read(width - STEP);
    return upper * POWERS[STEP]! + this.#step(STEP);
  }

  /** What `writeRice` wrote with as many lower bits. */
  readRice(low: number): number {
    let upper = 0;
    for (;;) {
      const ones = this.#ones(ESCAPE - upper);
      upper += ones;
      if (upper === ESCAPE) return this.read(WIDEST);
      // At the end of a byte there may be more in the next one.
      if (ones === 0 || (this.#bits & 7) !== 0) break;
    }
    this.#step(1);
    return upper * POWERS[low]! + this.read(low);
  }

  /** Passes ones, up to the end of the byte. @returns how many. */
  #ones(most: number): number {
    if (this.#bits >= this.#bytes.length * 8) throw new RangeError(ENDS_EARLY);
    const used = this.#bits & 7;
    const rest = (this.#bytes[this.#bits >> 3]! << (24 + used)) | 0;
    const ones = Math.min(Math.clz32(~rest), 8 - used, most);
    this.#bits += ones;
    return ones;
  }

  #step(width: number): number {
    if (this.#bits + width > this.#bytes.length * 8) throw new RangeError(ENDS_EARLY);
    let value = 0;
    let left = width;
    while (left > 0) {
      const free = 8 - (this.#bits & 7);
      const taken = Math.min(free, left);
      const part = (this.#bytes[this.#bits >> 3]! >> (free - taken)) & ((1 << taken) - 1);
      value = (value << taken) | part;
      this.#bits += taken;
      left -= taken;
    }
    return value;
  }
}

/** Bits that `writeRice` takes. */
export function riceLength(value: number, low: number): number {
  const upper = Math.floor(value / POWERS[low]!);
  return upper >= ESCAPE ? ESCAPE + WIDEST : upper + 1 + low;
}
