/** Which series a target brought, and which of them it brings no more. */
import type { ErrorCode } from '../../../../src/protocol/index.ts';
import type {
  HistogramPoint,
  Identity,
  Intake,
  MetricParser,
  SeriesRef,
  Temporality,
} from '../formats/format.ts';

/**
 * A parser that keeps what its bodies write to. A target brings the same series in the same order, scrape after scrape: as long
 * as it does, a comparison a sample is all that this costs.
 */
export class SeenSeries implements MetricParser {
  readonly #parser: MetricParser;
  /** What the last body held, in its order. */
  #before: SeriesRef[] = [];
  /** What this one held from where it differs on. */
  #now: SeriesRef[] = [];
  /** How many at its beginning are as before: nothing is kept of them, as ten thousand a second would be much to collect. */
  #same = 0;

  constructor(parser: MetricParser) {
    this.#parser = parser;
  }

  parse(body: Buffer, intake: Intake): Generator<void, void, void> {
    this.#same = 0;
    this.#now = [];
    return this.#parser.parse(body, new SeeingIntake(intake, (ref) => this.#see(ref)));
  }

  /** The body is read: what the one before held and this one does not. What is gone already is not named. */
  ended(): readonly SeriesRef[] {
    const [before, same, now] = [this.#before, this.#same, this.#now];
    this.#same = 0;
    this.#now = [];
    if (same === before.length && now.length === 0) return [];
    this.#before = [...before.slice(0, same), ...now];
    const still = new Set(this.#before);
    return [...new Set(before)].filter((ref) => !ref.gone && !still.has(ref));
  }

  /** Nothing of it is brought any more: all that the last body held, and what one after it held so far. */
  allEnded(): readonly SeriesRef[] {
    const all = new Set([...this.#before, ...this.#now]);
    this.#before = [];
    this.#same = 0;
    this.#now = [];
    return [...all].filter(({ gone }) => !gone);
  }

  #see(ref: SeriesRef): void {
    if (this.#now.length === 0 && this.#before[this.#same] === ref) this.#same += 1;
    else this.#now.push(ref);
  }
}

class SeeingIntake implements Intake {
  readonly #intake: Intake;
  readonly #see: (ref: SeriesRef) => void;

  constructor(intake: Intake, see: (ref: SeriesRef) => void) {
    this.#intake = intake;
    this.#see = see;
  }

  get retired(): number {
    return this.#intake.retired ?? NaN;
  }

  series(identity: Identity, timeMs?: number): SeriesRef {
    return this.#intake.series(identity, timeMs);
  }

  faultOf(value: number, timeMs: number): ErrorCode | undefined {
    return this.#intake.faultOf(value, timeMs);
  }

  sample(ref: SeriesRef, value: number, timeMs: number, createdMs?: number): ErrorCode | undefined {
    return this.#taken(ref, timeMs, this.#intake.sample(ref, value, timeMs, createdMs));
  }

  increment(ref: SeriesRef, by: number, timeMs: number): ErrorCode | undefined {
    return this.#taken(ref, timeMs, this.#intake.increment(ref, by, timeMs));
  }

  observe(ref: SeriesRef, value: number, timeMs: number): ErrorCode | undefined {
    return this.#taken(ref, timeMs, this.#intake.observe(ref, value, timeMs));
  }

  histogram(
    ref: SeriesRef,
    point: HistogramPoint,
    temporality: Temporality,
    timeMs: number,
    createdMs?: number,
  ): ErrorCode | undefined {
    return this.#taken(ref, timeMs, this.#intake.histogram(ref, point, temporality, timeMs, createdMs));
  }

  reject(place: string, code: ErrorCode, message: string): void {
    this.#intake.reject(place, code, message);
  }

  #taken(ref: SeriesRef, timeMs: number, code: ErrorCode | undefined): ErrorCode | undefined {
    // What brings its own time is of a moment of its own: that it is missing later says nothing (Prometheus has it so, too).
    if (code === undefined && Number.isNaN(timeMs)) this.#see(ref);
    return code;
  }
}
