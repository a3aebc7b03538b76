/** How rows of the trail are read in a loop that others wait for: few at once where they are large, with pauses between. */
import { setImmediate } from 'node:timers/promises';
import type { AuditRow } from '../../ports/audit-log.ts';

/** Rows of a page at most, and of the first, of whose rows nobody knows how large they are. */
const MAX_ROWS = 256;
const FIRST_ROWS = 16;
/** UTF-16 code units of JSON that a page may have: some milliseconds to be read from the log's thread. */
const PAGE_LENGTH = 262_144;
/** Those after which others have their turn. */
const PAUSE_LENGTH = 65_536;

/** The pace of one reader. */
export class Pace {
  /** Rows that the next page should have, 1 to 256. */
  rows = FIRST_ROWS;
  /** Code units that a row of the last page has, on average. */
  length = 0;
  #since = 0;

  /** Measures a page, for the size of the next. */
  took(rows: readonly AuditRow[]): void {
    if (rows.length === 0) return;
    let length = 0;
    for (const { facts } of rows) length += JSON.stringify(facts).length;
    this.length = length / rows.length;
    this.rows = Math.max(1, Math.min(MAX_ROWS, Math.floor(PAGE_LENGTH / this.length)));
  }

  /** To be asked after a row. @param length code units of it; about, where nobody counts. @returns a pause where one is due. */
  after(length = this.length): Promise<void> | undefined {
    this.#since += length;
    if (this.#since < PAUSE_LENGTH) return undefined;
    this.#since = 0;
    return setImmediate();
  }
}
