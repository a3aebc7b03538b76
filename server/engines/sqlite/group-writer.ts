/** Group commit: each transaction stands or falls by itself, and all that were handed in together share one fsync. */
import type { DatabaseSync } from 'node:sqlite';
import type { TreeHead } from '../../ports/audit-log.ts';
import type { Statement, WriteResult } from '../../ports/database.ts';
import { AuditWriter, type RowToAppend } from './audit-writer.ts';
import { failureOf } from './failure.ts';
import type { Failure, Outcome, PackedRows, SqliteOptions, Write } from './messages.ts';

const SEED_BYTES = 16;
const ROW_BYTES = 48;

/** What was handed in at once. */
interface Handed {
  readonly write: readonly Write[];
  readonly rows: PackedRows;
}

/** What became of a group. */
interface Written {
  /** A list for each of the group. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** The audit trail's tree after the commit, where the group appended. */
  readonly head: TreeHead | undefined;
}

/** Writes groups of transactions, until the disk fails. */
export class GroupWriter {
  readonly #database: DatabaseSync;
  readonly #auditIndex: boolean;
  readonly #control: Readonly<Record<'begin' | 'commit' | 'savepoint' | 'release', { run(): unknown }>>;
  /** Undefined: to be read from the file, by whoever appends next. */
  #audit: AuditWriter | undefined;
  #failed: Failure | undefined;
  #pruning = true;

  constructor(database: DatabaseSync, { auditIndex = true }: SqliteOptions) {
    this.#database = database;
    this.#auditIndex = auditIndex;
    this.#control = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      savepoint: database.prepare('SAVEPOINT one'),
      release: database.prepare('RELEASE one'),
    };
  }

  /** The disk failed: nothing is written any more, and nothing synced. */
  get failed(): boolean {
    return this.#failed !== undefined;
  }

  /** Remembers that the disk failed, if that is what the error says. */
  fail(error: unknown): void {
    const failure = failureOf(error, true);
    if (failure.code === 'storage_failed') this.#failed ??= failure;
  }

  write(group: readonly Handed[]): Written {
    if (this.#failed) return refused(group, this.#failed);
    try {
      this.#control.begin.run();
      let appended = false;
      const outcomes = group.map(({ write, rows }) => {
        let at = 0;
        return write.map((one) => {
          const outcome = this.#writeOne(one, rows, at);
          if ('append' in one) at += one.append;
          appended ||= 'first' in outcome;
          return outcome;
        });
      });
      if (appended) this.#audit?.settle();
      this.#control.commit.run();
      return { outcomes, head: appended ? this.#audit?.head : undefined };
    } catch (error) {
      this.#rollBack(error);
      return refused(group, this.#failed ?? failureOf(error, true));
    }
  }

  /** Removes some of what is marked as pruned, if anything is. @returns true: there may be more. */
  pruneSome(): boolean {
    if (!this.#pruning || !this.#audit || this.#failed) return false;
    try {
      this.#control.begin.run();
      this.#pruning = this.#audit.pruneSome();
      this.#control.commit.run();
      return this.#pruning;
    } catch (error) {
      // A full disk: the next write tries again.
      this.#rollBack(error);
      return false;
    }
  }

  /** @param again the first try met what another process had appended. */
  #writeOne(write: Write, rows: PackedRows, at: number, again = false): Outcome {
    this.#control.savepoint.run();
    const mark = this.#audit?.mark();
    try {
      const outcome = this.#run(write, rows, at);
      this.#control.release.run();
      return outcome;
    } catch (error) {
      const failed = failureOf(error, true);
      // SQLite may have rolled the whole transaction back by itself (a full disk does that); then nothing of the
      // group stands. Nor does it where the disk failed.
      if (!this.#database.isTransaction || failed.code === 'storage_failed') throw error;
      this.#database.exec('ROLLBACK TO one; RELEASE one');
      if (mark) this.#audit?.undo(mark);
      else this.#audit = undefined;
      if (!again && 'append' in write && this.#audit?.stale) {
        this.#audit = undefined;
        return this.#writeOne(write, rows, at, true);
      }
      return { failed };
    }
  }

  #run(write: Write, packed: PackedRows, at: number): Outcome {
    if ('statements' in write) return { ok: write.statements.map((one) => this.#statement(one)) };
    this.#audit ??= new AuditWriter(this.#database, this.#auditIndex);
    if ('prune' in write) {
      this.#pruning = true;
      return { pruned: this.#audit.prune(write.prune) };
    }
    const rows = Array.from({ length: write.append }, (_, i) => rowOf(packed, at + i));
    const placed = this.#audit.append(rows, write.key);
    if (!placed.replayed) for (const one of write.alongside) this.#statement(one);
    return placed;
  }

  #statement({ sql, params = [] }: Statement): WriteResult {
    return { changes: Number(this.#database.prepare(sql).run(...params).changes) };
  }

  #rollBack(error: unknown): void {
    this.fail(error);
    this.#audit = undefined;
    this.#pruning = true;
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch (second) {
      this.fail(second);
    }
  }
}

function rowOf({ facts, times, hashes }: PackedRows, at: number): RowToAppend {
  const start = at * ROW_BYTES;
  return {
    time: times[at]!,
    seed: hashes.subarray(start, start + SEED_BYTES),
    leaf: hashes.subarray(start + SEED_BYTES, start + ROW_BYTES),
    facts: facts[at]!,
  };
}

function refused(group: readonly Handed[], failed: Failure): Written {
  return { outcomes: group.map(({ write }) => write.map(() => ({ failed }))), head: undefined };
}
