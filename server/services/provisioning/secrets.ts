/** Secrets of agents, sealed as rows: each revision is whole, so that what was given with one that failed is in no other. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Database, Row, Statement } from '../../ports/database.ts';
import type { AgentRecord } from './record/record.ts';
import type { SecretBox } from './secret-box.ts';

/** The agent's token towards this server, which is kept like a secret and is none of the kind's. */
export const TOKEN = 'WAOOAW_TOKEN';

/** What a variable takes, with room to spare, bytes. */
const MAX_BYTES = 65_536;

/** The revision of what has none. */
const OF_NONE = 0;

/** The secrets of all agents. */
export class SecretStore {
  readonly #database: Pick<Database, 'read'>;
  readonly #box: SecretBox;

  constructor(database: Pick<Database, 'read'>, box: SecretBox) {
    this.#database = database;
    this.#box = box;
  }

  /**
   * Rows of a revision: these secrets, and those of the agent's spec that are not among them. Revisions that neither its
   * spec nor those that it may go back to name are forgotten.
   * @throws WaooawError `bad_parameters` for a value that no variable can hold; `secret_unreadable`.
   */
  seal(
    agent: AgentRecord,
    revision: number,
    secrets: Readonly<Record<string, string>>,
  ): readonly Statement[] {
    const { agent: id, incarnation, spec, live = spec, previous = spec } = agent;
    const put = Object.entries(secrets).map(([name, value]) => this.#row(agent, name, revision, value));
    const kept = [revision, ...[spec, live, previous].map(({ secretsRevision }) => secretsRevision)];
    return [
      ...put,
      {
        // What is there already is newer.
        sql: `INSERT OR IGNORE INTO provisioning_secret (agent, incarnation, revision, name, origin, sealed)
          SELECT agent, incarnation, ?, name, origin, sealed FROM provisioning_secret
          WHERE agent = ? AND incarnation = ? AND revision = ? AND name <> ?`,
        params: [revision, id, incarnation, spec.secretsRevision, TOKEN],
      },
      {
        sql: `DELETE FROM provisioning_secret WHERE agent = ? AND incarnation = ? AND name <> ?
          AND revision NOT IN (SELECT value FROM json_each(?))`,
        params: [id, incarnation, TOKEN, JSON.stringify(kept)],
      },
    ];
  }

  /** The row of an agent's token, in the place of the one that it had. */
  sealToken(agent: AgentRecord, token: string): readonly Statement[] {
    return [this.#row(agent, TOKEN, OF_NONE, token)];
  }

  /** Names that count at the agent's spec, in order. */
  async names({ agent, incarnation, spec }: AgentRecord): Promise<readonly string[]> {
    const rows = await this.#database.read({
      sql: `SELECT name FROM provisioning_secret
        WHERE agent = ? AND incarnation = ? AND revision = ? AND name <> ? ORDER BY name`,
      params: [agent, incarnation, spec.secretsRevision, TOKEN],
    });
    return rows.map(({ name }) => String(name));
  }

  /** Values of a revision by name, and the token. @throws WaooawError `secret_unreadable`. */
  async values(
    agent: Pick<AgentRecord, 'agent' | 'incarnation'>,
    revision: number,
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.read({
      sql: `SELECT name, origin, sealed FROM provisioning_secret
        WHERE agent = ? AND incarnation = ? AND (revision = ? OR (revision = ? AND name = ?))`,
      params: [agent.agent, agent.incarnation, revision, OF_NONE, TOKEN],
    });
    return new Map(rows.map((row) => this.#opened(agent, row)));
  }

  /** Rows that forget all of an agent. */
  forget({ agent, incarnation }: AgentRecord): readonly Statement[] {
    const sql = 'DELETE FROM provisioning_secret WHERE agent = ? AND incarnation = ?';
    return [{ sql, params: [agent, incarnation] }];
  }

  #row(agent: AgentRecord, name: string, revision: number, value: string): Statement {
    if (value.includes('\0') || Buffer.byteLength(value) > MAX_BYTES)
      throw new WaooawError(
        'bad_parameters',
        `the secret ${name}: expected at most ${MAX_BYTES} bytes, and none that is zero`,
      );
    const sealed = this.#box.seal(value, placeOf(agent, name, revision));
    return {
      sql: `INSERT OR REPLACE INTO provisioning_secret (agent, incarnation, revision, name, origin, sealed)
        VALUES (?, ?, ?, ?, ?, ?)`,
      params: [agent.agent, agent.incarnation, revision, name, revision, sealed],
    };
  }

  #opened(agent: Pick<AgentRecord, 'agent' | 'incarnation'>, row: Row): readonly [string, string] {
    const name = String(row['name']);
    const place = placeOf(agent, name, Number(row['origin']));
    return [name, this.#box.open(row['sealed'] as Uint8Array, place)];
  }
}

/** A value that was put elsewhere opens no more. */
function placeOf(
  { agent, incarnation }: Pick<AgentRecord, 'agent' | 'incarnation'>,
  name: string,
  revision: number,
): string {
  return JSON.stringify([agent, incarnation, name, revision]);
}
