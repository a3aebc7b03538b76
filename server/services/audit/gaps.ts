/** Entries that are missing: what was done although it could not be recorded, until the trail can say so. */
import type { AuditLevel } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { SYSTEM } from './actor.ts';

/** The action of an entry that says that others are missing. */
export const GAP_ACTION = 'audit_gap';

/** Counts what is missing. */
export class Gaps {
  #levels: Partial<Record<AuditLevel, number>> = {};
  #from = 0;
  #to = 0;
  #error = '';
  /** Missing and not told of yet. */
  pending = 0;
  /** Missing since the start. */
  total = 0;

  /** @param now ms since 1970. @param error the code of why. */
  note(level: AuditLevel, now: number, error: string): void {
    if (this.pending === 0) this.#from = now;
    this.#to = Math.max(now, this.#to);
    this.#from = Math.min(now, this.#from);
    this.#levels[level] = (this.#levels[level] ?? 0) + 1;
    this.#error = error;
    this.pending += 1;
    this.total += 1;
  }

  /** What is to be said, and forgets it; undefined when nothing is missing. */
  take(): { readonly event: AuditEvent; readonly putBack: () => void } | undefined {
    if (this.pending === 0) return undefined;
    const taken = { levels: this.#levels, from: this.#from, to: this.#to, count: this.pending };
    const event: AuditEvent = {
      actor: SYSTEM,
      action: GAP_ACTION,
      level: 'critical',
      resource: { type: 'audit', id: 'trail' },
      result: 'failure',
      error: this.#error,
      details: {
        missing: taken.count,
        levels: { ...taken.levels },
        from: new Date(taken.from).toISOString(),
        to: new Date(taken.to).toISOString(),
      },
    };
    this.#levels = {};
    this.#to = 0;
    this.pending = 0;
    return { event, putBack: () => this.#putBack(taken) };
  }

  #putBack({
    levels,
    from,
    to,
    count,
  }: {
    levels: Partial<Record<AuditLevel, number>>;
    from: number;
    to: number;
    count: number;
  }): void {
    for (const [level, missing] of Object.entries(levels) as [AuditLevel, number][])
      this.#levels[level] = (this.#levels[level] ?? 0) + missing;
    this.#from = this.pending === 0 ? from : Math.min(from, this.#from);
    this.#to = Math.max(to, this.#to);
    this.pending += count;
  }
}
