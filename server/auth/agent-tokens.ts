/** Tokens of agents: API keys that the server makes by itself, each with its entry in the audit trail. */
import type { ApiKey } from '../../src/protocol/index.ts';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AgentTokens } from '../ports/agent-tokens.ts';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.ts';
import type { KeyAdmin } from './index.ts';

/** Who makes and revokes them. */
const SERVER: AuditEvent['actor'] = { id: 'provisioning', kind: 'system' };

/** What it is made of. */
export interface AgentTokensDeps {
  readonly keys: KeyAdmin;
  readonly audit: AuditSink;
}

/** Puts it together. An agent has one token: a new one is the end of the one before, which a crash may have left unknown. */
export function createAgentTokens({ keys, audit }: AgentTokensDeps): AgentTokens {
  const revoke = async (keyId: string): Promise<void> => {
    try {
      await keys.revoke(keyId, async (statements, { before, after }) => {
        if (before.revokedAt !== undefined) return;
        await audit.record({ ...entryOf('delete', after), before: told(before) }, statements);
      });
    } catch (error) {
      if (!(error instanceof WaooawError && error.code === 'not_found')) throw error;
    }
  };
  return {
    async issue(agent, role) {
      const earlier = keys
        .list()
        .filter((key) => key.agent === agent && key.revokedAt === undefined)
        .map(({ id }) => id);
      for (const id of earlier) await revoke(id);
      const own = `app/agents/${agent}`;
      const allow = ['subscribe', 'publish'] as const;
      const grants = [
        { channels: own, allow },
        { channels: `${own}/*`, allow },
      ];
      const { id, key } = await keys.create(
        { name: `agent ${agent}`, role, grants, agent },
        async (statements, made) => void (await audit.record(entryOf('create', made), statements)),
      );
      return { keyId: id, token: key };
    },
    revoke,
  };
}

function entryOf(action: string, key: ApiKey): AuditEvent {
  return {
    actor: SERVER,
    action,
    level: 'warning',
    resource: { type: 'api-key', id: key.id, name: key.name },
    result: 'success',
    after: told(key),
    details: { agent: key.agent ?? null },
  };
}

/** As an entry has it. */
function told(key: ApiKey): NonNullable<AuditEvent['after']> {
  return JSON.parse(JSON.stringify(key)) as NonNullable<AuditEvent['after']>;
}
