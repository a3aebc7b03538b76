/** How entries are found: block by block through the index, the newest first, and row by row where there is no block yet. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AuditFilter, FacetField } from '../../ports/audit-log.ts';
import { addRowsOf, BLOCK_ROWS, bucketOf, type RowSet, tagColumn, tagOfColumn } from './audit-block.ts';
import { AuditMatcher, FILTER_FIELDS, type StoredFacts } from './audit-facts.ts';
import { type AddRows, AuditPlan, placesIn, sizeOf } from './audit-plan.ts';
import { type AuditReader, factsOf, type RawRow } from './audit-reader.ts';

/** A block and the times that its rows lie between. */
interface Block {
  readonly block: number;
  readonly min_time: number;
  readonly max_time: number;
}

/** Rows of a block that can match; `exact`: that do. */
interface Found {
  readonly block: number;
  readonly rows: RowSet;
  readonly exact: boolean;
}

/** Finds, counts and groups entries. */
export class AuditSearch {
  readonly #reader: AuditReader;
  readonly #blocks: StatementSync;
  readonly #last: StatementSync;
  readonly #terms: StatementSync;
  readonly #facet: StatementSync;
  readonly #facets: StatementSync;

  constructor(database: DatabaseSync, reader: AuditReader) {
    this.#reader = reader;
    this.#blocks = database.prepare(
      'SELECT block, min_time, max_time FROM audit_block WHERE block <= ? AND max_time >= ? AND min_time < ? ORDER BY block DESC',
    );
    this.#last = database.prepare('SELECT max(block) AS last FROM audit_block');
    this.#terms = database.prepare('SELECT terms FROM audit_index WHERE block = ? AND bucket = ?');
    this.#facet = database.prepare(
      'SELECT field, labels, codes FROM audit_facet WHERE block = ? AND field = ?',
    );
    this.#facets = database.prepare('SELECT field, labels, codes FROM audit_facet WHERE block = ?');
  }

  /** Rows that match, the newest first, below a sequence. */
  find(filter: AuditFilter, before: number, limit: number): RawRow[] {
    const found: RawRow[] = [];
    if (limit <= 0) return found;
    const matcher = new AuditMatcher(filter);
    for (const row of this.#candidates(filter, before)) {
      if (matcher.matches(factsOf(row))) found.push(row);
      if (found.length >= limit) break;
    }
    return found;
  }

  /** How many match, no more than `atMost`. */
  count(filter: AuditFilter, atMost: number): number {
    const matcher = new AuditMatcher(filter);
    const { first, size } = this.#reader.extent();
    const tail = this.#tail();
    let count = 0;
    for (const row of this.#reader.down(Math.max(first, tail), size + 1)) {
      if (matcher.matches(factsOf(row))) count += 1;
      if (count >= atMost) return atMost;
    }
    for (const found of this.#found(filter, tail)) {
      count += found.exact ? sizeOf(found.rows) : this.#matching(found, matcher).length;
      if (count >= atMost) return atMost;
    }
    return count;
  }

  /** Values of a field among those that match, most first. */
  facet(
    field: FacetField,
    filter: AuditFilter,
    { limit, tag }: { readonly limit: number; readonly tag?: string },
  ): { value: string; count: number }[] {
    const counts = new Map<string, number>();
    const add = (value: string, by = 1) => counts.set(value, (counts.get(value) ?? 0) + by);
    const hidden = field === 'tag' ? 'tags' : FILTER_FIELDS[field].salted;
    if (!hidden || !filter.blind?.includes(hidden)) {
      const matcher = new AuditMatcher(filter);
      const { first, size } = this.#reader.extent();
      const tail = this.#tail();
      for (const row of this.#reader.down(Math.max(first, tail), size + 1)) {
        const facts = factsOf(row);
        if (!matcher.matches(facts)) continue;
        for (const value of valuesOf(facts, field, tag)) add(value);
      }
      for (const found of this.#found(filter, tail)) {
        const places = found.exact ? [...placesIn(found.rows)] : this.#matching(found, matcher);
        this.#addFacet(found.block, field, tag, places, add);
      }
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, limit);
  }

  *#candidates(filter: AuditFilter, before: number): Generator<RawRow, void> {
    const { first, size } = this.#reader.extent();
    const tail = this.#tail();
    const end = Math.min(before, size + 1);
    if (end > tail) yield* this.#reader.down(Math.max(first, tail), end);
    for (const { block, rows } of this.#found(filter, Math.min(end, tail))) {
      for (const place of placesIn(rows)) {
        const sequence = block * BLOCK_ROWS + place + 1;
        const row = sequence < end && sequence >= first ? this.#reader.get(sequence) : undefined;
        if (row) yield row;
      }
    }
  }

  /** The first sequence that is in no block. */
  #tail(): number {
    const last = this.#last.get()?.['last'];
    return last === null || last === undefined
      ? this.#reader.extent().first
      : (Number(last) + 1) * BLOCK_ROWS + 1;
  }

  /** Blocks, the newest first, with those of their rows that can match. */
  *#found(filter: AuditFilter, before: number): Generator<Found, void> {
    const plan = new AuditPlan(filter);
    const { from = -Infinity, to = Infinity } = filter;
    const { first } = this.#reader.extent();
    const newest = Math.floor((before - 2) / BLOCK_ROWS);
    let block = 0;
    let buckets = new Map<number, Uint8Array | undefined>();
    const add: AddRows = (term, into) => {
      const bucket = bucketOf(term);
      let terms = buckets.get(bucket);
      if (!buckets.has(bucket)) {
        terms = this.#terms.get(block, bucket)?.['terms'] as Uint8Array | undefined;
        buckets.set(bucket, terms);
      }
      if (terms) addRowsOf(term, terms, into);
    };
    const blocks = this.#blocks.all(newest, from, to) as unknown as Block[];
    for (const { block: at, min_time: min, max_time: max } of blocks) {
      if ((at + 1) * BLOCK_ROWS < first) return;
      block = at;
      buckets = new Map();
      const rows = plan.rows(add);
      if (rows) yield { block, rows, exact: plan.exact && from <= min && max < to };
    }
  }

  #matching({ block, rows }: Found, matcher: AuditMatcher): number[] {
    return [...placesIn(rows)].filter((place) => {
      const row = this.#reader.get(block * BLOCK_ROWS + place + 1);
      return row !== undefined && matcher.matches(factsOf(row));
    });
  }

  #addFacet(
    block: number,
    field: FacetField,
    tag: string | undefined,
    places: readonly number[],
    add: (value: string, by: number) => void,
  ): void {
    const names = field === 'tag' && tag === undefined;
    const columns = names
      ? this.#facets.all(block)
      : this.#facet.all(block, field === 'tag' ? tagColumn(tag!) : field);
    for (const column of columns) {
      const name = tagOfColumn(column['field'] as string);
      if (names && name === undefined) continue;
      const labels = JSON.parse(column['labels'] as string) as string[];
      const codes = codesOf(column['codes'] as Uint8Array);
      const counts = new Uint32Array(labels.length + 1);
      for (const place of places) counts[codes[place]!]! += 1;
      labels.forEach((label, i) => {
        const count = counts[i + 1]!;
        if (count > 0) add(names ? name! : label, count);
      });
    }
  }
}

function codesOf(bytes: Uint8Array): Uint8Array | Uint16Array {
  return bytes.length === BLOCK_ROWS ? bytes : new Uint16Array(bytes.slice().buffer);
}

function valuesOf(facts: StoredFacts, field: FacetField, tag: string | undefined): readonly string[] {
  if (field !== 'tag') return [FILTER_FIELDS[field].valueOf(facts) ?? []].flat();
  const tags = facts.tags ?? {};
  if (tag === undefined) return Object.keys(tags);
  return Object.hasOwn(tags, tag) ? [tags[tag]!] : [];
}
