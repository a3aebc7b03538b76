/** What opens: the list with its search, keyboard and states. One class for the single and the multiple selector. */
import { html, nothing } from 'lit';
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import { ActiveDescendant, nameActiveDescendant } from '../active-descendant.ts';
import { PopoverController } from '../popover.ts';
import type { CloseReason } from '../popover.ts';
import { VirtualList } from '../virtual-list.ts';
import type { Choice } from './choice.ts';
import { addAll, toggle, togglePlace } from './choice-steps.ts';
import { fold } from './fold.ts';
import { renderNote, saying } from './list-note.ts';
import { renderRows } from './list-view.ts';
import type { Option } from './option.ts';
import { renderPopup } from './popup-view.ts';
import type { PopupFacts } from './popup-view.ts';
import { ProviderFeed } from './provider.ts';
import { layOut, NO_ROWS } from './rows.ts';
import type { Entry, Listing } from './rows.ts';
import { Search, wordsOf } from './search.ts';
import type { Sources } from './sources.ts';
import type { Speech } from './speech.ts';

/** What the element knows and does. */
export interface DropdownHost extends ReactiveControllerHost, HTMLElement {
  /** Asked anew whenever it is needed. */
  readonly facts: DropdownFacts;
  pick(choice: Choice): void;
  /** The list has closed, by whatever. */
  closed(why: CloseReason | 'picked'): void;
}

/** How things stand. */
export interface DropdownFacts extends PopupFacts {
  readonly sources: Sources;
  readonly choice: Choice;
  readonly rules: boolean;
  readonly recent: readonly string[];
  /** Says what is found, once it is loaded. */
  readonly speech: Speech | undefined;
}

/** So near to the end of what there is, the next page is asked for, rows. */
const AHEAD = 10;
/** While somebody types, a provider is not asked more often than this, ms. */
const ASK_MS = 150;
const COMFORTABLE_PX = 36;
const COMPACT_PX = 28;

export { styles } from './popup.styles.ts';

/** The open part of a selector. */
export class Dropdown implements ReactiveController {
  readonly popover: PopoverController;
  readonly list: VirtualList;
  readonly #host: DropdownHost;
  readonly #active: ActiveDescendant;
  readonly #search = new Search();
  #query = '';
  #listing: Listing = NO_ROWS;
  #made: readonly unknown[] = [];
  #activeKey: string | undefined;
  /** Where the keyboard shall begin, once there are options. */
  #begin: 'first' | 'last' | 'none' = 'none';
  /** The chosen option was brought into view. */
  #begun = false;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #rowPx = COMFORTABLE_PX;

  constructor(host: DropdownHost) {
    this.#host = host;
    host.addController(this);
    host.facts.sources.useFeeds((...settings) => new ProviderFeed(...settings));
    this.popover = new PopoverController(host, {
      anchor: () => this.#find('.control'),
      popup: () => this.#find('.popup'),
      onClose: (why) => this.#ended(why),
      matchWidth: true,
    });
    this.list = new VirtualList(host, {
      scroller: () => this.#find('#list'),
      count: () => this.listing.rows.length,
      estimate: () => this.#rowPx,
      key: (row) => this.listing.rows[row]?.key ?? row,
      active: () => this.listing.rowOf[this.#active.index] ?? -1,
      position: (row) => this.#position(row),
    });
    this.#active = new ActiveDescendant({
      count: () => this.listing.entries.length,
      isDisabled: (at) => {
        const entry = this.listing.entries[at];
        return entry?.kind === 'option' && entry.option.disabled;
      },
      keys: 'combobox',
      wrap: true,
    });
  }

  get isOpen(): boolean {
    return this.popover.isOpen;
  }

  /** What is searched for. */
  get query(): string {
    return this.#query;
  }

  /** The rows that there are now; none while it is closed. */
  get listing(): Listing {
    if (!this.isOpen) return NO_ROWS;
    const { sources, recent, rules } = this.#host.facts;
    const { all } = sources.options;
    const plain = this.#query.trim() === '';
    const made = [all, this.#query, recent, rules, sources.feed];
    if (made.some((part, i) => part !== this.#made[i])) {
      this.#made = made;
      // A provider has searched already.
      if (!sources.feed) this.#search.use(all);
      const found = sources.feed ? all : this.#search.find(this.#query);
      this.#listing = layOut(found, { recent: plain ? recent : [], rules: rules && plain && !sources.feed });
      this.#keepActive();
    }
    return this.#listing;
  }

  /** The options in view, all pages of them. */
  get found() {
    return this.listing.entries.flatMap((entry) => (entry.kind === 'option' ? entry.option : []));
  }

  /** The one option that is called so, whatever the case and accents. */
  named(text: string): Option | undefined {
    const key = fold(text.trim());
    const { all } = this.#host.facts.sources.options;
    const [only, ...others] = all.filter((one) => !one.disabled && fold(one.label.trim()) === key);
    return others.length === 0 ? only : undefined;
  }

  /** @param begin which option is active then; `first`: the chosen one, if there is one. */
  open(begin: 'first' | 'last' | 'none' = 'none'): void {
    if (this.isOpen) return;
    this.#query = '';
    this.#active.clear();
    this.#activeKey = undefined;
    this.#begin = begin;
    this.popover.open();
    if (!this.isOpen) return;
    this.#rowPx = this.#readRowPx();
    this.#host.facts.sources.feed?.search('');
    this.#start();
    this.#host.requestUpdate();
  }

  close(why: 'picked' | 'escape' | 'blur' = 'picked'): void {
    if (!this.isOpen) return;
    this.popover.close();
    this.#ended(why);
  }

  /** Searches. */
  search(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    this.#begin = 'none';
    this.#active.clear();
    this.#activeKey = undefined;
    const scroller = this.#find('#list');
    if (scroller) scroller.scrollTop = 0;
    const { feed } = this.#host.facts.sources;
    clearTimeout(this.#asking);
    if (feed) this.#asking = setTimeout(() => feed.search(query), ASK_MS);
    this.#host.requestUpdate();
  }

  /**
   * A key in the text field.
   * @returns whether it meant something here.
   */
  key(event: KeyboardEvent): boolean {
    const { key, altKey } = event;
    if (event.isComposing) return false;
    if (!this.isOpen) {
      if (key !== 'ArrowDown' && key !== 'ArrowUp') return false;
      event.preventDefault();
      this.open(altKey ? 'none' : key === 'ArrowUp' ? 'last' : 'first');
      return true;
    }
    if (altKey && key === 'ArrowUp') {
      event.preventDefault();
      this.close('escape');
      return true;
    }
    if (key === 'Enter') {
      event.preventDefault();
      const entry = this.listing.entries[this.#active.index];
      if (entry) this.#pick(entry);
      else if (!this.#host.facts.multiple) this.close('escape');
      return true;
    }
    // On to the next control, which is the one that asks again where there is one.
    if (key === 'Tab' && !this.#host.facts.multiple && !this.#find('[part=retry]')) {
      this.close('blur');
      return true;
    }
    if (['Home', 'End', 'ArrowLeft', 'ArrowRight'].includes(key)) {
      // Back to the text.
      this.#activate(-1);
      return false;
    }
    const result = this.#active.key(event);
    if (!result) return false;
    event.preventDefault();
    this.#activate(result.index);
    return true;
  }

  hostUpdate(): void {
    if (this.isOpen) this.#start();
  }

  hostUpdated(): void {
    const input = this.#find('[role=combobox]');
    const { index } = this.#active;
    // Once it is there: what is not rendered cannot be active.
    if (input) nameActiveDescendant(input, index < 0 ? null : this.#find(`#o${index}`));
    if (!this.isOpen) return;
    const { facts } = this.#host;
    const { sources, speech } = facts;
    const last = this.list.items.at(-1);
    if (last && last.index >= this.listing.rows.length - AHEAD) sources.feed?.fetchMore();
    const text = saying(facts, this.#query, this.found.length);
    if (text) speech?.results(text);
  }

  hostDisconnected(): void {
    clearTimeout(this.#asking);
    this.#host.facts.speech?.stop();
  }

  /** A press on the list. */
  readonly pressed = (event: Event): void => {
    const row = (event.target as Element).closest('[role=option]');
    const at = Number(row?.id.slice(1));
    const entry = row ? this.listing.entries[at] : undefined;
    if (!entry) return;
    this.#activate(at, false);
    this.#pick(entry);
  };

  /** What opens, also while it is closed. */
  render(): TemplateResult {
    const { facts } = this.#host;
    const countable = facts.multiple && this.isOpen && !facts.sources.feed?.more;
    return renderPopup({
      ...facts,
      open: this.isOpen,
      query: this.#query,
      selectAll: () => this.#host.pick(addAll(this.#host.facts.choice, this.found)),
      selectable: countable ? this.found.filter(({ disabled }) => !disabled).length : 0,
      list: this.#renderList(),
    });
  }

  #renderList(): TemplateResult {
    const { texts, choice, multiple, name, sources, locale } = this.#host.facts;
    const { listing } = this;
    const rows = renderRows(this.list, {
      listing,
      choice,
      active: this.#active.index,
      words: wordsOf(this.#query),
      multiple,
      texts,
      locale,
      icons: sources.options.icons,
    });
    // eslint-disable-next-line lit-a11y/click-events-have-key-events -- its keyboard is the text field's
    return html`<div
        id="list"
        part="list"
        role="listbox"
        tabindex="-1"
        aria-label=${name || texts.search}
        aria-multiselectable=${multiple || nothing}
        aria-busy=${sources.state === 'loading' || nothing}
        ?hidden=${listing.rows.length === 0}
        @click=${this.pressed}
      >
        <div role="presentation" ${this.list.spacer()}>${rows}</div>
      </div>
      ${this.isOpen ? renderNote(this.#host.facts, this.#query, listing.rows.length === 0, this.#retry) : nothing}`;
  }

  #pick(entry: Entry): void {
    const { choice, multiple, sources } = this.#host.facts;
    const { all } = sources.options;
    if (entry.kind === 'rule') return this.#host.pick(togglePlace(choice, entry.place, all));
    const { id, disabled } = entry.option;
    if (!disabled) this.#host.pick(multiple ? toggle(choice, id, all) : { ids: [id] });
  }

  readonly #retry = (): void => {
    this.#host.facts.sources.retry();
    // The button goes; the focus must not go with it.
    this.#find('[role=combobox]')?.focus();
  };

  #position(row: number): { readonly at: number; readonly of: number } | undefined {
    const { entryAt, entries } = this.listing;
    const at = entryAt[row] ?? -1;
    if (at < 0) return undefined;
    // -1: nobody knows yet how many there are.
    return { at: at + 1, of: this.#host.facts.sources.feed?.more ? -1 : entries.length };
  }

  #activate(index: number, scroll = true): void {
    this.#active.set(index);
    const entry = this.listing.entries[index];
    this.#activeKey = entry?.key;
    const row = this.listing.rowOf[index];
    // With the first option its heading comes into view.
    if (scroll && row !== undefined) this.list.scrollToIndex(index === 0 ? 0 : row);
    this.#host.requestUpdate();
  }

  /** The list is another: who was active stays so, wherever it is now. */
  #keepActive(): void {
    const key = this.#activeKey;
    if (key === undefined) return this.#active.clear();
    this.#active.set(this.#listing.entries.findIndex((entry) => entry.key === key));
    if (this.#active.index < 0) this.#activeKey = undefined;
  }

  /** Makes active what was asked for on opening, as soon as it is there. */
  #start(): void {
    const { entries } = this.listing;
    const { choice, multiple } = this.#host.facts;
    if (entries.length === 0) return;
    const [first] = choice.ids;
    const chosen =
      !multiple && first !== undefined
        ? entries.findIndex((entry) => entry.kind === 'option' && entry.option.id === first)
        : -1;
    const begin = this.#begin;
    this.#begin = 'none';
    if (begin === 'last') this.#activate(entries.length - 1);
    else if (begin === 'first') this.#activate(Math.max(0, chosen));
    else if (chosen > 0 && this.#query === '' && !this.#begun) {
      const row = this.listing.rowOf[chosen];
      if (row !== undefined) this.list.scrollToIndex(row, 'center');
    }
    this.#begun = true;
  }

  #ended(why: CloseReason | 'picked'): void {
    clearTimeout(this.#asking);
    this.#active.clear();
    this.#activeKey = undefined;
    this.#begun = false;
    this.#query = '';
    this.#made = [];
    this.#listing = NO_ROWS;
    this.#host.facts.speech?.stop();
    this.#host.closed(why);
    this.#host.requestUpdate();
  }

  #readRowPx(): number {
    const density = getComputedStyle(this.#host).getPropertyValue('--waooaw-density');
    return Number(density) >= 1 ? COMPACT_PX : COMFORTABLE_PX;
  }

  #find(selector: string): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  }
}
