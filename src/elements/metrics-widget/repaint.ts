/** How often a number's text is written anew: in the same moments for all widgets of the page, so that it is laid out once. */

/** Four times a second is as fast as a changing number can be read, ms. */
const LEAST_MS = 250;
/**
 * Where so many change, nobody reads all of them, and each moment costs a layout of the page: then it is twice a second, ms. One half
 * of them takes every other moment, the other half those between: all in one would be felt.
 */
const CROWD = 40;
const CROWDED_MS = 500;

/** How many wait for the next moment. */
let waiting = 0;
let made = 0;

/** Who waits for a moment. One timer for all: of a timer each, some would run before a frame and some behind it. */
class Moment {
  readonly #at: number;
  readonly #waiting = new Set<Repaint>();
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(at: number, restMs: number) {
    this.#at = at;
    this.#timer = setTimeout(() => {
      moments.delete(at);
      for (const repaint of this.#waiting) repaint.come();
    }, restMs);
  }

  join(repaint: Repaint): void {
    this.#waiting.add(repaint);
    waiting += 1;
  }

  leave(repaint: Repaint): void {
    if (!this.#waiting.delete(repaint)) return;
    waiting -= 1;
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    moments.delete(this.#at);
  }
}

/** By their time, ms since 1970. */
const moments = new Map<number, Moment>();

/** The pace of one widget's text. */
export class Repaint {
  readonly #show: () => void;
  /** When the crowd's moments of its half begin, ms. */
  readonly #half = (made++ % 2) * LEAST_MS;
  /** When it was written last: one of the page's moments. */
  #atMs = -Infinity;
  #moment: Moment | undefined;

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
    const crowded = waiting > CROWD;
    const moment = crowded ? CROWDED_MS : LEAST_MS;
    const half = crowded ? this.#half : 0;
    const dueAt = this.#atMs + Math.ceil(Math.max(everyMs, 1) / moment) * moment;
    const restMs = Math.ceil((dueAt - half) / moment) * moment + half - now;
    if (restMs <= 0) {
      this.shown();
      return false;
    }
    if (!this.#moment) {
      const at = now + restMs;
      let due = moments.get(at);
      if (!due) moments.set(at, (due = new Moment(at, restMs)));
      due.join(this);
      this.#moment = due;
    }
    return true;
  }

  /** @internal The moment has come. */
  come(): void {
    this.stop();
    this.#show();
  }

  /** It is written now, whatever the reason. */
  shown(): void {
    this.stop();
    this.#atMs = Math.floor(Date.now() / LEAST_MS) * LEAST_MS;
  }

  /** The next is not to wait. */
  renew(): void {
    this.stop();
    this.#atMs = -Infinity;
  }

  /** Nobody looks any more. */
  stop(): void {
    this.#moment?.leave(this);
    this.#moment = undefined;
  }
}
