/** What a context does: holds the selection, tells of changes, and keeps it wherever it was asked to. */
import { readAddress, writeAddress } from './address.ts';
import type {
  ChangeOrigin,
  ContextChange,
  ContextListener,
  ContextOptions,
  PageContext,
  PersistOptions,
} from './context.ts';
import { UNSTAMPED, cleanRecord, isNewer, parseRecord } from './record.ts';
import type { ContextRecord, Stamp } from './record.ts';
import { resolveRule } from './rule.ts';
import type { RuleOption } from './rule.ts';
import {
  DEFAULT_SELECTION_LIMITS,
  EVERYTHING,
  LISTS,
  changeBetween,
  cleanList,
  cleanRange,
  cleanRule,
  cleanSelection,
} from './selection.ts';
import type { ListName, Rule, Selection, SelectionLimits, SelectionPart } from './selection.ts';
import { readStored, writeStored } from './storage.ts';
import { openTabs } from './tabs.ts';
import type { Tabs } from './tabs.ts';

/** One context. */
export class SelectionStore implements PageContext {
  readonly name: string;
  readonly limits: SelectionLimits;
  readonly #target: EventTarget | undefined;
  readonly #key: string;
  readonly #tab = newTabId();
  readonly #listeners = new Set<ContextListener>();
  readonly #offered = new Map<ListName, readonly RuleOption[]>();
  /** Changes that are still to be told, oldest first: a listener may make another one. */
  readonly #untold: ContextChange[] = [];
  #telling = false;
  #selection: Selection = EVERYTHING;
  #stamp: Stamp = UNSTAMPED;
  #linked: boolean;
  /** The newest that the others told while this tab went its own way. */
  #missed: ContextRecord | undefined;
  #stores = false;
  #tabs: Tabs | undefined;
  /** What stands before the parameters' names; undefined while the address is left alone. */
  #prefix: string | undefined;

  constructor(name: string, { target, ...limits }: ContextOptions) {
    this.name = name;
    this.limits = { ...DEFAULT_SELECTION_LIMITS, ...limits };
    this.#target = target ?? (typeof document === 'undefined' ? undefined : document);
    this.#key = `waooaw.context.${name}`;
    this.#linked = readStored('sessionStorage', this.#unlinkedKey) === null;
  }

  get(): Selection {
    return this.#selection;
  }

  set(part: SelectionPart): void {
    const next: { -readonly [P in keyof Selection]: unknown } = { ...this.#selection };
    const rules: { [L in ListName]?: Rule | undefined } = { ...this.#selection.rules };
    for (const list of LISTS) {
      if (!has(part, list)) continue;
      next[list] = cleanList(part[list], this.limits);
      delete rules[list];
    }
    if (has(part, 'range')) next.range = cleanRange(part.range);
    for (const list of LISTS) {
      if (!has(part, 'rules') || !has(part.rules, list)) continue;
      const given: unknown = part.rules[list];
      const rule = cleanRule(given, this.limits);
      if (rule) next[list] = this.#resolve(list, rule) ?? [];
      // A rule that excludes nothing means everything.
      else if (given !== undefined) next[list] = [];
      if (rule) rules[list] = rule;
      else delete rules[list];
    }
    this.#change(cleanSelection({ ...next, rules }, this.limits), 'set');
  }

  clear(part?: keyof Selection): void {
    if (part === undefined) this.#change(EVERYTHING, 'set');
    else if (part === 'range') this.set({ range: undefined });
    else if (part !== 'rules') this.set({ [part]: [] });
    else this.set(Object.fromEntries(Object.keys(this.#selection.rules ?? {}).map((list) => [list, []])));
  }

  subscribe(listener: ContextListener): () => void {
    // Each call is a subscription of its own, whose end ends no other.
    const own: ContextListener = (...told) => listener(...told);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  offer(list: ListName, options: readonly RuleOption[]): void {
    this.#offered.set(list, options);
    this.#change(this.#resolved(this.#selection), 'options');
  }

  persist({ storage, tabs, url }: PersistOptions): void {
    if (tabs === false) {
      this.#tabs?.close();
      this.#tabs = undefined;
    } else if (tabs) this.#tabs ??= openTabs(this.#key, (message) => this.#hear(message));
    if (storage !== undefined) this.#stores = storage;
    if (storage || tabs) this.#takeStored();
    if (url !== undefined) this.#useAddress(url);
  }

  get linked(): boolean {
    return this.#linked;
  }

  link(linked: boolean): void {
    if (linked === this.#linked) return;
    this.#linked = linked;
    writeStored('sessionStorage', this.#unlinkedKey, linked ? null : 'yes');
    if (!linked) {
      this.#store();
      return;
    }
    writeStored('sessionStorage', this.#key, null);
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed && isNewer(missed, this.#stamp)) this.#take(missed, 'tab');
    const stored = this.#stores || this.#tabs?.byStorage ? this.#shared() : undefined;
    // Also what is not newer: this tab may have changed meanwhile, which the others were not told.
    if (stored && !isNewer(this.#stamp, stored)) this.#take(stored, 'storage');
  }

  get #unlinkedKey(): string {
    return `${this.#key}.unlinked`;
  }

  /** Makes a change, keeps it where it belongs, and tells of it. */
  #change(next: Selection, origin: ChangeOrigin, stamp?: Stamp): void {
    const before = this.#selection;
    const change = changeBetween(before, next);
    if (stamp) this.#stamp = stamp;
    if (Object.keys(change).length === 0) return;
    this.#selection = next;
    // Only what was chosen here is for the others: what options make of a rule, each tab sees for itself.
    if (origin === 'set' || (origin === 'url' && !stamp)) this.#publish();
    if (origin !== 'url') this.#writeAddress(true);
    this.#untold.push({ name: this.name, selection: next, change, origin });
    this.#tell();
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    for (let told = this.#untold.shift(); told; told = this.#untold.shift()) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(told.selection, told.change, told.origin);
        } catch (error) {
          // As with any failing event handler: the page hears of it, the others hear what they are due.
          globalThis.reportError?.(error);
        }
      }
      this.#target?.dispatchEvent(new CustomEvent('waooaw-context-change', { detail: told }));
    }
    this.#telling = false;
  }

  #resolve(list: ListName, rule: Rule): readonly string[] | undefined {
    const options = this.#offered.get(list);
    return options && resolveRule(rule, options, this.limits);
  }

  /** The selection with its rules' lists as the options here make them. Without options they stay as they came. */
  #resolved(selection: Selection): Selection {
    const lists = LISTS.flatMap((list) => {
      const rule = selection.rules?.[list];
      const values = rule && this.#resolve(list, rule);
      return values ? [[list, values] as const] : [];
    });
    return lists.length === 0
      ? selection
      : cleanSelection({ ...selection, ...Object.fromEntries(lists) }, this.limits);
  }

  /** What was chosen here goes to the other tabs and to storage; in an unlinked tab it stays. */
  #publish(): void {
    if (this.#linked) {
      // Whoever wrote last is before us, even when its message is still on the way.
      const stored = this.#keepsShared ? this.#shared()?.revision : 0;
      this.#stamp = { revision: Math.max(this.#stamp.revision, stored ?? 0) + 1, tab: this.#tab };
    }
    this.#store();
    if (this.#linked) this.#tabs?.tell(this.#record());
  }

  #record(): ContextRecord {
    return { version: 1, ...this.#stamp, selection: this.#selection };
  }

  get #keepsShared(): boolean {
    return this.#stores || this.#tabs?.byStorage === true;
  }

  #shared(): ContextRecord | undefined {
    return parseRecord(readStored('localStorage', this.#key), this.limits);
  }

  #store(): void {
    if (this.#linked) {
      if (this.#keepsShared) writeStored('localStorage', this.#key, JSON.stringify(this.#record()));
    } else if (this.#stores) {
      // In the shape of a record, which wants a stamp: of nobody else's.
      const record = { ...this.#record(), revision: Math.max(1, this.#stamp.revision), tab: this.#tab };
      writeStored('sessionStorage', this.#key, JSON.stringify(record));
    }
  }

  #takeStored(): void {
    if (!this.#linked) {
      const own = this.#stores
        ? parseRecord(readStored('sessionStorage', this.#key), this.limits)
        : undefined;
      if (own) this.#change(this.#resolved(own.selection), 'storage');
      return;
    }
    if (!this.#keepsShared) return;
    const stored = this.#shared();
    if (stored && isNewer(stored, this.#stamp)) this.#take(stored, 'storage');
    else if (!stored && this.#stamp.revision > 0) this.#store();
  }

  /** Takes what another tab chose: neither written nor sent again, so that no two tabs ever answer each other. */
  #take(record: ContextRecord, origin: ChangeOrigin): void {
    const { revision, tab, selection } = record;
    this.#change(this.#resolved(selection), origin, { revision, tab });
  }

  #hear(message: unknown): void {
    const record =
      typeof message === 'string' ? parseRecord(message, this.limits) : cleanRecord(message, this.limits);
    if (!record) return;
    if (!this.#linked) {
      if (!this.#missed || isNewer(record, this.#missed)) this.#missed = record;
    } else if (isNewer(record, this.#stamp)) this.#take(record, 'tab');
    else if (this.#stamp.tab === this.#tab && isNewer(this.#stamp, record) && this.#keepsShared) {
      // Two tabs wrote at once, and the one that lost wrote last: the winner's own word is put back. Where its write
      // is still on the way, the event of its arrival comes here again.
      const stored = this.#shared();
      if (stored && isNewer(this.#stamp, stored)) this.#store();
    }
  }

  #useAddress(url: boolean | { readonly prefix: string }): void {
    globalThis.removeEventListener?.('popstate', this.#travelled);
    this.#prefix = undefined;
    if (url === false || typeof location === 'undefined') return;
    this.#prefix = typeof url === 'object' ? url.prefix : this.name === 'default' ? '' : `${this.name}.`;
    globalThis.addEventListener('popstate', this.#travelled);
    const said = readAddress(location.search, this.#prefix, this.limits);
    // A link that was opened is for this tab: the others are not moved by it.
    if (said) this.#change(this.#resolved(said), 'url', this.#stamp);
    else this.#writeAddress(false);
  }

  /** Back and forward are the user's own choice, like any made here. */
  readonly #travelled = (): void => {
    if (this.#prefix === undefined) return;
    const said = readAddress(location.search, this.#prefix, this.limits);
    if (said) this.#change(this.#resolved(said), 'url');
  };

  #writeAddress(always: boolean): void {
    if (this.#prefix === undefined) return;
    const { pathname, search, hash } = location;
    const written = writeAddress(search, this.#prefix, this.#selection, always);
    if (written === search) return;
    try {
      history.replaceState(history.state, '', `${pathname}${written}${hash}`);
    } catch {
      // Browsers limit how often, and how long an address is. The next change tries again.
    }
  }
}

function has<K extends string>(object: unknown, key: K): object is Record<K, never> {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key);
}

/** Of this load of the page: a duplicated tab copies its session's storage, and would share an id that is kept there. */
function newTabId(): string {
  return [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join('');
}
