/** Requests as they are made, until they are delivered or given up: the outbox's second half. */
import { randomUUID } from 'node:crypto';
import type { NoticeInfo } from '../../../src/protocol/alerts.schema.ts';
import type { Row, Statement } from '../../ports/database.ts';

/** One request, and how its attempts went. */
export interface Notice {
  readonly id: string;
  readonly receiver: string;
  readonly group: string;
  /** The same bytes at every attempt. */
  readonly body: string;
  /** It tells of a resolve: it is never given up. */
  readonly resolves: boolean;
  readonly madeAt: number;
  readonly attempts: number;
  /** Attempts that the receiver refused for good. */
  readonly refusals: number;
  /** ms since 1970. */
  readonly nextAt: number;
  readonly lastError?: string;
  readonly deadAt?: number;
}

/** A notice that was not tried yet. */
export function newNotice(
  content: Pick<Notice, 'receiver' | 'group' | 'body' | 'resolves'>,
  now: number,
): Notice {
  return { id: randomUUID(), ...content, madeAt: now, attempts: 0, refusals: 0, nextAt: now };
}

/** Keeps it as it is now. The body never changes, so that an attempt writes little. */
export function insertNotice(notice: Notice): Statement {
  const { id, receiver, group, body, resolves, madeAt, attempts, refusals, nextAt } = notice;
  return {
    sql: 'INSERT INTO alert_notices (id, receiver, group_key, body, resolves, made_at, attempts, refusals, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    params: [id, receiver, group, body, resolves ? 1 : 0, madeAt, attempts, refusals, nextAt],
  };
}

/** Keeps how its attempts went. */
export function updateNotice({ id, attempts, refusals, nextAt, lastError, deadAt }: Notice): Statement {
  return {
    sql: 'UPDATE alert_notices SET attempts = ?, refusals = ?, next_at = ?, last_error = ?, dead_at = ? WHERE id = ?',
    params: [attempts, refusals, nextAt, lastError ?? null, deadAt ?? null, id],
  };
}

/** Forgets it. */
export function deleteNotice(id: string): Statement {
  return { sql: 'DELETE FROM alert_notices WHERE id = ?', params: [id] };
}

/** Every notice that is kept, in the order in which they were made. */
export const SELECT_NOTICES: Statement = { sql: 'SELECT * FROM alert_notices ORDER BY rowid' };

/** Reads one back. */
export function noticeOf(row: Row): Notice {
  return {
    id: String(row['id']),
    receiver: String(row['receiver']),
    group: String(row['group_key']),
    body: String(row['body']),
    resolves: row['resolves'] === 1,
    madeAt: Number(row['made_at']),
    attempts: Number(row['attempts']),
    refusals: Number(row['refusals']),
    nextAt: Number(row['next_at']),
    ...(row['last_error'] !== null && { lastError: String(row['last_error']) }),
    ...(row['dead_at'] !== null && { deadAt: Number(row['dead_at']) }),
  };
}

/** What the API says of it. */
export function noticeInfo({ body: _body, refusals: _refusals, ...info }: Notice): NoticeInfo {
  return info;
}
