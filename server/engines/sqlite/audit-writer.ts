/** Appends to the audit trail, within the transactions of the thread that owns the file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WaooawError } from '../../../src/protocol/index.ts';
import { SEGMENT_ROWS, type TreeHead } from '../../ports/audit-log.ts';
import { BLOCK_ROWS, BlockBuilder } from './audit-block.ts';
import { AuditReader, factsOf } from './audit-reader.ts';
import { type AuditTerms, readTerms } from './audit-terms.ts';
import { type EdgeMark, FANOUT, type TreeEdge } from './audit-tree.ts';
import type { StoredFacts } from './audit-facts.ts';
import type { Key } from './messages.ts';

/** Rows removed at once: appends wait for no more. */
const PRUNED_AT_ONCE = 2_048;

/** A row on its way into the file. */
export interface RowToAppend {
  readonly time: number;
  readonly seed: Uint8Array;
  readonly leaf: Uint8Array;
  readonly facts: string;
}

/** Where the rows of an append went. */
export interface Placed {
  readonly first: number;
  readonly count: number;
  readonly replayed: boolean;
}

/**
 * The trail's growing end. Whoever calls keeps the transaction: what he rolls back in part he undoes here with `undo`, and
 * after rolling back the whole he takes a new one.
 */
export class AuditWriter {
  readonly #reader: AuditReader;
  readonly #edge: TreeEdge;
  readonly #indexed: boolean;
  readonly #terms: AuditTerms;
  #builder: BlockBuilder;
  /** Appended in this transaction, and not in a block yet. */
  #fresh: { readonly time: number; readonly facts: string }[] = [];
  readonly #insert: StatementSync;
  readonly #insertNode: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #key: StatementSync;
  readonly #database: DatabaseSync;

  /** @param indexed what is appended is to be found by the index. @throws where the tables are not there. */
  constructor(database: DatabaseSync, indexed: boolean) {
    this.#database = database;
    this.#reader = new AuditReader(database);
    const { size, first } = this.#reader.extent();
    this.#edge = this.#reader.tree(size).edge(size);
    this.#insert = database.prepare('INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, NULL)');
    this.#insertNode = database.prepare('INSERT INTO audit_node VALUES (?, ?, ?)');
    this.#insertKey = database.prepare('INSERT INTO audit_key VALUES (?, ?, ?, ?)');
    this.#key = database.prepare('SELECT body_hash, first, count FROM audit_key WHERE key = ?');
    const last = database.prepare('SELECT max(block) AS last FROM audit_block').get()?.['last'];
    const block =
      last === null || last === undefined ? Math.floor((first - 1) / BLOCK_ROWS) : Number(last) + 1;
    this.#terms = readTerms(database);
    this.#builder = new BlockBuilder(block, this.#terms);
    this.#indexed = indexed;
    if (!indexed) return;
    for (const row of this.#reader.up(block * BLOCK_ROWS + 1, size + 1)) this.#index(factsOf(row));
  }

  get head(): TreeHead {
    return this.#edge.head();
  }

  /** Somebody else appended to the file since this was made. */
  get stale(): boolean {
    return this.#reader.extent().size !== this.#edge.size;
  }

  mark(): EdgeMark & { readonly fresh: number } {
    return { ...this.#edge.mark(), fresh: this.#fresh.length };
  }

  /** Forgets what was appended since a mark of this transaction. */
  undo(mark: EdgeMark & { readonly fresh: number }): void {
    this.#edge.restore(mark);
    this.#fresh.length = mark.fresh;
  }

  append(rows: readonly RowToAppend[], key: Key | undefined): Placed {
    const before = key && this.#key.get(key.key);
    if (before) {
      if (!Buffer.from(key.bodyHash).equals(before['body_hash'] as Uint8Array)) {
        throw new WaooawError(
          'idempotency_conflict',
          `The key ${JSON.stringify(key.key)} came with another body before`,
        );
      }
      return { first: Number(before['first']), count: Number(before['count']), replayed: true };
    }
    const first = this.#edge.size + 1;
    for (const { time, seed, leaf, facts } of rows) {
      this.#insert.run(this.#edge.size + 1, time, seed, leaf, facts);
      for (const { level, position, hash } of this.#edge.append(leaf))
        this.#insertNode.run(level, position, hash);
      if (this.#indexed) this.#fresh.push({ time, facts });
    }
    if (key) this.#insertKey.run(key.key, key.bodyHash, first, rows.length);
    return { first, count: rows.length, replayed: false };
  }

  /** To be called before the commit: indexes what was appended. */
  settle(): void {
    for (const row of this.#fresh) this.#index(factsOf(row));
    this.#fresh = [];
  }

  /** Marks everything below a sequence as pruned; `pruneSome` does the work. @returns how many rows that is. */
  prune(below: number): number {
    const { size, first } = this.#reader.extent();
    if (!Number.isSafeInteger(below) || (below - 1) % SEGMENT_ROWS !== 0 || below < 1 || below > size + 1) {
      throw new WaooawError(
        'bad_request',
        `The audit trail is pruned below one more than a multiple of ${SEGMENT_ROWS} within its ${size} entries, and ${below} is not`,
      );
    }
    if (below <= first) return 0;
    this.#database.prepare('UPDATE audit_pruned SET below = ?').run(below);
    return below - first;
  }

  /** Removes some of the rows that are marked as pruned, and keeps their leaves. @returns false: there are none left. */
  pruneSome(): boolean {
    const { first } = this.#reader.extent();
    const oldest = this.#database.prepare('SELECT min(sequence) AS oldest FROM audit_entry').get()?.[
      'oldest'
    ];
    if (oldest === null || Number(oldest) >= first) return false;
    const from = Number(oldest);
    const keep = this.#database.prepare('INSERT INTO audit_leaves VALUES (?, ?)');
    for (let start = from - 1; start < from - 1 + PRUNED_AT_ONCE; start += FANOUT) {
      const position = start / FANOUT;
      keep.run(position, Buffer.concat(this.#reader.below(0, position)));
    }
    const below = from + PRUNED_AT_ONCE;
    this.#database.prepare('DELETE FROM audit_entry WHERE sequence < ?').run(below);
    this.#database.prepare('DELETE FROM audit_key WHERE first < ?').run(below);
    const block = (below - 1) / BLOCK_ROWS;
    for (const table of ['audit_block', 'audit_index', 'audit_facet']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE block < ?`).run(block);
    }
    return true;
  }

  #index(facts: StoredFacts): void {
    this.#builder.add(facts);
    if (!this.#builder.full) return;
    const { block, minTime, maxTime, buckets, facets } = this.#builder.build();
    this.#builder = new BlockBuilder(block + 1, this.#terms);
    this.#database.prepare('INSERT INTO audit_block VALUES (?, ?, ?)').run(block, minTime, maxTime);
    const insertTerms = this.#database.prepare('INSERT INTO audit_index VALUES (?, ?, ?)');
    for (const { bucket, terms } of buckets) insertTerms.run(block, bucket, terms);
    const insertFacet = this.#database.prepare('INSERT INTO audit_facet VALUES (?, ?, ?, ?)');
    for (const { field, labels, codes } of facets) {
      const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
      insertFacet.run(block, field, JSON.stringify(labels), bytes);
    }
  }
}
