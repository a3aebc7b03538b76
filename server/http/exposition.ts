/** Metrics of the server itself as Prometheus text (exposition format 0.0.4). */

/** One line: what it is labelled with, and its value. */
export interface ExposedSample {
  readonly labels?: Readonly<Record<string, string>>;
  /** After the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly value: number;
}

/** A metric with its lines. */
export interface ExposedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly ExposedSample[];
}

/** Makes the families of one service. */
export interface FamilyMaker {
  readonly gauge: (name: string, help: string, samples: readonly ExposedSample[]) => ExposedFamily;
  /** Its name is given without the ending `_total`. */
  readonly counter: (name: string, help: string, samples: readonly ExposedSample[]) => ExposedFamily;
}

/** @param prefix of all their names. */
export function familyMaker(prefix: string): FamilyMaker {
  return {
    gauge: (name, help, samples) => ({ name: `${prefix}${name}`, help, type: 'gauge', samples }),
    counter: (name, help, samples) => ({ name: `${prefix}${name}_total`, help, type: 'counter', samples }),
  };
}

/** A family's only line. */
export function one(value: number): readonly ExposedSample[] {
  return [{ value }];
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes families out. */
export function exposition(families: readonly ExposedFamily[]): string {
  return families
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(
        ({ labels = {}, suffix = '', value }) => `${name}${suffix}${labelled(labels)} ${numberOf(value)}`,
      );
      return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
    })
    .join('');
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
