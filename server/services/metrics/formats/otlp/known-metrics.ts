/** What a source's metrics became, kept from one body to the next: names, tags and series are worked out once. */
import { WaooawError } from '../../../../../src/protocol/index.ts';
import type { Intake, SeriesRef } from '../format.ts';
import type { OtlpOptions } from './limits.ts';
import { CUMULATIVE, DELTA } from './model.ts';
import type { Attributes, Origin, OtlpMetric } from './model.ts';
import { prometheusName } from './names.ts';
import { mergeTags, resourceTags, tagsOf } from './tags.ts';
import type { Tag } from './tags.ts';

/** What an entry weighs beside its key, bytes. */
const ENTRY_BYTES = 200;

/** A metric of one origin. */
export interface KnownMetric {
  readonly metric: OtlpMetric;
  /** Why none of its points can be taken. */
  readonly problem: WaooawError | undefined;
  readonly name: string;
  readonly unit: string | undefined;
  readonly tags: readonly Tag[];
  readonly series: Map<string, SeriesRef>;
}

/** A series of a metric, where it is not the only one of its attributes: a summary has several. */
export interface Part {
  readonly suffix: string;
  readonly kind: 'gauge' | 'counter';
  readonly tag?: Tag;
}

/** The metrics of one source. Over its bound it forgets all and begins anew: forgetting costs a look-up, nothing else. */
export class KnownMetrics {
  readonly #options: OtlpOptions;
  readonly #resourceTags: ReadonlySet<string>;
  readonly #metrics = new Map<string, KnownMetric>();
  #bytes = 0;

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#resourceTags = new Set(options.resourceTags);
  }

  /** Finds a metric, or works out what it is called here. Never throws: what is wrong with it is its `problem`. */
  metric(origin: Origin, metric: OtlpMetric): KnownMetric {
    const { name, unit, description, kind, temporality, monotonic } = metric;
    const key = `${origin.resource.key}\0${origin.scopeKey}\0${name}\0${unit}\0${kind}${temporality}${monotonic}\0${description}`;
    const known = this.#metrics.get(key);
    if (known) return known;
    const made = this.#describe(origin, metric);
    this.#weigh(key, () => this.#forget());
    this.#metrics.set(key, made);
    return made;
  }

  /**
   * Finds or makes the series of a point.
   * @throws WaooawError `bad_tags`, and what the intake throws.
   */
  series(intake: Intake, known: KnownMetric, attributes: Attributes, part?: Part): SeriesRef {
    const { metric } = known;
    const key = part ? `${attributes.key}\0${part.suffix}${part.tag?.[1] ?? ''}` : attributes.key;
    const before = known.series.get(key);
    if (before && !before.gone) return before;
    const labels = mergeTags(known.tags, tagsOf(attributes.open()));
    const ref = intake.series({
      name: known.name + (part?.suffix ?? ''),
      labels: part?.tag ? mergeTags(labels, [part.tag]) : labels,
      kind: part?.kind ?? kindOf(metric),
      // Of a summary, only the quantiles are in the metric's unit.
      unit: part?.suffix === '_count' ? 'count' : known.unit,
      help: metric.description === '' ? undefined : metric.description,
    });
    if (!before) this.#weigh(key, () => this.#forget(known));
    known.series.set(key, ref);
    return ref;
  }

  #describe(origin: Origin, metric: OtlpMetric): KnownMetric {
    const series = new Map<string, SeriesRef>();
    try {
      const problem = problemOf(metric);
      const { name, unit } = prometheusName(metric.name, metric.unit, kindOf(metric));
      if (name === '')
        throw new WaooawError(
          'bad_name',
          `${JSON.stringify(metric.name.slice(0, 80))} holds no letter or digit`,
        );
      return { metric, problem, name, unit, tags: this.#originTags(origin), series };
    } catch (error) {
      if (!(error instanceof WaooawError)) throw error;
      return { metric, problem: error, name: '', unit: undefined, tags: [], series };
    }
  }

  #originTags(origin: Origin): Tag[] {
    const tags = resourceTags(origin.resource.open(), this.#resourceTags);
    if (!this.#options.scopeTags) return tags;
    const { name, version } = origin.scope();
    const scope: Tag[] = [
      ['otel_scope_name', name],
      ['otel_scope_version', version],
    ];
    return mergeTags(
      tags,
      scope.filter(([, value]) => value !== ''),
    );
  }

  #weigh(key: string, forget: () => void): void {
    this.#bytes += key.length + ENTRY_BYTES;
    if (this.#bytes <= this.#options.maxRememberedBytes) return;
    forget();
    this.#bytes = key.length + ENTRY_BYTES;
  }

  /** @param inUse a metric of a body under way; it may have been forgotten before, and then is not among the others. */
  #forget(inUse?: KnownMetric): void {
    for (const { series } of this.#metrics.values()) series.clear();
    this.#metrics.clear();
    inUse?.series.clear();
  }
}

/** A sum that may fall is a reading: nothing can be told of its resets. */
function kindOf({ kind, monotonic }: OtlpMetric): 'gauge' | 'counter' | 'histogram' {
  if (kind === 'histogram' || kind === 'exponential') return 'histogram';
  return kind === 'sum' && monotonic ? 'counter' : 'gauge';
}

function problemOf({ kind, temporality, monotonic }: OtlpMetric): WaooawError | undefined {
  if (kind === 'gauge' || kind === 'summary') return undefined;
  if (temporality !== DELTA && temporality !== CUMULATIVE) {
    return new WaooawError(
      'bad_request',
      `Aggregation temporality ${temporality} is neither delta (1) nor cumulative (2)`,
    );
  }
  if (kind === 'sum' && temporality === DELTA && !monotonic) {
    return new WaooawError(
      'bad_kind',
      'Deltas of a sum that may fall have no start to add them to; send it with cumulative temporality, as exporters do by default',
    );
  }
  return undefined;
}
