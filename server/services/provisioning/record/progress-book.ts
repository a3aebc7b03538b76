/** Progress that waits to be written: the last of each operation, and none of one that is being committed. */
import type { OperationRecord } from './record.ts';
import { progressOf, progressRow, withProgress } from './rows.ts';
import type { Progress } from './rows.ts';
import type { Batch, Source, WriteBehind } from './write-behind.ts';

/** Progress of operations. */
export class ProgressBook implements Source {
  readonly #behind: WriteBehind;
  readonly #waiting = new Map<string, Progress>();
  readonly #writing = new Map<string, Progress>();
  /** Commits that are under way, by operation. */
  readonly #committing = new Map<string, number>();

  constructor(behind: WriteBehind) {
    this.#behind = behind;
    behind.add(this);
  }

  /** What an operation says of itself now. */
  put(operation: OperationRecord): void {
    this.#waiting.set(operation.operation, progressOf(operation));
    this.#behind.wake();
  }

  /**
   * An operation is being committed: what was told of it before is part of that, and what is told of it meanwhile waits,
   * lest a stage be written as further than its commit.
   * @returns the commit is over.
   */
  committing(operation: string): () => void {
    this.#waiting.delete(operation);
    this.#committing.set(operation, (this.#committing.get(operation) ?? 0) + 1);
    return () => {
      const left = this.#committing.get(operation)! - 1;
      if (left > 0) this.#committing.set(operation, left);
      else this.#committing.delete(operation);
      if (this.#waiting.has(operation)) this.#behind.wake();
    };
  }

  /** An operation that was read, with what is not written of it yet. */
  over(record: OperationRecord): OperationRecord {
    const { operation } = record;
    const progress = this.#waiting.get(operation) ?? this.#writing.get(operation);
    return progress ? withProgress(record, progress) : record;
  }

  take(): Batch | undefined {
    const taken = [...this.#waiting].filter(([operation]) => !this.#committing.has(operation));
    if (taken.length === 0) return undefined;
    for (const [operation, progress] of taken) {
      this.#waiting.delete(operation);
      this.#writing.set(operation, progress);
    }
    return {
      statements: taken.map(([operation, progress]) => progressRow(operation, progress)),
      written: () => this.#writing.clear(),
      refused: () => {
        this.#writing.clear();
        for (const [operation, progress] of taken) {
          // What came meanwhile is newer, and so is what is committed.
          if (this.#waiting.has(operation) || this.#committing.has(operation)) continue;
          this.#waiting.set(operation, progress);
        }
      },
    };
  }
}
