/** Which filters somebody has set. No view in it. */
import { parseAuditQuery } from '../../protocol/audit-query.ts';
import type { QueryFault } from '../../protocol/audit-query.ts';
import { WaooawError } from '../../protocol/error.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { queryTest } from './audit-events-match.ts';
import type { EventFilter } from './event-filter.ts';
import { FacetCounter, LISTS } from './filters-facets.ts';
import type { ListName } from './filters-facets.ts';

/** While somebody types, nothing is filtered, ms. */
const TYPED_MS = 200;

/** What is wrong with a query, and where. */
export interface QueryProblem {
  /** UTF-16 units from 1. */
  readonly column: number;
  readonly why: string;
}

/** The filters of one timeline. */
export class FilterState {
  /** What stands in the field for text; it counts when typing rests. */
  typed = '';
  /** What is typed into the query; only {@link FilterState.query} counts. */
  draft = '';
  /** Why the draft was not taken. */
  problem: QueryProblem | undefined;
  /** The end of the time range is not after its beginning. */
  wrongOrder = false;
  /** What is searched for among the values of a list. */
  readonly searched = new Map<ListName, string>();
  /** Lists whose values are all shown. */
  readonly whole = new Set<ListName>();
  readonly counter = new FacetCounter();
  readonly #changed: () => void;
  #filter: EventFilter = {};
  #query = '';
  #test: ((event: TimelineEvent) => boolean) | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  /** @param changed somebody has set other filters. Not called for what a host sets. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get filter(): EventFilter {
    return this.#filter;
  }

  /** By the host: nobody is told. */
  set filter(filter: EventFilter) {
    clearTimeout(this.#typing);
    this.#filter = filter;
    this.typed = filter.text ?? '';
    this.wrongOrder = false;
  }

  /** The query of the audit trail that counts; empty: none. */
  get query(): string {
    return this.#query;
  }

  /** By the host: nobody is told. What cannot be understood is shown, and does not count. */
  set query(query: string) {
    this.draft = query;
    this.#read(query);
  }

  /** The query as a test, for events that come live; undefined: there is none. */
  get queryTest(): ((event: TimelineEvent) => boolean) | undefined {
    return this.#test;
  }

  /** How many filters are set. */
  get active(): number {
    const { types, statuses, actors, from, to, text, tags } = this.#filter;
    const lists = [types, statuses, actors, ...Object.values(tags ?? {})];
    const single = [from !== undefined, to !== undefined, !!text?.trim(), this.#query !== ''];
    return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0) + single.filter(Boolean).length;
  }

  /** Whether a value of a list is chosen. */
  has(list: ListName, value: string): boolean {
    return this.#filter[list]?.includes(value) ?? false;
  }

  /** Chooses a value, or lets it go. */
  toggle(list: ListName, value: string): void {
    const chosen = this.#filter[list] ?? [];
    const rest = chosen.filter((one) => one !== value);
    this.#set({ [list]: rest.length < chosen.length ? rest : [...chosen, value] });
  }

  /** Lets a value of a tag go. */
  untag(name: string, value: string): void {
    const { [name]: values = [], ...tags } = this.#filter.tags ?? {};
    const rest = values.filter((one) => one !== value);
    // No values would let nothing through.
    this.#set({ tags: rest.length > 0 ? { ...tags, [name]: rest } : tags });
  }

  /** Somebody types: it counts when they rest. @param now it counts at once. */
  type(text: string, now = false): void {
    clearTimeout(this.#typing);
    this.typed = text;
    if (now) this.#set({ text });
    else this.#typing = setTimeout(() => this.#set({ text }), TYPED_MS);
  }

  /** ms since 1970; undefined: open. What ends before it begins does not count. */
  span(from: number | undefined, to: number | undefined): void {
    this.wrongOrder = from !== undefined && to !== undefined && from >= to;
    if (!this.wrongOrder) this.#set({ from, to });
  }

  /** The draft shall count. @returns whether it is understood. */
  ask(): boolean {
    const before = this.#query;
    const understood = this.#read(this.draft);
    if (this.#query !== before) this.#changed();
    return understood;
  }

  /** Sets nothing any more: filter and query at once, so that nobody sees one without the other. */
  clear(): void {
    this.query = '';
    this.filter = {};
    this.searched.clear();
    this.counter.forget();
    this.#changed();
  }

  #set(change: { readonly [Name in keyof EventFilter]?: EventFilter[Name] | undefined }): void {
    const next: Record<string, unknown> = { ...this.#filter, ...change };
    // What is open is absent, so that the same filters are the same value.
    for (const name of [...LISTS, 'text', 'from', 'to', 'tags']) {
      const value = next[name];
      const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
      if (value === undefined || value === '' || isEmpty) delete next[name];
    }
    this.#filter = next;
    this.#changed();
  }

  #read(text: string): boolean {
    this.problem = undefined;
    try {
      const parsed = parseAuditQuery(text, Date.now());
      this.#query = text.trim();
      this.#test = this.#query ? queryTest(parsed) : undefined;
      return true;
    } catch (error) {
      if (!(error instanceof WaooawError)) throw error;
      const { column = 1 } = (error.cause ?? {}) as Partial<QueryFault>;
      // Its place is told apart, in the reader's language.
      this.problem = { column, why: error.message.replace(/^Column \d+: /, '') };
      return false;
    }
  }
}
