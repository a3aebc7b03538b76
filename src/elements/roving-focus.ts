/**
 * One Tab stop for a row of controls, and arrow keys between them (WAI-ARIA APG, "Managing focus: roving tabindex"):
 * toolbars, footers, tab lists.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** How the controls lie. */
export type Orientation = 'horizontal' | 'vertical' | 'both';

/** What is roved over. */
export interface RovingFocusOptions {
  /** The controls in reading order. What is disabled (natively, so that it takes no focus) or hidden is passed over. */
  items(): Iterable<HTMLElement>;
  /** Which arrow keys move. Default horizontal. */
  readonly orientation?: Orientation;
  /** After the last comes the first. Default false: the end is felt. */
  readonly wrap?: boolean;
}

/** Elements in which arrow keys have a meaning of their own. */
const OWN_ARROWS =
  'input:not([type=button], [type=checkbox], [type=submit], [type=reset]), textarea, select, [contenteditable]';

/**
 * Keeps one of the controls in the Tab order. Bind {@link RovingFocus.keydown} and {@link RovingFocus.focusin} to what
 * encloses the controls: `<div role="toolbar" @keydown=${roving.keydown} @focusin=${roving.focusin}>`.
 */
export class RovingFocus implements ReactiveController {
  readonly #options: RovingFocusOptions;
  #current: HTMLElement | undefined;

  /** @param host is followed: controls that it adds or removes are taken in after each of its updates. */
  constructor(host: ReactiveControllerHost | undefined, options: RovingFocusOptions) {
    this.#options = options;
    host?.addController(this);
  }

  /** The control that Tab reaches. */
  get current(): HTMLElement | undefined {
    return this.#current;
  }

  hostUpdated(): void {
    this.refresh();
  }

  hostDisconnected(): void {
    this.#current = undefined;
  }

  /** Takes the controls in as they are now. */
  refresh(): void {
    const items = this.#usable();
    const current = this.#current && items.includes(this.#current) ? this.#current : items[0];
    this.#current = current;
    for (const item of this.#options.items()) {
      const tabIndex = item === current ? 0 : -1;
      // Also where it is the default: then the attribute says so to whoever looks.
      if (item.getAttribute('tabindex') !== String(tabIndex)) item.tabIndex = tabIndex;
    }
  }

  /** Focuses the control that Tab reaches. */
  focus(): void {
    this.refresh();
    this.#current?.focus();
  }

  /** Moves the focus with the arrow keys, Home and End. */
  readonly keydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const path = event.composedPath();
    if (path[0] instanceof Element && path[0].matches(OWN_ARROWS)) return;
    const items = this.#usable();
    const from = items.findIndex((item) => path.includes(item));
    if (from < 0) return;
    const to = this.#target(event, from, items.length);
    const item = to === undefined ? undefined : items[to];
    if (!item) return;
    event.preventDefault();
    this.#current = item;
    this.refresh();
    item.focus();
  };

  /** The control that got the focus by other means, such as a press, is the one that Tab reaches. */
  readonly focusin = (event: FocusEvent): void => {
    const path = event.composedPath();
    const item = this.#usable().find((item) => path.includes(item));
    if (!item || item === this.#current) return;
    this.#current = item;
    this.refresh();
  };

  #target({ key, currentTarget }: KeyboardEvent, from: number, count: number): number | undefined {
    if (key === 'Home') return 0;
    if (key === 'End') return count - 1;
    const step = this.#step(key, currentTarget);
    if (step === 0) return undefined;
    const to = from + step;
    return this.#options.wrap ? (to + count) % count : Math.min(Math.max(to, 0), count - 1);
  }

  #step(key: string, around: EventTarget | null): number {
    const { orientation = 'horizontal' } = this.#options;
    if (orientation !== 'horizontal' && key === 'ArrowDown') return 1;
    if (orientation !== 'horizontal' && key === 'ArrowUp') return -1;
    if (orientation === 'vertical' || (key !== 'ArrowRight' && key !== 'ArrowLeft')) return 0;
    const element = around instanceof Element ? around : this.#current;
    const rtl = element !== undefined && getComputedStyle(element).direction === 'rtl';
    return (key === 'ArrowRight') === rtl ? -1 : 1;
  }

  #usable(): HTMLElement[] {
    return [...this.#options.items()].filter((item) => !item.matches(':disabled') && item.checkVisibility());
  }
}
