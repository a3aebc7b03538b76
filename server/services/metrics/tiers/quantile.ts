/** What a sketch answers. */

/** A percentile, and how far it can be from the truth. */
export interface Quantile {
  readonly value: number;
  /** Of the value, as a ratio. */
  readonly relativeError?: number;
  /** In the metric's unit. */
  readonly absoluteError?: number;
}
