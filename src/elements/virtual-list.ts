/**
 * Renders the rows of a long list that are in view and a few around them. Below {@link ALL_BELOW} rows all are rendered,
 * and nothing is loaded; from there on `@tanstack/virtual-core` comes, lazily.
 */
import { noChange } from 'lit';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Directive, PartType, directive } from 'lit/directive.js';
import type { DirectiveParameters, DirectiveResult, ElementPart, PartInfo } from 'lit/directive.js';
import type { VirtualEngine } from './virtual-engine.ts';
import type { Align, VirtualItem } from './virtual-item.ts';

export type { Align, VirtualItem } from './virtual-item.ts';

/** Shorter lists are rendered whole. */
export const ALL_BELOW = 100;
/** What the first paint of a long list holds until the engine is there, px. */
const FIRST_PX = 800;
const OVERSCAN = 4;

/** What is listed. */
export interface VirtualListOptions {
  /** What scrolls, once rendered: an element with a height of its own and `overflow-y: auto`. */
  scroller(): HTMLElement | null;
  /** How many rows there are now. */
  count(): number;
  /** How high a row is before it is measured, px. */
  estimate(): number;
  /** Tells rows apart across changes of the list, so that a measured height stays with its row. Default: the index. */
  readonly key?: (index: number) => string | number;
  /**
   * What is at the upper edge stays there when rows come or go above it, except at the very top. It needs keys. Default
   * false.
   */
  readonly anchored?: boolean;
  /** Rows that are kept beyond either edge. Default 4. */
  readonly overscan?: number;
  /**
   * The active row; -1: none. It and its neighbours stay mounted wherever the list is scrolled to, as do the focused
   * row and its neighbours.
   */
  active?(): number;
  /**
   * What `aria-posinset` (from 1) and `aria-setsize` of a row shall be; undefined: none, for rows that are no options,
   * such as the name of a group. Default: the index among all rows.
   */
  position?(index: number): { readonly at: number; readonly of: number } | undefined;
  /** Other rows are in view. The host is asked to update by itself. */
  onChange?(): void;
}

/**
 * Keeps the rows of one list. In the template, with rows keyed so that elements stay with them:
 *
 *     <ul id="list"><div role="presentation" ${list.spacer()}>
 *       ${repeat(list.items, (item) => item.key, (item) => html`<li role="option" ${list.row(item)}>…</li>`)}
 *     </div></ul>
 */
export class VirtualList implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: VirtualListOptions;
  #engine: VirtualEngine | undefined;
  #loading = false;
  #failed = false;
  #connected = false;
  #spacer: HTMLElement | undefined;
  #items: readonly VirtualItem[] | undefined;
  /** Rows that stand in the document and wait for being measured. */
  readonly #fresh = new Set<HTMLElement>();
  /** Scrolled to before there was anything to scroll. */
  #wanted: { readonly index: number; readonly align: Align } | undefined;
  /** By what a change of the list is noticed. */
  #signs: readonly unknown[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, options: VirtualListOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** The rows to render, in order; the same array for as long as nothing changed. */
  get items(): readonly VirtualItem[] {
    return (this.#items ??= this.#find());
  }

  /** How high the spacer is, px: all rows together, unless that is more than a browser can lay out. */
  get totalSize(): number {
    return this.#engine?.spacerSize ?? this.#options.count() * this.#options.estimate();
  }

  /** Whether only some of the rows are rendered. */
  get isVirtual(): boolean {
    return this.#options.count() >= ALL_BELOW;
  }

  /**
   * The rows are others, though their number and the keys of the first, the middle, the last and the rendered ones are
   * what they were. Everything else is noticed.
   */
  changed(): void {
    this.#items = undefined;
    this.#engine?.reset();
    this.#host.requestUpdate();
  }

  /**
   * Brings a row into view; exactly, however far it is and whatever heights turn up on the way.
   * @param align default `auto`.
   */
  scrollToIndex(index: number, align: Align = 'auto'): void {
    const last = this.#options.count() - 1;
    if (last < 0) return;
    const wanted = { index: Math.max(0, Math.min(Math.trunc(index) || 0, last)), align };
    if (this.#engine?.attached) this.#engine.scrollToIndex(wanted.index, align);
    else {
      this.#wanted = wanted;
      this.#host.requestUpdate();
    }
  }

  /** Measures a row's element, which has its index as `data-index`. {@link VirtualList.row} does so by itself. */
  measure(element: Element): void {
    if (!(element instanceof HTMLElement)) return;
    this.#fresh.add(element);
    queueMicrotask(() => this.#measure());
  }

  /** For the element that holds the rows: gives it its height. */
  spacer(): DirectiveResult {
    return spacer(this);
  }

  /** For a row's element: places and measures it and says which of how many it is. */
  row(item: VirtualItem): DirectiveResult {
    return row(this, item);
  }

  hostConnected(): void {
    this.#connected = true;
    this.#failed = false;
    // Back in a document, it is to be attached again.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#engine?.detach();
    this.#fresh.clear();
  }

  hostUpdate(): void {
    const count = this.#options.count();
    if (count < ALL_BELOW) {
      if (this.#engine) this.#drop();
    } else if (!this.#engine) void this.#load();
    const signs = this.#readSigns(count);
    const same =
      signs.length === this.#signs.length && signs.every((sign, i) => Object.is(sign, this.#signs[i]));
    if (same && !this.#isStale(count)) {
      if (this.#engine?.pin(this.#options.active?.() ?? -1)) this.#items = undefined;
      return;
    }
    this.#signs = signs;
    this.#items = undefined;
    this.#engine?.reset();
    this.#engine?.pin(this.#options.active?.() ?? -1);
  }

  hostUpdated(): void {
    const scroller = this.#connected ? this.#options.scroller() : null;
    this.#engine?.attach(scroller, this.#spacer ?? null);
    this.#measure();
    const wanted = this.#wanted;
    if (!wanted || !scroller) return;
    if (this.#engine?.attached) {
      this.#wanted = undefined;
      this.#engine.scrollToIndex(wanted.index, wanted.align);
    } else if (!this.isVirtual) {
      this.#wanted = undefined;
      scrollToRow(scroller, wanted.index, wanted.align);
    }
  }

  /** @internal of {@link VirtualList.spacer} */
  sizeSpacer(element: HTMLElement): void {
    this.#spacer = element;
    const { style } = element;
    write(style, 'position', this.isVirtual ? 'relative' : '');
    write(style, 'block-size', this.isVirtual ? `${this.totalSize}px` : '');
  }

  /** @internal of {@link VirtualList.row} */
  placeRow(element: HTMLElement, { index, start }: VirtualItem): void {
    const { isVirtual } = this;
    const { style } = element;
    const position = this.#options.position
      ? this.#options.position(index)
      : { at: index + 1, of: this.#options.count() };
    setAttribute(element, 'aria-posinset', position?.at);
    setAttribute(element, 'aria-setsize', position?.of);
    if (setAttribute(element, 'data-index', index)) this.#fresh.add(element);
    write(style, 'position', isVirtual ? 'absolute' : '');
    write(style, 'inset', isVirtual ? '0 0 auto' : '');
    write(style, 'translate', isVirtual ? `0 ${start}px` : '');
  }

  #readSigns(count: number): readonly unknown[] {
    const { key } = this.#options;
    if (!key || count === 0) return [count];
    return [count, ...[0, count >> 1, count - 1].map(key)];
  }

  /** Among the rendered rows are others than there were. */
  #isStale(count: number): boolean {
    const { key } = this.#options;
    return (
      key !== undefined &&
      this.#items?.some((item) => item.index >= count || key(item.index) !== item.key) === true
    );
  }

  #find(): readonly VirtualItem[] {
    if (this.#engine) return this.#engine.items();
    const { key = (index: number) => index } = this.#options;
    const count = this.#options.count();
    const estimate = Math.max(1, this.#options.estimate());
    const until = this.isVirtual ? Math.ceil(FIRST_PX / estimate) : count;
    return Array.from({ length: Math.min(count, until) }, (_, index) => {
      return { index, start: index * estimate, size: estimate, key: key(index) };
    });
  }

  #measure(): void {
    if (!this.#engine?.attached) return;
    this.#engine.measure(this.#fresh);
    this.#fresh.clear();
  }

  async #load(): Promise<void> {
    if (this.#loading || this.#failed) return;
    this.#loading = true;
    try {
      const { VirtualEngine } = await import('./virtual-engine.ts');
      if (this.#engine || !this.isVirtual) return;
      const { key = (index: number) => index, overscan = OVERSCAN, anchored = false } = this.#options;
      this.#engine = new VirtualEngine({
        count: () => this.#options.count(),
        estimate: () => this.#options.estimate(),
        key,
        overscan,
        anchored,
        changed: this.#changed,
      });
      this.#engine.pin(this.#options.active?.() ?? -1);
      // All that is rendered must be measured.
      for (const element of this.#spacer?.querySelectorAll<HTMLElement>('[data-index]') ?? [])
        this.#fresh.add(element);
      this.#changed();
    } catch (error) {
      // The beginning of the list stays; asked again when the host comes back into a document.
      this.#failed = true;
      console.warn('A long list shows only its beginning: its engine could not be loaded.', error);
    } finally {
      this.#loading = false;
    }
  }

  #drop(): void {
    this.#engine?.detach();
    this.#engine = this.#items = undefined;
  }

  readonly #changed = (): void => {
    this.#items = undefined;
    this.#host.requestUpdate();
    this.#options.onChange?.();
  };
}

/** Scrolls the scroller, and nothing around it, to one of its rows. */
function scrollToRow(scroller: HTMLElement, index: number, align: Align): void {
  const row = scroller.querySelector(`[data-index="${index}"]`);
  if (!row) return;
  const at = row.getBoundingClientRect();
  const view = scroller.getBoundingClientRect();
  const top = view.top + scroller.clientTop;
  const over = at.top - top;
  const under = at.bottom - (top + scroller.clientHeight);
  const by = {
    start: over,
    end: under,
    center: (over + under) / 2,
    auto: over < 0 ? over : Math.max(0, Math.min(under, over)),
  };
  if (by[align] !== 0) scroller.scrollTop += by[align];
}

/** @returns whether it was another. */
function setAttribute(element: Element, name: string, value: number | undefined): boolean {
  const text = value === undefined ? null : String(value);
  if (element.getAttribute(name) === text) return false;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
  return true;
}

/** Through CSSOM: a `style` attribute is what a strict CSP refuses. */
function write(style: CSSStyleDeclaration, name: string, value: string): void {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
}

/** Of an element, not of what is in it. */
abstract class ElementDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT)
      throw new TypeError('row() and spacer() belong into an element’s tag');
  }
  override render(..._: unknown[]): unknown {
    return noChange;
  }
}

const spacer = directive(
  class extends ElementDirective {
    override update({ element }: ElementPart, [list]: DirectiveParameters<this>): unknown {
      (list as VirtualList).sizeSpacer(element as HTMLElement);
      return noChange;
    }
  },
) as (list: VirtualList) => DirectiveResult;

const row = directive(
  class extends ElementDirective {
    override update({ element }: ElementPart, [list, item]: DirectiveParameters<this>): unknown {
      (list as VirtualList).placeRow(element as HTMLElement, item as VirtualItem);
      return noChange;
    }
  },
) as (list: VirtualList, item: VirtualItem) => DirectiveResult;
