/** Lines of a log in their order, from wherever they come: the newest as they are said, older ones page by page. */
import type { LogLine } from '../../protocol/agents.ts';

/** So many are kept; the oldest go. */
const MOST_LINES = 200_000;

/** The lines of one log. */
export class LogStore {
  /** There are older ones to be asked for. */
  more = false;
  #lines: LogLine[] = [];
  #revision = 0;
  /** Numbers of lines before which some are missing that nobody could be asked for. */
  readonly #gaps = new Set<number>();

  /** In order. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** Counts changes. */
  get revision(): number {
    return this.#revision;
  }

  get first(): number | undefined {
    return this.#lines[0]?.n;
  }

  get last(): number | undefined {
    return this.#lines.at(-1)?.n;
  }

  /** Adds lines, in any order. What is known already stays as it is. @returns how many were new. */
  add(lines: readonly LogLine[]): number {
    const good = lines.filter(({ n, text }) => Number.isFinite(n) && typeof text === 'string');
    const before = this.#lines.length;
    const last = this.last ?? -Infinity;
    const isNewer = good.every(({ n }, i) => n > (i === 0 ? last : (good[i - 1]?.n ?? last)));
    if (isNewer) this.#lines = before === 0 ? [...good] : this.#lines.concat(good);
    else {
      const all = new Map([...good, ...this.#lines].map((line) => [line.n, line]));
      this.#lines = [...all.values()].sort((a, b) => a.n - b.n);
    }
    const added = this.#lines.length - before;
    if (this.#lines.length > MOST_LINES) {
      this.#lines = this.#lines.slice(-MOST_LINES);
      this.more = true;
    }
    if (added > 0) this.#revision += 1;
    return added;
  }

  /** Before this line some are missing. */
  markGap(n: number): void {
    this.#gaps.add(n);
    this.#revision += 1;
  }

  hasGap(n: number): boolean {
    return this.#gaps.has(n);
  }

  clear(): void {
    this.#lines = [];
    this.#gaps.clear();
    this.more = false;
    this.#revision += 1;
  }
}
