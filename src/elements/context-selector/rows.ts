/** The rows of the list: options under the headings of their groups, those chosen lately first, rules before all. */
import type { Option } from './option.ts';

/** What the keyboard can reach: an option, or a rule that takes a place with all that will be in it. */
export type Entry =
  | { readonly kind: 'option'; readonly key: string; readonly group: string; readonly option: Option }
  | { readonly kind: 'rule'; readonly key: string; readonly group: string; readonly place: string };

/** A row of the list. */
export type Row = Entry | { readonly kind: 'heading'; readonly key: string; readonly group: string };

/** What is shown. */
export interface Listing {
  readonly rows: readonly Row[];
  readonly entries: readonly Entry[];
  /** Row of each entry, by its place among the entries. */
  readonly rowOf: readonly number[];
  /** Place among the entries, by row; -1 for a heading. */
  readonly entryAt: readonly number[];
}

/** Nothing. */
export const NO_ROWS: Listing = { rows: [], entries: [], rowOf: [], entryAt: [] };

/** How the list is to be laid out. */
export interface Layout {
  /** Ids chosen lately, newest first; each option is shown once, at the top. */
  readonly recent: readonly string[];
  /** With a rule for everything, and for each group that is an environment. */
  readonly rules: boolean;
}

/** In lists of so few nothing needs to be brought to the top. */
const WORTH_RECENT = 8;
/** The group of what was chosen lately: no host's group is called so. */
export const RECENT = '\u0000recent';

/** Lays a list out. @param found in the order of view: options of a group stand together. */
export function layOut(found: readonly Option[], { recent, rules }: Layout): Listing {
  const { first, rest } = bringUp(found, recent);
  const rows: Row[] = [];
  const entries: Entry[] = [];
  const rowOf: number[] = [];
  const entryAt: number[] = [];
  const add = (entry: Entry): void => {
    rowOf.push(rows.length);
    entryAt.push(entries.length);
    entries.push(entry);
    rows.push(entry);
  };
  const addOption = (option: Option, group: string): void =>
    add({ kind: 'option', key: option.id, group, option });
  const head = (group: string): void => {
    entryAt.push(-1);
    // An id could be spelled like this; keys only keep measured heights, and those are alike.
    rows.push({ kind: 'heading', key: `\u0000${group}`, group });
  };
  const places = rules ? placesOf(found) : new Set<string>();
  if (rules && found.length > 1) add({ kind: 'rule', key: '\u0001', group: '', place: '' });
  if (first.length > 0) head(RECENT);
  for (const option of first) addOption(option, RECENT);
  let group = '';
  for (const option of rest) {
    if (option.group !== group) {
      head((group = option.group));
      if (places.has(group)) add({ kind: 'rule', key: `\u0001${group}`, group, place: group });
    }
    addOption(option, group);
  }
  return { rows, entries, rowOf, entryAt };
}

function bringUp(
  found: readonly Option[],
  recent: readonly string[],
): { readonly first: readonly Option[]; readonly rest: readonly Option[] } {
  if (recent.length === 0 || found.length <= WORTH_RECENT) return { first: [], rest: found };
  const wanted = new Set(recent);
  const byId = new Map<string, Option>();
  for (const option of found) if (wanted.has(option.id)) byId.set(option.id, option);
  const first = recent.flatMap((id) => byId.get(id) ?? []);
  return { first, rest: first.length > 0 ? found.filter((option) => !byId.has(option.id)) : found };
}

/** Groups that are environments to all their options: a rule can say "all in" of them. */
function placesOf(found: readonly Option[]): Set<string> {
  const places = new Set<string>();
  const others = new Set<string>();
  for (const { group, environments } of found) {
    if (group) (environments.includes(group) ? places : others).add(group);
  }
  for (const group of others) places.delete(group);
  return places;
}
