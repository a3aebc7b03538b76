/** Every series there is: those that speak, those that are silent but kept on disk, and how many there may be. */
import { WaooawError, seriesKey } from '../../../../src/protocol/index.ts';
import type { MetricKind } from '../../../../src/protocol/index.ts';
import type { StoredSeries } from '../../../ports/metric-store.ts';
import type { MetricsLimits } from '../limits.ts';
import type { Gate } from './gate.ts';
import { Series } from './series.ts';
import type { Standing } from './standing.ts';
import { MINUTE } from '../tiers/tiers.ts';

/** The tag of an overflow series: its value is the tag that has too many values. */
export const OVERFLOW_TAG = 'waooaw_overflow';
/** Metrics that may have an overflow series beside `maxSeries`. */
const MAX_OVERFLOWS = 1_000;

/** A series that is looked for. */
export interface Wanted {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kind: MetricKind | 'unknown';
  readonly unit?: string | undefined;
  readonly help?: string | undefined;
  readonly source: string;
}

/** A series that is silent: what the disk knows, and where it stood. */
interface Silent extends StoredSeries {
  readonly stood?: Standing | undefined;
}

/** Counts of what was not to be. */
export interface RegistryStats {
  readonly series: number;
  readonly silent: number;
  /** Series that were asked for beyond a limit and share an overflow series. */
  readonly overflowed: number;
}

/** Finds, makes and forgets series. */
export class Registry {
  readonly #limits: MetricsLimits;
  /** From when on samples are taken. */
  readonly gate: Gate;
  readonly #active = new Map<string, Series>();
  readonly #silent = new Map<string, Silent>();
  readonly #byName = new Map<string, Set<Series>>();
  readonly #bySource = new Map<string, number>();
  readonly #overflows = new Map<string, Series>();
  /** Told of each series that came. */
  onCome: ((series: Series) => void) | undefined;
  #lastId = 0;
  #version = 0;
  #retired = 0;
  #overflowed = 0;

  constructor(limits: MetricsLimits) {
    this.#limits = limits;
    this.gate = {
      openFrom: 0,
      heldFrom: 0,
      openMinutes: Math.ceil((limits.maxLateMs + limits.maxFutureMs) / MINUTE) + 2,
    };
  }

  /** Another number whenever a series came or went. */
  get version(): number {
    return this.#version;
  }

  /** How many series were let go. */
  get retired(): number {
    return this.#retired;
  }

  get stats(): RegistryStats {
    return { series: this.#active.size, silent: this.#silent.size, overflowed: this.#overflowed };
  }

  /** Those that speak. */
  active(): IterableIterator<Series> {
    return this.#active.values();
  }

  /** Those of one metric that speak. */
  named(name: string): Iterable<Series> {
    return this.#byName.get(name) ?? [];
  }

  /** Those that are silent. */
  silent(): IterableIterator<StoredSeries> {
    return this.#silent.values();
  }

  find(key: string): Series | undefined {
    return this.#active.get(key);
  }

  findSilent(key: string): StoredSeries | undefined {
    return this.#silent.get(key);
  }

  /** Takes in what the disk knows. */
  restore(stored: readonly StoredSeries[]): void {
    for (const series of stored) {
      this.#lastId = Math.max(this.#lastId, series.id);
      const key = seriesKey(series);
      if (!this.#active.has(key)) this.#keepSilent(key, series);
    }
    this.#version += 1;
  }

  /**
   * @throws WaooawError `bad_kind`, `bad_tags`, `source_limit`, `series_limit`.
   */
  take(wanted: Wanted): Series {
    const { name, tags, kind, unit, help, source } = wanted;
    const key = seriesKey(wanted);
    const known = this.#active.get(key);
    if (known) {
      if (kind !== 'unknown' && kind !== known.kind) this.#change(known, kind);
      known.describe(unit, help);
      return known;
    }
    if (key.length > this.#limits.maxSeriesLength) {
      throw new WaooawError(
        'bad_tags',
        `The series is ${key.length} characters long; ${this.#limits.maxSeriesLength} are taken`,
      );
    }
    const { maxSeries, maxSeriesPerMetric, maxSeriesPerSource } = this.#limits;
    if ((this.#byName.get(name)?.size ?? 0) >= maxSeriesPerMetric || this.#active.size >= maxSeries)
      return this.#overflow(wanted);
    if ((this.#bySource.get(source) ?? 0) >= maxSeriesPerSource) {
      throw new WaooawError(
        'source_limit',
        `${source} has ${maxSeriesPerSource} series; ${key.slice(0, 120)} is not taken`,
      );
    }
    const stored = this.#silent.get(key);
    const asked = kind === 'unknown' ? (stored?.kind ?? 'gauge') : kind;
    return this.#add(key, {
      name,
      tags: { ...tags },
      kind: asked,
      unit: unit ?? stored?.unit,
      help: help ?? stored?.help,
      source,
      // Another kind on disk is another series: its past means something else.
      id: stored?.kind === asked ? stored.id : 0,
    });
  }

  /** Brings a silent one back, as it is known on disk. */
  wake(key: string): Series | undefined {
    const stored = this.#silent.get(key);
    if (!stored) return undefined;
    return this.#add(key, { ...stored, source: 'restored' });
  }

  /** Where a silent counter stood, as the disk knows it. What is known of one already goes before. */
  remember(key: string, stood: Standing): void {
    const silent = this.#silent.get(key);
    if (silent && !silent.stood) this.#silent.set(key, { ...silent, stood });
  }

  /** A number of its own in the store. */
  idOf(series: Series): number {
    if (series.id === 0) series.id = ++this.#lastId;
    return series.id;
  }

  /** Its sender has said that there is no more of it. What is known stays. */
  end(series: Series): void {
    if (series.gone || series.ended) return;
    series.end(() => {
      this.#version += 1;
    });
    this.#version += 1;
  }

  /** It does not speak any more: its memory is freed, and what is on disk can still be asked for. */
  retire(series: Series): void {
    series.retire();
    this.#retired += 1;
    this.#active.delete(series.key);
    if (this.#overflows.get(series.name) === series) this.#overflows.delete(series.name);
    const named = this.#byName.get(series.name);
    named?.delete(series);
    if (named?.size === 0) this.#byName.delete(series.name);
    const left = (this.#bySource.get(series.source) ?? 1) - 1;
    if (left > 0) this.#bySource.set(series.source, left);
    else this.#bySource.delete(series.source);
    this.#version += 1;
    if (series.id > 0) this.#keepSilent(series.key, { ...describe(series), stood: series.standing });
  }

  /** Forgets silent ones of which the disk keeps nothing. */
  forget(isKept: (id: number) => boolean): void {
    for (const [key, { id }] of this.#silent) if (!isKept(id)) this.#silent.delete(key);
  }

  /** How many series each source has. */
  sources(): ReadonlyMap<string, number> {
    return this.#bySource;
  }

  #add(key: string, options: Omit<ConstructorParameters<typeof Series>[0], 'gate'>): Series {
    const series = new Series({ ...options, gate: this.gate });
    const known = this.#silent.get(key);
    if (known?.stood && known.id === options.id) series.resume(known.stood);
    this.#active.set(key, series);
    this.#silent.delete(key);
    let named = this.#byName.get(series.name);
    if (!named) this.#byName.set(series.name, (named = new Set()));
    named.add(series);
    this.#bySource.set(series.source, (this.#bySource.get(series.source) ?? 0) + 1);
    this.#version += 1;
    this.onCome?.(series);
    return series;
  }

  #keepSilent(key: string, stored: Silent): void {
    this.#silent.delete(key);
    this.#silent.set(key, stored);
    if (this.#silent.size <= this.#limits.maxSilentSeries) return;
    // The one that has been silent for longest.
    for (const oldest of this.#silent.keys()) {
      this.#silent.delete(oldest);
      break;
    }
  }

  #change(series: Series, kind: MetricKind): void {
    if (series.newestAt < 0) return series.become(kind);
    throw new WaooawError('bad_kind', `${series.key.slice(0, 120)} is a ${series.kind}, not a ${kind}`);
  }

  /** Too many: all further series of the metric share one, which says whose fault it is. */
  #overflow(wanted: Wanted): Series {
    this.#overflowed += 1;
    const { name } = wanted;
    const known = this.#overflows.get(name);
    if (known) return known;
    if (this.#overflows.size >= MAX_OVERFLOWS)
      throw new WaooawError('series_limit', `${this.#limits.maxSeries} series are kept; ${name} is not`);
    const tags = { [OVERFLOW_TAG]: this.#widestTag(wanted) };
    const key = seriesKey({ name, tags });
    const series =
      this.#active.get(key) ??
      this.#add(key, {
        name,
        tags,
        // Counts of several counters in one would be restarts of a counter.
        kind: wanted.kind === 'histogram' ? 'histogram' : 'gauge',
        unit: wanted.unit,
        help: wanted.help,
        source: 'overflow',
        id: this.#silent.get(key)?.id ?? 0,
      });
    this.#overflows.set(name, series);
    return series;
  }

  /** The tag with the most values: the one that should not be a tag. */
  #widestTag({ name, tags }: Wanted): string {
    const values = new Map<string, Set<string>>(Object.keys(tags).map((tag) => [tag, new Set()]));
    for (const series of this.named(name)) for (const [tag, seen] of values) seen.add(series.tags[tag] ?? '');
    let widest = 'none';
    let most = 0;
    for (const [tag, seen] of values) {
      if (seen.size > most) [widest, most] = [tag, seen.size];
    }
    return widest;
  }
}

/** A series as it is kept. */
export function describe(series: Series): StoredSeries {
  const { id, name, tags, kind, info } = series;
  return { id, name, tags, kind, unit: info.unit, help: info.help };
}
