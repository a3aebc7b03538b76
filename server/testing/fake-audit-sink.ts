/** For tests: an audit trail in memory that can be broken. */
import { WaooawError } from '../../src/protocol/index.ts';
import { AuditRecorder } from '../http/audit-recorder.ts';
import type { AuditRecorderDeps } from '../http/audit-recorder.ts';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Statement } from '../ports/database.ts';

const BLOCK = { info: 'block', warning: 'block', error: 'block', critical: 'block' } as const;

/** Takes entries, and keeps them in order. */
export class FakeAuditSink implements AuditSink {
  readonly entries: AuditEvent[] = [];
  /** Attempts, also those that were refused. */
  attempts = 0;
  /** What every entry is refused with. */
  broken: WaooawError | undefined;
  /** Takes nothing and says so by answering nothing, as a level does that may leave a gap. */
  gap = false;

  readonly #database: Pick<Database, 'transaction'> | undefined;

  /** @param database where statements go that commit with an entry; none are taken when absent. */
  constructor(database?: Pick<Database, 'transaction'>) {
    this.#database = database;
  }

  async record(
    event: AuditEvent,
    alongside: readonly Statement[] = [],
  ): Promise<{ readonly sequence: number } | undefined> {
    this.attempts += 1;
    if (this.broken) throw this.broken;
    if (this.gap && alongside.length === 0) return undefined;
    if (alongside.length > 0) await this.#database!.transaction(alongside);
    this.entries.push(event);
    return { sequence: this.entries.length };
  }

  /** Takes nothing from now on. */
  break(): void {
    this.broken = new WaooawError('audit_unavailable');
  }

  /** What each entry says in short: `create alert-rule/busy success by ana`. */
  get said(): readonly string[] {
    return this.entries.map(({ action, resource, result, error, actor }) =>
      [
        action,
        `${resource.type}/${resource.id}`,
        result,
        ...(error ? [`(${error})`] : []),
        'by',
        actor.id,
      ].join(' '),
    );
  }
}

/** A recorder over a sink that is there for nothing else, unless the test brings one. */
export function recorderOf(clock: Clock, deps: Partial<AuditRecorderDeps> = {}): AuditRecorder {
  const sink = new FakeAuditSink();
  return new AuditRecorder({ clock, sink, onFailure: BLOCK, onError: () => undefined, ...deps });
}
