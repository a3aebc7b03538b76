/** Takes what a parser reads: finds the series, folds the samples in, and keeps count of what was not taken. */
import { METRIC_NAME, TAG_NAME, WaooawError, seriesKey } from '../../../src/protocol/index.ts';
import type { ErrorCode } from '../../../src/protocol/index.ts';
import type { HistogramPoint, Identity, Intake, SeriesRef, Temporality } from './formats/format.ts';
import type { Rejected, Source } from './ingest.ts';
import type { MetricsLimits } from './limits.ts';
import type { Lane } from './series/lane.ts';
import type { Registry } from './series/registry.ts';
import type { Series } from './series/series.ts';

const MAX_UNIT = 32;
const MAX_HELP = 1_024;
const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** One body of one source on its way in. */
export class BodyIntake implements Intake {
  readonly #registry: Registry;
  readonly #limits: MetricsLimits;
  readonly #source: Source;
  readonly #nowMs: number;
  readonly #latestMs: number;
  /** Where numbers of now may wait. */
  readonly #lane: Lane | undefined;
  accepted = 0;
  rejected = 0;
  readonly shown: Rejected[] = [];
  /** How many were not taken, by code. */
  readonly codes = new Map<ErrorCode, number>();

  constructor(registry: Registry, limits: MetricsLimits, source: Source, nowMs: number, lane?: Lane) {
    this.#registry = registry;
    this.#limits = limits;
    this.#source = source;
    this.#nowMs = nowMs;
    this.#latestMs = nowMs + limits.maxFutureMs;
    this.#lane = lane;
  }

  get retired(): number {
    return this.#registry.retired;
  }

  series(identity: Identity, timeMs = Number.NaN): SeriesRef {
    const { maxNameLength } = this.#limits;
    const { name, kind, unit, help } = identity;
    if (name.length > maxNameLength || !METRIC_NAME.test(name)) {
      throw new WaooawError(
        'bad_name',
        `${JSON.stringify(name.slice(0, 80))} is not a metric name of at most ${maxNameLength} characters`,
      );
    }
    const wanted = {
      name,
      tags: this.#tags(identity.labels),
      kind,
      unit: unit === undefined || unit === '' ? undefined : unit.slice(0, MAX_UNIT),
      help: help === undefined || help === '' ? undefined : help.slice(0, MAX_HELP),
      source: this.#source.name,
    };
    // NaN, which stands for now, is not before anything.
    if (timeMs < this.#registry.gate.openFrom && !this.#registry.find(seriesKey(wanted)))
      throw new WaooawError('time_too_old', `${timeMs} is longer ago than maxLateMs`);
    return this.#registry.take(wanted);
  }

  faultOf(value: number, timeMs: number): ErrorCode | undefined {
    if (!Number.isFinite(value)) return 'bad_value';
    const at = this.#timeOf(timeMs);
    if (at < 0) return at === IN_FUTURE ? 'time_in_future' : 'bad_time';
    return undefined;
  }

  sample(ref: SeriesRef, value: number, timeMs: number, createdMs = NaN): ErrorCode | undefined {
    if (!Number.isFinite(value)) return 'bad_value';
    if (timeMs !== timeMs && createdMs !== createdMs && this.#waits(ref, value)) {
      this.accepted += 1;
      return undefined;
    }
    const at = this.#timeOf(timeMs);
    if (at < 0) return at === IN_FUTURE ? 'time_in_future' : 'bad_time';
    return this.#counted((ref as Series).sample(value, at, createdMs));
  }

  increment(ref: SeriesRef, by: number, timeMs: number): ErrorCode | undefined {
    if (!(by >= 0 && Number.isFinite(by))) return 'bad_value';
    const at = this.#timeOf(timeMs);
    if (at < 0) return at === IN_FUTURE ? 'time_in_future' : 'bad_time';
    return this.#counted((ref as Series).increment(by, at));
  }

  observe(ref: SeriesRef, value: number, timeMs: number): ErrorCode | undefined {
    if (!Number.isFinite(value)) return 'bad_value';
    const at = this.#timeOf(timeMs);
    if (at < 0) return at === IN_FUTURE ? 'time_in_future' : 'bad_time';
    return this.#counted((ref as Series).observe(value, at));
  }

  histogram(
    ref: SeriesRef,
    point: HistogramPoint,
    temporality: Temporality,
    timeMs: number,
    createdMs?: number,
  ): ErrorCode | undefined {
    if (!(point.count >= 0 && Number.isFinite(point.count))) return 'bad_value';
    const at = this.#timeOf(timeMs);
    if (at < 0) return at === IN_FUTURE ? 'time_in_future' : 'bad_time';
    return this.#counted((ref as Series).histogram(point, temporality, at, createdMs));
  }

  reject(place: string, code: ErrorCode, message: string): void {
    this.rejected += 1;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (this.shown.length < this.#limits.maxRejectedShown) this.shown.push({ place, code, message });
  }

  /** Whether a number of now waits to be folded in. Before the open minutes, where the clock went back to, nothing is taken. */
  #waits(ref: SeriesRef, value: number): boolean {
    const lane = this.#lane;
    return (
      lane !== undefined && this.#nowMs >= this.#registry.gate.openFrom && lane.take(ref as Series, value)
    );
  }

  #counted(code: ErrorCode | undefined): ErrorCode | undefined {
    if (code === undefined) this.accepted += 1;
    return code;
  }

  /** The sample's time, or why it is none: a negative number, as this is asked for each sample. */
  #timeOf(timeMs: number): number {
    // NaN stands for now.
    if (timeMs !== timeMs) return this.#nowMs;
    if (timeMs > this.#latestMs) return timeMs === Number.POSITIVE_INFINITY ? NO_TIME : IN_FUTURE;
    return timeMs >= 0 ? timeMs : NO_TIME;
  }

  #tags(labels: Identity['labels']): Readonly<Record<string, string>> {
    const { tags: own, prefer = 'source' } = this.#source;
    if (labels.length === 0 && !own) return NONE;
    const { maxTags, maxTagLength } = this.#limits;
    const tags: Record<string, string> = {};
    for (const [name, value] of labels) {
      if (name.length > maxTagLength || !TAG_NAME.test(name))
        throw new WaooawError('bad_tags', `${JSON.stringify(name.slice(0, 80))} is not a tag name`);
      if (value.length > maxTagLength)
        throw new WaooawError(
          'bad_tags',
          `Tag ${name}: ${value.length} characters; at most ${maxTagLength} are taken`,
        );
      // An empty tag is none: Prometheus and OpenMetrics say so, and who leaves it out means the same series.
      if (value === '') continue;
      if (Object.hasOwn(tags, name)) throw new WaooawError('bad_tags', `Tag ${name} is there twice`);
      tags[name] = value;
    }
    for (const [name, value] of Object.entries(own ?? NONE)) {
      const theirs = tags[name];
      if (theirs !== undefined && prefer === 'series') continue;
      if (theirs !== undefined) tags[`exported_${name}`] = theirs;
      tags[name] = value;
    }
    const count = Object.keys(tags).length;
    if (count > maxTags)
      throw new WaooawError('too_many_tags', `${count} tags; at most ${maxTags} are taken`);
    return tags;
  }
}

const NO_TIME = -1;
const IN_FUTURE = -2;
