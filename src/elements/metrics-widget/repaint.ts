/** How often a number's text is written anew: in the same moments for all widgets of the page, so that it is laid out once. */

/** Four times a second is as fast as a changing number can be read, ms. */
const LEAST_MS = 250;
/** Where so many change, nobody reads all of them, and each moment costs a layout of the page: then it is twice a second, ms. */
const CROWD = 40;
const CROWDED_MS = 500;

/** How many wait for the next moment. */
let waiting = 0;
const momentMs = (): number => (waiting > CROWD ? CROWDED_MS : LEAST_MS);

/** The pace of one widget's text. */
export class Repaint {
  readonly #show: () => void;
  /** When it was written last: one of the page's moments. */
  #atMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param show is called when it is time again. */
  constructor(show: () => void) {
    this.#show = show;
  }

  /**
   * Whether to wait: then `show` is called when the time has come. Otherwise it counts as written now.
   * @param everyMs at most once in so many ms, and never more often than the page's moments come.
   */
  waits(everyMs: number): boolean {
    const now = Date.now();
    // A clock that was set back must not stop it.
    if (now < this.#atMs) this.renew();
    const moment = momentMs();
    const dueAt = this.#atMs + Math.ceil(Math.max(everyMs, 1) / moment) * moment;
    const restMs = Math.ceil(dueAt / moment) * moment - now;
    if (restMs <= 0) {
      this.shown();
      return false;
    }
    if (this.#timer === undefined) {
      waiting += 1;
      this.#timer = setTimeout(() => {
        this.stop();
        this.#show();
      }, restMs);
    }
    return true;
  }

  /** It is written now, whatever the reason. */
  shown(): void {
    this.stop();
    const moment = momentMs();
    this.#atMs = Math.floor(Date.now() / moment) * moment;
  }

  /** The next is not to wait. */
  renew(): void {
    this.stop();
    this.#atMs = -Infinity;
  }

  /** Nobody looks any more. */
  stop(): void {
    if (this.#timer === undefined) return;
    waiting -= 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
