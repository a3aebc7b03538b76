/** What `# TYPE`, `# HELP` and `# UNIT` lines of a source say, and which of them speaks of a sample. */
import type { Identity } from './format.ts';
import { unitOf } from './text-units.ts';

/** The types of the format. */
export const PROMETHEUS_TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const;
/** One of them; OpenMetrics' word for untyped is `unknown`. */
export type PrometheusType = (typeof PROMETHEUS_TYPES)[number];
/** What may be said of a family. */
export type Field = 'type' | 'help' | 'unit';
/** What a sample is to its family. */
export type Part = 'value' | 'bucket' | 'sum' | 'count';

/** Metrics that one TYPE line speaks of. */
export interface Family {
  readonly name: string;
  readonly type: PrometheusType;
  readonly help: string | undefined;
  readonly unit: string | undefined;
  /** The last body that said each field: what a body says first counts. */
  readonly saidIn: Record<Field, number>;
  /** True once it was described otherwise: its lines have to be read again. */
  stale: boolean;
}

/** Names that a family's samples may have beside its own. */
const SUFFIXES: readonly (readonly [suffix: string, part: Part, types: readonly PrometheusType[]])[] = [
  ['_bucket', 'bucket', ['histogram']],
  ['_sum', 'sum', ['histogram', 'summary']],
  ['_count', 'count', ['histogram', 'summary']],
  ['_total', 'value', ['counter']],
];
const NEVER: Readonly<Record<Field, number>> = { type: 0, help: 0, unit: 0 };
const UNTYPED = { type: 'untyped', help: undefined, unit: undefined, stale: false } as const;
/** What a family costs, about, bytes. */
const FAMILY_COST = 400;

/** The families of one source. */
export class Families {
  readonly #byName = new Map<string, Family>();
  #cost = 0;
  #stales = 0;

  /** How many were described otherwise so far. */
  get stales(): number {
    return this.#stales;
  }

  get cost(): number {
    return this.#cost;
  }

  /**
   * Takes what a line says. What is said first in a body counts.
   * @returns false where the body said otherwise before.
   */
  describe(name: string, field: Field, text: string, body: number): boolean {
    const before = this.#byName.get(name);
    if (before?.[field] === text) {
      before.saidIn[field] = body;
      return true;
    }
    if (before?.saidIn[field] === body) return false;
    const { type = 'untyped', help, unit, saidIn = NEVER } = before ?? {};
    this.#set({ name, type, help, unit, [field]: text, saidIn: { ...saidIn, [field]: body }, stale: false });
    // Samples of it may have come before anybody spoke of it.
    for (const [suffix] of SUFFIXES) this.#drop(name + suffix, 'untyped');
    return true;
  }

  /** The family that a sample belongs to; one of its own where none was described. */
  of(sample: string): { readonly family: Family; readonly part: Part } {
    const own = this.#byName.get(sample);
    if (own && own.type !== 'untyped') return { family: own, part: 'value' };
    for (const [suffix, part, types] of SUFFIXES) {
      if (!sample.endsWith(suffix)) continue;
      const family = this.#byName.get(sample.slice(0, -suffix.length));
      if (family && types.includes(family.type)) return { family, part };
    }
    if (own) return { family: own, part: 'value' };
    const family = { ...UNTYPED, name: sample, saidIn: { ...NEVER } };
    this.#set(family);
    return { family, part: 'value' };
  }

  /** Forgets all others. */
  keep(kept: ReadonlySet<Family>): void {
    for (const family of this.#byName.values()) if (!kept.has(family)) this.#drop(family.name);
  }

  #set(family: Family): void {
    this.#drop(family.name);
    this.#byName.set(family.name, family);
    this.#cost += costOf(family);
  }

  #drop(name: string, type?: PrometheusType): void {
    const family = this.#byName.get(name);
    if (!family || (type && family.type !== type)) return;
    family.stale = true;
    this.#stales += 1;
    this.#byName.delete(name);
    this.#cost -= costOf(family);
  }
}

/** What the series of a sample is. */
export function kindOf({ type }: Family, part: Part): Identity['kind'] {
  if (part === 'sum' || part === 'count') return 'counter';
  if (type === 'counter') return 'counter';
  return type === 'untyped' || type === 'histogram' ? 'unknown' : 'gauge';
}

/** The unit of a sample: its family's, unless it is a count of something. */
export function unitOfPart(family: Family, part: Part): string | undefined {
  return part === 'count' ? undefined : (family.unit ?? unitOf(family.name));
}

function costOf({ name, help = '' }: Family): number {
  return FAMILY_COST + 2 * name.length + 2 * help.length;
}
