/**
 * The keyboard of a list whose focus stays elsewhere: which row is active, and what a key does to it (WAI-ARIA APG,
 * listbox and combobox patterns). Without a framework; the element applies what comes out.
 */

/** What a key does, besides moving. */
export type Choice =
  /** One row is chosen or let go. */
  | { readonly kind: 'toggle'; readonly index: number }
  /** Every row between these, ends included, that is not disabled is chosen. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** Every row that is not disabled is chosen, or let go when all are. */
  | { readonly kind: 'all' };

/** What came of a key. */
export interface KeyResult {
  /** The active row from now on; -1: none. */
  readonly index: number;
  readonly moved: boolean;
  readonly choice?: Choice;
}

/** The parts of a `KeyboardEvent` that matter. */
export type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'isComposing'>;

/** What is moved over, and how. */
export interface ActiveDescendantOptions {
  /** How many rows there are now. */
  readonly count: () => number;
  /** Default: none is. */
  isDisabled?(index: number): boolean;
  /** The row's text, for type-ahead. Default: there is no type-ahead. */
  readonly text?: (index: number) => string;
  /** How many rows a page is. Default 10. */
  pageSize?(): number;
  /**
   * `listbox`: the list has the keys for itself. `combobox`: a text field has them, so Home, End, Space, letters and
   * Ctrl+A stay with the text. Default listbox.
   */
  readonly keys?: 'listbox' | 'combobox';
  /** Rows that are disabled are passed over. The APG lets them be active too, so that they are heard. Default false. */
  readonly skipDisabled?: boolean;
  /** After the last comes the first. Default false. */
  readonly wrap?: boolean;
  /** Several rows may be chosen: Space toggles, Shift extends, Ctrl+A takes all. Default false. */
  readonly multiple?: boolean;
  /** Milliseconds; for type-ahead. Default `performance.now`. */
  readonly now?: () => number;
  /** Letters that come within this belong together, ms. Default 500, as the APG's examples. */
  readonly typeAheadMs?: number;
  /** Of type-ahead. Default: the browser's. */
  readonly locale?: string;
}

const PAGE = 10;
const TYPE_AHEAD_MS = 500;

/** The active row of a list. */
export class ActiveDescendant {
  readonly #options: ActiveDescendantOptions;
  #index = -1;
  /** Where a range that Shift extends began. */
  #anchor = -1;
  #typed = '';
  #typedAt = -Infinity;
  #collator: Intl.Collator | undefined;

  constructor(options: ActiveDescendantOptions) {
    this.#options = options;
  }

  /** The active row; -1: none. Never beyond the rows that there are now. */
  get index(): number {
    return Math.min(this.#index, this.#options.count() - 1);
  }

  /**
   * Makes a row active, by a press for example; the next range begins there.
   * @param index -1: none. What lies outside is brought in.
   */
  set(index: number): void {
    this.#index = Math.max(-1, Math.min(Math.trunc(index) || 0, this.#options.count() - 1));
    this.#anchor = this.#index;
  }

  /** The rows are others: none is active, nothing was typed. */
  clear(): void {
    this.#index = this.#anchor = -1;
    this.#typed = '';
    this.#typedAt = -Infinity;
  }

  next(): number {
    return this.#go(this.#from(this.index, 1));
  }

  previous(): number {
    const { index } = this;
    return this.#go(index < 0 ? this.#edge(-1) : this.#from(index, -1));
  }

  first(): number {
    return this.#go(this.#edge(1));
  }

  last(): number {
    return this.#go(this.#edge(-1));
  }

  /** @param direction 1: down, -1: up. Pages stop at the ends. */
  page(direction: 1 | -1): number {
    const rows = Math.max(1, Math.floor(this.#options.pageSize?.() ?? PAGE));
    const last = this.#options.count() - 1;
    const goal = Math.min(Math.max(Math.max(this.index, 0) + direction * rows, 0), last);
    if (last < 0) return this.#go(-1);
    // On what is disabled: the nearest on the way back, and failing that beyond.
    const found = this.#usable(goal) ? goal : (this.#scan(goal, -direction) ?? this.#scan(goal, direction));
    return this.#go(found ?? this.index);
  }

  /**
   * Takes one typed character: moves to the next row that begins with what was typed within `typeAheadMs`; one letter
   * again and again goes through the rows that begin with it. Accents and case do not matter.
   * @returns whether there is such a row.
   */
  typeAhead(character: string): boolean {
    const { text, now = () => performance.now(), typeAheadMs = TYPE_AHEAD_MS } = this.#options;
    if (!text) return false;
    const at = now();
    const typed = at - this.#typedAt > typeAheadMs ? character : this.#typed + character;
    this.#typed = typed;
    this.#typedAt = at;
    const letters = [...typed];
    const repeated = letters.every((letter) => letter === letters[0]);
    const found =
      this.#find(typed, letters.length > 1) ?? (repeated ? this.#find(letters[0] ?? '', false) : undefined);
    if (found !== undefined) this.#go(found);
    return found !== undefined;
  }

  /**
   * Does what a key asks for.
   * @returns what came of it; undefined: the key means nothing here, and its default action shall go on.
   */
  key(event: Key): KeyResult | undefined {
    const { key, shiftKey } = event;
    // Alt with an arrow opens and closes; what composes a character is no command.
    if (event.altKey || event.isComposing) return undefined;
    const before = this.index;
    const command = event.ctrlKey || event.metaKey;
    if (key === ' ' || key.length === 1) return this.#character(event, command);
    if (!this.#move(key, command && !(this.#options.multiple && shiftKey))) return undefined;
    const index = this.index;
    const moved = index !== before;
    if (!this.#options.multiple || !shiftKey) {
      this.#anchor = index;
      return { index, moved };
    }
    if (index < 0) return { index, moved };
    if (this.#anchor < 0) this.#anchor = before < 0 ? index : before;
    return { index, moved, choice: { kind: 'range', from: this.#anchor, to: index } };
  }

  /** @returns whether the key moves at all. */
  #move(key: string, command: boolean): boolean {
    const own = (this.#options.keys ?? 'listbox') === 'listbox';
    if (command) return false;
    if (key === 'ArrowDown') this.next();
    else if (key === 'ArrowUp') this.previous();
    else if (key === 'PageDown') this.page(1);
    else if (key === 'PageUp') this.page(-1);
    else if (own && key === 'Home') this.first();
    else if (own && key === 'End') this.last();
    else return false;
    return true;
  }

  #character({ key, shiftKey }: Key, command: boolean): KeyResult | undefined {
    const { keys = 'listbox', multiple = false } = this.#options;
    if (keys !== 'listbox') return undefined;
    const before = this.index;
    if (command) {
      if (!multiple || key.toLowerCase() !== 'a') return undefined;
      return { index: before, moved: false, choice: { kind: 'all' } };
    }
    const typing = this.#typing();
    if (key === ' ' && !typing) {
      if (before < 0) return undefined;
      if (multiple && shiftKey && this.#anchor >= 0) {
        return { index: before, moved: false, choice: { kind: 'range', from: this.#anchor, to: before } };
      }
      this.#anchor = before;
      return this.#options.isDisabled?.(before)
        ? { index: before, moved: false }
        : { index: before, moved: false, choice: { kind: 'toggle', index: before } };
    }
    if (!this.#options.text) return undefined;
    this.typeAhead(key);
    this.#anchor = this.index;
    return { index: this.index, moved: this.index !== before };
  }

  /** A space now belongs to a name that is being typed. */
  #typing(): boolean {
    const { now = () => performance.now(), typeAheadMs = TYPE_AHEAD_MS, text } = this.#options;
    return text !== undefined && this.#typed !== '' && now() - this.#typedAt <= typeAheadMs;
  }

  /** @param stay the active row may go on being it. */
  #find(prefix: string, stay: boolean): number | undefined {
    const { text, count, locale } = this.#options;
    if (!text) return undefined;
    const collator = (this.#collator ??= new Intl.Collator(locale, { usage: 'search', sensitivity: 'base' }));
    const rows = count();
    const length = [...prefix].length;
    const start = Math.max(this.index, 0) + (stay || this.index < 0 ? 0 : 1);
    for (let i = 0; i < rows; i++) {
      const index = (start + i) % rows;
      // Composed, so that a letter with its accent is one.
      const name = text(index).trimStart().normalize();
      const begins = [...name.slice(0, 2 * length)].slice(0, length).join('');
      if (this.#usable(index) && collator.compare(begins, prefix.normalize()) === 0) return index;
    }
    return undefined;
  }

  #usable(index: number): boolean {
    return !(this.#options.skipDisabled && this.#options.isDisabled?.(index));
  }

  /** The next usable row from here, exclusive, without wrapping. */
  #scan(from: number, direction: number): number | undefined {
    const count = this.#options.count();
    for (let i = from + direction; i >= 0 && i < count; i += direction) if (this.#usable(i)) return i;
    return undefined;
  }

  #from(index: number, direction: 1 | -1): number {
    return this.#scan(index, direction) ?? (this.#options.wrap ? this.#edge(direction) : index);
  }

  /** The first usable row (1), or the last (-1); -1 when there is none. */
  #edge(direction: 1 | -1): number {
    return this.#scan(direction === 1 ? -1 : this.#options.count(), direction) ?? -1;
  }

  #go(index: number): number {
    this.#index = index;
    return index;
  }
}

/**
 * Names the active row to assistive technology, once it exists: a reference to what is not there is a list without an
 * active row to some readers, and an error to others. Call it after every render; it writes only what changed.
 * @param owner what has the focus: the combobox or listbox.
 * @param row the row's element, if it has one yet; it needs an `id` and must stand in the owner's tree.
 * @returns whether a row is named.
 */
export function nameActiveDescendant(owner: Element, row: Element | null | undefined): boolean {
  const there = row?.isConnected && row.id !== '' && row.getRootNode() === owner.getRootNode();
  const id = there ? row.id : undefined;
  const attribute = 'aria-activedescendant';
  if (id === undefined) {
    if (owner.hasAttribute(attribute)) owner.removeAttribute(attribute);
  } else if (owner.getAttribute(attribute) !== id) owner.setAttribute(attribute, id);
  return id !== undefined;
}
