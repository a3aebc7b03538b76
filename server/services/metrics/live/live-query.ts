/** A query that is kept up to date on its `query/…` channel. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type {
  MetricQuery,
  QueryAnswer,
  QueryFacts,
  QueryGroup,
  QueryGroupUpdate,
  QueryPoint,
  QueryUpdate,
} from '../../../../src/protocol/index.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { BucketBlock } from '../../../ports/metric-store.ts';
import { gapsOf } from '../query/gaps.ts';
import type { Found, QueryEngine } from '../query/engine.ts';
import type { Matching } from '../query/matching.ts';
import { shapeOf } from '../query/plan.ts';
import type { Shape, Span } from '../query/plan.ts';
import type { Registry } from '../series/registry.ts';
import type { Series, Watcher } from '../series/series.ts';
import type { Pace, Paced } from './pace.ts';

/** Points that are kept of all groups of one query: what a snapshot may hold. */
export const MAX_POINTS = 100_000;

/** What keeping it up to date takes. */
export interface LiveDeps {
  readonly engine: QueryEngine;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Publishes; false when nobody follows any more. */
  send(update: QueryUpdate): boolean;
  readonly onError: (error: unknown) => void;
  /** It cannot be answered any more: whoever asks again is told why. */
  readonly onEnd: () => void;
}

interface LiveGroup {
  readonly tags: Readonly<Record<string, string>>;
  series: number;
  points: QueryPoint[];
  /** Readers know of it. */
  told: boolean;
}

/** One query, for all who follow it. */
export class LiveQuery implements Watcher, Paced {
  dueAt = 0;
  readonly #deps: LiveDeps;
  readonly #query: MetricQuery;
  readonly #matching: Matching;
  readonly #groups = new Map<string, LiveGroup>();
  readonly #watched = new Set<Series>();
  #version = -1;
  #found: Found | undefined;
  #shape: Shape | undefined;
  /** Of the whole window, when it was planned; the step and the tier stay. */
  #span: Span | undefined;
  #bound: QueryAnswer['errorBound'];
  #changedFrom = Number.POSITIVE_INFINITY;
  /** What lies on disk of the steps that may still change. */
  #tail: { blocks: readonly BucketBlock[]; from: number; memoryFrom: number } | undefined;
  #loading: Promise<void> | undefined;
  #stopped = false;
  /** What the metric is, and whether readers know. */
  #about: QueryFacts | undefined;
  #isNews = false;
  #points = 0;

  constructor(query: MetricQuery, matching: Matching, deps: LiveDeps) {
    this.#query = query;
    this.#matching = matching;
    this.#deps = deps;
  }

  /** How many points it keeps. */
  get points(): number {
    return this.#points;
  }

  /** @throws WaooawError as a query does; then it is over. */
  snapshot(): QueryAnswer {
    const { engine, clock } = this.#deps;
    const nowMs = clock.now();
    try {
      this.#match();
      if (!this.#span) {
        this.#begin(nowMs);
        // Nobody was told anything else.
        this.#isNews = false;
      }
    } catch (error) {
      this.#end();
      throw error;
    }
    const span = this.#now(nowMs);
    const groups = [...this.#groups]
      .map(([key, group]) => this.#groupOf(key, group, span, nowMs))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const answer = engine.compose(this.#matching, this.#found!, this.#shape!, span, {
      groups,
      ...(this.#bound && { errorBound: this.#bound }),
    });
    for (const group of this.#groups.values()) group.told = true;
    return answer;
  }

  changed(fromMs: number): void {
    this.#changedFrom = Math.min(this.#changedFrom, fromMs);
    this.#deps.pace.changed(this);
  }

  /** Series may have come or gone, and minutes been closed: looked after now and then. */
  refresh(): void {
    if (!this.#span || this.#stopped) return;
    this.#orEnd(() => {
      if (this.#match()) this.changed(this.#deps.clock.now());
      this.#loadTail();
    });
  }

  publish(): void {
    if (this.#stopped || !this.#span) return;
    this.#orEnd(() => this.#publish());
  }

  #publish(): void {
    const { clock } = this.#deps;
    const nowMs = clock.now();
    const from = this.#changedFrom;
    this.#changedFrom = Number.POSITIVE_INFINITY;
    const groups = this.#evaluate(from, nowMs);
    if (groups.length === 0) return;
    if (!this.#deps.send({ to: this.#now(nowMs).to, groups, ...this.#news() })) this.stop();
  }

  stop(): void {
    this.#stopped = true;
    for (const series of this.#watched) series.unwatch(this);
    this.#watched.clear();
    this.#deps.pace.forget(this);
  }

  /** What cannot be answered once cannot be answered the next time: it ends, and says so once. */
  #orEnd(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#deps.onError(error);
      this.#end();
    }
  }

  #end(): void {
    this.stop();
    this.#deps.onEnd();
  }

  /** The first answer: from memory at once, and what is on disk when it has been read. */
  #begin(nowMs: number): void {
    const { engine } = this.#deps;
    const found = this.#found!;
    const span = engine.plan(this.#query, found, nowMs, true);
    if (span.from < 0) throw new WaooawError('bad_request', 'The window begins before 1970');
    this.#span = span;
    this.#evaluate(span.from, nowMs);
    const memoryFrom = engine.memoryFrom(span);
    if (memoryFrom <= span.from) return;
    this.#loading = this.#load(engine.load(found, span, memoryFrom), span, memoryFrom);
  }

  async #load(reading: Promise<readonly BucketBlock[]>, span: Span, memoryFrom: number): Promise<void> {
    const { engine, clock, onError } = this.#deps;
    try {
      const blocks = await reading;
      if (this.#stopped) return;
      const nowMs = clock.now();
      const { groups } = engine.evaluate(this.#found!, this.#shape!, span, blocks, memoryFrom, nowMs);
      const changed = this.#take(groups, span);
      if (changed.length > 0) this.#deps.send({ to: this.#now(nowMs).to, groups: changed, ...this.#news() });
    } catch (error) {
      onError(error);
    } finally {
      this.#loading = undefined;
      this.#loadTail();
    }
  }

  /** Steps longer than what memory holds need what the disk has of them: read anew once a minute. */
  #loadTail(): void {
    const { engine, clock, onError } = this.#deps;
    const span = this.#tailSpan(clock.now(), Number.POSITIVE_INFINITY);
    const memoryFrom = engine.memoryFrom(span);
    if (this.#loading || memoryFrom <= span.from || this.#tail?.memoryFrom === memoryFrom) return;
    this.#loading = engine
      .load(this.#found!, span, memoryFrom)
      .then((blocks) => {
        this.#tail = { blocks, from: span.from, memoryFrom };
      }, onError)
      .finally(() => {
        this.#loading = undefined;
      });
  }

  /** Looks at the steps since a time. @returns what is news. */
  #evaluate(from: number, nowMs: number): QueryGroupUpdate[] {
    const { engine } = this.#deps;
    const whole = this.#now(nowMs);
    let span = this.#tailSpan(nowMs, from);
    const { blocks = [], from: known = 0, memoryFrom = engine.memoryFrom(span) } = this.#tail ?? {};
    // Of a step that memory holds in part only, a part would be shown as the whole.
    const least = blocks.length > 0 ? known : memoryFrom;
    if (span.from < least) {
      const first = Math.ceil(least / span.stepMs) * span.stepMs;
      if (first >= span.to) return [];
      span = { ...span, from: first, steps: (span.to - first) / span.stepMs };
    }
    const { groups, errorBound } = engine.evaluate(
      this.#found!,
      this.#shape!,
      span,
      blocks,
      memoryFrom,
      nowMs,
    );
    this.#bound = errorBound ?? this.#bound;
    return this.#take(groups, span, whole.from);
  }

  /** Puts evaluated steps in the place of what was known of them. @returns what differs. */
  #take(groups: readonly QueryGroup[], span: Span, dropBefore = span.from): QueryGroupUpdate[] {
    const news: QueryGroupUpdate[] = [];
    let kept = 0;
    for (const { key, tags, series, points } of groups) {
      let group = this.#groups.get(key);
      if (!group) this.#groups.set(key, (group = { tags, series, points: [], told: false }));
      const known = new Map(group.points.filter(([start]) => start >= span.from && start < span.to));
      const changed = points.filter(([start, value]) => known.get(start) !== value);
      if (changed.length > 0) {
        for (const [start, value] of points) known.set(start, value);
        const outside = group.points.filter(([start]) => start < span.from || start >= span.to);
        group.points = [...outside, ...known].sort(([a], [b]) => a - b);
      }
      const told = group.told && group.series === series;
      if (changed.length > 0 || !told) {
        news.push({ key, ...(!told && { tags, series }), points: changed });
        group.told = true;
        group.series = series;
      }
    }
    for (const [key, group] of this.#groups) {
      if ((group.points[0]?.[0] ?? 0) < dropBefore)
        group.points = group.points.filter(([start]) => start >= dropBefore);
      kept += group.points.length;
      if (group.points.length > 0 || groups.some((other) => other.key === key)) continue;
      this.#groups.delete(key);
      news.push({ key, points: [], gone: true });
    }
    this.#points = kept;
    if (kept > MAX_POINTS)
      throw new WaooawError('query_limit', `${kept} points; at most ${MAX_POINTS} are kept of a live query`);
    return news;
  }

  #groupOf(key: string, { tags, series, points }: LiveGroup, span: Span, nowMs: number): QueryGroup {
    const inside = points.filter(([start]) => start >= span.from);
    const starts = inside.map(([start]) => start);
    return {
      key,
      tags,
      series,
      points: inside,
      gaps: gapsOf(starts, span.from, Math.min(span.to, nowMs), span.stepMs),
    };
  }

  /** What the metric is, where readers do not know. */
  #news(): { readonly about?: QueryFacts } {
    if (!this.#isNews || !this.#about) return {};
    this.#isNews = false;
    return { about: this.#about };
  }

  /** The window as of now. */
  #now(nowMs: number): Span {
    const span = this.#span!;
    const to = (Math.floor(nowMs / span.stepMs) + 1) * span.stepMs;
    return { ...span, to, from: to - span.steps * span.stepMs };
  }

  /** The steps since a time, and in any case the one that is under way and the one before it. */
  #tailSpan(nowMs: number, from: number): Span {
    const whole = this.#now(nowMs);
    const { stepMs } = whole;
    const since = Math.min(Math.floor(from / stepMs) * stepMs, whole.to - 2 * stepMs);
    const first = Math.max(since, whole.from);
    return { ...whole, from: first, steps: (whole.to - first) / stepMs };
  }

  /** Follows the series that match now. @returns true when others do than before. */
  #match(): boolean {
    const { engine, registry } = this.#deps;
    if (registry.version === this.#version) return false;
    const found = engine.find(this.#matching);
    const shape = shapeOf(this.#query, found.kind);
    this.#version = registry.version;
    this.#found = found;
    this.#shape = shape;
    const about = factsOf(found, shape);
    this.#isNews ||= JSON.stringify(about) !== JSON.stringify(this.#about);
    this.#about = about;
    // New ones need fine tiers as much as those that were there.
    if (this.#span) engine.plan(this.#query, found, this.#deps.clock.now(), true);
    const active = new Set(found.active);
    for (const series of this.#watched) if (!active.has(series)) series.unwatch(this);
    this.#watched.clear();
    for (const series of active) {
      series.watch(this);
      this.#watched.add(series);
    }
    return true;
  }
}

function factsOf({ kind, info }: Found, { aggregation, across }: Shape): QueryFacts {
  return {
    aggregation,
    across,
    ...(kind && { kind }),
    ...(info?.unit !== undefined && { unit: info.unit }),
    ...(info?.help !== undefined && { help: info.help }),
  };
}
