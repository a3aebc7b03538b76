/** What is too old goes: operations with their logs, keys, durations, and agents that were deleted. */
import type { Clock, Timer } from '../../../ports/clock.ts';
import type { Database, SqlValue, Statement } from '../../../ports/database.ts';
import type { Fence } from './fence.ts';
import type { RecordLimits } from './limits.ts';
import type { OperationLog } from './operation-log.ts';

/** What retention needs. */
export interface RetentionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly fence: Fence;
  readonly limits: RecordLimits;
  readonly log: OperationLog;
  /** Hears of deleted agents that are not known any more. */
  readonly forgotten: (agents: readonly string[]) => void;
  readonly onError: (error: unknown, what: string) => void;
}

/** After a start, ms: what comes first then is to take up what was under way. */
const FIRST_MS = 60_000;
/** Operations of one transaction: a step's commit must not wait for a backlog. */
const BATCH = 100;

/** Ended operations that are not the last one of an agent that is there. */
const FREE = `active = 0 AND (agent IS NULL OR sequence < (SELECT max(sequence) FROM provisioning_operation AS later
    WHERE later.agent = provisioning_operation.agent AND later.source = provisioning_operation.source)
  OR NOT EXISTS (SELECT 1 FROM provisioning_agent
    WHERE provisioning_agent.agent = provisioning_operation.agent AND state <> 'revoked'))`;

/** Removes what is too old, again and again. */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #timers: readonly Timer[];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    const { provisioningPruneIntervalMs } = deps.limits;
    const run = (): void => this.#run();
    this.#timers = [
      deps.clock.every(provisioningPruneIntervalMs, run),
      // A server that is often restarted must not keep everything.
      deps.clock.after(Math.min(FIRST_MS, provisioningPruneIntervalMs), run),
    ];
  }

  /** @throws the database's own, `fenced`. */
  async prune(): Promise<void> {
    const { clock, limits } = this.#deps;
    const now = clock.now();
    while (!this.#closed && (await this.#removeOperations(now)) === BATCH);
    await this.#removeAgents(now);
    await this.#write([
      remove('provisioning_key WHERE at <= ?', now - limits.keepKeysMs),
      remove('provisioning_duration WHERE at < ?', now - limits.keepStageDurationsMs),
    ]);
  }

  /** Resolves when nothing is removed any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    await this.#running;
  }

  async #removeOperations(now: number): Promise<number> {
    const { database, limits, log } = this.#deps;
    const rows = await database.read({
      sql: `SELECT operation FROM provisioning_operation WHERE (ended_at < ?1 OR sequence <=
          (SELECT sequence FROM provisioning_operation WHERE active = 0 ORDER BY sequence DESC LIMIT 1 OFFSET ?2))
        AND ${FREE} ORDER BY sequence LIMIT ?3`,
      params: [now - limits.keepOperationsMs, limits.maxKeptOperations, BATCH],
    });
    if (rows.length === 0) return 0;
    const ids = rows.map(({ operation }) => String(operation));
    const named = 'operation IN (SELECT value FROM json_each(?))';
    const list = JSON.stringify(ids);
    // One that was taken up again meanwhile stays.
    await this.#write([
      remove(`provisioning_operation WHERE active = 0 AND ${named}`, list),
      remove(
        `provisioning_log WHERE ${named} AND operation NOT IN (SELECT operation FROM provisioning_operation)`,
        list,
      ),
    ]);
    const left = await database.read({
      sql: `SELECT operation FROM provisioning_operation WHERE ${named}`,
      params: [list],
    });
    const kept = new Set(left.map(({ operation }) => String(operation)));
    for (const id of ids) if (!kept.has(id)) log.forget(id);
    // Those that stay would be found for ever.
    return kept.size === 0 ? ids.length : 0;
  }

  async #removeAgents(now: number): Promise<void> {
    const { database, limits, forgotten } = this.#deps;
    // One that was deleted again just now is another one: its time is another.
    const rows = await database.read({
      sql: `SELECT agent, changed_at FROM provisioning_agent WHERE state = 'revoked' AND (changed_at < ?1 OR agent IN
        (SELECT agent FROM provisioning_agent WHERE state = 'revoked'
         ORDER BY changed_at DESC, agent LIMIT -1 OFFSET ?2))`,
      params: [now - limits.keepRevokedAgentsMs, limits.maxRevokedAgents],
    });
    if (rows.length === 0) return;
    await this.#write([
      {
        sql: `DELETE FROM provisioning_agent WHERE state = 'revoked' AND (agent, changed_at) IN
          (SELECT value ->> 'agent', value ->> 'changed_at' FROM json_each(?))`,
        params: [JSON.stringify(rows)],
      },
    ]);
    forgotten(rows.map(({ agent }) => String(agent)));
  }

  async #write(statements: readonly Statement[]): Promise<void> {
    const { database, fence } = this.#deps;
    try {
      await database.transaction([fence.statement(), ...statements]);
    } catch (error) {
      throw await fence.reason(error);
    }
  }

  #run(): void {
    this.#running ??= this.prune()
      .catch((error: unknown) =>
        this.#deps.onError(error, 'old rows of the provisioning record cannot be removed'),
      )
      .finally(() => (this.#running = undefined));
  }
}

function remove(what: string, ...params: readonly SqlValue[]): Statement {
  return { sql: `DELETE FROM ${what}`, params };
}
