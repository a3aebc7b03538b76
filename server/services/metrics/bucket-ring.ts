/** One series' buckets in typed arrays: a ring over time that grows from a minute to the whole window as needed. */
import type { BucketRow } from '../../../src/protocol/index.ts';

const FIRST_SLOTS = 64;

/**
 * Buckets by slot number (`time / stepMs`). Costs 44 bytes a slot. Empty slots have count 0.
 */
export class BucketRing {
  readonly #stepMs: number;
  readonly #maxSlots: number;
  #slots: number;
  /** Oldest and newest slot that hold a sample; empty while newest is -1. */
  #oldest = 0;
  #newest = -1;
  #min: Float64Array;
  #max: Float64Array;
  #sum: Float64Array;
  #last: Float64Array;
  /** Time of the sample in `last`, so that a late sample does not pass for the latest. */
  #lastAt: Float64Array;
  #count: Uint32Array;

  /**
   * @param stepMs length of a bucket, ms.
   * @param maxSlots buckets kept at most.
   */
  constructor(stepMs: number, maxSlots: number) {
    this.#stepMs = stepMs;
    this.#maxSlots = maxSlots;
    this.#slots = Math.min(FIRST_SLOTS, maxSlots);
    this.#min = new Float64Array(this.#slots);
    this.#max = new Float64Array(this.#slots);
    this.#sum = new Float64Array(this.#slots);
    this.#last = new Float64Array(this.#slots);
    this.#lastAt = new Float64Array(this.#slots);
    this.#count = new Uint32Array(this.#slots);
  }

  /** Start of the newest bucket, ms; -1 while empty. */
  get newestStart(): number {
    return this.#newest < 0 ? -1 : this.#newest * this.#stepMs;
  }

  /** Folds a sample in. @returns its slot, or -1 when the ring has moved past it. */
  add(timeMs: number, value: number): number {
    const slot = Math.floor(timeMs / this.#stepMs);
    if (!this.#makeRoom(slot)) return -1;
    const i = slot % this.#slots;
    if (this.#count[i] === 0) {
      this.#min[i] = this.#max[i] = this.#sum[i] = this.#last[i] = value;
      this.#lastAt[i] = timeMs;
      this.#count[i] = 1;
      return slot;
    }
    if (value < this.#min[i]!) this.#min[i] = value;
    if (value > this.#max[i]!) this.#max[i] = value;
    // Two of the largest numbers add up to infinity, which JSON cannot carry.
    this.#sum[i] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, this.#sum[i]! + value));
    this.#count[i]! += 1;
    if (timeMs >= this.#lastAt[i]!) {
      this.#last[i] = value;
      this.#lastAt[i] = timeMs;
    }
    return slot;
  }

  /** One bucket, or undefined when it is empty or no longer kept. */
  row(slot: number): BucketRow | undefined {
    if (slot > this.#newest || slot < this.#oldest) return undefined;
    const i = slot % this.#slots;
    const count = this.#count[i]!;
    if (count === 0) return undefined;
    const start = slot * this.#stepMs;
    if (count === 1) return [start, this.#last[i]!];
    return [start, this.#min[i]!, this.#max[i]!, this.#sum[i]!, count, this.#last[i]!];
  }

  /** The buckets that begin in `[fromMs, toMs)`, oldest first. */
  rows(fromMs: number, toMs: number): BucketRow[] {
    const rows: BucketRow[] = [];
    const first = Math.max(this.#oldest, Math.ceil(fromMs / this.#stepMs));
    const last = Math.min(this.#newest, Math.ceil(toMs / this.#stepMs) - 1);
    for (let slot = first; slot <= last; slot++) {
      const row = this.row(slot);
      if (row) rows.push(row);
    }
    return rows;
  }

  /** Moves or grows the ring so that it covers the slot. */
  #makeRoom(slot: number): boolean {
    if (this.#newest < 0) {
      this.#oldest = this.#newest = slot;
      return true;
    }
    if (slot <= this.#newest - this.#maxSlots) return false;
    const oldest = Math.max(Math.min(slot, this.#oldest), Math.max(slot, this.#newest) - this.#maxSlots + 1);
    const newest = Math.max(slot, this.#newest);
    if (newest - oldest >= this.#slots) this.#grow(newest - oldest + 1);
    for (let gone = this.#oldest; gone < Math.min(oldest, this.#newest + 1); gone++)
      this.#count[gone % this.#slots] = 0;
    this.#oldest = oldest;
    this.#newest = newest;
    return true;
  }

  #grow(needed: number): void {
    let slots = this.#slots;
    while (slots < needed) slots = Math.min(slots * 2, this.#maxSlots);
    const move = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      for (let slot = this.#oldest; slot <= this.#newest; slot++)
        to[slot % slots] = from[slot % this.#slots]!;
      return to;
    };
    this.#min = move(this.#min, new Float64Array(slots));
    this.#max = move(this.#max, new Float64Array(slots));
    this.#sum = move(this.#sum, new Float64Array(slots));
    this.#last = move(this.#last, new Float64Array(slots));
    this.#lastAt = move(this.#lastAt, new Float64Array(slots));
    this.#count = move(this.#count, new Uint32Array(slots));
    this.#slots = slots;
  }
}
