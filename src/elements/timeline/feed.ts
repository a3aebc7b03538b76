/** The list of a timeline as the keyboard and the scroll bar know it (WAI-ARIA APG, "Feed"). */
import type { ReactiveControllerHost } from 'lit';
import { VirtualList } from '../virtual-list.ts';
import type { Align, VirtualItem } from '../virtual-list.ts';
import type { Article, Rows } from './rows.ts';

/** What it needs to know, and whom it tells. */
export interface FeedSettings {
  readonly rows: () => Rows;
  /** Articles in the list and beyond; -1: that is not known. */
  readonly total: () => number;
  /** How high an event is before it is measured, px. */
  readonly estimate: () => number;
  /** The scroll position is another. */
  readonly scrolled: () => void;
  /** The end of the list is near. */
  readonly nearEnd: () => void;
  /** Focuses what stands before the list. */
  readonly before: (feed: HTMLElement) => void;
  /** Focuses what stands behind it. */
  readonly after: (feed: HTMLElement) => void;
  /** Opens or closes an article. */
  readonly toggle: (article: Article) => void;
}

/** So few rows before the end older ones are fetched. */
const NEAR = 8;
/** At the top, give or take what a browser rounds, px. */
const TOP_PX = 4;
/** Elements that keys mean something to. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], [role=slider]';

/** The rows in view, and which of them has the focus. */
export class Feed {
  readonly list: VirtualList;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #settings: FeedSettings;
  /** Key of the article that Tab reaches. */
  #active: string | undefined;
  #activeAt = -1;
  #focused = false;
  /** Which rows were rendered last: to ask anew would mean to work out all places anew. */
  #rendered: readonly VirtualItem[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, settings: FeedSettings) {
    this.#host = host;
    this.#settings = settings;
    const { rows, total, estimate } = settings;
    this.list = new VirtualList(host, {
      scroller: () => this.scroller,
      count: () => rows().count,
      estimate,
      key: (index) => rows().at(index)?.key ?? index,
      active: () => this.#findActive(),
      anchored: true,
      position: (index) => {
        const row = rows().at(index);
        if (!row || !('entry' in row)) return undefined;
        return { at: rows().placeOf(row), of: total() };
      },
    });
    host.addController({ hostUpdated: () => this.#look() });
  }

  /** The rows to render. */
  items(): readonly VirtualItem[] {
    return (this.#rendered = this.list.items);
  }

  get scroller(): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>('.scroller') ?? null;
  }

  /** Nothing is above what is in view. */
  get atTop(): boolean {
    return (this.scroller?.scrollTop ?? 0) <= TOP_PX;
  }

  /** The keyboard is in the list. */
  get focused(): boolean {
    return this.#focused;
  }

  /** Place of the article that Tab reaches: the first, unless another was focused. */
  get active(): number {
    const at = this.#findActive();
    return at >= 0 ? at : this.#settings.rows().articleFrom(-1, 1);
  }

  scrollToTop(): void {
    const { scroller } = this;
    if (scroller) scroller.scrollTop = 0;
  }

  /** Brings an article into view and focuses it, once it is rendered. */
  async focus(index: number, align: Align = 'auto'): Promise<void> {
    await this.show(index, align);
    this.#focusNow(index);
  }

  /** Focuses the first article, where the list is scrolled to the top already. */
  async focusFirst(): Promise<void> {
    const index = this.#settings.rows().articleFrom(-1, 1);
    this.#active = this.#settings.rows().at(index)?.key;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    await this.#host.updateComplete;
    this.#focusNow(index);
  }

  /** Brings an article into view, once it is rendered. */
  async show(index: number, align: Align): Promise<void> {
    // After the rows that a change brings have come into their places.
    await this.#host.updateComplete;
    this.#active = this.#settings.rows().at(index)?.key;
    this.#activeAt = index;
    this.list.scrollToIndex(index, align);
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    await this.#host.updateComplete;
    const { scroller } = this;
    const row = scroller?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    // Of what is higher than the view, the beginning is seen first.
    if (scroller && row && row.offsetHeight > scroller.clientHeight) this.list.scrollToIndex(index, 'start');
  }

  #focusNow(index: number): void {
    this.scroller?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true });
  }

  readonly scrolled = (): void => {
    this.#settings.scrolled();
    this.#look();
  };

  readonly focusin = (event: FocusEvent): void => {
    this.#focused = true;
    const index = indexAt(event.target);
    const row = this.#settings.rows().at(index);
    if (!row || row.key === this.#active) return;
    this.#active = row.key;
    this.#activeAt = index;
    this.#host.requestUpdate();
  };

  readonly focusout = ({ relatedTarget }: FocusEvent): void => {
    const { scroller } = this;
    if (relatedTarget instanceof Node && scroller?.contains(relatedTarget)) return;
    this.#focused = false;
    this.#settings.scrolled();
  };

  readonly keydown = (event: KeyboardEvent): void => {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.metaKey || event.shiftKey) return;
    if (!(target instanceof Element) || target.matches(OWN_KEYS)) return;
    // What stands below the list has keys of its own.
    const feed = target.closest<HTMLElement>('[role=feed]');
    if (!feed) return;
    const index = indexAt(target);
    if (event.ctrlKey) {
      if (key !== 'Home' && key !== 'End') return;
      event.preventDefault();
      if (key === 'Home') this.#settings.before(feed);
      else this.#settings.after(feed);
    } else if (key === 'PageDown' || key === 'PageUp') {
      const next = this.#settings.rows().articleFrom(index, key === 'PageDown' ? 1 : -1);
      event.preventDefault();
      if (next >= 0) void this.focus(next);
    } else if (key === 'Enter' && target.matches('[role=article]')) {
      const row = this.#settings.rows().at(index);
      if (!row || !('entry' in row)) return;
      event.preventDefault();
      this.#settings.toggle(row);
    }
  };

  /** Rows come and go above it: looked for from where it was. */
  #findActive(): number {
    if (this.#active === undefined) return -1;
    const rows = this.#settings.rows();
    for (let away = 0; away <= rows.count; away += 1) {
      for (const at of [this.#activeAt + away, this.#activeAt - away])
        if (at >= 0 && at < rows.count && rows.at(at)?.key === this.#active) return (this.#activeAt = at);
    }
    this.#active = undefined;
    return -1;
  }

  #look(): void {
    const { count } = this.#settings.rows();
    const last = this.#lastInView();
    if (last >= count - NEAR) this.#settings.nearEnd();
  }

  /** Rows that are kept for their focus are none that are in view. */
  #lastInView(): number {
    const { scroller } = this;
    const items = this.#rendered;
    if (!scroller || items.length === 0) return -1;
    const end = scroller.scrollTop + scroller.clientHeight;
    return items.findLast(({ start }) => start <= end)?.index ?? -1;
  }
}

function indexAt(target: EventTarget | null): number {
  const row = target instanceof Element ? target.closest('[data-index]') : null;
  return row ? Number(row.getAttribute('data-index')) : -1;
}
