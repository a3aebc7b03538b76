/** Who may work now, and who waits: first come, first served. */

/** Runs a bounded number at once. */
export class Queue {
  readonly #max: number;
  readonly #run: (id: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  /** Asked for again while they were about to end. */
  readonly #again = new Set<string>();
  #isClosed = false;
  /** Told when places changed. */
  moved: () => void = () => undefined;

  /** @param max at once. @param run must not throw. */
  constructor(max: number, run: (id: string) => Promise<void>) {
    this.#max = max;
    this.#run = run;
  }

  get active(): number {
    return this.#active.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs it once there is room; one that runs, once more. */
  add(id: string): void {
    if (this.#isClosed) return;
    if (this.#active.has(id)) this.#again.add(id);
    else this.#waiting.add(id);
    this.#next();
  }

  /** Runs it at once, whatever there is room for: what is to be taken back does not wait behind what is to be done. */
  force(id: string): void {
    if (this.#isClosed) return;
    if (this.#active.has(id)) {
      this.#again.add(id);
      return;
    }
    this.#waiting.delete(id);
    this.#begin(id);
    this.moved();
  }

  /** Waits no more. */
  remove(id: string): void {
    if (this.#waiting.delete(id)) this.moved();
  }

  /** Place in the queue, from 1; undefined for what does not wait. */
  place(id: string): number | undefined {
    if (!this.#waiting.has(id)) return undefined;
    let place = 1;
    for (const one of this.#waiting) {
      if (one === id) break;
      place += 1;
    }
    return place;
  }

  /** Those that wait, in order. */
  order(): readonly string[] {
    return [...this.#waiting];
  }

  /** Nobody begins any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#again.clear();
  }

  #next(): void {
    let hasMoved = false;
    for (const id of this.#waiting) {
      if (this.#active.size >= this.#max) break;
      this.#waiting.delete(id);
      this.#begin(id);
      hasMoved = true;
    }
    if (hasMoved) this.moved();
  }

  #begin(id: string): void {
    this.#active.add(id);
    void this.#run(id).finally(() => {
      this.#active.delete(id);
      if (this.#again.delete(id)) this.#waiting.add(id);
      this.#next();
    });
  }
}
