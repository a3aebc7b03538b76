/** The answer of a live query, as its channel tells it and keeps it up to date: what widgets draw and say of it. */
import type {
  Aggregation,
  QueryAnswer,
  QueryFacts,
  QueryGroup,
  QueryPoint,
  QueryUpdate,
} from '../protocol/queries.ts';
import type { Columns } from './metric-window.ts';

/** A longer silence than so many usual ones is a gap, also where the server has not told of one yet. */
const GAP_SILENCES = 2.5;

/**
 * Those of which a step that still runs says as much as a whole one. Of the others it says too little: a rate of half a
 * step sags, a percentile of three observations jumps.
 */
const AT_ONCE: readonly Aggregation[] = ['avg', 'min', 'max', 'last'];

/** The value of a step, under the name that a bucket has for its newest: `start` is ms since 1970. */
export interface StepValue {
  readonly start: number;
  readonly last: number;
}

/** What lines need to know of their query. */
interface Terms {
  readonly stepMs: number;
  readonly windowMs: number;
  /** A step counts once it is over. */
  readonly whole: boolean;
}

/** One group's line. */
export class QueryLine {
  /** Its values of the tags in `by`. */
  readonly tags: Readonly<Record<string, string>>;
  /** How many series it is made of. */
  series = 0;
  readonly #terms: () => Terms;
  readonly #now: () => number;
  #points: QueryPoint[] = [];
  #gaps: QueryGroup['gaps'] = [];
  /** How far apart steps with samples usually are, ms, where that has been looked up. */
  #usualMs: number | undefined;

  /** @param now the server's clock, ms since 1970. */
  constructor(tags: QueryLine['tags'], terms: () => Terms, now: () => number) {
    this.tags = tags;
    this.#terms = terms;
    this.#now = now;
  }

  /** No step is known. */
  get empty(): boolean {
    return this.#points.length === 0;
  }

  /** How far back it goes, ms. */
  get windowMs(): number {
    return this.#terms().windowMs;
  }

  /** Length of a step, ms. */
  get stepMs(): number {
    return this.#terms().stepMs;
  }

  /**
   * The newest step that can be shown. Of rates, increases, deltas, sums, counts and percentiles it is the newest that is over,
   * unless there is no other.
   * @param atMs steps that begin later are passed over; default now.
   */
  latest(atMs = this.#now()): StepValue | undefined {
    const points = this.#points;
    const found = points.findLast((point) => point[0] <= atMs && this.#counts(point));
    // One sender whose clock is ahead must not hide that there is something.
    return stepOf(found ?? points.findLast(([start]) => start <= atMs) ?? points.at(-1));
  }

  /** Lowest, highest and mean value of the steps from a time on, and before another. */
  range(fromMs = -Infinity, toMs = Infinity): { min: number; max: number; avg: number } | undefined {
    let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
    for (const point of this.#points) {
      const [start, value] = point;
      if (start < fromMs || start >= toMs || (count > 0 && !this.#counts(point))) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      count += 1;
    }
    return count === 0 ? undefined : { min, max, avg: sum / count };
  }

  /** Times and values by time; a gap is a null. A step that does not count yet is left out. */
  columns(): Columns {
    const times: number[] = [];
    const values: (number | null)[] = [];
    const { stepMs } = this.#terms();
    for (const point of this.#points) {
      const [start, value] = point;
      const before = times.at(-1);
      if (before !== undefined && !this.#counts(point)) continue;
      if (before !== undefined && this.#gapBetween(before, start)) {
        times.push(before + stepMs);
        values.push(null);
      }
      times.push(start);
      values.push(value);
    }
    return [times, values];
  }

  /** Takes what an answer says of it. What is known and the answer does not speak of stays. */
  answer({ series, points, gaps }: Pick<QueryGroup, 'series' | 'points' | 'gaps'>): void {
    this.series = series;
    this.#gaps = gaps;
    this.put(points);
  }

  /** Takes steps. One replaces that of its start. */
  put(points: readonly QueryPoint[]): void {
    for (const point of points) this.#put(point);
  }

  /** Forgets what began before a time. */
  drop(beforeMs: number): void {
    const keep = this.#points.findIndex(([start]) => start >= beforeMs);
    if (keep !== 0) this.#points = keep < 0 ? [] : this.#points.slice(keep);
    this.#gaps = this.#gaps.filter(([, to]) => to > beforeMs);
  }

  #counts([start]: QueryPoint): boolean {
    const { whole, stepMs } = this.#terms();
    return !whole || start + stepMs <= this.#now();
  }

  #gapBetween(before: number, start: number): boolean {
    if (start - before > this.#usual * GAP_SILENCES) return true;
    return this.#gaps.some(([from, to]) => from > before && to <= start);
  }

  /** What is sampled less often than once a step is not full of gaps. */
  get #usual(): number {
    if (this.#usualMs === undefined) {
      const distances = this.#points.slice(1).map(([start], i) => start - this.#points[i]![0]);
      this.#usualMs = Math.max(this.stepMs, distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0);
    }
    return this.#usualMs;
  }

  #put(point: QueryPoint): void {
    const points = this.#points;
    const [start, value] = point;
    if (!Number.isFinite(start) || !Number.isFinite(value)) return;
    let i = points.length;
    while (i > 0 && points[i - 1]![0] > start) i -= 1;
    if (i > 0 && points[i - 1]![0] === start) points[i - 1] = point;
    else {
      points.splice(i, 0, point);
      this.#usualMs = undefined;
    }
  }
}

/** A query's answer that goes on: lines by group. */
export class QueryWindow {
  readonly #now: () => number;
  readonly #lines = new Map<string, QueryLine>();
  #answer: QueryAnswer | undefined;
  #terms: Terms = { stepMs: 1_000, windowMs: 0, whole: false };

  /** @param now the server's clock, ms since 1970: tells which step is over. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What the server said of the query when it answered last, without its groups being up to date. */
  get answer(): QueryAnswer | undefined {
    return this.#answer;
  }

  /** By key, in the order in which the server named them. */
  get lines(): ReadonlyMap<string, QueryLine> {
    return this.#lines;
  }

  /** The only line of a query without `by`; undefined while nothing is known. */
  get line(): QueryLine | undefined {
    const [line] = this.#lines.values();
    return line;
  }

  /**
   * Takes a channel's snapshot. What was known before is kept, so that a server that has forgotten leaves the line with a
   * gap; what was measured in other steps is not.
   */
  snapshot(answer: QueryAnswer): void {
    const { stepMs, from, to, aggregation } = answer;
    const before = this.#answer;
    if (before && (before.stepMs !== stepMs || before.aggregation !== aggregation)) this.clear();
    this.#answer = answer;
    this.#terms = { stepMs, windowMs: to - from, whole: !AT_ONCE.includes(aggregation) };
    const groups = new Map(answer.groups.map((group) => [group.key, group]));
    for (const key of this.#lines.keys()) if (!groups.has(key)) this.#lines.delete(key);
    for (const group of groups.values()) this.#lineOf(group.key, group.tags).answer(group);
    this.#drop(to);
  }

  /** Takes a publication. Taken twice it changes nothing. */
  update({ to, groups, about }: QueryUpdate): void {
    if (about) this.#learn(about);
    for (const { key, tags, series, points, gone } of groups) {
      if (gone) {
        this.#lines.delete(key);
        continue;
      }
      const line = this.#lineOf(key, tags ?? {});
      if (series !== undefined) line.series = series;
      line.put(points);
    }
    this.#drop(to);
  }

  /** Its first series has come: what it is, is known. */
  #learn(about: QueryFacts): void {
    if (!this.#answer) return;
    this.#answer = { ...this.#answer, ...about };
    this.#terms = { ...this.#terms, whole: !AT_ONCE.includes(about.aggregation) };
  }

  /** Forgets everything: something else is asked. */
  clear(): void {
    this.#lines.clear();
    this.#answer = undefined;
  }

  #lineOf(key: string, tags: QueryLine['tags']): QueryLine {
    let line = this.#lines.get(key);
    if (!line) this.#lines.set(key, (line = new QueryLine(tags, () => this.#terms, this.#now)));
    return line;
  }

  /** A step stays as long as any of it is in the window. */
  #drop(toMs: number): void {
    const { windowMs, stepMs } = this.#terms;
    for (const line of this.#lines.values()) line.drop(toMs - windowMs - stepMs + 1);
  }
}

function stepOf(point: QueryPoint | undefined): StepValue | undefined {
  return point && { start: point[0], last: point[1] };
}
