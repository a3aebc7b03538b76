/** The steps of a query while buckets are added to them: columns, one number a step. */
import { mergeSketches } from './sketch.ts';
import type { Sketch } from './sketch.ts';

/** Columns of one series, or of several together. Reused from series to series. */
export class Steps {
  /** First ms of the first step. */
  readonly from: number;
  readonly stepMs: number;
  readonly length: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly last: Float64Array;
  /** When `last` was, ms since 1970. */
  readonly lastAt: Float64Array;
  readonly sketches: (Sketch | undefined)[] = [];
  /** Nothing was added since it was emptied. To be unset by whoever adds before a ring does. */
  isClear = true;

  /** @param from a multiple of `stepMs`. */
  constructor(from: number, stepMs: number, length: number) {
    this.from = from;
    this.stepMs = stepMs;
    this.length = length;
    this.min = new Float64Array(length);
    this.max = new Float64Array(length);
    this.sum = new Float64Array(length);
    this.count = new Float64Array(length);
    this.last = new Float64Array(length);
    this.lastAt = new Float64Array(length);
  }

  /** The step that a time falls into. */
  indexOf(timeMs: number): number {
    return Math.floor((timeMs - this.from) / this.stepMs);
  }

  /** Empties it for the next series. */
  clear(): void {
    this.count.fill(0);
    this.isClear = true;
    this.sketches.length = 0;
  }

  addSketch(step: number, sketch: Sketch): void {
    this.sketches[step] = mergeSketches(this.sketches[step], sketch);
  }
}
