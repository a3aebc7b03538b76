/** Port: where services record what was done. Implemented by the audit service. */
import type { Json } from '../../src/protocol/index.ts';
import type { Statement } from './database.ts';

/** Who acted. */
export interface AuditActor {
  readonly id: string;
  readonly kind: 'user' | 'service' | 'agent' | 'system';
  readonly name?: string;
}

/** What a service says of one action. */
export interface AuditEvent {
  readonly actor: AuditActor;
  /** create, update, delete, start, stop, restart, upgrade, rollback, login, logout, access, modify_config, or the host's own. */
  readonly action: string;
  readonly level: 'info' | 'warning' | 'error' | 'critical';
  readonly resource: { readonly type: string; readonly id: string };
  readonly result: 'success' | 'failure';
  readonly reason?: string;
  readonly error?: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly requestId?: string;
  readonly details?: Json;
}

/**
 * The audit trail's narrow door.
 * - `record` resolves once the entry is durable, together with `alongside`: both or neither.
 * - Entries get one order; concurrent calls never fork it.
 */
export interface AuditSink {
  /** @param alongside statements that commit in the entry's own transaction. */
  record(event: AuditEvent, alongside?: readonly Statement[]): Promise<{ readonly sequence: number }>;
}
