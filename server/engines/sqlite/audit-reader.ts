/** Reads of the audit trail, by a connection that only reads. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckpointRow } from '../../ports/audit-log.ts';
import type { StoredFacts } from './audit-facts.ts';
import { FANOUT, lostEntry, type StoredHashes, StoredTree } from './audit-tree.ts';

/** A row as it comes out of the file. */
export interface RawRow {
  readonly sequence: number;
  readonly time: number;
  readonly seed: Uint8Array;
  readonly leaf: Uint8Array;
  readonly facts: string;
  readonly erased: string | null;
}

/** Bytes of a leaf's hash. */
const HASH_BYTES = 32;
/** Rows read at once: between two chunks a scan may rest, and other reads see what came meanwhile. */
const CHUNK = 128;
const COLUMNS = 'sequence, time, seed, leaf, facts, erased';

/** Facts of a row as it is stored. What entries are found by is the column: no time in the JSON takes its place. */
export function factsOf({ time, facts }: Pick<RawRow, 'time' | 'facts'>): StoredFacts {
  return { ...(JSON.parse(facts) as StoredFacts), time };
}

/** The rows of the trail and its tree, one statement each. */
export class AuditReader implements StoredHashes {
  readonly #one: StatementSync;
  readonly #up: StatementSync;
  readonly #down: StatementSync;
  readonly #leaves: StatementSync;
  readonly #pruned: StatementSync;
  readonly #nodes: StatementSync;
  readonly #size: StatementSync;
  readonly #checkpoints: StatementSync;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare(`SELECT ${COLUMNS} FROM audit_entry WHERE sequence = ?`);
    this.#up = database.prepare(
      `SELECT ${COLUMNS} FROM audit_entry WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ${CHUNK}`,
    );
    this.#down = database.prepare(
      `SELECT ${COLUMNS} FROM audit_entry WHERE sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT ${CHUNK}`,
    );
    this.#leaves = database.prepare(
      'SELECT sequence, leaf FROM audit_entry WHERE sequence > ? AND sequence <= ? ORDER BY sequence',
    );
    this.#pruned = database.prepare('SELECT leaves FROM audit_leaves WHERE position = ?');
    this.#nodes = database.prepare(
      'SELECT hash FROM audit_node WHERE level = ? AND position >= ? AND position < ? ORDER BY position',
    );
    this.#size = database.prepare(
      `SELECT below AS first, coalesce((SELECT max(sequence) FROM audit_entry), below - 1) AS size FROM audit_pruned`,
    );
    this.#checkpoints = database.prepare(
      'SELECT size, text, at FROM audit_checkpoint ORDER BY id DESC LIMIT ?',
    );
  }

  /** Entries in the tree, and the first that was not pruned. */
  extent(): { readonly size: number; readonly first: number } {
    const { size, first } = this.#size.get() as unknown as { size: number; first: number };
    return { size, first };
  }

  get(sequence: number): RawRow | undefined {
    return this.#one.get(sequence) as RawRow | undefined;
  }

  /** Rows from a sequence on, below another, in their order. */
  *up(from: number, below: number): Generator<RawRow, void> {
    for (let next = from; next < below;) {
      const rows = this.#up.all(next, below) as unknown as RawRow[];
      yield* rows;
      if (rows.length < CHUNK) return;
      next = rows.at(-1)!.sequence + 1;
    }
  }

  /** The same, the newest first. */
  *down(from: number, below: number): Generator<RawRow, void> {
    for (let end = below; end > from;) {
      const rows = this.#down.all(from, end) as unknown as RawRow[];
      yield* rows;
      if (rows.length < CHUNK) return;
      end = rows.at(-1)!.sequence;
    }
  }

  /** @throws WaooawError `database_failed` where a row is missing between others. */
  below(level: number, position: number): readonly Uint8Array[] {
    const start = position * FANOUT;
    if (level > 0) return this.#nodes.all(level, start, start + FANOUT).map(({ hash }) => hash as Uint8Array);
    return (
      this.prunedLeaves(position) ??
      this.#leaves.all(start, start + FANOUT).map(({ sequence, leaf }, i) => {
        if (sequence !== start + i + 1) throw lostEntry(start + i + 1);
        return leaf as Uint8Array;
      })
    );
  }

  /** Leaves of 256 rows that were pruned. */
  prunedLeaves(position: number): readonly Uint8Array[] | undefined {
    const leaves = this.#pruned.get(position)?.['leaves'] as Uint8Array | undefined;
    return (
      leaves &&
      Array.from({ length: FANOUT }, (_, i) => leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))
    );
  }

  /** The tree, if it has that many leaves. @throws WaooawError `bad_request` beyond it. */
  tree(size: number): StoredTree {
    const all = this.extent().size;
    if (!Number.isSafeInteger(size) || size < 0 || size > all) {
      throw new WaooawError('bad_request', `The audit trail has ${all} entries; there is no tree of ${size}`);
    }
    return new StoredTree(this);
  }

  /** The newest first. */
  checkpoints(limit: number): CheckpointRow[] {
    return this.#checkpoints.all(limit).map((row) => ({ ...row })) as unknown as CheckpointRow[];
  }
}
