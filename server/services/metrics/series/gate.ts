/** Which samples are taken by their time. */

/** From when on samples are taken; the same for every series. */
export interface Gate {
  /** Minutes that begin before are closed, ms. */
  openFrom: number;
  /** Minutes that begin before may be missing in memory, though they were taken: a clock that jumps ahead pushes them out, ms. */
  heldFrom: number;
  /** How many minutes are open at most. */
  readonly openMinutes: number;
}
