/** A block of lines at the end of a terminal that is drawn again in its place: as often as it need be, and no more. */

/** Where it is drawn. */
export interface Terminal {
  /** Characters of a line. 0 where the terminal does not know, as under `script` or `docker run -t`: 80 then. */
  readonly columns: number;
  /** Lines of the window. 0 where the terminal does not know: 24 then. */
  readonly rows: number;
  write(text: string): void;
}

/** How it is drawn. */
export interface ScreenOptions {
  /** Between two drawings, ms; default 100. */
  readonly intervalMs?: number;
  /** Between two drawings while nothing is new, so that times go on, ms; default 1,000. */
  readonly tickMs?: number;
}

/** A terminal's size when nobody says it: the one that all others took over. */
const COLUMNS = 80;
const ROWS = 24;

/** Draws what it is given last. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #intervalMs: number;
  readonly #tick: NodeJS.Timeout;
  #make: (() => readonly string[]) | undefined;
  #drawn = 0;
  #waiting: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, { intervalMs = 100, tickMs = 1_000 }: ScreenOptions = {}) {
    this.#terminal = terminal;
    this.#intervalMs = intervalMs;
    this.#tick = setInterval(() => this.#later(), tickMs);
  }

  /** @param make asked for the lines when they are drawn: what came between two drawings is never shown. */
  show(make: () => readonly string[]): void {
    this.#make = make;
    this.#later();
  }

  /** A line above the block, which stays, and is whole for that. */
  say(line: string): void {
    this.#terminal.write(`${this.#home()}${line}\n`);
    this.#drawn = 0;
    this.#draw();
  }

  /** Draws the last state, and leaves it there: whole, as nothing is drawn over it, however often a line of it wraps. */
  close(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#waiting);
    if (this.#make) this.#write(this.#make());
    this.#make = undefined;
  }

  #later(): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#draw();
    }, this.#intervalMs);
  }

  #draw(): void {
    if (!this.#make) return;
    // The last row stays free, or the terminal would scroll what is to be drawn over out of reach.
    const room = Math.max(1, (this.#terminal.rows || ROWS) - 1);
    const all = this.#make();
    const lines = all.length <= room ? all : [...all.slice(0, room - 1), `  … ${all.length - room + 1} more`];
    this.#write(lines.map((line) => this.#cut(line)));
    this.#drawn = lines.length;
  }

  #write(lines: readonly string[]): void {
    this.#terminal.write(`${this.#home()}${lines.map((line) => `${line}\n`).join('')}`);
  }

  /** To the block's first line, with everything from there on cleared (ECMA-48: CPL, ED). */
  #home(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}F\x1b[0J`;
  }

  /** A longer line would wrap, and be counted as one. */
  #cut(line: string): string {
    const characters = [...line];
    const columns = this.#terminal.columns || COLUMNS;
    return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`;
  }
}
