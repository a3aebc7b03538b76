/** The groups of a query as a grid shows them: named, in order, each with the rows of its line. */
import type { QueryLine, QueryWindow } from '../../client/query-window.ts';
import { intl } from '../../i18n/intl.ts';
import type { BucketRow } from '../../protocol/metrics.ts';

/** By which groups are sorted. */
export type GridOrder = 'name' | 'value';

/** One group. The same object for as long as nothing of it changed. */
export interface GridGroup {
  readonly key: string;
  readonly name: string;
  readonly value: number | undefined;
  readonly rows: readonly BucketRow[];
  /** Begin of its newest step, ms since 1970. */
  readonly newest: number;
}

/** How groups are named and ordered. */
export interface GridTerms {
  /** Tags that tell them apart, in the order of their names. */
  readonly by: readonly string[];
  readonly order: GridOrder;
  /** By value: the smallest first, where less is worse. */
  readonly smallestFirst: boolean;
  readonly locale: string;
  /** In place of a tag that a group lacks. */
  readonly noTag: string;
}

/** Keeps groups between two renderings. */
export class Groups {
  #groups = new Map<string, GridGroup>();
  readonly #changed = new Set<string>();
  #order: readonly string[] = [];

  /** These groups are others now. */
  touch(keys: Iterable<string>): void {
    for (const key of keys) this.#changed.add(key);
  }

  clear(): void {
    this.#groups.clear();
    this.#changed.clear();
    this.#order = [];
  }

  /**
   * The groups of now.
   * @param held those that are there stay where they are: somebody is looking for one of them.
   */
  list(past: QueryWindow, terms: GridTerms, held: boolean): readonly GridGroup[] {
    const groups = new Map<string, GridGroup>();
    for (const [key, line] of past.lines) {
      const name = nameOf(line, terms);
      const before = this.#groups.get(key);
      const same = before && before.name === name && !this.#changed.has(key);
      groups.set(key, same ? before : groupOf(key, name, line));
    }
    this.#groups = groups;
    this.#changed.clear();
    this.#order = held ? kept(this.#order, groups) : sorted(groups, terms);
    return this.#order.map((key) => groups.get(key)!);
  }
}

function groupOf(key: string, name: string, line: QueryLine): GridGroup {
  const [times, values] = line.columns();
  const rows: BucketRow[] = [];
  times.forEach((time, i) => {
    const value = values[i];
    // The widget finds the gaps itself.
    if (value != null) rows.push([time, value]);
  });
  const latest = line.latest();
  return { key, name, value: latest?.last, rows, newest: latest?.start ?? -Infinity };
}

function nameOf({ tags }: QueryLine, { by, noTag }: GridTerms): string {
  return by.map((tag) => tags[tag] || noTag).join(' · ');
}

function sorted(groups: ReadonlyMap<string, GridGroup>, terms: GridTerms): string[] {
  const { compare } = intl(Intl.Collator, terms.locale, { numeric: true });
  const sign = terms.smallestFirst ? 1 : -1;
  const byValue = (a: GridGroup, b: GridGroup): number => {
    // What has no value comes last, whichever way.
    if (a.value === undefined || b.value === undefined)
      return Number(a.value === undefined) - Number(b.value === undefined);
    return sign * (a.value - b.value);
  };
  return [...groups.values()]
    .sort((a, b) => (terms.order === 'value' && byValue(a, b)) || compare(a.name, b.name))
    .map(({ key }) => key);
}

/** Those that were there, as they stood; newcomers behind them. */
function kept(order: readonly string[], groups: ReadonlyMap<string, GridGroup>): string[] {
  return [...new Set([...order.filter((key) => groups.has(key)), ...groups.keys()])];
}
