/** What an OTLP body says, whichever way it was encoded: the one shape that both decoders hand on. */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import type { ClassicHistogram, ExponentialHistogram } from '../format.ts';

/** What an attribute may be. */
export type AttributeValue =
  string | number | boolean | null | readonly AttributeValue[] | { readonly [key: string]: AttributeValue };

/** One of a resource, a scope or a point. */
export type Attribute = readonly [key: string, value: AttributeValue];

/**
 * Attributes that are only opened where they are new. Two with the same key are the same.
 * `open` throws WaooawError `bad_tags` where they cannot be read.
 */
export interface Attributes {
  readonly key: string;
  open(): readonly Attribute[];
}

/** Where metrics come from. */
export interface Origin {
  readonly resource: Attributes;
  /** Tells scopes apart. */
  readonly scopeKey: string;
  /** The instrumentation scope's name and version, opened where they are asked for. */
  scope(): { readonly name: string; readonly version: string };
}

/** The kinds of OTLP. */
export type OtlpKind = 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary';

/** AggregationTemporality. */
export const UNSPECIFIED = 0;
export const DELTA = 1;
export const CUMULATIVE = 2;

/** A metric without its points. */
export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: OtlpKind;
  /** 0 unspecified, 1 delta, 2 cumulative. */
  readonly temporality: number;
  readonly monotonic: boolean;
}

/** What every point has. */
export interface PointHead {
  readonly attributes: Attributes;
  /** ms since 1970; NaN where it is not said, and where it is the point's own time: the sender then does not know it. */
  readonly startMs: number;
  /** ms since 1970; NaN where it is not said. */
  readonly timeMs: number;
  /** DataPointFlags; bit 0: there is no value. */
  readonly flags: number;
}

/** A point by the kind of its metric. */
export interface NumberPoint extends PointHead {
  readonly kind: 'number';
  /** NaN where there is none. */
  readonly value: number;
}
export interface ClassicPoint extends PointHead {
  readonly kind: 'histogram';
  readonly histogram: ClassicHistogram;
}
export interface ExponentialPoint extends PointHead {
  readonly kind: 'exponential';
  readonly histogram: ExponentialHistogram;
}
export interface SummaryPoint extends PointHead {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** Any of them. */
export type OtlpPoint = NumberPoint | ClassicPoint | ExponentialPoint | SummaryPoint;

/** Nanoseconds in a millisecond. A double holds today's nanoseconds to 256 ns. */
const NS_PER_MS = 1_000_000;

/** A point's times, from nanoseconds since 1970; 0 says nothing. */
export function timesOf(startNs: number, timeNs: number): Pick<PointHead, 'startMs' | 'timeMs'> {
  return {
    startMs: startNs === 0 || startNs === timeNs ? NaN : Math.round(startNs / NS_PER_MS),
    timeMs: timeNs === 0 ? NaN : Math.round(timeNs / NS_PER_MS),
  };
}

/** Made once: a body may hold a million of such points, and each error made anew costs more than reading its point. */
export const NO_VALUE = new WaooawError('bad_value', 'A point without a value');
