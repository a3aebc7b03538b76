/** The record's rows: as they are written, and as they are read. */
import { isEnded } from '../../../../src/protocol/index.ts';
import type { Json, LogLine } from '../../../../src/protocol/index.ts';
import type { Row, SqlValue, Statement } from '../../../ports/database.ts';
import type { AgentRecord, Change, KeptKey, OperationRecord, StageRecord } from './record.ts';

/** What is told of an operation between two changes of its stages. */
export interface Progress {
  readonly revision: number;
  /** By the names of stages that run. */
  readonly stages: Readonly<Record<string, Pick<StageRecord, 'percent' | 'detail'>>>;
}

/** An agent as it is now, and its configuration if that is new. @param by who asked. @param most configurations that are kept. */
export function agentRows(agent: AgentRecord, by: string, now: number, most: number): readonly Statement[] {
  const { agent: id, incarnation, state, changedAt, spec } = agent;
  const put: Statement = {
    sql: `INSERT INTO provisioning_agent (agent, incarnation, state, changed_at, record) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (agent) DO UPDATE SET incarnation = excluded.incarnation, state = excluded.state,
      changed_at = excluded.changed_at, record = excluded.record`,
    params: [id, incarnation, state, changedAt, JSON.stringify(agent)],
  };
  // What is deleted takes its past configurations along.
  if (state === 'revoked') return [put];
  return [
    put,
    {
      sql: `INSERT OR IGNORE INTO provisioning_configuration
        (agent, incarnation, generation, version, replicas, at, by, parameters) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        ...[id, incarnation, spec.generation, spec.version, spec.replicas, now, by],
        JSON.stringify(spec.parameters),
      ],
    },
    {
      sql: `DELETE FROM provisioning_configuration WHERE agent = ?1 AND incarnation = ?2 AND generation <=
        (SELECT generation FROM provisioning_configuration WHERE agent = ?1 AND incarnation = ?2
         ORDER BY generation DESC LIMIT 1 OFFSET ?3)`,
      params: [id, incarnation, most],
    },
  ];
}

/** An operation as it is now. What was told of its progress before is part of it. */
export function operationRow(operation: OperationRecord): Statement {
  const { operation: id, agent = null, type, source, state, endedAt = null } = operation;
  return {
    sql: `INSERT INTO provisioning_operation (operation, agent, type, source, state, active, ended_at, record)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (operation) DO UPDATE SET state = excluded.state,
      active = excluded.active, ended_at = excluded.ended_at, record = excluded.record, progress = NULL`,
    params: [id, agent, type, source, state, Number(!isEnded(state)), endedAt, JSON.stringify(operation)],
  };
}

/** What is told of an operation. */
export function progressRow(operation: string, progress: Progress): Statement {
  return {
    sql: 'UPDATE provisioning_operation SET progress = ? WHERE operation = ? AND active = 1',
    params: [JSON.stringify(progress), operation],
  };
}

/** A key and what it names; one that is over makes room, and one that is not aborts. @param keepMs how long it names it. */
export function keyRows(
  { by, key, hash, operation }: KeptKey,
  now: number,
  keepMs: number,
): readonly Statement[] {
  return [
    {
      sql: 'DELETE FROM provisioning_key WHERE by = ? AND key = ? AND at <= ?',
      params: [by, key, now - keepMs],
    },
    {
      sql: 'INSERT INTO provisioning_key (by, key, hash, operation, at) VALUES (?, ?, ?, ?, ?)',
      params: [by, key, hash, operation, now],
    },
  ];
}

/** How long a stage took. @param most runs that are kept. */
export function tookRows(took: NonNullable<Change['took']>, now: number, most: number): readonly Statement[] {
  const { kind, type, stage, ms } = took;
  return [
    {
      sql: 'INSERT INTO provisioning_duration (kind, type, stage, at, ms) VALUES (?, ?, ?, ?, ?)',
      params: [kind, type, stage, now, Math.round(ms)],
    },
    {
      sql: `DELETE FROM provisioning_duration WHERE kind = ?1 AND type = ?2 AND stage = ?3 AND id <=
        (SELECT id FROM provisioning_duration WHERE kind = ?1 AND type = ?2 AND stage = ?3
         ORDER BY id DESC LIMIT 1 OFFSET ?4)`,
      params: [kind, type, stage, most],
    },
  ];
}

/** Lines of an operation's log, if there is such an operation, and what must go for them. @param most lines that are kept. */
export function logRows(operation: string, lines: readonly LogLine[], most: number): readonly Statement[] {
  const last = lines.at(-1)!.n;
  const put: Statement = {
    sql: `INSERT OR REPLACE INTO provisioning_log (operation, n, at, stream, text, instance, stage)
      SELECT ?, value ->> 'n', value ->> 'at', value ->> 'stream', value ->> 'text', value ->> 'instance',
      value ->> 'stage' FROM json_each(?)
      WHERE EXISTS (SELECT 1 FROM provisioning_operation WHERE operation = ?)`,
    params: [operation, JSON.stringify(lines), operation],
  };
  if (last <= most) return [put];
  const sql = 'DELETE FROM provisioning_log WHERE operation = ? AND n <= ?';
  return [put, { sql, params: [operation, last - most] }];
}

/** An agent that was read. */
export function agentOf(row: Row): AgentRecord {
  return JSON.parse(String(row['record'])) as AgentRecord;
}

/** An operation that was read, with what was told of it since. */
export function operationOf(row: Row): OperationRecord {
  const record = JSON.parse(String(row['record'])) as OperationRecord;
  const { progress } = row;
  return typeof progress === 'string' ? withProgress(record, JSON.parse(progress) as Progress) : record;
}

/** What an operation says of the stages that run. */
export function progressOf({ revision, stages }: OperationRecord): Progress {
  const running = stages.filter(({ state }) => state === 'running');
  return {
    revision,
    stages: Object.fromEntries(
      running.map(({ name, percent, detail }) => [
        name,
        { ...(percent !== undefined && { percent }), ...(detail !== undefined && { detail }) },
      ]),
    ),
  };
}

/** An operation with what was told of it since. A stage that does not run any more has no progress. */
export function withProgress(record: OperationRecord, progress: Progress): OperationRecord {
  if (progress.revision < record.revision) return record;
  return {
    ...record,
    revision: progress.revision,
    stages: record.stages.map((stage) =>
      stage.state === 'running' ? { ...stage, ...progress.stages[stage.name] } : stage,
    ),
  };
}

/** A line that was read. */
export function lineOf(row: Row): LogLine {
  const { n, at, stream, text, instance, stage } = row;
  return {
    n: Number(n),
    at: Number(at),
    stream: String(stream) as LogLine['stream'],
    text: String(text),
    ...(typeof instance === 'string' && { instance }),
    ...(typeof stage === 'string' && { stage }),
  };
}

/** A key that was read. */
export function keyOf(row: Row): KeptKey {
  const { by, key, hash, operation } = row as Readonly<Record<string, string>>;
  return { by: by!, key: key!, hash: hash!, operation: operation! };
}

/** Parameters that were read. */
export function parametersOf(value: SqlValue | undefined): Readonly<Record<string, Json>> {
  return JSON.parse(String(value)) as Record<string, Json>;
}
