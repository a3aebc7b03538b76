/** A selection in the page's address: `?agent=a&agent=b&env=prod&range=3600`. Other parameters stay as they are written. */
import { LISTS, cleanSelection } from './selection.ts';
import type { ListName, Rule, Selection, SelectionLimits, TimeRange } from './selection.ts';

/** Parameters by list. */
const NAMES: { readonly [L in ListName]: string } = {
  agents: 'agent',
  services: 'service',
  environments: 'env',
};
const RANGE = 'range';
/** A rule's two lists: `agent.in=prod&agent.except=canary`. */
const WHERE = '.in';
const EXCEPT = '.except';

/**
 * Reads a query.
 * @param search with or without its question mark.
 * @returns undefined when it says nothing of ours. Where it says something, what it leaves out is everything, and
 *   `?agent=` says just that.
 */
export function readAddress(search: string, prefix: string, limits: SelectionLimits): Selection | undefined {
  const query = new URLSearchParams(search);
  if (!ownNames(prefix).some((name) => query.has(name))) return undefined;
  const rules = Object.fromEntries(
    LISTS.map((list): [ListName, Rule] => {
      const name = prefix + NAMES[list];
      const environments = query.getAll(name + WHERE);
      return [list, { all: true, where: { environments }, except: query.getAll(name + EXCEPT) }];
    }),
  );
  const lists = Object.fromEntries(LISTS.map((list) => [list, query.getAll(prefix + NAMES[list])]));
  return cleanSelection({ ...lists, rules, range: parseRange(query.get(prefix + RANGE)) }, limits);
}

/**
 * Writes a query.
 * @param search as it is, with or without its question mark.
 * @param always says "everything" too, by an empty parameter; else a query that says nothing stays silent.
 * @returns as it is to be, with a question mark unless it is empty.
 */
export function writeAddress(search: string, prefix: string, selection: Selection, always: boolean): string {
  const own = new Set(ownNames(prefix));
  const others = search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '' && !own.has(nameOf(part)));
  const said: string[] = [];
  const say = (name: string, values: readonly string[]): void => {
    for (const value of values) said.push(`${encode(prefix + name)}=${encode(value)}`);
  };
  for (const list of LISTS) {
    const rule = selection.rules?.[list];
    // The rule's list is left out: it follows from the options, wherever the address is opened.
    if (!rule) say(NAMES[list], selection[list]);
    else {
      say(NAMES[list] + WHERE, rule.where?.environments ?? []);
      say(NAMES[list] + EXCEPT, rule.except);
    }
  }
  if (selection.range) say(RANGE, [rangeText(selection.range)]);
  if (said.length === 0 && always) say(NAMES.agents, ['']);
  const query = [...others, ...said].join('&');
  return query === '' ? '' : `?${query}`;
}

function ownNames(prefix: string): string[] {
  const names = LISTS.flatMap((list) => [NAMES[list], NAMES[list] + WHERE, NAMES[list] + EXCEPT]);
  return [...names, RANGE].map((name) => prefix + name);
}

/** The name as the browser reads it, escapes, odd ones too, and plus signs. */
function nameOf(part: string): string {
  const [[name] = ['']] = new URLSearchParams(part);
  return name;
}

function encode(text: string): string {
  // A lone half of a surrogate pair is no text that can be encoded; the browser's own way makes it one that can.
  return encodeURIComponent(new TextDecoder().decode(new TextEncoder().encode(text)));
}

function rangeText(range: TimeRange): string {
  return 'last' in range ? String(range.last) : `${range.from}-${range.to}`;
}

function parseRange(text: string | null): object | undefined {
  const [, last, from, to] = /^(?:(\d+(?:\.\d+)?)|(\d+)-(\d+))$/.exec(text ?? '') ?? [];
  if (last !== undefined) return { last: Number(last) };
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}
