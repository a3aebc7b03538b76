/** Subjects whose JWTs are revoked: those issued up to a time are refused, across restarts. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { Revocation } from '../../src/protocol/index.ts';
import type { Commit } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';

/** Every revocation that still matters, in the database and in memory. */
export class Revocations {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #revokedAt = new Map<string, number>();
  #database: Database | undefined;

  /** @param keepMs how long a JWT may be accepted after its issue: older revocations say nothing of any token. */
  constructor(clock: Clock, keepMs: number) {
    this.#clock = clock;
    this.#keepMs = keepMs;
  }

  /** Reads them all, once. Those that matter no more are forgotten with the next one. */
  async load(database: Database): Promise<void> {
    const rows = await database.read({ sql: 'SELECT subject, revoked_at FROM revoked_subjects' });
    for (const row of rows) this.#revokedAt.set(String(row['subject']), Number(row['revoked_at']));
    this.#database = database;
  }

  /**
   * Revokes every token of a subject issued until now: in effect, and durable, when this resolves.
   * @param commit how it is written; by itself when absent.
   */
  async add(subject: string, commit?: Commit<Revocation>): Promise<Revocation> {
    const database = this.#database;
    if (!database) throw new WaooawError('unavailable', 'The revocations are not loaded yet');
    const revokedAt = this.#clock.now();
    const oldest = this.#oldest();
    const statements = [
      { sql: 'DELETE FROM revoked_subjects WHERE revoked_at < ?', params: [oldest] },
      {
        sql:
          'INSERT INTO revoked_subjects (subject, revoked_at) VALUES (?, ?) ' +
          'ON CONFLICT (subject) DO UPDATE SET revoked_at = excluded.revoked_at',
        params: [subject, revokedAt],
      },
    ];
    const revocation = { subject, revokedAt };
    await (commit ? commit(statements, revocation) : database.transaction(statements));
    for (const [known, at] of this.#revokedAt) if (at < oldest) this.#revokedAt.delete(known);
    this.#revokedAt.set(subject, revokedAt);
    return revocation;
  }

  /**
   * Refuses a revoked token. `iat` counts whole seconds, so one of the revocation's own second is refused too; one
   * without `iat` cannot show that it is newer.
   * @param issuedAt the claim `iat`, seconds since 1970.
   * @throws WaooawError `token_revoked`.
   */
  check(subject: string, issuedAt: number | undefined): void {
    const revokedAt = this.#revokedAt.get(subject);
    if (revokedAt === undefined || revokedAt < this.#oldest()) return;
    if (issuedAt !== undefined && issuedAt * 1000 > revokedAt) return;
    throw new WaooawError('token_revoked', 'The tokens of this subject were revoked; sign in again');
  }

  #oldest(): number {
    return this.#clock.now() - this.#keepMs;
  }
}
