/** What a counter's next count is judged by. */

/** Where a counter stands. */
export interface Standing {
  /** Its last count; NaN before the first. */
  readonly count: number;
  /** Since when it counts, ms; NaN where nobody said. */
  readonly createdAt: number;
  /** When it was counted, ms. */
  readonly at: number;
}
