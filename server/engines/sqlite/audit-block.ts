/** A block of the audit index: which of 2,048 consecutive rows have a term, and what they can be counted by. */
import { FILTER_FIELDS, type StoredFacts } from './audit-facts.ts';
import { type AuditTerms, TERMS } from './audit-terms.ts';

/** Rows of a block. Divides `SEGMENT_ROWS`, so that whole blocks are pruned. */
export const BLOCK_ROWS = 2_048;
/** Words of a set of a block's rows. */
export const SET_WORDS = BLOCK_ROWS / 32;
/** Rows of the index that a block takes: its terms by their highest bits. */
const BUCKETS = 128;
const BUCKET_TERMS = TERMS / BUCKETS;
/** A list of rows that would take as much is written as a set. */
const SET_BYTES = BLOCK_ROWS / 8;
/** Five bytes for a term, two for the length of its list. */
const TERM_HEAD = 7;
/** Tag names of a block that have a column: more are somebody's mistake, and must not cost the others. */
const MOST_TAG_NAMES = 64;
const TAG = 'tag:';
/** Those that the platform gives have theirs, whatever else came first. */
const KEPT_TAGS = ['agent', 'service', 'environment', 'via'];
/** Different words of an entry that are indexed; looked at once it has twice as many. With more it is compared in full. */
const MOST_WORDS = 1_000;
/** Words and values of a block: with more, its next rows may have the usual number only. Sorting them takes 0.1 s. */
const MOST_PAIRS = 2 ** 20;
const USUAL_WORDS = 128;
/** Words of an entry that are looked at, the repeated ones too. */
const MOST_SCANNED = 16_384;

/** Fields that have a column: by them it is known without a doubt which rows match. */
const COUNTED = ['actor', 'actorKind', 'action', 'level', 'result', 'resourceType'] as const;

/** A set of a block's rows. */
export type RowSet = Uint32Array;

/** What a block adds to the file. */
export interface BlockParts {
  readonly block: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly buckets: readonly { readonly bucket: number; readonly terms: Uint8Array }[];
  readonly facets: readonly FacetColumn[];
}

/** Values of one field: a code a row, which is 0 where there is none, else one more than the label's place. */
export interface FacetColumn {
  readonly field: string;
  readonly labels: readonly string[];
  readonly codes: Uint8Array | Uint16Array;
}

/** Name of the column that holds the values of a tag. */
export function tagColumn(name: string): string {
  return TAG + name;
}

/** The name in it; undefined for another column. */
export function tagOfColumn(field: string): string | undefined {
  return field.startsWith(TAG) ? field.slice(TAG.length) : undefined;
}

/** The column that marks the rows whose tags do not all have one. */
export const MORE_TAGS = 'more';

/** Whether a field has a column. */
export function isCounted(field: string): boolean {
  return (COUNTED as readonly string[]).includes(field);
}

/** Gathers rows until a block is full. */
export class BlockBuilder {
  readonly block: number;
  /** Term × rows of a block + row: sorted, they lie term by term. */
  #pairs = new Float64Array(BLOCK_ROWS * 64);
  #count = 0;
  #rows = 0;
  #minTime = Infinity;
  #maxTime = -Infinity;
  readonly #columns = new Map<string, Column>();
  readonly #terms: AuditTerms;
  #tagNames = 0;

  constructor(block: number, terms: AuditTerms) {
    this.block = block;
    this.#terms = terms;
  }

  get full(): boolean {
    return this.#rows === BLOCK_ROWS;
  }

  /** Takes the next row. */
  add(facts: StoredFacts): void {
    const add = (term: number) => this.#add(term);
    this.#terms.addFields(facts, add);
    this.#addWords(facts);
    for (const field of COUNTED) {
      const value = FILTER_FIELDS[field].valueOf(facts);
      if (value !== undefined) this.#column(field).set(this.#rows, value);
    }
    for (const [name, value] of Object.entries(facts.tags ?? {})) this.#tag(name, value);
    this.#minTime = Math.min(this.#minTime, facts.time);
    this.#maxTime = Math.max(this.#maxTime, facts.time);
    this.#rows += 1;
  }

  /** The block as it is written. */
  build(): BlockParts {
    return {
      block: this.block,
      minTime: this.#minTime,
      maxTime: this.#maxTime,
      buckets: bucketsOf(this.#pairs.subarray(0, this.#count).sort()),
      facets: [...this.#columns].map(([field, column]) => ({ field, ...column.packed() })),
    };
  }

  #add(term: number): void {
    if (this.#count === this.#pairs.length) {
      const grown = new Float64Array(this.#pairs.length * 2);
      grown.set(this.#pairs);
      this.#pairs = grown;
    }
    this.#pairs[this.#count] = term * BLOCK_ROWS + this.#rows;
    this.#count += 1;
  }

  /** Adds the words, or marks the row as one that has too many: then none of its words need be there. */
  #addWords(facts: StoredFacts): void {
    const start = this.#count;
    const most = start > MOST_PAIRS ? USUAL_WORDS : MOST_WORDS;
    let scanned = 0;
    this.#terms.addWords(facts, (term) => {
      this.#add(term);
      scanned += 1;
      if (this.#count - start <= 2 * most) return true;
      const row = this.#pairs.subarray(start, this.#count).sort();
      let distinct = 0;
      for (const pair of row) if (distinct === 0 || pair !== row[distinct - 1]) row[distinct++] = pair;
      this.#count = start + distinct;
      if (distinct <= most && scanned < MOST_SCANNED) return true;
      this.#count = start;
      this.#add(this.#terms.wordy);
      return false;
    });
  }

  #column(field: string): Column {
    let column = this.#columns.get(field);
    if (!column) this.#columns.set(field, (column = new Column()));
    return column;
  }

  #tag(name: string, value: string): void {
    const field = tagColumn(name);
    const kept = KEPT_TAGS.includes(name);
    if (!this.#columns.has(field) && !kept) {
      if (this.#tagNames === MOST_TAG_NAMES) {
        this.#column(MORE_TAGS).set(this.#rows, MORE_TAGS);
        return;
      }
      this.#tagNames += 1;
    }
    this.#column(field).set(this.#rows, value);
  }
}

/** Which row of the index has a term. */
export function bucketOf(term: number): number {
  return Math.floor(term / BUCKET_TERMS);
}

/** Adds the rows that have a term to a set. */
export function addRowsOf(term: number, terms: Uint8Array, into: RowSet): void {
  const rest = term % BUCKET_TERMS;
  const [high, low] = [Math.floor(rest / 2 ** 32), rest % 2 ** 32];
  const view = new DataView(terms.buffer, terms.byteOffset, terms.byteLength);
  for (let at = 0; at < terms.length;) {
    const length = view.getUint16(at + 5, true);
    const from = at + TERM_HEAD;
    if (view.getUint32(at, true) === low && view.getUint8(at + 4) === high) {
      addList(terms.subarray(from, from + length), into);
      return;
    }
    at = from + length;
  }
}

class Column {
  readonly #codes = new Uint16Array(BLOCK_ROWS);
  readonly #labels = new Map<string, number>();

  set(row: number, value: string): void {
    let code = this.#labels.get(value);
    if (code === undefined) {
      code = this.#labels.size + 1;
      this.#labels.set(value, code);
    }
    this.#codes[row] = code;
  }

  packed(): { labels: readonly string[]; codes: Uint8Array | Uint16Array } {
    const narrow = this.#labels.size < 256;
    return { labels: [...this.#labels.keys()], codes: narrow ? Uint8Array.from(this.#codes) : this.#codes };
  }
}

/** @param pairs sorted. */
function bucketsOf(pairs: Float64Array): { bucket: number; terms: Uint8Array }[] {
  const buckets: { bucket: number; terms: Uint8Array }[] = [];
  let bytes = new Uint8Array(65_536);
  let used = 0;
  let bucket = 0;
  const rows: number[] = [];
  const leave = (next: number) => {
    if (used > 0) buckets.push({ bucket, terms: bytes.slice(0, used) });
    [used, bucket] = [0, next];
  };
  for (let i = 0; i < pairs.length;) {
    const term = Math.floor(pairs[i]! / BLOCK_ROWS);
    const base = term * BLOCK_ROWS;
    rows.length = 0;
    for (; i < pairs.length && pairs[i]! < base + BLOCK_ROWS; i += 1) {
      const row = pairs[i]! - base;
      if (row !== rows.at(-1)) rows.push(row);
    }
    if (bucketOf(term) !== bucket) leave(bucketOf(term));
    if (used + TERM_HEAD + SET_BYTES > bytes.length) {
      const grown = new Uint8Array(bytes.length * 2);
      grown.set(bytes);
      bytes = grown;
    }
    used = writeTerm(bytes, used, term % BUCKET_TERMS, rows);
  }
  leave(0);
  return buckets;
}

function writeTerm(bytes: Uint8Array, at: number, rest: number, rows: readonly number[]): number {
  const view = new DataView(bytes.buffer);
  view.setUint32(at, rest % 2 ** 32, true);
  view.setUint8(at + 4, Math.floor(rest / 2 ** 32));
  const from = at + TERM_HEAD;
  const length = writeList(bytes, from, rows);
  view.setUint16(at + 5, length, true);
  return from + length;
}

/** Steps between rows, in one byte or two; or a set, once that is no longer. @returns bytes written. */
function writeList(bytes: Uint8Array, from: number, rows: readonly number[]): number {
  let at = from;
  let last = -1;
  for (const row of rows) {
    if (at + 2 - from >= SET_BYTES) {
      bytes.fill(0, from, from + SET_BYTES);
      for (const each of rows) bytes[from + (each >> 3)]! |= 1 << (each & 7);
      return SET_BYTES;
    }
    const step = row - last - 1;
    last = row;
    if (step < 128) bytes[at++] = step;
    else {
      bytes[at++] = 128 | (step >> 8);
      bytes[at++] = step & 255;
    }
  }
  return at - from;
}

function addList(list: Uint8Array, into: RowSet): void {
  if (list.length === SET_BYTES) {
    for (let i = 0; i < SET_BYTES; i += 1) into[i >> 2]! |= list[i]! << ((i & 3) * 8);
    return;
  }
  let row = -1;
  for (let at = 0; at < list.length;) {
    let step = list[at++]!;
    if (step >= 128) step = ((step & 127) << 8) | list[at++]!;
    row += step + 1;
    into[row >> 5]! |= 1 << (row & 31);
  }
}
