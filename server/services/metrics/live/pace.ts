/** When what changed is published: at once after a pause, else once in `publishIntervalMs`. */
import type { Clock, Timer } from '../../../ports/clock.ts';

/** Something that is published when it changed. */
export interface Paced {
  /** Not to be published again before this, monotonic ms. */
  dueAt: number;
  publish(): void;
}

/** How often those that wait for their turn are looked at, as a share of the interval that they wait for. */
const SHARE = 1 / 5;

/** Publishes for everybody. */
export class Pace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #onError: (error: unknown) => void;
  #timer: Timer | undefined;
  #closed = false;
  /** Changed after a pause. */
  readonly #due = new Set<Paced>();
  /** Changed again within the interval. */
  readonly #waiting = new Set<Paced>();

  /** @param onError told of what could not be published; the others are not harmed by it. */
  constructor(clock: Clock, intervalMs: number, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#onError = onError;
  }

  changed(paced: Paced): void {
    if (this.#closed) return;
    if (this.#clock.monotonicMs() < paced.dueAt) {
      this.#waiting.add(paced);
      // Only while somebody waits: a server that is not looked at sleeps.
      this.#timer ??= this.#clock.every(Math.max(1, this.#intervalMs * SHARE), () => this.#publishWaiting());
    } else if (this.#due.add(paced).size === 1) this.#clock.after(0, () => this.#publishDue());
  }

  forget(paced: Paced): void {
    this.#due.delete(paced);
    this.#waiting.delete(paced);
  }

  /** Publishes what is left. */
  close(): void {
    this.#closed = true;
    this.#stop();
    this.#publishDue();
    this.#waiting.forEach((paced) => this.#publish(paced));
    this.#waiting.clear();
  }

  #publishDue(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const paced of due) this.#publish(paced);
  }

  #publishWaiting(): void {
    const now = this.#clock.monotonicMs();
    for (const paced of this.#waiting) {
      if (now < paced.dueAt) continue;
      this.#waiting.delete(paced);
      this.#publish(paced);
    }
    if (this.#waiting.size === 0) this.#stop();
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #publish(paced: Paced): void {
    paced.dueAt = this.#clock.monotonicMs() + this.#intervalMs;
    try {
      paced.publish();
    } catch (error) {
      this.#onError(error);
    }
  }
}
