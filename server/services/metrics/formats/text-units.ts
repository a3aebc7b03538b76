/** The unit that a metric's name ends with, where nobody says it. */

const SUFFIXES = ['seconds', 'bytes', 'ratio'] as const;

/** `seconds` of `x_seconds` and of `x_seconds_total`; undefined where the name tells none of the base units. */
export function unitOf(name: string): string | undefined {
  const base = name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
  return SUFFIXES.find((unit) => base.endsWith(`_${unit}`));
}
