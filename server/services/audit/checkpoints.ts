/** Signs the tree's state, and keeps what was signed in two places. */
import { formatCheckpoint } from '../../../src/proof/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditLog, CheckpointRow } from '../../ports/audit-log.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { CheckpointPost } from './checkpoint-post.ts';
import { againstKept } from './comparison.ts';
import type { KeyRing } from './keys.ts';
import type { AuditLimits } from './limits.ts';

/** What it needs. */
export interface CheckpointsDeps {
  readonly clock: Clock;
  readonly log: AuditLog;
  readonly keys: KeyRing;
  readonly file: CheckpointFile;
  readonly post: CheckpointPost | undefined;
  readonly origin: string;
  readonly limits: AuditLimits;
  readonly onError: (error: unknown, what: string) => void;
  /** Hears that the tree does not continue what was kept. Never rejects. */
  readonly contradicted: (what: string) => Promise<void>;
}

/** Signs. */
export class Checkpoints {
  readonly #deps: CheckpointsDeps;
  #newest: CheckpointRow | undefined;
  /** Entries that are known to be in the tree. */
  #size = 0;
  #madeAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #making: Promise<CheckpointRow> | undefined;
  #closed = false;
  /** The newest note, while its file lacks it. */
  #unkept: string | undefined;
  made = 0;
  failures = 0;
  /** Why no newer one could be made, or saved in the database; undefined once one was. */
  unmade: string | undefined;
  /** What is wrong with the second place; undefined once it has the newest checkpoint. */
  fault: string | undefined;

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps;
  }

  /** Entries of the newest one. */
  get size(): number {
    return this.#newest?.size ?? 0;
  }

  /** Goes on from the newest one that the tree continues. */
  begin(newest: CheckpointRow | undefined): void {
    this.#newest = newest;
  }

  /** Hears of entries that were appended. @param size of the tree with them. */
  saw(size: number): void {
    this.#size = Math.max(this.#size, size);
    this.#arm();
  }

  /** A signed note of at least so many entries. @throws WaooawError `bad_request` beyond the trail; the log's own. */
  async atLeast(entries = 0): Promise<string> {
    let newest = this.#newest ?? (await this.make());
    // One that is being made may have begun before the entry was there.
    for (let i = 0; newest.size < entries && i < 2; i++) newest = await this.make();
    if (newest.size >= entries) return newest.text;
    throw new WaooawError('bad_request', `The trail has ${newest.size} entries, and not ${entries}`);
  }

  /** Signs what there is now, and keeps it. */
  make(): Promise<CheckpointRow> {
    this.#making ??= this.#attempt().finally(() => (this.#making = undefined));
    return this.#making;
  }

  /** Signs by a key that has just come: what is being made may have been signed without it. */
  async renew(): Promise<void> {
    await this.#making?.catch(() => undefined);
    await this.make();
  }

  /** Brings the newest to the receiver, which may have missed it before a restart. */
  repeat(): void {
    if (this.#newest) this.#deps.post?.offer(this.#newest.text);
  }

  /** Signs what is not signed yet. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#making?.catch(() => undefined);
    if (this.#pending()) await this.make().catch(() => undefined);
    await this.#deps.post?.close();
  }

  #pending(): boolean {
    return this.#size > this.size || this.#unkept !== undefined || this.#deps.keys.cosigning;
  }

  #arm(): void {
    if (this.#timer || this.#closed || !this.#pending()) return;
    const { clock, limits } = this.#deps;
    const dueMs = Math.max(0, this.#madeAt + limits.checkpointIntervalMs - clock.monotonicMs());
    this.#timer = clock.after(dueMs, () => {
      this.make()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
          this.#arm();
        });
    });
  }

  /** What hinders it is told once, and tried again until it works: a full disk may have room later. */
  async #attempt(): Promise<CheckpointRow> {
    try {
      const row = await this.#make();
      this.unmade = undefined;
      return row;
    } catch (error) {
      this.failures += 1;
      if (this.unmade === undefined) this.#deps.onError(error, 'a checkpoint cannot be made');
      this.unmade = (error as Error).message;
      throw error;
    } finally {
      this.#arm();
    }
  }

  async #make(): Promise<CheckpointRow> {
    const { clock, log, keys, origin, post } = this.#deps;
    // A failed attempt counts too: what hinders it is not asked again at once.
    this.#madeAt = clock.monotonicMs();
    const { size, root } = await log.head();
    const { cosigning } = keys;
    this.#size = Math.max(this.#size, size);
    if (this.#newest?.size === size && !cosigning) {
      if (this.#unkept !== undefined) await this.#keep(this.#unkept);
      return this.#newest;
    }
    const text = keys.sign(formatCheckpoint(origin, size, root));
    const row = { size, text, at: clock.now() };
    await log.saveCheckpoint(row);
    this.#newest = row;
    this.made += 1;
    post?.offer(text);
    await this.#keep(text);
    if (cosigning) await keys.retire();
    return row;
  }

  /** The second place must not hold up proofs: what it lacks is said by the health check, and tried again. */
  async #keep(text: string): Promise<void> {
    const { file } = this.#deps;
    this.#unkept = text;
    let fault: string | undefined;
    try {
      // One that cannot be put aside grows on: better too long than without its newest note.
      if (await file.isFull())
        await this.#putAside().catch((error: unknown) => {
          fault = this.#hindered(error, 'The checkpoint file cannot be put aside');
        });
      await file.append(text);
      this.#unkept = undefined;
    } catch (error) {
      fault = this.#hindered(error, 'Checkpoints are not kept in their file');
    }
    this.fault = fault;
  }

  /** Told once, until the second place is fine again. */
  #hindered(error: unknown, what: string): string {
    this.failures += 1;
    if (this.fault === undefined) this.#deps.onError(error, what);
    return `${what}: ${(error as Error).message}`;
  }

  /**
   * Makes room for further notes. What a note says the newer ones say too, as long as the tree continues it: that is looked at
   * before notes are dropped. Those that it does not continue are evidence, and stay as they are.
   */
  async #putAside(): Promise<void> {
    const { log, keys, origin, file, clock, contradicted } = this.#deps;
    const { size } = await log.head();
    const { against } = await againstKept({ log, keys, origin }, file.dropped(), size);
    if (against === undefined) return file.putAside();
    file.divert(clock.now());
    await contradicted(against);
  }
}
