/** API keys: hashed in the database, and all in memory, so that a thousand clients at once are no thousand queries. */
import { timingSafeEqual } from 'node:crypto';
import { ROLES, WaooawError } from '../../src/protocol/index.ts';
import type { ApiKey, CreatedApiKey, Grant, NewApiKey } from '../../src/protocol/index.ts';
import type { Commit } from '../ports/audit-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database, Row } from '../ports/database.ts';
import { Serial } from '../serial.ts';
import { hashOf, makeKey } from './key-text.ts';

interface StoredKey {
  readonly record: ApiKey;
  readonly hash: Uint8Array;
}

/** What a key is made from. */
export interface KeyInput extends NewApiKey {
  /** The agent that it is made for, by the server itself. */
  readonly agent?: string;
}

/** A key as it was and is. */
export interface KeyChange {
  readonly before: ApiKey;
  readonly after: ApiKey;
}

/** Every API key there is. Knows none, and so answers nothing, before `load`. */
export class ApiKeys {
  readonly #clock: Clock;
  readonly #keys = new Map<string, StoredKey>();
  readonly #revocations = new Serial();
  #database: Database | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Reads them all, once. */
  async load(database: Database): Promise<void> {
    const rows = await database.read({ sql: 'SELECT * FROM api_keys ORDER BY created_at, id' });
    for (const row of rows) {
      const stored = storedKey(row);
      this.#keys.set(stored.record.id, stored);
    }
    this.#database = database;
  }

  /** Whether somebody ever made a key. Those that the server makes for its agents are nobody's way in. */
  get made(): boolean {
    return this.list().some(({ agent }) => agent === undefined);
  }

  /** Every key, revoked and expired ones too, oldest first. */
  list(): readonly ApiKey[] {
    return [...this.#keys.values()].map(({ record }) => record);
  }

  /**
   * Makes a key. It is durable when this resolves, and said this once.
   * @param commit how its row is written; by itself when absent.
   * @throws WaooawError `bad_request` when it would have expired already.
   */
  async create(
    { name, role, grants = [], expiresAt, agent }: KeyInput,
    commit?: Commit<ApiKey>,
  ): Promise<CreatedApiKey> {
    const alone = this.#loaded();
    const createdAt = this.#clock.now();
    if (expiresAt !== undefined && expiresAt <= createdAt) {
      throw new WaooawError('bad_request', `/expiresAt: ${expiresAt} is over; it is ${createdAt} now`);
    }
    const { id, key, hash } = makeKey();
    const record: ApiKey = {
      id,
      name,
      ...(role !== undefined && { role }),
      grants,
      createdAt,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(agent !== undefined && { agent }),
    };
    const insert = {
      sql: 'INSERT INTO api_keys (id, name, role, grants, hash, created_at, expires_at, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      params: [
        id,
        name,
        role ?? null,
        JSON.stringify(grants),
        hash,
        createdAt,
        expiresAt ?? null,
        agent ?? null,
      ],
    };
    await (commit ?? alone)([insert], record);
    this.#keys.set(id, { record, hash });
    return { ...record, key };
  }

  /**
   * Revokes a key: in effect, and durable, when this resolves. Revoking twice keeps the first time.
   * @param commit how it is written, with how the key was and is; by itself when absent.
   * @returns the key as it is now, and whether it was this call that revoked it.
   * @throws WaooawError `not_found`.
   */
  async revoke(
    id: string,
    commit?: Commit<KeyChange>,
  ): Promise<{ readonly key: ApiKey; readonly now: boolean }> {
    const alone = this.#loaded();
    // One after the other, so that of two calls at once one alone finds it unrevoked.
    return this.#revocations.run(async () => {
      const known = this.#keys.get(id);
      if (!known) throw new WaooawError('not_found', 'There is no key of this id');
      const { record: before } = known;
      const revokedAt = before.revokedAt ?? this.#clock.now();
      const after = { ...before, revokedAt };
      const update = {
        sql: 'UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
        params: [revokedAt, id],
      };
      await (commit ?? alone)([update], { before, after });
      this.#keys.set(id, { ...known, record: after });
      return { key: after, now: before.revokedAt === undefined };
    });
  }

  /**
   * The key that a token is. Everything is refused alike until the secret part was right: ids are public, and their
   * state is nobody's business.
   * @param id the one that the token names.
   * @throws WaooawError `unauthorized`, `token_revoked` or `token_expired`.
   */
  check(id: string, token: string): ApiKey {
    const known = this.#keys.get(id);
    if (!known || !timingSafeEqual(known.hash, hashOf(token))) {
      throw new WaooawError('unauthorized', 'This API key is not valid here');
    }
    const { record } = known;
    if (record.revokedAt !== undefined) throw new WaooawError('token_revoked', 'This API key was revoked');
    if (isExpired(record, this.#clock.now())) {
      throw new WaooawError('token_expired', 'This API key has expired');
    }
    return record;
  }

  /** How rows are written that nobody records. */
  #loaded(): Commit<unknown> {
    const database = this.#database;
    if (!database) throw new WaooawError('unavailable', 'The keys are not loaded yet');
    return async (statements) => void (await database.transaction(statements));
  }
}

function isExpired({ expiresAt = Infinity }: ApiKey, now: number): boolean {
  return now >= expiresAt;
}

function storedKey(row: Row): StoredKey {
  const { id, name, grants, hash, agent } = row;
  const { created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt } = row;
  const role = ROLES.find((known) => known === row['role']);
  const record: ApiKey = {
    id: String(id),
    name: String(name),
    ...(role !== undefined && { role }),
    grants: JSON.parse(String(grants)) as Grant[],
    createdAt: Number(createdAt),
    ...(expiresAt !== null && { expiresAt: Number(expiresAt) }),
    ...(revokedAt !== null && { revokedAt: Number(revokedAt) }),
    ...(typeof agent === 'string' && { agent }),
  };
  return { record, hash: hash as Uint8Array };
}
