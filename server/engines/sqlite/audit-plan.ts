/** A filter of the audit trail as sets of rows: what the index can tell of it, block by block. */
import type { SaltedField } from '../../../src/protocol/index.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';
import { isCounted, type RowSet, SET_WORDS, tagColumn } from './audit-block.ts';
import { FILTER_FIELD_NAMES, FILTER_FIELDS, FREE_FIELDS } from './audit-facts.ts';
import type { AuditTerms } from './audit-terms.ts';
import { wordsOf } from './audit-words.ts';

/** The index of one block, as a plan asks for it. */
export interface IndexedBlock {
  /** Of its rows, µs since 1970. */
  readonly minTime: number;
  readonly maxTime: number;
  /** Adds the rows that have a term, and perhaps others: two values may have the same. */
  addRows(term: number, into: RowSet): void;
  /** Adds the rows whose value in a column is one of these, and no others. */
  addValues(column: string, values: ReadonlySet<string>, into: RowSet): void;
}

/** A column, and the values of it that are wanted. */
interface Wanted {
  readonly column: string;
  readonly values: ReadonlySet<string>;
}

/**
 * Which rows of a block a filter holds for, twice: `maybe` leaves none of them out, and `surely` has no other. Only what is sure
 * is taken away for a `not`, or counted unread: a hash that collides must not hide an entry, nor make one up.
 */
export class AuditPlan {
  /** Rows have one of the terms of each. The one that left nothing last time comes first. */
  readonly #terms: (readonly number[])[] = [];
  /** Rows have one of the values of each. Undefined: no column tells of all that is asked. */
  readonly #columns: readonly Wanted[] | undefined;
  readonly #without: Wanted | undefined;
  readonly #none: readonly AuditPlan[];
  readonly #from: number;
  readonly #to: number;

  /** @param blind of the filter that this one is a part of. */
  constructor(
    filter: AuditFilter,
    terms: AuditTerms,
    blind: ReadonlySet<SaltedField> = new Set(filter.blind),
  ) {
    const columns: Wanted[] = [];
    let whole = (filter.text ?? []).length === 0;
    for (const field of FILTER_FIELD_NAMES) {
      const wanted = filter[field];
      if (!wanted) continue;
      const { salted } = FILTER_FIELDS[field];
      const values = salted && blind.has(salted) ? [] : wanted;
      this.#terms.push(values.map((value) => terms.field(field, value)));
      columns.push({ column: field, values: new Set(values) });
      whole &&= isCounted(field);
    }
    for (const [name, wanted] of Object.entries(filter.tags ?? {})) {
      const values = blind.has('tags') ? [] : wanted;
      this.#terms.push(values.map((value) => terms.tag(name, value)));
      columns.push({ column: tagColumn(name), values: new Set(values) });
    }
    const free = !FREE_FIELDS.every((field) => blind.has(field));
    for (const phrase of (filter.text ?? []).map(wordsOf)) {
      if (phrase.length === 0) this.#terms.push([]);
      for (const word of new Set(phrase)) {
        const places = free ? (['open', 'free'] as const) : (['open'] as const);
        this.#terms.push([...places.map((place) => terms.word(place, word)), terms.wordy]);
      }
    }
    this.#columns = whole ? columns : undefined;
    const without = filter.withoutActions ?? [];
    this.#without = without.length > 0 ? { column: 'action', values: new Set(without) } : undefined;
    this.#none = (filter.not ?? []).map((part) => new AuditPlan(part, terms, blind));
    this.#from = filter.from ?? -Infinity;
    this.#to = filter.to ?? Infinity;
  }

  /** All rows that match, and perhaps others. @returns undefined: none. */
  maybe(block: IndexedBlock): RowSet | undefined {
    if (block.maxTime < this.#from || block.minTime >= this.#to) return undefined;
    const rows = allRows();
    for (const [i, terms] of this.#terms.entries()) {
      const some = noRows();
      for (const term of terms) block.addRows(term, some);
      if (keep(rows, some)) continue;
      if (i > 0) this.#terms.unshift(...this.#terms.splice(i, 1));
      return undefined;
    }
    this.#dropActions(block, rows);
    for (const part of this.#none) drop(rows, part.surely(block));
    return rows.some((word) => word !== 0) ? rows : undefined;
  }

  /** Rows that match, though perhaps not all of them. @returns undefined: of none it is sure. */
  surely(block: IndexedBlock): RowSet | undefined {
    if (!this.#columns || block.minTime < this.#from || block.maxTime >= this.#to) return undefined;
    const rows = allRows();
    for (const { column, values } of this.#columns) {
      const some = noRows();
      block.addValues(column, values, some);
      if (!keep(rows, some)) return undefined;
    }
    this.#dropActions(block, rows);
    for (const part of this.#none) drop(rows, part.maybe(block));
    return rows;
  }

  #dropActions(block: IndexedBlock, rows: RowSet): void {
    if (!this.#without) return;
    const some = noRows();
    block.addValues(this.#without.column, this.#without.values, some);
    drop(rows, some);
  }
}

/** Places of the rows in a set, the last first. */
export function* placesIn(rows: RowSet): Generator<number, void> {
  for (let word = SET_WORDS - 1; word >= 0; word -= 1) {
    for (let left = rows[word]!; left !== 0;) {
      const bit = 31 - Math.clz32(left);
      yield word * 32 + bit;
      left &= ~(1 << bit);
    }
  }
}

/** How many rows are in a set. */
export function sizeOf(rows: RowSet): number {
  let size = 0;
  for (let left of rows) for (; left !== 0; left &= left - 1) size += 1;
  return size;
}

/** Takes away what is in another set. */
export function drop(rows: RowSet, others: RowSet | undefined): void {
  if (others) for (let word = 0; word < SET_WORDS; word += 1) rows[word]! &= ~others[word]!;
}

/** A set of none. */
export function noRows(): RowSet {
  return new Uint32Array(SET_WORDS);
}

function allRows(): RowSet {
  return noRows().fill(0xffffffff);
}

/** Keeps what is in another set too. @returns false: nothing is left. */
function keep(rows: RowSet, others: RowSet): boolean {
  let left = 0;
  for (let word = 0; word < SET_WORDS; word += 1) left |= rows[word]! &= others[word]!;
  return left !== 0;
}
