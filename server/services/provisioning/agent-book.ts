/** The agents, for the supervisor: what the ledger holds, changed only through it. */
import type { AgentStatus } from '../../../src/protocol/index.ts';
import type { AgentBook } from './book.ts';
import type { Ledger } from './ledger.ts';
import type { AgentRecord } from './record/record.ts';

/** @param status as it is shown. @param show shows it anew. */
export function agentBook(
  ledger: Ledger,
  status: (agent: AgentRecord) => AgentStatus,
  show: (agent: AgentRecord) => void,
): AgentBook {
  return {
    get: (agent) => ledger.agent(agent),
    list: () => ledger.agents(),
    status,

    async change(agent, next) {
      const written = await ledger.change(agent, () => {
        const now = ledger.agent(agent);
        return now && next(now);
      });
      return written?.agent;
    },

    refresh(agent) {
      const now = ledger.agent(agent);
      if (now) show(now);
    },
  };
}
