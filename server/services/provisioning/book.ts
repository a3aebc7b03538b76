/** The agents as they are now: in memory what the record holds on disk, changed only through it. */
import type { AgentStatus } from '../../../src/protocol/index.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import type { AgentRecord, Change } from './record/record.ts';

/** What the engine and the supervisor share. */
export interface AgentBook {
  get(agent: string): AgentRecord | undefined;
  list(): readonly AgentRecord[];
  /**
   * Commits `change.agent` with its entry, and only then shows it to anybody. Changes of one agent take effect in the
   * order of the calls; `next` is given the newest record, and may answer undefined to leave it be.
   * @throws WaooawError as the record's `commit`, `bad_transition` for a state that may not follow.
   */
  change(
    agent: string,
    next: (
      now: AgentRecord,
    ) => (Change & { readonly agent: AgentRecord; readonly event: AuditEvent }) | undefined,
  ): Promise<AgentRecord | undefined>;
  /** As it is shown: with its instances, actions and operation. */
  status(agent: AgentRecord): AgentStatus;
  /** Its instances changed without a change of its record: shows it anew. */
  refresh(agent: string): void;
}
