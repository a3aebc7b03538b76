/** The types of OpenMetrics, and which samples a family of each may have. */

/** What a sample is to its family. */
export type Role = 'value' | 'info' | 'state' | 'quantile' | 'total' | 'created' | 'bucket' | 'sum' | 'count';

/** Each type's samples: the suffix of their name, and their role. */
const SAMPLES = {
  unknown: { '': 'value' },
  gauge: { '': 'value' },
  counter: { _total: 'total', _created: 'created' },
  stateset: { '': 'state' },
  info: { _info: 'info' },
  summary: { '': 'quantile', _sum: 'sum', _count: 'count', _created: 'created' },
  histogram: { _bucket: 'bucket', _sum: 'sum', _count: 'count', _created: 'created' },
  gaugehistogram: { _bucket: 'bucket', _gsum: 'sum', _gcount: 'count' },
} as const satisfies Record<string, Readonly<Record<string, Role>>>;

/** One of the types. */
export type OpenMetricsType = keyof typeof SAMPLES;

/** Roles that a point of a metric has at most one sample of, each a bit. Of the others it has one for each label value. */
const SINGLE: readonly Role[] = ['value', 'info', 'total', 'created', 'sum', 'count'];

/** What all samples of one name in one family have in common. */
export interface SampleKind {
  readonly name: string;
  readonly role: Role;
  /** A bit of its own where a point has but one of these; 0 where it may have more. */
  readonly bit: number;
  readonly mayHaveExemplar: boolean;
}

/** A name that samples may have, and the last body in which a family claimed it. */
export interface ClaimedName {
  readonly name: string;
  body: number;
}

/** Whether a word is a type. */
export function isType(word: string): word is OpenMetricsType {
  return Object.hasOwn(SAMPLES, word);
}

/** The names that a family claims: its own, and those of its samples. */
export function namesOf(name: string, type: OpenMetricsType): string[] {
  return [...new Set([name, ...Object.keys(SAMPLES[type]).map((suffix) => name + suffix)])];
}

/** Metrics of one name and type, as one body described them. */
export class Family {
  readonly name: string;
  readonly type: OpenMetricsType;
  readonly unit: string | undefined;
  readonly help: string | undefined;
  readonly names: readonly ClaimedName[];
  readonly #samples = new Map<string, SampleKind>();

  constructor(
    name: string,
    type: OpenMetricsType,
    unit: string | undefined,
    help: string | undefined,
    names: readonly ClaimedName[],
  ) {
    this.name = name;
    this.type = type;
    this.unit = unit;
    this.help = help;
    this.names = names;
    for (const [suffix, role] of Object.entries<Role>(SAMPLES[type])) {
      this.#samples.set(name + suffix, {
        name: name + suffix,
        role,
        bit: SINGLE.includes(role) ? 1 << SINGLE.indexOf(role) : 0,
        mayHaveExemplar: role === 'total' || role === 'bucket',
      });
    }
  }

  /** Undefined where no sample of this family has that name. */
  sample(name: string): SampleKind | undefined {
    return this.#samples.get(name);
  }
}
