/** How a rule becomes a list: against the options that there are. */
import type { Rule, SelectionLimits } from './selection.ts';

/** What a rule looks at of an option. The server's items of `/api/contexts/…` are such. */
export interface RuleOption {
  readonly id: string;
  /** The environments that it is in. */
  readonly environments?: readonly string[];
  /** Taken for its one environment where `environments` is absent: options of the page's own have groups. */
  readonly group?: string;
}

/** The options' ids that a rule lets through, in the options' order, each once. */
export function resolveRule(
  { where, except }: Rule,
  options: readonly RuleOption[],
  { maxValues }: Pick<SelectionLimits, 'maxValues'>,
): readonly string[] {
  const excepted = new Set(except);
  const wanted = where && new Set(where.environments);
  const ids = new Set<string>();
  for (const { id, environments, group } of options) {
    if (excepted.has(id)) continue;
    const places = environments ?? (group === undefined ? [] : [group]);
    if (wanted && !places.some((place) => wanted.has(place))) continue;
    ids.add(id);
    if (ids.size >= maxValues) break;
  }
  return [...ids];
}
