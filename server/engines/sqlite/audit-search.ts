/** How entries are found: block by block through the index, and row by row where there is no block yet. */
import type { DatabaseSync } from 'node:sqlite';
import type { AuditFilter, FacetField } from '../../ports/audit-log.ts';
import { BLOCK_ROWS, MORE_TAGS, type RowSet, tagColumn, tagOfColumn } from './audit-block.ts';
import { AuditBlocks, type FileBlock } from './audit-blocks.ts';
import { AuditMatcher, FILTER_FIELDS, type StoredFacts } from './audit-facts.ts';
import { AuditPlan, drop, noRows, placesIn, sizeOf } from './audit-plan.ts';
import { type AuditReader, factsOf, type RawRow } from './audit-reader.ts';
import { type AuditTerms, readTerms } from './audit-terms.ts';

/** A search in small steps: after each it may rest, while others go on, and may be left for good. */
export type Steps<T> = Generator<undefined, T, void>;

/** The parts of the trail when a search began. What is appended later is not seen. */
interface Extent {
  readonly first: number;
  /** The first sequence that is in no block. */
  readonly tail: number;
  /** One more than the last. */
  readonly end: number;
}

/** What a facet counts. */
interface Counted {
  readonly field: FacetField;
  readonly tag: string | undefined;
  readonly add: (value: string, by: number) => void;
}

/** Finds, counts and groups entries. */
export class AuditSearch {
  readonly #reader: AuditReader;
  readonly #blocks: AuditBlocks;
  readonly #terms: AuditTerms;

  constructor(database: DatabaseSync, reader: AuditReader) {
    this.#reader = reader;
    this.#blocks = new AuditBlocks(database);
    this.#terms = readTerms(database);
  }

  /** Rows that match, the newest first, below a sequence. */
  *find(filter: AuditFilter, before: number, limit: number): Steps<RawRow[]> {
    const found: RawRow[] = [];
    if (limit <= 0) return found;
    const matcher = new AuditMatcher(filter);
    for (const row of this.#newestFirst(filter, before)) {
      if (row && matcher.matches(factsOf(row))) found.push(row);
      if (found.length >= limit) break;
      yield;
    }
    return found;
  }

  /** Rows that match, in their order, from a sequence on. */
  *range(from: number, limit: number, filter: AuditFilter = {}): Steps<RawRow[]> {
    const found: RawRow[] = [];
    if (limit <= 0) return found;
    const matcher = new AuditMatcher(filter);
    for (const row of this.#oldestFirst(filter, from)) {
      if (row && matcher.matches(factsOf(row))) found.push(row);
      if (found.length >= limit) break;
      yield;
    }
    return found;
  }

  /** How many match, no more than `atMost`. */
  *count(filter: AuditFilter, atMost: number): Steps<number> {
    let count = 0;
    for (const found of this.#matching(filter)) {
      if (found) count += 'facts' in found ? 1 : sizeOf(found.rows);
      if (count >= atMost) return atMost;
      yield;
    }
    return count;
  }

  /** Values of a field among those that match, most first. */
  *facet(
    field: FacetField,
    filter: AuditFilter,
    { limit, tag }: { readonly limit: number; readonly tag: string | undefined },
  ): Steps<{ value: string; count: number }[]> {
    const counts = new Map<string, number>();
    const add = (value: string, by: number) => counts.set(value, (counts.get(value) ?? 0) + by);
    const hidden = field === 'tag' ? 'tags' : FILTER_FIELDS[field].salted;
    if (!hidden || !filter.blind?.includes(hidden)) {
      for (const found of this.#matching(filter)) {
        if (found && 'facts' in found) for (const value of valuesOf(found.facts, field, tag)) add(value, 1);
        else if (found) yield* this.#countColumns(found.block, found.rows, { field, tag, add });
        yield;
      }
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, limit);
  }

  #extent(): Extent {
    const { first, size } = this.#reader.extent();
    const last = this.#blocks.last();
    const tail = last === undefined ? first : Math.max(first, (last + 1) * BLOCK_ROWS + 1);
    return { first, tail, end: size + 1 };
  }

  /** Rows that can match; undefined where a step brought none. */
  *#newestFirst(filter: AuditFilter, before: number): Generator<RawRow | undefined, void> {
    const { first, tail, end } = this.#extent();
    const below = Math.min(before, end);
    if (below > tail) yield* this.#reader.down(tail, below);
    const { from = -Infinity, to = Infinity } = filter;
    const plan = new AuditPlan(filter, this.#terms);
    for (const block of this.#blocks.down(blockOf(Math.min(below, tail) - 1), from, to)) {
      if (blockOf(first) > block.block) return;
      const rows = plan.maybe(block);
      if (!rows) yield undefined;
      else for (const place of placesIn(rows)) yield this.#rowAt(block, place, first, below);
    }
  }

  /** The same the other way round. */
  *#oldestFirst(filter: AuditFilter, start: number): Generator<RawRow | undefined, void> {
    const { first, tail, end } = this.#extent();
    const least = Math.max(start, first);
    const { from = -Infinity, to = Infinity } = filter;
    if (least < tail) {
      const plan = new AuditPlan(filter, this.#terms);
      for (const block of this.#blocks.up(blockOf(least), from, to)) {
        if (block.block * BLOCK_ROWS + 1 >= tail) break;
        const rows = plan.maybe(block);
        if (!rows) yield undefined;
        else for (const place of [...placesIn(rows)].reverse()) yield this.#rowAt(block, place, least, tail);
      }
    }
    yield* this.#reader.up(Math.max(least, tail), end);
  }

  /** A row by its place in a block, if it is within bounds. */
  #rowAt({ block }: FileBlock, place: number, least: number, below: number): RawRow | undefined {
    const sequence = block * BLOCK_ROWS + place + 1;
    return sequence >= least && sequence < below ? this.#reader.get(sequence) : undefined;
  }

  /** What matches, each row once: sets of a block where its columns tell, and single entries where they were compared. */
  *#matching(
    filter: AuditFilter,
  ): Generator<
    { readonly block: FileBlock; readonly rows: RowSet } | { readonly facts: StoredFacts } | undefined,
    void
  > {
    const matcher = new AuditMatcher(filter);
    const { first, tail, end } = this.#extent();
    const compared = (row: RawRow | undefined) => {
      const facts = row && factsOf(row);
      return facts && matcher.matches(facts) ? { facts } : undefined;
    };
    for (const row of this.#reader.down(tail, end)) yield compared(row);
    const { from = -Infinity, to = Infinity } = filter;
    const plan = new AuditPlan(filter, this.#terms);
    for (const block of this.#blocks.down(blockOf(tail - 1), from, to)) {
      if (blockOf(first) > block.block) return;
      const rows = plan.maybe(block);
      const sure = rows && plan.surely(block);
      yield sure && { block, rows: sure };
      if (!rows) continue;
      drop(rows, sure);
      for (const place of placesIn(rows)) yield compared(this.#rowAt(block, place, first, tail));
    }
  }

  *#countColumns(block: FileBlock, rows: RowSet, { field, tag, add }: Counted): Generator<undefined, void> {
    const names = field === 'tag' && tag === undefined;
    const columns = names
      ? block.columns()
      : [block.column(field === 'tag' ? tagColumn(tag!) : field) ?? []].flat();
    for (const column of columns) {
      const name = tagOfColumn(column.field);
      if (names && name === undefined) continue;
      const counts = new Uint32Array(column.labels.length + 1);
      for (const place of placesIn(rows)) counts[column.codes[place]!]! += 1;
      column.labels.forEach((label, i) => {
        const count = counts[i + 1]!;
        if (count > 0) add(names ? name! : label, count);
      });
    }
    if (field !== 'tag' || (!names && columns.length > 0)) return;
    // Tags that have no column in this block: they stand in the rows alone.
    const more = noRows();
    block.addValues(MORE_TAGS, new Set([MORE_TAGS]), more);
    const known = new Set(columns.map((column) => tagOfColumn(column.field)));
    for (const place of placesIn(more)) {
      if ((rows[place >> 5]! & (1 << (place & 31))) === 0) continue;
      const row = this.#rowAt(block, place, 0, Infinity);
      for (const value of row ? valuesOf(factsOf(row), field, tag) : []) {
        if (!names || !known.has(value)) add(value, 1);
      }
      yield;
    }
  }
}

/** The block that a sequence lies in. */
function blockOf(sequence: number): number {
  return Math.floor((sequence - 1) / BLOCK_ROWS);
}

function valuesOf(facts: StoredFacts, field: FacetField, tag: string | undefined): readonly string[] {
  if (field !== 'tag') return [FILTER_FIELDS[field].valueOf(facts) ?? []].flat();
  const tags = facts.tags ?? {};
  if (tag === undefined) return Object.keys(tags);
  return Object.hasOwn(tags, tag) ? [tags[tag]!] : [];
}
