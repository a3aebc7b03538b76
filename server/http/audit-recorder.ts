/** What the edge tells the audit trail, and what it refuses to do while nobody could be told. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { AuditLevel } from '../../src/protocol/index.ts';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Statement } from '../ports/database.ts';
import { AuditFolds } from './audit-folds.ts';
import type { FoldKind } from './audit-folds.ts';

/** From one attempt at a trail that could not be written to the next, ms. */
const RETRY_MS = 1_000;

/** What it is made of. */
export interface AuditRecorderDeps {
  readonly clock: Clock;
  readonly sink: AuditSink;
  /** False while somebody else found that it cannot be written. Default: nobody else knows. */
  readonly writable?: () => boolean;
  /** What becomes of an action while the trail cannot be written, by the level of its entry. */
  readonly onFailure: Readonly<Record<AuditLevel, 'block' | 'gap'>>;
  /** How long repetitions are gathered into one entry, ms. Default 300,000. */
  readonly summaryMs?: number;
  /** Kinds of repetitions that are told apart at once, of known callers, of strangers, and of bad credentials each. Default 10,000. */
  readonly maxFolds?: number;
  /** Those of one caller, or of one network. Default 100. */
  readonly maxOwnFolds?: number;
  /** Told once when the trail breaks, and of every entry that it does not take. */
  onError(error: unknown, what: string): void;
}

/** Records for the edge, and knows whether the trail takes entries. */
export class AuditRecorder {
  readonly #clock: Clock;
  readonly #sink: AuditSink;
  readonly #writable: () => boolean;
  readonly #onFailure: AuditRecorderDeps['onFailure'];
  readonly #onError: AuditRecorderDeps['onError'];
  readonly #folds: AuditFolds;
  /** When a broken trail is tried again, by the monotonic clock. Undefined: it was fine when it was last written. */
  #retryAt: number | undefined;
  /** The first action that was turned away since it broke, and how many were. */
  #turnedAway: { readonly event: AuditEvent; count: number } | undefined;
  #telling: Promise<void> | undefined;

  constructor(deps: AuditRecorderDeps) {
    const { clock, summaryMs = 300_000, maxFolds = 10_000, maxOwnFolds = 100 } = deps;
    this.#clock = clock;
    this.#sink = deps.sink;
    this.#writable = deps.writable ?? (() => true);
    this.#onFailure = deps.onFailure;
    this.#onError = (error, what) => deps.onError(error, what);
    const write = (event: AuditEvent): Promise<boolean> => this.try(event);
    this.#folds = new AuditFolds({ clock, summaryMs, maxFolds, maxOwnFolds, write });
  }

  /**
   * Durable once it resolves, or a gap where its level allows one.
   * @param alongside statements that commit in its own transaction: then there is no gap. @throws WaooawError as the trail does.
   */
  async record(event: AuditEvent, alongside?: readonly Statement[]): Promise<void> {
    try {
      // A level that may leave a gap says so by answering nothing.
      if (await this.#sink.record(event, alongside)) this.#fine();
      else this.#broken(undefined);
    } catch (error) {
      if (error instanceof WaooawError && error.code === 'audit_unavailable') this.#broken(error);
      else this.#onError(error, `${event.action} of ${event.resource.type}: its entry was not taken`);
      throw error;
    }
  }

  /** The same for what is not undone by a trail that fails. @returns whether the trail has it. Never rejects. */
  async try(event: AuditEvent): Promise<boolean> {
    return this.record(event).then(
      () => true,
      () => false,
    );
  }

  /**
   * Records what happens again and again: the first of its kind at once, then one entry a window with the count. Nobody waits for it.
   * @param kind what makes two of them the same. @param make called only where there is something to write.
   */
  fold(kind: FoldKind, make: () => AuditEvent): void {
    this.#folds.add(kind, make);
  }

  /**
   * To be asked before something is done whose entry blocks.
   * @param event what is about to be done. @throws WaooawError `audit_unavailable` while the trail is known not to take it.
   */
  async demand(event: AuditEvent): Promise<void> {
    if (this.#onFailure[event.level] === 'gap') return;
    if (this.#retryAt === undefined && this.#writable()) return;
    if (await this.#mended()) return;
    this.#turnedAway ??= { event: { ...event, result: 'refused', error: 'audit_unavailable' }, count: 0 };
    this.#turnedAway.count += 1;
    throw new WaooawError('audit_unavailable', 'The audit trail cannot be written, so nothing was done', {
      afterMs: RETRY_MS,
    });
  }

  /** Writes what is gathered. What is folded from now on is lost. */
  async close(): Promise<void> {
    await this.#tellTurnedAway();
    await this.#folds.close();
  }

  /** Tries now and then, with the entry that says who was turned away meanwhile: no action is risked for it. */
  async #mended(): Promise<boolean> {
    const now = this.#clock.monotonicMs();
    this.#retryAt ??= now + RETRY_MS;
    if (!this.#turnedAway || now < this.#retryAt) return false;
    this.#retryAt = now + RETRY_MS;
    await this.#tellTurnedAway();
    return this.#retryAt === undefined;
  }

  #tellTurnedAway(): Promise<void> {
    this.#telling ??= this.#tell().finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  async #tell(): Promise<void> {
    const told = this.#turnedAway;
    if (!told) return;
    const { event, count } = told;
    const details = { ...(event.details as object | undefined), count };
    if (!(await this.try({ ...event, details }))) return;
    this.#turnedAway = told.count > count ? { event, count: told.count - count } : undefined;
  }

  #fine(): void {
    if (this.#retryAt === undefined) return;
    this.#retryAt = undefined;
    void this.#tellTurnedAway();
  }

  #broken(error: WaooawError | undefined): void {
    if (this.#retryAt === undefined) this.#onError(error, 'the audit trail cannot be written');
    // What fails meanwhile does not put the next attempt off.
    this.#retryAt ??= this.#clock.monotonicMs() + RETRY_MS;
  }
}
