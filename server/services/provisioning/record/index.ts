/** The provisioning record on the database's rows. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { AuditEvent, AuditSink } from '../../../ports/audit-sink.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Database, Row, SqlValue, Statement } from '../../../ports/database.ts';
import { Durations } from './durations.ts';
import { Fence } from './fence.ts';
import { DEFAULT_RECORD_LIMITS } from './limits.ts';
import type { RecordLimits } from './limits.ts';
import { OperationLog } from './operation-log.ts';
import { ProgressBook } from './progress-book.ts';
import type { Change, OperationQuery, OperationRecord, ProvisioningRecord } from './record.ts';
import { Retention } from './retention.ts';
import { agentOf, agentRows, keyOf, keyRows, operationOf, operationRow, tookRows } from './rows.ts';
import { WriteBehind } from './write-behind.ts';

export { DEFAULT_RECORD_LIMITS } from './limits.ts';
export type { RecordLimits } from './limits.ts';

/** What the record needs. */
export interface RecordDeps {
  /** Migrated. It is the owner's to close, after the record. */
  readonly database: Database;
  readonly audit: AuditSink;
  readonly clock: Clock;
  /** Over the defaults. */
  readonly limits?: Partial<RecordLimits>;
  /** Hears of deleted agents that are not kept any more. One may have been created anew just now. */
  readonly onForgotten?: (agents: readonly string[]) => void;
  /** Told once, when another process has begun on the same file. */
  readonly onFenced?: () => void;
  /** Hears of what could not be written or removed; the record goes on. */
  readonly onError: (error: unknown, what: string) => void;
}

/** An operation, and the place of the last line of its log. */
const SELECT = `SELECT operation, record, progress,
  (SELECT max(n) FROM provisioning_log WHERE provisioning_log.operation = provisioning_operation.operation) AS last
  FROM provisioning_operation`;

/** Operations that ended this lately are still shown, ms. */
const RECENT_MS = 3_600_000;

/** Opens the record. Nothing is read or written before `begin`. */
export function openRecord({ database, audit, clock, onError, ...rest }: RecordDeps): ProvisioningRecord {
  const limits: RecordLimits = { ...DEFAULT_RECORD_LIMITS, ...rest.limits };
  const fence = new Fence(database, rest.onFenced);
  const behind = new WriteBehind({
    database,
    clock,
    fence,
    intervalMs: limits.operationPersistIntervalMs,
    onError,
  });
  const progress = new ProgressBook(behind);
  const log = new OperationLog({ database, behind, limits, onError });
  const durations = new Durations(limits.maxStageDurations);
  let retention: Retention | undefined;

  const found = (row: Row): OperationRecord => {
    const record = operationOf(row);
    log.known(record.operation, Number(row['last'] ?? 0));
    return progress.over(record);
  };

  const statementsOf = (
    { agent, operation, key, took, statements = [] }: Change,
    { actor }: AuditEvent,
  ): readonly Statement[] => {
    const now = clock.now();
    const by = operation?.by ?? actor.id;
    return [
      fence.statement(),
      ...(agent ? agentRows(agent, by, now, limits.maxConfigurationsPerAgent) : []),
      ...(operation ? [operationRow(operation)] : []),
      ...(key ? keyRows(key, now, limits.keepKeysMs) : []),
      ...(took ? tookRows(took, now, limits.maxStageDurations) : []),
      ...statements,
    ];
  };

  const findKey: ProvisioningRecord['findKey'] = async (by, key) => {
    const [row] = await database.read({
      sql: 'SELECT by, key, hash, operation FROM provisioning_key WHERE by = ? AND key = ? AND at > ?',
      params: [by, key, clock.now() - limits.keepKeysMs],
    });
    return row && keyOf(row);
  };

  /** What a commit was refused for, in the words of whoever asked for it. */
  const reason = async (error: unknown, { key }: Change): Promise<unknown> => {
    const why = await fence.reason(error);
    if (why !== error || !key || !(error instanceof WaooawError) || error.code !== 'database_failed')
      return why;
    const kept = await findKey(key.by, key.key);
    if (!kept || kept.operation === key.operation) return why;
    return new WaooawError('conflict', `The idempotency key names ${kept.operation} already`, {
      cause: error,
    });
  };

  return {
    get epoch() {
      return fence.epoch;
    },

    async begin() {
      await fence.raise();
      const [agents, operations] = await Promise.all([
        database.read({ sql: 'SELECT record FROM provisioning_agent ORDER BY agent' }),
        database.read({
          sql: `${SELECT} WHERE active = 1 OR ended_at >= ? OR sequence IN
            (SELECT max(sequence) FROM provisioning_operation WHERE agent IS NOT NULL GROUP BY agent, source)
            ORDER BY sequence`,
          params: [clock.now() - RECENT_MS],
        }),
        durations.load(database),
      ]);
      const forgotten = rest.onForgotten ?? (() => undefined);
      retention = new Retention({ database, clock, fence, limits, log, forgotten, onError });
      return { agents: agents.map(agentOf), operations: operations.map(found) };
    },

    // Not a word before `audit.record`: commits take effect in the order of the calls.
    async commit(change: Change, event: AuditEvent) {
      const { operation, took } = change;
      const over = operation && progress.committing(operation.operation);
      try {
        await audit.record(event, statementsOf(change, event));
        if (took) durations.add(took);
      } catch (error) {
        throw await reason(error, change);
      } finally {
        over?.();
      }
    },

    progress: (operation) => progress.put(operation),
    findKey,

    async findOperation(operation) {
      const [row] = await database.read({ sql: `${SELECT} WHERE operation = ?`, params: [operation] });
      return row && found(row);
    },

    async operations(query) {
      return (await database.read(select(query))).map(found);
    },

    log: (operation, lines) => log.put(operation, lines),
    logs: (operation, read) => log.read(operation, read),
    expected: (kind, type, stage) => durations.expected(kind, type, stage),

    async close() {
      await retention?.close();
      await behind.close();
    },
  };
}

function select({ agent, state, type, source, before, limit }: OperationQuery): Statement {
  const fields = { agent, state, type, source };
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  const conditions = given.map(([name]) => `${name} = ?`);
  const params: SqlValue[] = given.map(([, value]) => value);
  if (before !== undefined) {
    conditions.push('sequence < (SELECT sequence FROM provisioning_operation WHERE operation = ?)');
    params.push(before);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return { sql: `${SELECT} ${where} ORDER BY sequence DESC LIMIT ?`, params: [...params, limit] };
}
