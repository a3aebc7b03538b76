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
const BLOCK = 256;
const LEVELS = Math.log2(BLOCK);

/** A check under way. */
export class RangeCheck {
  readonly #log: AuditLog;
  readonly #checkpoint: string;
  readonly #size: number;
  readonly #root: Uint8Array;
  /** Leaves from the beginning of a block on, or of the run, that no path was asked for yet. */
  #leaves: Uint8Array[] = [];
  /** The sequence that the next entry must have. */
  #next: number;
  #checked = 0;
  #problem: ReportVerification['problem'];

  /**
   * @param checkpoint made by this server, of the tree that the entries are in.
   * @param first the sequence that the first of them must have.
   */
  constructor(log: AuditLog, checkpoint: string, first = 1) {
    this.#log = log;
    this.#next = first;
    this.#checkpoint = checkpoint;
    ({ size: this.#size, root: this.#root } = parseCheckpoint(checkpoint));
  }

  /** Nothing is checked any more behind the first bad entry. */
  async add(row: AuditRow): Promise<void> {
    if (this.#problem) return;
    if (row.sequence !== this.#next)
      return this.#fail(this.#next, `is missing: ${row.sequence} stands in its place`);
    try {
      this.#leaves.push(leafOfRecord(FULL_VIEW.record(row), FULL_VIEW.salts(row), platformHash));
    } catch (error) {
      if (!(error instanceof ProofFailed)) throw error;
      return this.#fail(this.#next, error.message);
    }
    this.#next += 1;
    if ((this.#next - 1) % BLOCK === 0) await this.#check();
  }

  /** @param last the sequence of the last entry; absent: there is none. */
  async finish(last = this.#next - 1): Promise<ReportVerification> {
    if (!this.#problem && this.#next <= last) await this.#fail(this.#next, 'is missing');
    else await this.#check();
    return {
      verified: this.#problem === undefined,
      checkpoint: this.#checkpoint,
      size: this.#size,
      checked: this.#checked,
      ...(this.#problem && { problem: this.#problem }),
    };
  }

  /** What was gathered since the last block. */
  async #check(): Promise<void> {
    const leaves = this.#leaves;
    const first = this.#next - leaves.length;
    this.#leaves = [];
    const whole = leaves.length === BLOCK && (first - 1) % BLOCK === 0;
    if (!whole || !(await this.#holdsBlock(first, leaves))) await this.#checkEach(first, leaves);
    if (!this.#problem) this.#checked += leaves.length;
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
        return this.#found(first + at, 'is not what the tree has at its place');
    }
  }

  /** What stands before it is looked at first: it may be bad, too. */
  async #fail(sequence: number, what: string): Promise<void> {
    await this.#check();
    if (!this.#problem) this.#found(sequence, what);
  }

  #found(sequence: number, what: string): void {
    this.#problem = { sequence, message: `Entry ${sequence} ${what}` };
  }
}
