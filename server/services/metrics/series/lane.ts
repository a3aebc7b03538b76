/**
 * What one source's bodies say of now: the same series in the same order, body after body. Their numbers wait here, a row a body, and
 * are folded into their series several at a time. A series lies scattered over memory and a row does not: to visit ten thousand series
 * for one number each costs more than to read the body that brought them.
 */
/** Bodies whose numbers wait at most: 128 bytes a series. */
export const MAX_ROWS = 16;
/** What waits of the series that is settled. */
const TIMES = new Float64Array(MAX_ROWS);
const VALUES = new Float64Array(MAX_ROWS);
/** Of a lane that no body is read into. */
const NO_ROW = new Float64Array();

/** What a lane needs of a series. */
export interface Waiter {
  /** @returns whether its numbers may wait at this place from now on. */
  waitIn(lane: Lane, place: number): boolean;
  /** Folds in what waits, and waits no more. */
  leaveLane(): void;
  /** Folds numbers in that waited. @param times ms, in the order in which they came. */
  foldRun(times: Float64Array, values: Float64Array, count: number): void;
}

/** The samples of one parser. Whoever looks at a series finds what waits folded in: the series sees to that. */
export class Lane {
  /** In the order of the last body, those without a place of their own included. */
  readonly #order: Waiter[] = [];
  /** Those that wait here, by place. */
  readonly #waiting: (Waiter | undefined)[] = [];
  /** Numbers by place; NaN where nothing waits. */
  #rows: Float64Array[] = [];
  readonly #times = new Float64Array(MAX_ROWS);
  #width = 0;
  #used = 0;
  /** The row that is written, of the body that is read. */
  #row: Float64Array = NO_ROW;
  #at = 0;
  /** Numbers of that body that do not wait. */
  #passed = 0;
  /** Numbers that wait, those of that body aside. */
  #pending = 0;

  /** A body begins. Bodies do not overlap. @param timeMs when its samples are, ms. */
  begin(timeMs: number): void {
    if (this.#pending === 0) this.#used = 0;
    const width = this.#order.length;
    if (this.#used === MAX_ROWS || this.#width < width) this.#settleAll();
    if (this.#width < width) {
      this.#rows = [];
      this.#width = width;
    }
    this.#times[this.#used] = timeMs;
    this.#row = this.#rows[this.#used] ??= new Float64Array(this.#width).fill(NaN);
    this.#used += 1;
    this.#at = this.#passed = 0;
  }

  /**
   * The body's next number.
   * @returns false where it must not wait: it is the caller's to fold in.
   */
  take(series: Waiter, value: number): boolean {
    const place = this.#at++;
    if (this.#waiting[place] !== series && !this.#admit(series, place)) {
      this.#passed += 1;
      return false;
    }
    this.#row[place] = value;
    return true;
  }

  /** The body is read, or given up. */
  end(): void {
    this.#pending += this.#at - this.#passed;
    this.#cut(this.#at);
    this.#row = NO_ROW;
    this.#at = this.#passed = 0;
  }

  /** Folds in what waits of a series. */
  settle(series: Waiter, place: number): void {
    const [rows, times] = [this.#rows, this.#times];
    let count = 0;
    for (let row = 0; row < this.#used; row++) {
      const value = rows[row]![place]!;
      if (value !== value) continue;
      rows[row]![place] = NaN;
      VALUES[count] = value;
      TIMES[count] = times[row]!;
      count += 1;
    }
    if (count === 0) return;
    this.#pending -= count;
    series.foldRun(TIMES, VALUES, count);
  }

  /** When the newest of what waits of a series was, ms; -1 where nothing does. */
  newestAt(place: number): number {
    let newest = -1;
    for (let row = 0; row < this.#used; row++) {
      if (!Number.isNaN(this.#rows[row]![place])) newest = Math.max(newest, this.#times[row]!);
    }
    return newest;
  }

  /** A series waits here no more. It has been settled. */
  release(place: number): void {
    this.#waiting[place] = undefined;
  }

  /** Gives a series a place to wait at, if it may wait and this is where it stood in the last body. */
  #admit(series: Waiter, place: number): boolean {
    if (this.#order[place] !== series) {
      this.#cut(place);
      this.#order[place] = series;
      return false;
    }
    if (place >= this.#width || !series.waitIn(this, place)) return false;
    this.#waiting[place] = series;
    return true;
  }

  /** The order is another from a place on. */
  #cut(place: number): void {
    for (let i = this.#order.length - 1; i >= place; i--) this.#waiting[i]?.leaveLane();
    this.#waiting.length = Math.min(this.#waiting.length, place);
    this.#order.length = Math.min(this.#order.length, place);
  }

  #settleAll(): void {
    for (const [place, series] of this.#waiting.entries()) if (series) this.settle(series, place);
    this.#used = 0;
  }
}
