/** Appends entries: gives each its time, salts and leaf, and says what becomes of it where it cannot be written. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditFacts, AuditLevel, ErrorCode } from '../../../src/protocol/index.ts';
import { NotCanonical, leafOf } from '../../../src/proof/index.ts';
import type { Appended, AuditLog, AuditRow, NewAuditRow } from '../../ports/audit-log.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Statement } from '../../ports/database.ts';
import { badEntry, checkEvent } from './entry.ts';
import type { Checked } from './entry.ts';
import { Gaps } from './gaps.ts';
import type { AuditLimits } from './limits.ts';
import { mended } from './mending.ts';
import { Moments } from './moments.ts';
import type { Redaction } from './redaction.ts';
import { newSeed, saltsOf } from './salts.ts';
import { platformHash } from './platform-hash.ts';

/** What it needs. */
export interface TrailDeps {
  readonly clock: Clock;
  readonly limits: AuditLimits;
  readonly redaction: Redaction;
  /** Hears of rows that are durable, in the order that their appends resolve. */
  readonly appended: (rows: readonly AuditRow[], size: number) => void;
  readonly onError: (error: unknown, what: string) => void;
}

/** An idempotency key, scoped to its caller, and the hash of what was asked with it. */
export type Idempotency = NonNullable<NewAuditRow['idempotency']>;

/** Codes of a trail that cannot be written, whoever asks. */
const UNWRITABLE: readonly ErrorCode[] = ['storage_full', 'storage_failed', 'database_closed', 'unavailable'];

const COUNTED: AuditLimits['onFailure'] = { info: 'gap', warning: 'gap', error: 'gap', critical: 'gap' };

/** Appends. */
export class Trail {
  readonly #deps: TrailDeps;
  readonly #moments: Moments;
  readonly #gaps = new Gaps();
  readonly #entries: Record<AuditLevel, number> = { info: 0, warning: 0, error: 0, critical: 0 };
  #log: AuditLog | undefined;
  #broken: WaooawError | undefined;
  #retry: Timer | undefined;
  #telling = false;
  /** Appends under way. */
  inFlight = 0;
  replayed = 0;
  blocked = 0;
  redacted = 0;
  /** Why the last append failed; undefined once one has succeeded. */
  fault: WaooawError | undefined;

  constructor(deps: TrailDeps) {
    this.#deps = deps;
    this.#moments = new Moments(deps.clock);
  }

  /** False from a failure to write until something was written again. */
  get writable(): boolean {
    return this.#log !== undefined && this.#broken === undefined && this.fault === undefined;
  }

  get gaps(): Pick<Gaps, 'pending' | 'total'> {
    return this.#gaps;
  }

  get entries(): Readonly<Record<AuditLevel, number>> {
    return { ...this.#entries };
  }

  /** From here on entries are written. @param broken why none may be: what is lost already would be lost sight of. */
  open(log: AuditLog, broken?: string): void {
    this.#log = log;
    if (broken !== undefined) this.#broken = new WaooawError('storage_failed', broken);
  }

  /** See the port. */
  async record(
    event: AuditEvent,
    alongside: readonly Statement[] = [],
  ): Promise<{ readonly sequence: number } | undefined> {
    return this.#record(event, alongside, this.#deps.limits.onFailure);
  }

  /** The same for what goes on in any case: where the trail cannot be written it is counted as missing. */
  async recordOrCount(event: AuditEvent): Promise<{ readonly sequence: number } | undefined> {
    return this.#record(event, [], COUNTED);
  }

  async #record(
    event: AuditEvent,
    alongside: readonly Statement[],
    onFailure: AuditLimits['onFailure'],
  ): Promise<{ readonly sequence: number } | undefined> {
    const checked = this.#check(event);
    this.redacted += checked.redacted;
    try {
      const { sequences } = await this.#append([checked.event], alongside);
      return { sequence: sequences[0]! };
    } catch (error) {
      const unwritable = this.#unwritable(error, alongside);
      if (!unwritable) throw error;
      if (alongside.length > 0 || onFailure[checked.event.level] === 'block') {
        this.blocked += 1;
        throw unwritable;
      }
      this.#gap(checked.event.level, unwritable);
      return undefined;
    }
  }

  /**
   * All or none of them, and never a gap.
   * @param events checked already.
   * @throws WaooawError `audit_unavailable`, `idempotency_conflict`.
   */
  async recordAll(events: readonly AuditEvent[], idempotency?: Idempotency): Promise<Appended> {
    try {
      const appended = await this.#append(events, [], idempotency);
      if (appended.replayed) this.replayed += 1;
      return appended;
    } catch (error) {
      const unwritable = this.#unwritable(error, []);
      if (unwritable) this.blocked += events.length;
      throw unwritable ?? error;
    }
  }

  /** Tells of a gap once more, and says in the log what the trail could not be told of. */
  async close(): Promise<void> {
    this.#retry?.cancel();
    await this.#tellGap();
    this.#retry?.cancel();
    if (this.#gaps.pending > 0)
      this.#deps.onError(
        this.fault,
        `${this.#gaps.pending} entries are missing, and the trail does not say so`,
      );
  }

  /** A service's own entry is mended rather than refused: what it tells of has often been done already. */
  #check(event: AuditEvent): Checked {
    const { limits, redaction } = this.#deps;
    try {
      return checkEvent(event, limits, redaction);
    } catch {
      return checkEvent(mended(event, limits), limits, redaction);
    }
  }

  async #append(
    events: readonly AuditEvent[],
    alongside: readonly Statement[],
    idempotency?: Idempotency,
  ): Promise<Appended> {
    const log = this.#log;
    if (!log) throw new WaooawError('unavailable', 'The audit trail is not open yet');
    if (this.#broken) throw this.#broken;
    const rows = events.map((event) => this.#row(event, idempotency));
    this.inFlight += 1;
    let appended: Appended;
    try {
      appended = await log.append(rows, alongside);
    } finally {
      this.inFlight -= 1;
    }
    this.fault = undefined;
    if (!appended.replayed) this.#tell(rows, appended);
    if (this.#gaps.pending > 0) void this.#tellGap();
    return appended;
  }

  #tell(rows: readonly NewAuditRow[], { sequences, head }: Appended): void {
    for (const { facts } of rows) this.#entries[facts.level] += 1;
    const appended = rows.map(({ facts, seed, leaf }, i) => ({ sequence: sequences[i]!, facts, seed, leaf }));
    this.#deps.appended(appended, head.size);
  }

  #row(event: AuditEvent, idempotency: Idempotency | undefined): NewAuditRow {
    const facts: AuditFacts = { ...event, time: this.#moments.now() };
    const seed = newSeed();
    try {
      const leaf = leafOf(facts, saltsOf(seed), platformHash);
      return { facts, seed, leaf, ...(idempotency && { idempotency }) };
    } catch (error) {
      if (!(error instanceof NotCanonical)) throw error;
      throw badEntry([{ pointer: error.pointer, code: 'bad_entry', message: error.message }]);
    }
  }

  /** The error in the trail's words; undefined where it is the caller's own: a statement that was refused, a key that was used. */
  #unwritable(error: unknown, alongside: readonly Statement[]): WaooawError | undefined {
    if (!(error instanceof WaooawError)) return undefined;
    const { code } = error;
    const ours = UNWRITABLE.includes(code) || (code === 'database_failed' && alongside.length === 0);
    if (!ours) return undefined;
    const fault = new WaooawError(
      'audit_unavailable',
      `The audit trail cannot be written: ${error.message}`,
      {
        cause: error,
      },
    );
    // Not open yet is no failure.
    if (code === 'unavailable') return fault;
    if (!this.fault) this.#deps.onError(error, 'the audit trail cannot be written');
    this.fault = fault;
    return fault;
  }

  #gap(level: AuditLevel, { cause }: WaooawError): void {
    const { clock } = this.#deps;
    this.#gaps.note(level, clock.now(), cause instanceof WaooawError ? cause.code : 'audit_unavailable');
    this.#tryLater();
  }

  #tryLater(): void {
    const { clock, limits } = this.#deps;
    this.#retry ??= clock.after(limits.gapRetryMs, () => {
      this.#retry = undefined;
      void this.#tellGap();
    });
  }

  /** Says in the trail how many entries are missing. Never rejects. */
  async #tellGap(): Promise<void> {
    if (this.#telling) return;
    const taken = this.#gaps.take();
    if (!taken) return;
    this.#telling = true;
    try {
      await this.#append([taken.event], []);
    } catch (error) {
      taken.putBack();
      this.#unwritable(error, []);
      this.#tryLater();
    } finally {
      this.#telling = false;
    }
  }
}
