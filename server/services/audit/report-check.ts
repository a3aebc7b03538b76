/** Checks a run of entries against a checkpoint: whole blocks by one path, what is left over one by one. */
import {
  leafOfRecord,
  parseCheckpoint,
  ProofFailed,
  TreeBuilder,
  verifyInclusion,
} from '../../../src/proof/index.ts';
import type { ReportVerification } from '../../../src/protocol/audit-report.ts';
import type { AuditLog, AuditRow } from '../../ports/audit-log.ts';
import { platformHash } from './platform-hash.ts';
import { FULL_VIEW } from './views.ts';

/** Entries of a block: a complete subtree. */
export const BLOCK = 256;
const LEVELS = Math.log2(BLOCK);

/** A check under way. */
export class RangeCheck {
  readonly #log: AuditLog;
  readonly #checkpoint: string;
  readonly #size: number;
  readonly #root: Uint8Array;
  #checked = 0;
  #problem: ReportVerification['problem'];

  /** @param checkpoint made by this server, of the tree that the entries are in. */
  constructor(log: AuditLog, checkpoint: string) {
    this.#log = log;
    this.#checkpoint = checkpoint;
    ({ size: this.#size, root: this.#root } = parseCheckpoint(checkpoint));
  }

  /** @param first the sequence that the first of them must have. Nothing is checked any more behind the first bad entry. */
  async add(first: number, rows: readonly AuditRow[]): Promise<void> {
    const leaves: Uint8Array[] = [];
    for (const [at, row] of rows.entries()) {
      if (this.#problem) return;
      const sequence = first + at;
      if (row.sequence !== sequence)
        return this.#fail(sequence, `is missing: ${row.sequence} stands in its place`);
      try {
        leaves.push(leafOfRecord(FULL_VIEW.record(row), FULL_VIEW.salts(row), platformHash));
      } catch (error) {
        if (!(error instanceof ProofFailed)) throw error;
        return this.#fail(sequence, error.message);
      }
    }
    const whole = leaves.length === BLOCK && (first - 1) % BLOCK === 0;
    if (!whole || !(await this.#holdsBlock(first, leaves))) await this.#checkEach(first, leaves);
    if (!this.#problem) this.#checked += rows.length;
  }

  result(): ReportVerification {
    return {
      verified: this.#problem === undefined,
      checkpoint: this.#checkpoint,
      size: this.#size,
      checked: this.#checked,
      ...(this.#problem && { problem: this.#problem }),
    };
  }

  async #holdsBlock(first: number, leaves: readonly Uint8Array[]): Promise<boolean> {
    const tree = new TreeBuilder(platformHash);
    for (const leaf of leaves) tree.append(leaf);
    const path = (await this.#log.inclusion(first - 1, this.#size)).slice(LEVELS);
    const size = Math.floor((this.#size - 1) / BLOCK) + 1;
    const node = { index: (first - 1) / BLOCK, size, leaf: tree.root(), path, root: this.#root };
    return verifyInclusion(node, platformHash);
  }

  async #checkEach(first: number, leaves: readonly Uint8Array[]): Promise<void> {
    for (const [at, leaf] of leaves.entries()) {
      const index = first - 1 + at;
      const path = await this.#log.inclusion(index, this.#size);
      if (!verifyInclusion({ index, size: this.#size, leaf, path, root: this.#root }, platformHash))
        return this.#fail(first + at, 'is not what the tree has at its place');
    }
  }

  #fail(sequence: number, what: string): void {
    this.#problem = { sequence, message: `Entry ${sequence} ${what}` };
  }
}
