/** Logs of operations: lines get their place at once, and are written behind. */
import type { LogLine, LogPage } from '../../../../src/protocol/index.ts';
import type { LogRead } from '../../../ports/agent-runtime.ts';
import type { Database, Row, Statement } from '../../../ports/database.ts';
import type { RecordLimits } from './limits.ts';
import { lineOf, logRows } from './rows.ts';
import type { Batch, Source, WriteBehind } from './write-behind.ts';

/** Lines of one transaction, at most. */
const BATCH = 5_000;

type Placed = readonly [operation: string, line: LogLine];

/** What logs need. */
export interface OperationLogDeps {
  readonly database: Database;
  readonly behind: WriteBehind;
  readonly limits: RecordLimits;
  readonly onError: (error: unknown, what: string) => void;
}

/** The logs of all operations. */
export class OperationLog implements Source {
  readonly #deps: OperationLogDeps;
  /** The place of the last line, by operation. */
  readonly #last = new Map<string, number>();
  /** In the order in which they came. */
  #waiting: Placed[] = [];
  #writing: readonly Placed[] = [];
  /** Lines that were lost since that was last said. */
  #lost = 0;

  constructor(deps: OperationLogDeps) {
    this.#deps = deps;
    deps.behind.add(this);
  }

  /** An operation was read: its next line comes after those that it has. */
  known(operation: string, last: number): void {
    if (last > (this.#last.get(operation) ?? 0)) this.#last.set(operation, last);
  }

  /** An operation is kept no more. */
  forget(operation: string): void {
    this.#last.delete(operation);
  }

  put(operation: string, lines: readonly Omit<LogLine, 'n'>[]): readonly LogLine[] {
    const { limits, behind } = this.#deps;
    let n = this.#last.get(operation) ?? 0;
    const placed = lines.map((line): LogLine => {
      n += 1;
      return { ...line, n, text: fit(line.text, limits.maxOperationLineLength) };
    });
    this.#last.set(operation, n);
    for (const line of placed) this.#waiting.push([operation, line]);
    this.#limit();
    if (placed.length > 0) behind.wake();
    return placed;
  }

  async read(operation: string, read: LogRead): Promise<LogPage> {
    const { after, before, limit } = read;
    // First what is not written yet: what is written from now on is read, too.
    const unwritten = [...this.#writing, ...this.#waiting].flatMap(([of, line]) =>
      of === operation ? [line] : [],
    );
    const within = ({ n }: LogLine): boolean => n > (after ?? 0) && n < (before ?? Infinity);
    const rows = await this.#deps.database.read(select(operation, read));
    const [first] = await this.#deps.database.read({
      sql: 'SELECT min(n) AS n FROM provisioning_log WHERE operation = ?',
      params: [operation],
    });
    const found = new Map(rows.map((row): [number, LogLine] => [Number(row['n']), lineOf(row)]));
    for (const line of unwritten) if (within(line)) found.set(line.n, line);
    const all = [...found.values()].sort((one, other) => one.n - other.n);
    const lines = after === undefined ? all.slice(-limit) : all.slice(0, limit);
    const oldest = Math.min(numberOf(first), unwritten[0]?.n ?? Infinity);
    return { lines, more: lines.length > 0 && oldest < lines[0]!.n };
  }

  take(): Batch | undefined {
    const taken = this.#waiting.slice(0, BATCH);
    if (taken.length === 0) return undefined;
    this.#waiting = this.#waiting.slice(BATCH);
    this.#writing = taken;
    const most = this.#deps.limits.maxOperationLogLines;
    const byOperation = new Map<string, LogLine[]>();
    for (const [operation, line] of taken) {
      const lines = byOperation.get(operation);
      if (lines) lines.push(line);
      else byOperation.set(operation, [line]);
    }
    const statements = [...byOperation].flatMap(([operation, lines]) => logRows(operation, lines, most));
    return {
      statements,
      written: () => {
        this.#writing = [];
        this.#tellLost();
      },
      refused: () => {
        this.#writing = [];
        this.#waiting = [...taken, ...this.#waiting];
        this.#limit();
      },
    };
  }

  #limit(): void {
    const over = this.#waiting.length - this.#deps.limits.maxUnwrittenLogLines;
    if (over <= 0) return;
    this.#waiting = this.#waiting.slice(over);
    this.#lost += over;
  }

  #tellLost(): void {
    if (this.#lost > 0)
      this.#deps.onError(new Error(`${this.#lost} lines`), 'lines of logs of operations are lost');
    this.#lost = 0;
  }
}

function select(operation: string, { after, before, limit }: LogRead): Statement {
  const forward = after !== undefined;
  return {
    sql: `SELECT n, at, stream, text, instance, stage FROM provisioning_log
      WHERE operation = ? AND n > ? AND n < ? ORDER BY n ${forward ? '' : 'DESC'} LIMIT ?`,
    params: [operation, after ?? 0, before ?? Number.MAX_SAFE_INTEGER, limit],
  };
}

/** One line that every reader shows alike: half a character is none, and a zero byte would end it. */
function fit(text: string, length: number): string {
  const line = wellFormed(text.replaceAll('\0', '\ufffd'));
  return line.length <= length ? line : `${wellFormed(line.slice(0, length - 1))}…`;
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function numberOf(row: Row | undefined): number {
  const n = row?.['n'];
  return typeof n === 'number' ? n : Infinity;
}
