/** What a page is about: a selection's shape, its bounds, and how what comes from elsewhere is brought into it. */

/** The lists of a selection. */
export const LISTS = ['agents', 'services', 'environments'] as const;

/** The name of a list. */
export type ListName = (typeof LISTS)[number];

/** The last so many seconds, or a span between two times in ms since 1970. */
export type TimeRange = { readonly last: number } | { readonly from: number; readonly to: number };

/**
 * All but some, and so also what is not there yet: "all in prod except canary" is
 * `{ all: true, where: { environments: ['prod'] }, except: ['canary'] }`.
 */
export interface Rule {
  readonly all: true;
  /** Only options of these environments; every option when absent. */
  readonly where?: { readonly environments: readonly string[] };
  readonly except: readonly string[];
}

/** The lists that a rule keeps up to date. */
export type Rules = { readonly [L in ListName]?: Rule | undefined };

/** What was chosen. An empty list means all; where a rule stands for the list, it means that nothing matches (yet). */
export interface Selection {
  readonly agents: readonly string[];
  readonly services: readonly string[];
  readonly environments: readonly string[];
  readonly range?: TimeRange;
  readonly rules?: Rules;
}

/** Parts of a selection that are to change; a part that is to end is there, as undefined. */
export type SelectionPart = { readonly [P in keyof Selection]?: Selection[P] | undefined };

/** How much is taken. What is beyond is left out. */
export interface SelectionLimits {
  /** Values of one list. Default 1,000. */
  readonly maxValues: number;
  /** Characters of one value. Default 256, which is what the server takes of a tag. */
  readonly maxLength: number;
}

/** The defaults. */
export const DEFAULT_SELECTION_LIMITS: SelectionLimits = Object.freeze({ maxValues: 1_000, maxLength: 256 });

const NONE: readonly string[] = Object.freeze([]);

/** Nothing chosen, which means everything. */
export const EVERYTHING: Selection = Object.freeze({ agents: NONE, services: NONE, environments: NONE });

/** The longest relative range: ten years, s. */
const MAX_LAST = 315_360_000;
/** The last time that a Date can hold, ms. */
const MAX_TIME = 8.64e15;

/**
 * The values of a list, or undefined when it lets everything through. An empty answer lets nothing through: a rule
 * stands for the list, and no option matches it.
 */
export function chosen(selection: Selection, list: ListName): readonly string[] | undefined {
  const values = selection[list];
  return values.length > 0 || selection.rules?.[list] ? values : undefined;
}

/** Brings whatever it is given into a selection's shape: what does not fit is left out. Never throws. Frozen. */
export function cleanSelection(given: unknown, limits: SelectionLimits): Selection {
  const from = recordOf(given);
  const range = cleanRange(from['range']);
  const rules = cleanRules(from['rules'], limits);
  return Object.freeze({
    agents: cleanList(from['agents'], limits),
    services: cleanList(from['services'], limits),
    environments: cleanList(from['environments'], limits),
    ...(range && { range }),
    ...(rules && { rules }),
  });
}

/** Texts, each once, none empty or too long, and no more than are taken. */
export function cleanList(given: unknown, { maxValues, maxLength }: SelectionLimits): readonly string[] {
  if (!Array.isArray(given)) return NONE;
  const values = new Set<string>();
  for (const value of given as unknown[]) {
    if (typeof value === 'string' && value !== '' && value.length <= maxLength) values.add(value);
    if (values.size >= maxValues) break;
  }
  return values.size === 0 ? NONE : Object.freeze([...values]);
}

/** A range that can be: of positive length, within what a Date can hold. */
export function cleanRange(given: unknown): TimeRange | undefined {
  const { last, from, to } = recordOf(given);
  if (isBetween(last, 0, MAX_LAST) && last > 0) return Object.freeze({ last });
  if (isBetween(from, 0, MAX_TIME) && isBetween(to, 0, MAX_TIME) && from < to) {
    return Object.freeze({ from, to });
  }
  return undefined;
}

/** A rule that excludes something; one that does not is no rule, because an empty list says the same. */
export function cleanRule(given: unknown, limits: SelectionLimits): Rule | undefined {
  const { all, where, except: excepted } = recordOf(given);
  if (all !== true) return undefined;
  const environments = cleanList(recordOf(where)['environments'], limits);
  const except = cleanList(excepted, limits);
  if (environments.length === 0 && except.length === 0) return undefined;
  return Object.freeze({
    all,
    ...(environments.length > 0 && { where: Object.freeze({ environments }) }),
    except,
  });
}

/** Every part of a selection. */
const PARTS = [...LISTS, 'range', 'rules'] as const satisfies readonly (keyof Selection)[];

/** The parts of `after` that were otherwise before. A part that is gone is there, as undefined. */
export function changeBetween(before: Selection, after: Selection): SelectionPart {
  return Object.fromEntries(
    PARTS.filter((part) => !samePart(before[part], after[part])).map((part) => [part, after[part]]),
  );
}

// Cleaned parts hold their keys in one order, so that equal ones read the same.
function samePart(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function cleanRules(given: unknown, limits: SelectionLimits): Rules | undefined {
  const from = recordOf(given);
  const rules = LISTS.map((list) => [list, cleanRule(from[list], limits)] as const).filter(
    ([, rule]) => rule,
  );
  return rules.length === 0 ? undefined : Object.freeze(Object.fromEntries(rules) as Rules);
}

function isBetween(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

function recordOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
}
