/** Does what is to be done about failures: seldom, not for ever, not everywhere at once, and never unrecorded. */
import type { CheckStatus } from '../../../src/protocol/index.ts';
import type { AuditSink } from '../../ports/audit-sink.ts';
import type { HealthLimits } from './limits.ts';
import { look } from './look.ts';
import { remedyOf } from './remedy.ts';
import type { RemedyDeps } from './remedy.ts';
import type { CheckSettings, Remediation } from './settings.ts';

/** What was done about a check. Plain data: a restart goes on with it. */
export interface Mended {
  /** In this incident. */
  readonly attempts: number;
  /** When the last began, also one of an incident before, ms since 1970. */
  readonly lastAt: number;
}

/** What it takes. */
export interface RemediationDeps extends RemedyDeps {
  readonly audit: AuditSink | undefined;
  readonly limits: Pick<HealthLimits, 'maxRemediationsPerMinute' | 'remediationConcurrency'>;
  readonly onError: (error: unknown, what: string) => void;
}

/** Counts since the start. */
export interface RemediationStats {
  readonly remediations: number;
  readonly failedRemediations: number;
  /** Put off because too many were under way everywhere. */
  readonly heldRemediations: number;
}

const MINUTE_MS = 60_000;

/** Mends. */
export class Remediator {
  readonly #deps: RemediationDeps;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #closed = new AbortController();
  /** When the last attempts began, monotonic, ms. */
  #recent: number[] = [];
  #stats = { remediations: 0, failedRemediations: 0, heldRemediations: 0 };

  constructor(deps: RemediationDeps) {
    this.#deps = deps;
  }

  stats(): RemediationStats {
    return { ...this.#stats };
  }

  /**
   * Begins an attempt if this is the time: the check is down, by enough results, of its own, and not meant to be.
   * @param status with its last result.
   * @returns what was done by now, to be handed in the next time.
   */
  consider(settings: CheckSettings, status: CheckStatus, mended: Mended | undefined): Mended | undefined {
    const { remediation, check } = settings;
    if (!remediation) return undefined;
    if (status.state === 'up') return mended && { ...mended, attempts: 0 };
    const now = this.#deps.clock.now();
    const { attempts, lastAt } = mended ?? { attempts: 0, lastAt: -Infinity };
    // A wall clock that was put back must not make the pause longer.
    const rests = lastAt <= now && now - lastAt < remediation.cooldownMs;
    const isOver = rests || attempts >= remediation.maxAttempts || this.#closed.signal.aborted;
    if (status.word !== 'down' || status.causedBy !== undefined || isOver) return mended;
    if (this.#underWay.has(check) || !this.#hasRoom()) return mended;
    const next: Mended = { attempts: attempts + 1, lastAt: now };
    const attempt = this.#attempt(remediation, status, next.attempts).finally(() =>
      this.#underWay.delete(check),
    );
    this.#underWay.set(check, attempt);
    return next;
  }

  /** Ends what is under way, and resolves once all of it let go. */
  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#underWay.values());
  }

  /** When everything fails at once the fault is hardly in everything: to restart it all would only add to it. */
  #hasRoom(): boolean {
    const now = this.#deps.clock.monotonicMs();
    const { maxRemediationsPerMinute, remediationConcurrency } = this.#deps.limits;
    this.#recent = this.#recent.filter((at) => now - at < MINUTE_MS);
    if (this.#recent.length < maxRemediationsPerMinute && this.#underWay.size < remediationConcurrency) {
      this.#recent.push(now);
      return true;
    }
    this.#stats.heldRemediations += 1;
    return false;
  }

  async #attempt(remediation: Remediation, status: CheckStatus, attempt: number): Promise<void> {
    const { clock, audit, onError } = this.#deps;
    const { check, reason, tags } = status;
    const { action, timeoutMs } = remediation;
    const event = {
      actor: { id: 'health', kind: 'system' },
      level: 'warning',
      resource: { type: 'check', id: check },
      details: { kind: action.kind, attempt, ...(status.incident && { incident: status.incident.id }) },
      ...(reason !== undefined && { reason: reason.slice(0, 1_024) }),
      ...(tags && { tags }),
    } as const;
    this.#stats.remediations += 1;
    try {
      // Nothing is done that the trail does not know of.
      await audit?.record({ ...event, action: 'remediate.begin', result: 'success' });
      const remedy = remedyOf(remediation, { status, attempt }, this.#deps);
      const looked = look(remedy, { clock, timeoutMs, signal: this.#closed.signal });
      const found = await looked.found;
      const error =
        found.result?.state === 'up' ? undefined : (found.result?.reason ?? found.why ?? 'It failed');
      if (error !== undefined) this.#stats.failedRemediations += 1;
      await audit?.record({
        ...event,
        action: 'remediate',
        result: error === undefined ? 'success' : 'failure',
        ...(error !== undefined && { error: error.slice(0, 1_024) }),
      });
      // A program is gone when all of it is gone; nobody else is waited for.
      if (action.kind === 'exec') await looked.released;
    } catch (error) {
      this.#stats.failedRemediations += 1;
      onError(error, `the remedy of check ${check}`);
    }
  }
}
