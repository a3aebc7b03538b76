/** Answers queries: finds the series, plans, reads what is on disk, evaluates. */
import { WaooawError, selectorText } from '../../../../src/protocol/index.ts';
import type { MetricKind, MetricQuery, QueryAnswer, SeriesInfo } from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { BucketBlock, StoredSeries } from '../../../ports/metric-store.ts';
import { STORED_TIERS } from '../../../ports/metric-store.ts';
import type { MetricsLimits } from '../limits.ts';
import type { FineTiers } from '../series/fine-tiers.ts';
import { OVERFLOW_TAG } from '../series/registry.ts';
import type { Registry } from '../series/registry.ts';
import type { Series } from '../series/series.ts';
import type { Storage } from '../storage/storage.ts';
import { MINUTE, SECOND, startOf } from '../tiers/tiers.ts';
import type { Tier } from '../tiers/tiers.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluated, Matched } from './evaluate.ts';
import { compileSelector } from './matching.ts';
import type { Matching } from './matching.ts';
import { shapeOf, spanOf } from './plan.ts';
import type { Shape, Span } from './plan.ts';

/** Closed minutes that memory still answers for: they may not have been written yet. */
const UNWRITTEN_MS = 2 * MINUTE;

/** What answering takes. */
export interface EngineDeps {
  readonly registry: Registry;
  readonly fine: FineTiers;
  readonly clock: Clock;
  readonly limits: MetricsLimits;
  /** Undefined while there is no store: memory answers alone. */
  readonly storage: () => Storage | undefined;
}

/** The series that a selector means. */
export interface Found {
  readonly active: readonly Series[];
  readonly silent: readonly StoredSeries[];
  readonly kind: MetricKind | undefined;
  readonly info: SeriesInfo | StoredSeries | undefined;
}

/** Answers from one registry. */
export class QueryEngine {
  readonly #deps: EngineDeps;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /** @throws WaooawError `bad_selector`, `bad_request`, `bad_aggregation`, `bad_kind`, `query_limit`. */
  async answer(query: MetricQuery, maxPoints = this.#deps.limits.maxQueryPoints): Promise<QueryAnswer> {
    const { clock } = this.#deps;
    const matching = compileSelector(query.metric);
    const found = this.find(matching);
    const shape = shapeOf(query, found.kind);
    const nowMs = clock.now();
    const span = this.plan(query, found, nowMs);
    const memoryFrom = this.memoryFrom(span);
    const blocks = await this.load(found, span, memoryFrom);
    return this.compose(
      matching,
      found,
      shape,
      span,
      this.evaluate(found, shape, span, blocks, memoryFrom, nowMs, maxPoints),
    );
  }

  /** @throws WaooawError `bad_kind`, `query_limit`. */
  find(matching: Matching): Found {
    const { registry, limits } = this.#deps;
    const { name } = matching.selector;
    const active = [...registry.named(name)].filter(({ tags }) => matching.matches(tags));
    const silent = [...registry.silent()].filter(
      (series) => series.name === name && matching.matches(series.tags),
    );
    const count = active.length + silent.length;
    if (count > limits.maxQuerySeries)
      throw new WaooawError(
        'query_limit',
        `${count} series match; at most ${limits.maxQuerySeries} are answered`,
      );
    const [first = silent[0]] = active.filter(({ tags }) => !(OVERFLOW_TAG in tags));
    const kind = (first ?? active[0])?.kind;
    const sameKind = (series: Series | StoredSeries): boolean => {
      if (series.kind === kind) return true;
      // What overflowed is not what it would have been; what was once on disk may have been something else.
      if (OVERFLOW_TAG in series.tags || !('key' in series)) return false;
      throw new WaooawError(
        'bad_kind',
        `${name} has series of the kinds ${kind} and ${series.kind}: narrow the selector`,
      );
    };
    return {
      active: active.filter(sameKind),
      silent: silent.filter(sameKind),
      kind,
      info: active[0]?.info ?? first,
    };
  }

  /**
   * @param live one that stays: where its seconds begin later than it does, they will come; ten seconds would leave most of an
   *   hour open that minutes know of.
   */
  plan(query: MetricQuery, { active }: Found, nowMs: number, live = false): Span {
    const { fine, limits } = this.#deps;
    const span = spanOf(query, nowMs, true, limits);
    if (span.tier >= MINUTE) return span;
    const since = fine.want(active);
    const whole = since !== undefined && (since <= span.from || (live && span.tier === SECOND));
    return whole ? span : spanOf(query, nowMs, false, limits);
  }

  /** From when on memory answers, ms. */
  memoryFrom({ tier }: Span): number {
    const { registry, storage } = this.#deps;
    const { openFrom, heldFrom } = registry.gate;
    return tier < MINUTE || !storage() ? 0 : Math.max(heldFrom, openFrom - UNWRITTEN_MS);
  }

  /** What lies on disk of a span: its own tier as far as that is made, then finer ones. */
  async load({ active, silent }: Found, span: Span, memoryFrom: number): Promise<readonly BucketBlock[]> {
    const storage = this.#deps.storage();
    if (span.tier < MINUTE || !storage) return [];
    const ids = [...active, ...silent].map(({ id }) => id).filter((id) => id > 0);
    const end = Math.min(span.to, memoryFrom);
    const blocks: BucketBlock[] = [];
    let at = span.from - span.stepMs;
    for (const tier of [...STORED_TIERS].reverse()) {
      // Whole buckets only: what is left is made of finer ones.
      const until = startOf(Math.min(storage.madeUpTo(tier), end), tier);
      if (tier > span.tier || ids.length === 0 || at >= until) continue;
      blocks.push(await storage.read(tier, ids, at, until));
      at = until;
    }
    return blocks;
  }

  evaluate(
    { active, silent, kind = 'gauge' }: Found,
    shape: Shape,
    span: Span,
    blocks: readonly BucketBlock[],
    memoryFrom: number,
    nowMs: number,
    maxPoints = this.#deps.limits.maxQueryPoints,
  ): Evaluated {
    const matched: Matched[] = active.map((series) => ({
      id: series.id,
      tags: series.tags,
      ring: ringOf(series, span.tier),
    }));
    return evaluate([...matched, ...(blocks.length > 0 ? silent : [])], {
      span,
      shape,
      kind,
      nowMs,
      blocks,
      memoryFrom,
      maxGroups: this.#deps.limits.maxQueryGroups,
      maxPoints,
    });
  }

  compose(
    matching: Matching,
    found: Found,
    shape: Shape,
    span: Span,
    { groups, errorBound }: Evaluated,
  ): QueryAnswer {
    const { active, silent, kind, info } = found;
    const { from, to, stepMs, tier } = span;
    return {
      metric: selectorText(matching.selector),
      ...shape,
      ...(kind && { kind }),
      ...(info?.unit !== undefined && { unit: info.unit }),
      ...(info?.help !== undefined && { help: info.help }),
      from,
      to,
      stepMs,
      tierMs: tier,
      series: active.length + silent.length,
      groups,
      lateDropped: active.reduce((sum, series) => sum + series.lateDropped, 0),
      ...(errorBound && { errorBound }),
    };
  }
}

function ringOf(series: Series, tier: Tier): Series['minutes'] | undefined {
  if (tier >= MINUTE) return series.minutes;
  return tier === 1_000 ? series.fine?.second : series.fine?.tenSeconds;
}
