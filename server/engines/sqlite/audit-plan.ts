/** A filter of the audit trail as sets of rows: what the index can tell of it, block by block. */
import type { SaltedField } from '../../../src/protocol/index.ts';
import type { AuditFilter } from '../../ports/audit-log.ts';
import { FILTER_FIELD_NAMES, FILTER_FIELDS, FREE_FIELDS } from './audit-facts.ts';
import type { RowSet } from './audit-block.ts';
import { SET_WORDS } from './audit-block.ts';
import { fieldTerm, tagTerm, wordTerm } from './audit-terms.ts';
import { wordsOf } from './audit-words.ts';

/** Gives the rows of the block at hand that have a term. */
export type AddRows = (term: number, into: RowSet) => void;

/** Which rows of a block can match a filter, by the terms that it asks for. */
export class AuditPlan {
  /** What the sets say is the whole truth, but for the time. Else every row of them is to be compared with the filter. */
  readonly exact: boolean;
  /** Rows have one of the terms of each. The one that left nothing last time comes first. */
  readonly #all: (readonly number[])[] = [];
  /** Rows have none of them. */
  readonly #without: readonly number[];
  readonly #none: readonly AuditPlan[];

  constructor(filter: AuditFilter, blind: ReadonlySet<SaltedField> = new Set(filter.blind)) {
    for (const field of FILTER_FIELD_NAMES) {
      const wanted = filter[field];
      if (!wanted) continue;
      const { salted } = FILTER_FIELDS[field];
      this.#all.push(salted && blind.has(salted) ? [] : wanted.map((value) => fieldTerm(field, value)));
    }
    for (const [name, values] of Object.entries(filter.tags ?? {})) {
      this.#all.push(blind.has('tags') ? [] : values.map((value) => tagTerm(name, value)));
    }
    const phrases = (filter.text ?? []).map(wordsOf);
    const free = !FREE_FIELDS.every((field) => blind.has(field));
    for (const phrase of phrases) {
      if (phrase.length === 0) this.#all.push([]);
      for (const word of new Set(phrase)) {
        this.#all.push([wordTerm('open', word), ...(free ? [wordTerm('free', word)] : [])]);
      }
    }
    this.#without = (filter.withoutActions ?? []).map((action) => fieldTerm('action', action));
    const none = (filter.not ?? []).map((part) => ({
      plan: new AuditPlan(part, blind),
      timed: isTimed(part),
    }));
    // A set that holds too much may be looked through, but must not be taken away.
    this.#none = none.filter(({ plan, timed }) => plan.exact && !timed).map(({ plan }) => plan);
    this.exact =
      this.#none.length === none.length &&
      (phrases.length === 0 || (phrases.every(({ length }) => length === 1) && textIsWhole(blind, free)));
  }

  /**
   * Rows of a block that can match.
   * @returns undefined: none.
   */
  rows(add: AddRows): RowSet | undefined {
    const rows = new Uint32Array(SET_WORDS).fill(0xffffffff);
    for (const [i, terms] of this.#all.entries()) {
      const some = new Uint32Array(SET_WORDS);
      for (const term of terms) add(term, some);
      let left = 0;
      for (let word = 0; word < SET_WORDS; word += 1) left |= rows[word]! &= some[word]!;
      if (left !== 0) continue;
      if (i > 0) this.#all.unshift(...this.#all.splice(i, 1));
      return undefined;
    }
    if (this.#without.length > 0) {
      const some = new Uint32Array(SET_WORDS);
      for (const term of this.#without) add(term, some);
      for (let word = 0; word < SET_WORDS; word += 1) rows[word]! &= ~some[word]!;
    }
    for (const plan of this.#none) {
      const some = plan.rows(add);
      if (some) for (let word = 0; word < SET_WORDS; word += 1) rows[word]! &= ~some[word]!;
    }
    return rows.some((word) => word !== 0) ? rows : undefined;
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

/** Whether the terms of words stand for just those texts that the reader may see. */
function textIsWhole(blind: ReadonlySet<SaltedField>, free: boolean): boolean {
  const open = (['actor', 'resource', 'reason', 'error', 'tags'] as const).every(
    (field) => !blind.has(field),
  );
  return open && (!free || FREE_FIELDS.every((field) => !blind.has(field)));
}

function isTimed({ from, to }: AuditFilter): boolean {
  return from !== undefined || to !== undefined;
}
