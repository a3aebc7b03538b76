/**
 * A chart's points as a table, newest first. Loaded when it is asked for.
 *
 * It is renewed at most once a second and stands still while somebody reads it: while the focus or a pointer is in it, while it
 * is scrolled down, or while text of it is selected. What came meanwhile is counted above it, and enters when the reader has
 * left. A table that moved a row a second below a reader's eyes would be none.
 */
import { localeOf } from '../../i18n/page-language.ts';
import type { ChartOptions, ChartSource } from './chart-options.ts';
import { pointAt } from './chart-points.ts';
import { adopt } from './chart-styles.ts';
import { chartMessages } from './chart-words.ts';
import type { ChartMessages } from './chart-words.ts';
import { pageFrames } from './frames.ts';
import type { FrameSeat } from './frames.ts';
import { markerText } from './markers.ts';
import { tableStyles } from './table.styles.ts';

/** Rows that are listed. The chart has the rest, and the server all. */
export const MOST_ROWS = 120;
/** Renewed at most once in so many ms. */
const EVERY_MS = 1_000;

/** One row: what it says, and what it was made of. */
interface Row {
  readonly element: HTMLTableRowElement;
  readonly texts: readonly string[];
}

/** The table of one chart. */
export class ChartTable {
  readonly #source: ChartSource;
  readonly #options: () => ChartOptions;
  readonly #region = make('div', 'table');
  readonly #newer = make('p', 'newer');
  readonly #caption = make('caption');
  readonly #heads = [make('th'), make('th'), make('th')] as const;
  readonly #body = make('tbody');
  readonly #older = make('p', 'older');
  readonly #seat: FrameSeat;
  readonly #listening = new AbortController();
  #rows = new Map<number, Row>();
  /** The newest moment that is listed, ms. */
  #newest = -Infinity;
  #pointed = false;

  /** @param target the chart's frame: the table stands below it. */
  constructor(target: HTMLElement, source: ChartSource, options: () => ChartOptions) {
    this.#source = source;
    this.#options = options;
    adopt(target, tableStyles);
    this.#build();
    target.after(this.#region);
    this.#seat = pageFrames().join(() => this.#renew());
    this.#write();
    this.#listen();
  }

  /** Points, options or words may be others. */
  changed(): void {
    this.#seat.ask(EVERY_MS);
  }

  remove(): void {
    this.#listening.abort();
    this.#seat.leave();
    this.#region.remove();
  }

  #build(): void {
    const region = this.#region;
    region.setAttribute('part', 'table');
    // What scrolls can be reached by keyboard, and says what it is.
    region.role = 'region';
    region.tabIndex = 0;
    this.#newer.hidden = this.#older.hidden = true;
    const head = make('tr');
    for (const cell of this.#heads) cell.scope = 'col';
    head.append(...this.#heads);
    const top = make('thead');
    top.append(head);
    const table = make('table');
    table.append(this.#caption, top, this.#body);
    region.append(this.#newer, table, this.#older);
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (type: string, run: () => void): void =>
      this.#region.addEventListener(type, run, { signal, passive: true });
    on('pointerenter', () => (this.#pointed = true));
    on('pointerleave', () => {
      this.#pointed = false;
      this.#renew();
    });
    on('focusout', () => this.changed());
    on('scroll', () => this.changed());
  }

  /** Somebody is reading. */
  get #held(): boolean {
    const region = this.#region;
    const selected = document.getSelection()?.containsNode(region, true) ?? false;
    return this.#pointed || selected || region.scrollTop > 0 || region.matches(':focus-within');
  }

  #renew(): void {
    if (!this.#held) return this.#write();
    const [times] = this.#source.window.columns();
    const count = times.length - 1 - times.findLastIndex((time) => time <= this.#newest);
    this.#newer.hidden = count === 0;
    write(this.#newer, this.#words.newer(count));
  }

  get #words(): ChartMessages {
    return chartMessages.get(localeOf(this.#region));
  }

  /** All of it, as it is now. Rows stay the same elements for as long as they are listed. */
  #write(): void {
    const columns = this.#source.window.columns();
    const options = this.#options();
    const words = this.#words;
    const { length } = columns[0];
    const events = options.markers.length > 0;
    write(this.#caption, length === 0 ? words.noValues : words.caption(options.label));
    this.#region.ariaLabel = words.caption(options.label);
    [words.time, words.value, words.event].forEach((text, i) => write(this.#heads[i]!, text));
    this.#heads[2].hidden = !events;
    const before = this.#rows;
    this.#rows = new Map();
    for (let i = length - 1; i >= Math.max(0, length - MOST_ROWS); i -= 1) {
      const { time, value, markers } = pointAt(columns, i, options)!;
      const texts = [options.formatTime(time), value === null ? words.gap : options.format(value)];
      if (events) texts.push(markers.map((marker) => markerText(marker, words)).join('. '));
      this.#rows.set(time, rowOf(texts, before.get(time)));
    }
    place(this.#body, this.#rows);
    this.#newest = columns[0].at(-1) ?? -Infinity;
    this.#newer.hidden = true;
    this.#older.hidden = length <= MOST_ROWS;
    write(this.#older, words.older(Math.max(0, length - MOST_ROWS)));
  }
}

/** Puts rows in order with as few moves as there are new ones. */
function place(body: HTMLElement, rows: ReadonlyMap<number, Row>): void {
  const wanted = new Set([...rows.values()].map(({ element }) => element));
  for (const child of [...body.children]) if (!wanted.has(child as HTMLTableRowElement)) child.remove();
  let at = body.firstElementChild;
  for (const element of wanted) {
    if (element === at) at = at.nextElementSibling;
    else body.insertBefore(element, at);
  }
}

function rowOf(texts: readonly string[], before: Row | undefined): Row {
  if (before && before.texts.join('\n') === texts.join('\n')) return before;
  const element = before?.element ?? make('tr');
  const head = make('th');
  head.scope = 'row';
  element.replaceChildren(
    ...texts.map((text, i) => {
      const cell = i === 0 ? head : make('td');
      const bdi = make('bdi');
      bdi.textContent = text;
      // What happened is a sentence in the reader's language; times and numbers read from left to right.
      cell.append(i === 2 ? text : bdi);
      return cell;
    }),
  );
  return { element, texts };
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = ''): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), className ? { className } : {});
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
