/** Port: tokens with which agents talk to this server. Implemented by `server/auth`. */
import type { Role } from '../../src/protocol/index.ts';

/** A token, told once. */
export interface AgentToken {
  readonly keyId: string;
  readonly token: string;
}

/** Gives tokens and takes them back. Both leave an audit entry of their own. */
export interface AgentTokens {
  /** A key named `agent <id>`, that may publish on `app/agents/<id>` and below. */
  issue(agent: string, role: Extract<Role, 'viewer' | 'operator'>): Promise<AgentToken>;
  /** Revoking twice, or one that never was, is harmless. */
  revoke(keyId: string): Promise<void>;
}
