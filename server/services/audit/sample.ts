/** Chooses among any number of notes those that are worth comparing, within bounded memory. */

/** Notes spread over all of them: from as many to twice as many are kept. */
const SPREAD = 32;
/** The largest of all, and of those after which sizes fell. */
const LARGEST = 8;

interface Claim {
  readonly size: number;
  readonly note: string;
}

/** Chooses. */
export class Sample {
  #spread: Claim[] = [];
  #every = 1;
  #count = 0;
  #last: Claim | undefined;
  #largest: Claim[] = [];
  /** A trail only grows: the last note before a smaller one tells of entries that somebody may have cut off. */
  #peaks: Claim[] = [];

  /** @param size entries that the note tells of. */
  take(size: number, note: string): void {
    const claim = { size, note };
    if (this.#last && this.#last.size > size) this.#peaks = largestOf([...this.#peaks, this.#last]);
    this.#last = claim;
    if (this.#largest.length < LARGEST || size > this.#largest.at(-1)!.size)
      this.#largest = largestOf([...this.#largest, claim]);
    if (this.#count % this.#every === 0) this.#spread.push(claim);
    this.#count += 1;
    if (this.#spread.length < SPREAD * 2) return;
    this.#spread = this.#spread.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** The largest first, then the newest, those before a fall, and the rest in their order; none twice. */
  notes(): ReadonlySet<string> {
    const claims = [...this.#largest, ...(this.#last ? [this.#last] : []), ...this.#peaks, ...this.#spread];
    return new Set(claims.map(({ note }) => note));
  }
}

function largestOf(claims: readonly Claim[]): Claim[] {
  return claims.toSorted((one, other) => other.size - one.size).slice(0, LARGEST);
}
