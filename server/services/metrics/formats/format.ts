/** What every format of metrics has in common: bytes in, samples out, each bad part named. */
import type { ErrorCode, MetricKind } from '../../../../src/protocol/index.ts';

/** A series as a sender describes it. Labels in any order. */
export interface Identity {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** `unknown` is kept as a gauge until somebody says better. */
  readonly kind: MetricKind | 'unknown';
  readonly unit?: string | undefined;
  readonly help?: string | undefined;
}

/** A series that was found once and is then written to without being looked up again. */
export interface SeriesRef {
  /** True once nothing of the series is kept: it has to be looked up again. */
  readonly gone: boolean;
}

/** Observations counted between bounds that the sender chose. Counts are each bucket's own, not those of all below it. */
export interface ClassicHistogram {
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last is what lies above them all. */
  readonly counts: readonly number[];
  /** NaN where it is not known. */
  readonly sum: number;
  readonly count: number;
}

/** Observations counted by a base-2 exponential scale, as OpenTelemetry defines it: bucket i holds (base^i, base^(i+1)], base = 2^(2^-scale). */
export interface ExponentialHistogram {
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: { readonly offset: number; readonly counts: readonly number[] };
  readonly negative: { readonly offset: number; readonly counts: readonly number[] };
  /** NaN where it is not known. */
  readonly sum: number;
  readonly count: number;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Either. */
export type HistogramPoint = ClassicHistogram | ExponentialHistogram;

/**
 * What a sender's number means. `cumulative`: the count since its start, which goes back to 0 when the sender restarts.
 * `delta`: what came since the last one.
 */
export type Temporality = 'cumulative' | 'delta';

/** Takes what one body holds. Nothing here throws for bad data but `series`. */
export interface Intake {
  /** How many series were let go so far: while it stays the same, none of those that were found is gone. Absent where nobody counts. */
  readonly retired?: number;
  /** Why a number would not be taken, whichever series it is of: asked before one is made for it. */
  faultOf(value: number, timeMs: number): ErrorCode | undefined;
  /**
   * Finds or makes a series.
   * @param timeMs of what is to be written to it: for what comes too late none is made.
   * @throws WaooawError `bad_name`, `bad_tags`, `too_many_tags`, `series_limit`.
   */
  series(identity: Identity, timeMs?: number): SeriesRef;
  /**
   * A number of a gauge or of a cumulative counter.
   * @param timeMs ms since 1970; NaN for now.
   * @param createdMs since when a counter counts; NaN where it is not said.
   * @returns why it was not taken.
   */
  sample(ref: SeriesRef, value: number, timeMs: number, createdMs?: number): ErrorCode | undefined;
  /** What came on top of a counter since the last time. */
  increment(ref: SeriesRef, by: number, timeMs: number): ErrorCode | undefined;
  /** One observation of a histogram. */
  observe(ref: SeriesRef, value: number, timeMs: number): ErrorCode | undefined;
  /** A histogram as the sender counted it. */
  histogram(
    ref: SeriesRef,
    point: HistogramPoint,
    temporality: Temporality,
    timeMs: number,
    createdMs?: number,
  ): ErrorCode | undefined;
  /**
   * Names a part that was not taken.
   * @param place where: `line 12`, or a JSON pointer such as `/samples/3`.
   */
  reject(place: string, code: ErrorCode, message: string): void;
}

/** Reads the bodies of one source, and may remember that source's series from one to the next. */
export interface MetricParser {
  /**
   * Reads a body. It pauses at each `yield`, at least every few thousand samples, so that others get their turn.
   * @throws WaooawError only where the whole is unreadable: `bad_json`, `bad_request`, `bad_exposition`.
   */
  parse(body: Buffer, intake: Intake): Generator<void, void, void>;
}

/** One format. */
export interface MetricFormat {
  /** kebab-case, as the statistics name it. */
  readonly name: string;
  /** Lower case, without parameters. */
  readonly mediaTypes: readonly string[];
  /** A parser for one source. */
  parser(): MetricParser;
}
