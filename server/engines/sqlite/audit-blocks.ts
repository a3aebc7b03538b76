/** The blocks of the audit index, as they lie in the file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addRowsOf, BLOCK_ROWS, bucketOf, type RowSet } from './audit-block.ts';
import type { IndexedBlock } from './audit-plan.ts';

/** Blocks whose times are read at once. */
const CHUNK = 64;

/** A column of a block. */
export interface StoredColumn {
  readonly field: string;
  readonly labels: readonly string[];
  /** A code a row: 0 where there is no value, else one more than the label's place. */
  readonly codes: Uint8Array | Uint16Array;
}

interface BlockRow {
  readonly block: number;
  readonly min_time: number;
  readonly max_time: number;
}

/** Reads blocks, one statement for each part. */
export class AuditBlocks {
  readonly #last: StatementSync;
  readonly #down: StatementSync;
  readonly #up: StatementSync;
  readonly terms: StatementSync;
  readonly column: StatementSync;
  readonly columns: StatementSync;

  constructor(database: DatabaseSync) {
    const times = 'SELECT block, min_time, max_time FROM audit_block WHERE max_time >= ? AND min_time < ?';
    this.#last = database.prepare('SELECT max(block) AS last FROM audit_block');
    this.#down = database.prepare(`${times} AND block <= ? ORDER BY block DESC LIMIT ${CHUNK}`);
    this.#up = database.prepare(`${times} AND block >= ? ORDER BY block LIMIT ${CHUNK}`);
    this.terms = database.prepare('SELECT terms FROM audit_index WHERE block = ? AND bucket = ?');
    this.column = database.prepare(
      'SELECT field, labels, codes FROM audit_facet WHERE block = ? AND field = ?',
    );
    this.columns = database.prepare('SELECT field, labels, codes FROM audit_facet WHERE block = ?');
  }

  /** The newest block; undefined: there is none. */
  last(): number | undefined {
    const last = this.#last.get()?.['last'];
    return last === null || last === undefined ? undefined : Number(last);
  }

  /** Blocks that have rows between two times, from one on, the newest first. */
  down(newest: number, from: number, to: number): Generator<FileBlock, void> {
    return this.#each(this.#down, newest, from, to);
  }

  /** The same, the oldest first. */
  up(oldest: number, from: number, to: number): Generator<FileBlock, void> {
    return this.#each(this.#up, oldest, from, to);
  }

  *#each(chunk: StatementSync, start: number, from: number, to: number): Generator<FileBlock, void> {
    for (let next = start; ;) {
      const rows = chunk.all(from, to, next) as unknown as BlockRow[];
      for (const row of rows) yield new FileBlock(this, row);
      if (rows.length < CHUNK) return;
      next = rows.at(-1)!.block + (chunk === this.#up ? 1 : -1);
    }
  }
}

/** One block, for one question: it remembers what it read. */
export class FileBlock implements IndexedBlock {
  readonly block: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly #blocks: AuditBlocks;
  readonly #buckets = new Map<number, Uint8Array | undefined>();
  readonly #columns = new Map<string, StoredColumn | undefined>();

  constructor(blocks: AuditBlocks, { block, min_time: minTime, max_time: maxTime }: BlockRow) {
    this.block = block;
    this.minTime = minTime;
    this.maxTime = maxTime;
    this.#blocks = blocks;
  }

  addRows(term: number, into: RowSet): void {
    const bucket = bucketOf(term);
    let terms = this.#buckets.get(bucket);
    if (!this.#buckets.has(bucket)) {
      terms = this.#blocks.terms.get(this.block, bucket)?.['terms'] as Uint8Array | undefined;
      this.#buckets.set(bucket, terms);
    }
    if (terms) addRowsOf(term, terms, into);
  }

  addValues(field: string, values: ReadonlySet<string>, into: RowSet): void {
    const column = this.column(field);
    if (!column) return;
    const wanted = new Uint8Array(column.labels.length + 1);
    column.labels.forEach((label, i) => (wanted[i + 1] = values.has(label) ? 1 : 0));
    if (!wanted.includes(1)) return;
    column.codes.forEach((code, row) => {
      if (wanted[code] === 1) into[row >> 5]! |= 1 << (row & 31);
    });
  }

  /** A column by its field; undefined where no row has a value. */
  column(field: string): StoredColumn | undefined {
    let column = this.#columns.get(field);
    if (!this.#columns.has(field)) {
      const stored = this.#blocks.column.get(this.block, field);
      column = stored && columnOf(stored);
      this.#columns.set(field, column);
    }
    return column;
  }

  /** All of them. */
  columns(): StoredColumn[] {
    return this.#blocks.columns.all(this.block).map(columnOf);
  }
}

function columnOf({ field, labels, codes }: Record<string, unknown>): StoredColumn {
  const bytes = codes as Uint8Array;
  return {
    field: field as string,
    labels: JSON.parse(labels as string) as string[],
    codes: bytes.length === BLOCK_ROWS ? bytes : new Uint16Array(bytes.slice().buffer),
  };
}
