/** Makes an answer's lines of series' buckets: each series by itself, step by step, then several together. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type {
  Across,
  ErrorBound,
  MetricKind,
  QueryGroup,
  QueryPoint,
} from '../../../../src/protocol/index.ts';
import { ROW_LENGTH } from '../../../ports/metric-store.ts';
import type { BucketBlock } from '../../../ports/metric-store.ts';
import type { BucketRing } from '../tiers/bucket-ring.ts';
import { finite } from '../tiers/bucket.ts';
import { decodeSketch, mergeSketches } from '../tiers/sketch.ts';
import type { Sketch } from '../tiers/sketch.ts';
import { Steps } from '../tiers/steps.ts';
import { gapsOf } from './gaps.ts';
import { tagOf } from './matching.ts';
import { quantileOf } from './plan.ts';
import type { Shape, Span } from './plan.ts';

/** A series as a query sees it. */
export interface Matched {
  /** Its id on disk; 0 where it has none. */
  readonly id: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Its buckets in memory of the tier that is asked for. */
  readonly ring?: BucketRing | undefined;
}

/** What is evaluated. */
export interface Evaluation {
  readonly span: Span;
  readonly shape: Shape;
  readonly kind: MetricKind;
  readonly nowMs: number;
  /** Buckets from disk, each block by series. */
  readonly blocks: readonly BucketBlock[];
  /** From here on buckets in memory count, ms. */
  readonly memoryFrom: number;
  readonly maxGroups: number;
  /** Groups times steps. */
  readonly maxPoints: number;
}

/** What came of it. */
export interface Evaluated {
  readonly groups: QueryGroup[];
  readonly errorBound?: ErrorBound;
}

/** What sums and counts are enough for. */
const SUMS: ReadonlySet<string> = new Set(['avg', 'sum', 'count', 'rate', 'increase']);

/** Rows of one series in a block, `[first, end)`. */
type RowRange = readonly [first: number, end: number];

/** @throws WaooawError `query_limit` for too many groups. */
export function evaluate(matched: readonly Matched[], evaluation: Evaluation): Evaluated {
  const { span, shape, kind, nowMs } = evaluation;
  const { by } = shape;
  // One step before the first: a difference needs it.
  const steps = new Steps(span.from - span.stepMs, span.stepMs, span.steps + 1);
  const ranges = evaluation.blocks.map(rangesOf);
  const sketches = evaluation.blocks.map((block) => new Map(block.sketches));
  // By one tag the value tells groups apart, and is cheaper to have than a key.
  const [onlyTag] = by.length === 1 ? by : [];
  const groups = new Map<string, Group>();
  const sums = SUMS.has(shape.aggregation);
  const make = shapeMaker(kind, shape, span, nowMs);
  for (const series of matched) {
    steps.clear();
    evaluation.blocks.forEach((block, i) => {
      const range = ranges[i]!.get(series.id);
      if (range) accumulate(steps, block, range, sketches[i]!, evaluation.memoryFrom);
    });
    const memoryFrom = Math.max(evaluation.memoryFrom, steps.from);
    if (sums) series.ring?.accumulateSums(steps, memoryFrom, span.to);
    else series.ring?.accumulate(steps, memoryFrom, span.to);
    const known = onlyTag !== undefined ? tagOf(series.tags, onlyTag) : keyOf(by, series.tags);
    let group = groups.get(known);
    if (!group) {
      if (groups.size >= evaluation.maxGroups)
        throw new WaooawError('query_limit', `More than ${evaluation.maxGroups} groups`);
      if ((groups.size + 1) * span.steps > evaluation.maxPoints)
        throw new WaooawError(
          'query_limit',
          `More than ${evaluation.maxPoints} points: ask for longer steps, or less`,
        );
      const key = keyOf(by, series.tags);
      group = new Group(key, Object.fromEntries(by.map((tag) => [tag, tagOf(series.tags, tag)])), span.steps);
      groups.set(known, group);
    }
    make(steps, group);
  }
  const bound = new Bound();
  const sorted = [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const answered = sorted.map((group) => group.answer(shape, span, nowMs, bound));
  return { groups: answered, ...(bound.known && { errorBound: bound.known }) };
}

/** Tells a group from the others. */
export function keyOf(by: readonly string[], tags: Readonly<Record<string, string>>): string {
  if (by.length === 0) return '';
  return `{${by.map((tag) => `${tag}=${JSON.stringify(tagOf(tags, tag))}`).join(',')}}`;
}

/** The values of several series, one a step. */
class Group {
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  series = 0;
  readonly value: Float64Array;
  /** What values are averaged by: series, or observations. */
  readonly count: Float64Array;
  readonly sketches: (Sketch | undefined)[] = [];

  constructor(key: string, tags: Readonly<Record<string, string>>, steps: number) {
    this.key = key;
    this.tags = tags;
    this.value = new Float64Array(steps);
    this.count = new Float64Array(steps);
  }

  answer(shape: Shape, span: Span, nowMs: number, bound: Bound): QueryGroup {
    const { from, stepMs, steps } = span;
    const q = quantileOf(shape.aggregation);
    const points: QueryPoint[] = [];
    const starts: number[] = [];
    for (let i = 0; i < steps; i++) {
      let value: number;
      if (q === undefined) {
        if (this.count[i] === 0) continue;
        value = shape.across === 'avg' ? this.value[i]! / this.count[i]! : this.value[i]!;
      } else {
        const quantile = this.sketches[i]?.quantile(q);
        if (!quantile) continue;
        bound.take(quantile.relativeError, quantile.absoluteError);
        ({ value } = quantile);
      }
      const start = from + i * stepMs;
      starts.push(start);
      points.push([start, finite(value)]);
    }
    const gaps = gapsOf(starts, from, Math.min(span.to, nowMs), stepMs);
    return { key: this.key, tags: this.tags, series: this.series, points, gaps };
  }
}

/** The widest of many error bounds. */
class Bound {
  #relative: number | undefined;
  #absolute: number | undefined;

  take(relative: number | undefined, absolute: number | undefined): void {
    if (relative !== undefined) this.#relative = Math.max(this.#relative ?? 0, relative);
    if (absolute !== undefined) this.#absolute = Math.max(this.#absolute ?? 0, absolute);
  }

  get known(): ErrorBound | undefined {
    const relative = this.#relative;
    // Above a sender's last bound nothing is known; JSON has no word for that.
    const absolute = this.#absolute === undefined ? undefined : Math.min(this.#absolute, Number.MAX_VALUE);
    if (relative === undefined && absolute === undefined) return undefined;
    return { ...(relative !== undefined && { relative }), ...(absolute !== undefined && { absolute }) };
  }
}

/** How one series' steps are added to its group. Steps have one more than the group, at their beginning. */
function shapeMaker(
  kind: MetricKind,
  shape: Shape,
  span: Span,
  nowMs: number,
): (steps: Steps, group: Group) => void {
  const { aggregation, across } = shape;
  if (quantileOf(aggregation) !== undefined) {
    return (steps, group) => {
      group.series += 1;
      for (let i = 0; i < span.steps; i++) {
        const sketch = steps.sketches[i + 1];
        if (sketch) group.sketches[i] = mergeSketches(group.sketches[i], sketch);
      }
    };
  }
  if (aggregation === 'avg' && kind !== 'histogram' && (across === 'avg' || across === 'sum'))
    return addMeans;
  const weighs = kind === 'histogram' && aggregation === 'avg' && across === 'avg';
  const values = valueMaker(kind, shape, span, nowMs);
  const made = new Float64Array(span.steps);
  const add = weighs ? addWeighted : ADDERS[across];
  return (steps, group) => {
    group.series += 1;
    values(steps, made);
    add(group, made, steps.count);
  };
}

/** Adds a series' values to its group's. NaN: nothing is known. A loop each, as this is where queries spend their time. */
type Adder = (group: Group, made: Float64Array, counts: Float64Array) => void;

const addUp: Adder = ({ value, count }, made) => {
  for (let i = 0; i < made.length; i++) {
    const here = made[i]!;
    if (here !== here) continue;
    value[i]! += here;
    count[i]! += 1;
  }
};

/** What most questions ask, in one go. */
const addMeans = ({ sum, count: counts }: Steps, group: Group): void => {
  const { value, count } = group;
  group.series += 1;
  for (let i = 0; i < value.length; i++) {
    const many = counts[i + 1]!;
    if (many === 0) continue;
    value[i]! += sum[i + 1]! / many;
    count[i]! += 1;
  }
};

/** A mean of means would count one observation as much as a thousand. */
const addWeighted: Adder = ({ value, count }, made, counts) => {
  for (let i = 0; i < made.length; i++) {
    const here = made[i]!;
    if (here !== here) continue;
    const many = counts[i + 1]!;
    value[i]! += here * many;
    count[i]! += many;
  }
};

const ADDERS: Readonly<Record<Across, Adder>> = {
  sum: addUp,
  avg: addUp,
  count: ({ value, count }, made) => {
    for (let i = 0; i < made.length; i++) {
      if (made[i] !== made[i]) continue;
      value[i]! += 1;
      count[i]! += 1;
    }
  },
  min: ({ value, count }, made) => {
    for (let i = 0; i < made.length; i++) {
      const here = made[i]!;
      if (here !== here) continue;
      if (count[i] === 0 || here < value[i]!) value[i] = here;
      count[i]! += 1;
    }
  },
  max: ({ value, count }, made) => {
    for (let i = 0; i < made.length; i++) {
      const here = made[i]!;
      if (here !== here) continue;
      if (count[i] === 0 || here > value[i]!) value[i] = here;
      count[i]! += 1;
    }
  },
};

/** Fills one value a step; NaN where there is none. */
function valueMaker(
  kind: MetricKind,
  { aggregation }: Shape,
  span: Span,
  nowMs: number,
): (steps: Steps, into: Float64Array) => void {
  const column = (pick: (steps: Steps) => Float64Array) => (steps: Steps, into: Float64Array) => {
    const from = pick(steps);
    const { count } = steps;
    for (let i = 0; i < into.length; i++) into[i] = count[i + 1] === 0 ? Number.NaN : from[i + 1]!;
  };
  // A counter's sum is its growth; of a histogram it is the observations that are counted.
  const grown = column((steps) => (kind === 'histogram' ? steps.count : steps.sum));
  switch (aggregation) {
    case 'min':
      return column((steps) => steps.min);
    case 'max':
      return column((steps) => steps.max);
    case 'sum':
      return column((steps) => steps.sum);
    case 'count':
      return column((steps) => steps.count);
    case 'last':
      return column((steps) => steps.last);
    case 'increase':
      return grown;
    case 'rate':
      return (steps, into) => {
        grown(steps, into);
        for (let i = 0; i < into.length; i++) {
          const start = span.from + i * span.stepMs;
          // Of the step that is under way only what has passed.
          const passed = Math.max(Math.min(span.stepMs, nowMs - start), Math.min(span.stepMs, 1_000));
          into[i]! /= passed / 1_000;
        }
      };
    case 'delta':
      return (steps, into) => {
        const { count, last } = steps;
        let before = count[0] === 0 ? Number.NaN : last[0]!;
        for (let i = 0; i < into.length; i++) {
          into[i] = count[i + 1] === 0 ? Number.NaN : last[i + 1]! - before;
          if (count[i + 1] !== 0) before = last[i + 1]!;
        }
      };
    case 'avg':
    default:
      return (steps, into) => {
        const { count, sum } = steps;
        for (let i = 0; i < into.length; i++)
          into[i] = count[i + 1] === 0 ? Number.NaN : sum[i + 1]! / count[i + 1]!;
      };
  }
}

/** Where each series' rows are. */
function rangesOf({ rows }: BucketBlock): Map<number, RowRange> {
  const ranges = new Map<number, RowRange>();
  for (let at = 0; at < rows.length;) {
    const id = rows[at]!;
    const first = at;
    while (at < rows.length && rows[at] === id) at += ROW_LENGTH;
    ranges.set(id, [first, at]);
  }
  return ranges;
}

function accumulate(
  steps: Steps,
  { rows }: BucketBlock,
  [first, end]: RowRange,
  sketches: ReadonlyMap<number, Uint8Array>,
  beforeMs: number,
): void {
  const { min, max, sum, count, last, lastAt } = steps;
  steps.isClear = false;
  for (let at = first; at < end; at += ROW_LENGTH) {
    const start = rows[at + 1]!;
    const step = steps.indexOf(start);
    if (step < 0 || step >= steps.length || start >= beforeMs) continue;
    const fresh = count[step] === 0;
    if (fresh || rows[at + 2]! < min[step]!) min[step] = rows[at + 2]!;
    if (fresh || rows[at + 3]! > max[step]!) max[step] = rows[at + 3]!;
    sum[step] = fresh ? rows[at + 4]! : finite(sum[step]! + rows[at + 4]!);
    count[step]! += rows[at + 5]!;
    if (fresh || start >= lastAt[step]!) {
      last[step] = rows[at + 6]!;
      lastAt[step] = start;
    }
    const bytes = sketches.get(at / ROW_LENGTH);
    const sketch = bytes && decodeSketch(bytes);
    if (sketch) steps.addSketch(step, sketch);
  }
}
