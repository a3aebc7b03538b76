/** What the readout, the inspector and the table see of a chart: types only. */
import type { Columns } from '../../client/metric-window.ts';
import type { ChartOptions } from './chart-options.ts';
import type { ChartMessages } from './chart-words.ts';

/** A chart's numbers and words. */
export interface ChartTold {
  columns(): Columns;
  options(): ChartOptions;
  words(): ChartMessages;
}

/** And where they stand. */
export interface ChartFace extends ChartTold {
  /** CSS px. */
  readonly width: number;
  /** Where a point is, CSS px from the upper left corner of the frame. */
  place(ms: number, value: number): { readonly left: number; readonly top: number };
  /** The moment below a place, ms. */
  timeAt(left: number): number;
}
