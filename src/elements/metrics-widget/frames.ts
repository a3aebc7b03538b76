/** One drawing queue for all charts of the page: few a frame, none too often, fewer while the page is busy; what can wait, in few frames. */

/** Drawing takes no more of a frame than this, ms: at 60 frames a second it leaves the page ten. */
const BUDGET_MS = 6;
/**
 * What is not due at once is drawn together, at most so often, ms. A frame in which anything changed costs the page its own
 * paint and compositing, which for a wall of charts is more than all of their drawing. Widgets write their texts at the same
 * moments: the multiples of it since 1970.
 */
const PULSE_MS = 250;
/** A frame that took longer was felt: the limit of the browser's own "long task". */
const LONG_MS = 50;
/** All that queues is drawn so many times slower at most. */
const SLOWEST = 8;
/** Long frames come in crowds: one crowd slows once, ms. */
const CROWD_MS = 250;
/** Without a long frame for this long the pace doubles again, ms. */
const CALM_MS = 2_000;

/** What the queue needs of a browser. */
export interface FrameHost {
  /** ms since 1970, monotonic. */
  now(): number;
  /** Calls back before the next repaint. */
  frame(run: () => void): void;
  /** Calls back once after so many ms. @returns calls it off. */
  after(ms: number, run: () => void): () => void;
  hidden(): boolean;
  /** Calls back whenever the page is shown or hidden. @returns stops. */
  onVisibility(run: () => void): () => void;
  /** Tells of frames over {@link LONG_MS}. @returns stops; undefined where the browser cannot tell. */
  watchLong(tell: () => void): (() => void) | undefined;
}

/** One chart's place in the queue. */
export interface FrameSeat {
  /**
   * Asks to be drawn once: in the next frame, or when it is due.
   * @param everyMs not within so many ms of the drawing before, and then with others. Default 0: in the next frame. Asked again
   *   with less, less counts.
   */
  ask(everyMs?: number): void;
  /** Asks for nothing any more. */
  leave(): void;
}

interface Place {
  readonly draw: () => void;
  drawnAt: number;
  dueAt: number;
  /** It was drawn before, and not asked for at once. */
  canWait: boolean;
}

/** Draws in the order of asking, which makes it go round: who was drawn asks again behind all who wait. */
export class FrameQueue {
  readonly #host: FrameHost;
  readonly #places = new Set<Place>();
  readonly #waiting = new Set<Place>();
  #framed = false;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #stops: (() => void)[] = [];
  #tellsLong = false;
  #slowdown = 1;
  /** When it was last slowed or quickened. */
  #turnedAt = -Infinity;
  /** When the frame before was, if this one was asked for in it. */
  #frameBefore: number | undefined;

  constructor(host: FrameHost) {
    this.#host = host;
  }

  /** How many times slower than asked it draws: 1, 2, 4 or 8. */
  get slowdown(): number {
    return this.#slowdown;
  }

  join(draw: () => void): FrameSeat {
    const place: Place = { draw, drawnAt: -Infinity, dueAt: 0, canWait: true };
    this.#places.add(place);
    if (this.#places.size === 1) this.#open();
    return {
      ask: (everyMs = 0) => this.#places.has(place) && this.#ask(place, everyMs),
      leave: () => this.#leave(place),
    };
  }

  #open(): void {
    const stopLong = this.#host.watchLong(() => this.#felt());
    this.#tellsLong = stopLong !== undefined;
    this.#stops = [stopLong ?? (() => undefined), this.#host.onVisibility(() => this.#schedule())];
  }

  #leave(place: Place): void {
    this.#waiting.delete(place);
    if (!this.#places.delete(place) || this.#places.size > 0) return;
    for (const stop of this.#stops) stop();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#slowdown = 1;
  }

  #ask(place: Place, everyMs: number): void {
    const dueAt = everyMs > 0 ? pulseAfter(place.drawnAt + everyMs * this.#slowdown) : place.drawnAt;
    const again = this.#waiting.has(place);
    place.dueAt = again ? Math.min(place.dueAt, dueAt) : dueAt;
    place.canWait = everyMs > 0 && place.drawnAt > 0 && (!again || place.canWait);
    this.#waiting.add(place);
    this.#wake(place.dueAt);
  }

  /** Makes sure of a frame when something is due. In a hidden page nothing is. */
  #wake(dueAt: number): void {
    if (this.#framed || this.#host.hidden()) return;
    const waitMs = dueAt - this.#host.now();
    if (waitMs <= 0) return this.#frame();
    if (this.#timer && this.#timer.at <= dueAt) return;
    this.#timer?.cancel();
    const cancel = this.#host.after(waitMs, () => {
      this.#timer = undefined;
      this.#schedule();
    });
    this.#timer = { at: dueAt, cancel };
  }

  #frame(): void {
    this.#framed = true;
    this.#host.frame(() => {
      this.#framed = false;
      if (!this.#host.hidden()) this.#run();
    });
  }

  #schedule(): void {
    let dueAt = Infinity;
    for (const place of this.#waiting) dueAt = Math.min(dueAt, place.dueAt);
    if (dueAt < Infinity) this.#wake(dueAt);
  }

  #run(): void {
    const start = this.#host.now();
    this.#judge(start);
    const untilMs = start + BUDGET_MS / this.#slowdown;
    let spent = false;
    for (const place of [...this.#waiting]) {
      if (place.dueAt > start || !this.#waiting.has(place)) continue;
      if (spent) {
        // A frame for those that are left alone would cost the page more than they do.
        if (place.canWait) place.dueAt = pulseAfter(start + 1);
        continue;
      }
      this.#waiting.delete(place);
      place.drawnAt = start;
      try {
        place.draw();
      } catch (error) {
        // One chart's trouble is not the others'.
        reportError(error);
      }
      spent = this.#host.now() >= untilMs;
    }
    this.#schedule();
    this.#frameBefore = this.#framed ? start : undefined;
  }

  #judge(now: number): void {
    const took = this.#frameBefore === undefined ? 0 : now - this.#frameBefore;
    if (!this.#tellsLong && took > LONG_MS) return this.#felt();
    if (this.#slowdown === 1 || now - this.#turnedAt < CALM_MS) return;
    this.#slowdown /= 2;
    this.#turnedAt = now;
  }

  /** The page was busy, whoever it was: charts are what can wait. */
  #felt(): void {
    const now = this.#host.now();
    const apart = now - this.#turnedAt >= CROWD_MS;
    this.#turnedAt = now;
    if (apart) this.#slowdown = Math.min(SLOWEST, this.#slowdown * 2);
  }
}

function pulseAfter(ms: number): number {
  return Math.ceil(ms / PULSE_MS) * PULSE_MS;
}

// Shared by every copy of this module on the page: two releases share the frame as well.
const KEY = Symbol.for('waooaw.frames.v1');

/** The page's queue. */
export function pageFrames(): FrameQueue {
  const holder = globalThis as { [KEY]?: FrameQueue };
  return (holder[KEY] ??= new FrameQueue(browserHost));
}

const browserHost: FrameHost = {
  now: () => performance.timeOrigin + performance.now(),
  frame: (run) => void requestAnimationFrame(run),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  hidden: () => document.visibilityState === 'hidden',
  onVisibility(run) {
    document.addEventListener('visibilitychange', run);
    return () => document.removeEventListener('visibilitychange', run);
  },
  watchLong(tell) {
    const types = PerformanceObserver.supportedEntryTypes;
    const type = ['long-animation-frame', 'longtask'].find((name) => types.includes(name));
    if (type === undefined) return undefined;
    const observer = new PerformanceObserver(tell);
    observer.observe({ type });
    return () => observer.disconnect();
  },
};
