/** The part of a virtual list that is loaded when a list is long: `@tanstack/virtual-core`, and what it does not do. */
import { Virtualizer, elementScroll, observeElementOffset } from '@tanstack/virtual-core';
import { TallScroller } from './tall-scroller.ts';
import type { Align, VirtualItem } from './virtual-item.ts';

/** What the engine is told. */
export interface EngineOptions {
  count(): number;
  estimate(): number;
  key(index: number): string | number;
  readonly overscan: number;
  /** What is at the upper edge stays there when rows come or go above it. */
  readonly anchored: boolean;
  /** Other rows are to be rendered, or rows elsewhere. */
  readonly changed: () => void;
}

/** Finds out which rows of a long list are to be rendered, and where. */
export class VirtualEngine {
  readonly #options: EngineOptions;
  readonly #virtualizer: Virtualizer<Element, HTMLElement>;
  #scroller: TallScroller | undefined;
  #spacer: HTMLElement | null = null;
  #element: HTMLElement | undefined;
  #detach: (() => void) | undefined;
  /** What is kept mounted besides what is in view. */
  #active = -1;
  #focused = -1;
  #width: number | undefined;
  /** What was at the upper edge before the width, or the list, changed. */
  #reading: { key: unknown; index: number; into: number } | undefined;
  /** From the beginning of what scrolls to that of the rows, px. */
  #margin = 0;
  /** How high a row is before it is measured, px. */
  #rowSize = 1;
  #extract = this.#extractor();
  #key = this.#keys();
  #items: { of: unknown; offset: number; items: readonly VirtualItem[] } | undefined;
  /** Which row an element was measured as. */
  readonly #measured = new WeakMap<HTMLElement, string | number>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#rowSize = Math.max(1, options.estimate());
    this.#virtualizer = new Virtualizer<Element, HTMLElement>(this.#settings());
  }

  /** Whether there is something that scrolls. */
  get attached(): boolean {
    return this.#scroller !== undefined;
  }

  /** px */
  get spacerSize(): number {
    return TallScroller.spacerFor(this.#virtualizer.getTotalSize());
  }

  items(): readonly VirtualItem[] {
    const of = this.#virtualizer.getVirtualItems();
    const offset = this.#scroller?.shift ?? 0;
    if (this.#items?.of !== of || this.#items.offset !== offset) {
      const items = of.map(({ index, start, size, key }) => {
        return { index, start: start - this.#margin - offset, size, key: key as string | number };
      });
      this.#items = { of, offset, items };
    }
    return this.#items.items;
  }

  /** The list is another. */
  reset(): void {
    this.#rowSize = Math.max(1, this.#options.estimate());
    if (this.#options.anchored) this.#hold();
    // Whoever changes the list because of a scroll may have heard of that before the virtualizer did.
    if (this.#scroller) this.#virtualizer.scrollOffset = this.#scroller.scrollTop;
    this.#key = this.#keys();
    this.#virtualizer.setOptions(this.#settings());
  }

  /** @returns whether that is a change. */
  pin(active: number): boolean {
    if (active === this.#active) return false;
    this.#active = active;
    this.#repin();
    return true;
  }

  /** Follows what scrolls, after every render. */
  attach(element: HTMLElement | null, spacer: HTMLElement | null): void {
    if (!element) {
      this.detach();
      return;
    }
    if (element !== this.#element || spacer !== this.#spacer) {
      this.detach();
      this.#element = element;
      this.#spacer = spacer;
      this.#scroller = new TallScroller(element);
      // Somebody may have scrolled before the engine was there; after a move in the document the element has forgotten.
      this.#virtualizer.scrollOffset ||= this.#scroller.scrollTop;
      this.#margin = this.#readMargin();
      this.#virtualizer.setOptions(this.#settings());
      const listening = new AbortController();
      const { signal } = listening;
      element.addEventListener('focusin', this.#refocus, { signal });
      element.addEventListener('focusout', this.#refocus, { signal });
      element.addEventListener('scroll', this.#scrolled, { signal, passive: true });
      const unmount = this.#virtualizer._didMount();
      this.#detach = () => {
        listening.abort();
        unmount();
      };
    }
    this.#scroller?.settle(this.#virtualizer.getTotalSize(), this.#virtualizer.isScrolling);
    this.#virtualizer._willUpdate();
    this.#reread();
  }

  detach(): void {
    this.#detach?.();
    this.#detach = this.#scroller = this.#element = undefined;
    this.#spacer = null;
    this.#virtualizer.elementsCache.clear();
  }

  scrollToIndex(index: number, align: Align): void {
    this.#virtualizer.scrollToIndex(index, { align });
    this.#options.changed();
  }

  /** Measures rows that are rendered for the first time: first all reads, which cost one layout together. */
  measure(elements: ReadonlySet<HTMLElement>): void {
    if (elements.size === 0) return;
    const count = this.#options.count();
    const sizes = [...elements].flatMap((element) => {
      const index = Number(element.dataset['index']);
      return element.isConnected && index < count ? [{ element, index, size: sizeOf(element) }] : [];
    });
    const { elementsCache } = this.#virtualizer;
    for (const { element, index, size } of sizes) {
      const key = this.#options.key(index);
      const before = this.#measured.get(element);
      // Reused for another row: what is known of the former one is no longer about this element.
      if (before !== undefined && before !== key && elementsCache.get(before) === element)
        elementsCache.delete(before);
      this.#measured.set(element, key);
      // Also while somebody scrolls, which the virtualizer would leave to a later frame. What is hidden has no height.
      if (size > 0) this.#virtualizer.resizeItem(index, size);
      this.#virtualizer.measureElement(element);
    }
    this.#virtualizer.measureElement(null);
  }

  #settings(): ConstructorParameters<typeof Virtualizer<Element, HTMLElement>>[0] {
    return {
      count: this.#options.count(),
      // Stands in for the element: what is too tall for a browser has another scroll position than its element.
      getScrollElement: () => (this.#scroller as unknown as Element | undefined) ?? null,
      estimateSize: this.#estimate,
      getItemKey: this.#key,
      rangeExtractor: this.#extract,
      overscan: this.#options.overscan,
      scrollMargin: this.#margin,
      scrollToFn: elementScroll,
      observeElementOffset,
      observeElementRect: (_, tell) => this.#observe(tell),
      measureElement: (element, entry) => this.#sizeNow(element, entry),
      // In the middle of a layout, rows that come in by it would make the browser complain of a loop.
      useAnimationFrameWithResizeObserver: true,
      onChange: this.#options.changed,
    };
  }

  #sizeNow(element: HTMLElement, entry: ResizeObserverEntry | undefined): number {
    const index = Number(element.dataset['index']);
    const known = this.#virtualizer.itemSizeCache.get(this.#options.key(index)) ?? this.#estimate();
    return entry?.borderBoxSize[0]?.blockSize || known;
  }

  /** Asked for each row of the list whenever places are worked out, so the host is asked once for all of them. */
  readonly #estimate = (): number => this.#rowSize;

  /** A new function: by that the virtualizer knows that the keys are others. */
  #keys(): (index: number) => string | number {
    return (index) => this.#options.key(index);
  }

  /** A new function for each set of rows that are kept. */
  #extractor(): (range: {
    startIndex: number;
    endIndex: number;
    overscan: number;
    count: number;
  }) => number[] {
    const pins = [this.#active, this.#focused].filter((pin) => pin >= 0);
    return ({ startIndex, endIndex, overscan, count }) => {
      const indexes = new Set<number>();
      const from = Math.max(0, startIndex - overscan);
      const until = Math.min(count - 1, endIndex + overscan);
      for (let index = from; index <= until; index++) indexes.add(index);
      for (const pin of pins) {
        if (pin >= count) continue;
        for (const index of [pin - 1, pin, pin + 1]) if (index >= 0 && index < count) indexes.add(index);
      }
      return [...indexes].sort((a, b) => a - b);
    };
  }

  #repin(): void {
    this.#extract = this.#extractor();
    this.#virtualizer.setOptions(this.#settings());
  }

  readonly #refocus = ({ type, target, relatedTarget }: FocusEvent): void => {
    const at = type === 'focusin' ? target : relatedTarget;
    const row = at instanceof Element && this.#element?.contains(at) ? at.closest('[data-index]') : null;
    const focused = row ? Number(row.getAttribute('data-index')) : -1;
    if (focused === this.#focused) return;
    this.#focused = focused;
    this.#repin();
    this.#options.changed();
  };

  /** Rows of what is too tall stand elsewhere after every bit of scrolling. */
  readonly #scrolled = (): void => {
    if (this.#scroller?.isScaled) this.#options.changed();
  };

  #observe(tell: (rect: { width: number; height: number }) => void): () => void {
    const element = this.#element;
    if (!element) return () => undefined;
    const read = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      // Hidden is no width: rows of nothing would be measured.
      if (height > 0 && this.#width !== undefined && this.#width !== width) this.#reflow();
      if (width > 0) this.#width = width;
      tell({ width, height });
    };
    read();
    let frame: number | undefined;
    const observer = new ResizeObserver(() => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        read();
      });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }

  /** Another width, other heights: forgets them all, and keeps what is at the upper edge there. */
  #reflow(): void {
    const virtualizer = this.#virtualizer;
    const offset = virtualizer.scrollOffset ?? 0;
    const first = virtualizer.getVirtualItemForOffset(offset);
    if (first && offset > 0)
      this.#reading = { key: first.key, index: first.index, into: offset - first.start };
    virtualizer.measure();
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = () => false;
    this.measure(new Set(virtualizer.elementsCache.values()));
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = undefined;
  }

  /** Remembers what is at the upper edge, of the rows as they were rendered. At the very top newer rows may push. */
  #hold(): void {
    const top = (this.#element?.scrollTop ?? 0) - this.#margin;
    if (this.#reading || top <= 0) return;
    const first = this.#items?.items.find(({ start, size }) => start + size > top);
    if (first) this.#reading = { key: first.key, index: first.index, into: top - first.start };
  }

  /** Where the row that was read is now; -1: it is gone. It has hardly gone far. */
  #find({ key, index }: { key: unknown; index: number }): number {
    const count = this.#options.count();
    for (let away = 0; away <= Math.max(index, count); away += 1) {
      for (const at of [index + away, index - away])
        if (at >= 0 && at < count && this.#options.key(at) === key) return at;
    }
    return -1;
  }

  /** Back to what was read before, once the spacer has the height that this needs. */
  #reread(): void {
    const reading = this.#reading;
    this.#reading = undefined;
    if (!reading || !this.#scroller) return;
    const index = this.#find(reading);
    const virtualizer = this.#virtualizer;
    // Brings the places up to date.
    virtualizer.getTotalSize();
    const place = virtualizer.measurementsCache[index];
    if (!place) return;
    if (Math.abs(place.start + reading.into - this.#scroller.scrollTop) < 1) return;
    // Past the virtualizer's own commands, during which it would not make good for rows above that turn out higher.
    this.#scroller.scrollTo({ top: place.start + reading.into });
    virtualizer.scrollOffset = this.#scroller.scrollTop;
    this.#options.changed();
  }

  #readMargin(): number {
    const element = this.#element;
    if (!element || !this.#spacer) return 0;
    const top = element.getBoundingClientRect().top + element.clientTop;
    return Math.max(0, Math.round(this.#spacer.getBoundingClientRect().top - top + element.scrollTop));
  }
}

/** With fractions: a thousand rows of 20.4 px are not 20,000 px high. */
function sizeOf(element: HTMLElement): number {
  return element.getBoundingClientRect().height;
}
