/** What a chart shows beside its line, and how it writes values and times: types only, shared by all that draw and tell. */
import type { Columns } from '../../client/metric-window.ts';

/** The past that is drawn: `MetricWindow` of a series, or anything with the same face. */
export interface ChartData {
  /** Nothing is known. */
  readonly empty: boolean;
  /** How far back the line goes, ms. */
  readonly windowMs: number;
  /** Oldest first; what is handed out is read at once and never kept. */
  columns(): Columns;
}

/** From this value on it is worse. */
export interface ChartThreshold {
  readonly value: number;
  readonly severity: 'degraded' | 'critical';
}

/** A value that is worth a line across the chart. */
export interface ChartLine {
  readonly name: 'min' | 'max' | 'avg';
  readonly value: number;
}

/** Something that happened: a moment, or a span with `end`. */
export interface ChartMarker {
  /** ms since 1970. */
  readonly time: number;
  /** ms since 1970; absent: a moment, or of an incident one that goes on. */
  readonly end?: number;
  readonly title: string;
  readonly kind: 'deploy' | 'incident' | 'other';
}

/** What goes with one widget's line. Asked for with every drawing: hand out the same object while nothing changed. */
export interface ChartOptions {
  readonly thresholds: readonly ChartThreshold[];
  /** On which side of a threshold it is worse. */
  readonly direction: 'above' | 'below';
  readonly target?: number | undefined;
  readonly lines: readonly ChartLine[];
  readonly markers: readonly ChartMarker[];
  /** A value with its unit, for readers. */
  format(value: number): string;
  /** A time, ms since 1970, for readers. */
  formatTime(ms: number): string;
  /** What is measured: the name of table and inspector. */
  readonly label: string;
  /** Drawn at most once in so many ms; 0 as data comes. */
  readonly everyMs: number;
}

/** What is drawn. */
export interface ChartSource {
  /** Where, once rendered. */
  target(): HTMLElement | null;
  readonly window: ChartData;
  /** The line's end, ms. */
  now(): number;
  /** What goes with the line. Absent: the line alone, without readout, inspector and table. */
  options?(): ChartOptions;
}
