/** What a virtual list and its engine speak of. */

/** A row that is to be rendered. */
export interface VirtualItem {
  readonly index: number;
  /** Where it begins, px from the beginning of the spacer. An estimate while the whole list is rendered. */
  readonly start: number;
  /** How high it is, px: measured, or an estimate before that. */
  readonly size: number;
  readonly key: string | number;
}

/** Where a row that is scrolled to shall stand; `auto`: by the shortest way. */
export type Align = 'auto' | 'start' | 'center' | 'end';
