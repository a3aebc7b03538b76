/** Tells the audit trail of incidents: that one opened, and that it ended. */
import type { CheckStatus, Incident } from '../../../src/protocol/index.ts';
import type { AuditEvent, AuditSink } from '../../ports/audit-sink.ts';
import type { Clock } from '../../ports/clock.ts';

/** What it takes. */
export interface IncidentTrailDeps {
  readonly clock: Clock;
  readonly audit: AuditSink | undefined;
  readonly onError: (error: unknown, what: string) => void;
}

/** Remembers which are open, so that each is told once. */
export class IncidentTrail {
  readonly #deps: IncidentTrailDeps;
  /** By check. */
  readonly #open = new Map<string, Incident>();

  constructor(deps: IncidentTrailDeps) {
    this.#deps = deps;
  }

  /** @param incidents that were told of before a restart. */
  begin(incidents: Iterable<Incident>): void {
    for (const incident of incidents) this.#open.set(incident.check, incident);
  }

  /** A check as it is shown now. @param incident the one that is open. */
  observed(status: CheckStatus, incident: Incident | undefined): void {
    const before = this.#open.get(status.check);
    if (before && before.id !== incident?.id) this.#end(before, status, status.since);
    if (!incident) return;
    this.#open.set(incident.check, incident);
    if (before?.id === incident.id) return;
    const { worst, cause } = incident;
    this.#tell(status, incident, {
      action: 'incident.open',
      level: worst === 'down' ? 'critical' : 'warning',
      result: 'failure',
      reason: cause.slice(0, 1_024),
    });
  }

  /** The check is watched no more. */
  forgotten(status: CheckStatus): void {
    const before = this.#open.get(status.check);
    if (before) this.#end(before, status, this.#deps.clock.now());
  }

  #end(incident: Incident, status: CheckStatus, endedAt: number): void {
    this.#open.delete(incident.check);
    this.#tell(
      status,
      { ...incident, endedAt },
      { action: 'incident.end', level: 'info', result: 'success' },
    );
  }

  #tell(
    { check, title, tags }: CheckStatus,
    { id, startedAt, endedAt, worst }: Incident,
    said: Pick<AuditEvent, 'action' | 'level' | 'result' | 'reason'>,
  ): void {
    const { audit, onError } = this.#deps;
    const event: AuditEvent = {
      actor: { id: 'health', kind: 'system' },
      resource: { type: 'check', id: check, name: title },
      details: { incident: id, worst, startedAt, ...(endedAt !== undefined && { endedAt }) },
      ...(tags && { tags }),
      ...said,
    };
    audit
      ?.record(event)
      .catch((error: unknown) => onError(error, `an incident of check ${check} cannot be recorded`));
  }
}
