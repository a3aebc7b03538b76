/**
 * Scrolls what is taller than a browser can lay out. Firefox stops at about 17.9 million px and Chrome at about 33.5
 * million; beyond that elements are cut off, and their last rows with them. The spacer is never higher than
 * {@link MAX_PX}, and what lies above that is made up by going further for each pixel that is scrolled: at a million
 * rows of 36 px 2.4 px for each. Below it every number is the element's own.
 */

/** The highest spacer, px. */
export const MAX_PX = 15_000_000;

/** An element as the virtualizer sees it: with the scroll position and height that it would have without the limit. */
export class TallScroller {
  readonly #element: HTMLElement;
  /** Rows' px that the spacer lacks. */
  #missing = 0;
  /** Where in the rows the view is, and what the element's own position was then, px. */
  #at = 0;
  #own = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#own = this.#at = element.scrollTop;
  }

  /** @param total of all rows, px. */
  static spacerFor(total: number): number {
    return Math.min(total, MAX_PX);
  }

  get isScaled(): boolean {
    return this.#missing > 0;
  }

  /** By how much rows stand before the place that they would have without the limit, px. */
  get shift(): number {
    if (this.#missing === 0) return 0;
    this.#follow();
    return this.#at - this.#own;
  }

  get scrollTop(): number {
    this.#follow();
    return this.#at;
  }

  get scrollHeight(): number {
    return this.#element.scrollHeight + this.#missing;
  }

  get clientHeight(): number {
    return this.#element.clientHeight;
  }

  get clientWidth(): number {
    return this.#element.clientWidth;
  }

  get ownerDocument(): Document {
    return this.#element.ownerDocument;
  }

  get style(): CSSStyleDeclaration {
    return this.#element.style;
  }

  addEventListener(...args: Parameters<HTMLElement['addEventListener']>): void {
    this.#element.addEventListener(...args);
  }

  removeEventListener(...args: Parameters<HTMLElement['removeEventListener']>): void {
    this.#element.removeEventListener(...args);
  }

  scrollTo({ top = 0, behavior = 'auto' }: ScrollToOptions): void {
    if (this.#missing === 0) {
      this.#element.scrollTo({ top, behavior });
      return;
    }
    const { max, ownMax } = this.#limits();
    const at = Math.min(Math.max(top, 0), max);
    this.#element.scrollTop = max > 0 ? (at / max) * ownMax : 0;
    // Set first, kept exactly: the element rounds, and its pixel is several of the rows'.
    this.#at = at;
    this.#own = this.#element.scrollTop;
  }

  /**
   * The spacer has the height for so many px of rows.
   * @param moving somebody scrolls: then the element's own position is theirs.
   */
  settle(total: number, moving: boolean): void {
    this.#follow();
    const was = this.#missing;
    this.#missing = Math.max(0, total - MAX_PX);
    if (this.#missing === 0) {
      if (was > 0) this.#element.scrollTop = this.#at;
      return;
    }
    // Heights that turned up have changed what the position stands for: put right while nobody has hold of it.
    if (!moving) this.scrollTo({ top: this.#at });
  }

  #limits(): { max: number; ownMax: number } {
    const ownMax = Math.max(0, this.#element.scrollHeight - this.#element.clientHeight);
    return { max: ownMax + this.#missing, ownMax };
  }

  /** What is left to go is spread over the pixels that are left, so that both ends are reached exactly. */
  #follow(): void {
    const own = this.#element.scrollTop;
    if (this.#missing === 0) this.#at = this.#own = own;
    if (own === this.#own) return;
    const { max, ownMax } = this.#limits();
    if (own > this.#own) {
      const left = ownMax - this.#own;
      this.#at += left > 0 ? ((own - this.#own) * (max - this.#at)) / left : 0;
    } else this.#at = this.#own > 0 ? (this.#at * own) / this.#own : 0;
    this.#at = Math.min(Math.max(this.#at, 0), max);
    this.#own = own;
  }
}
