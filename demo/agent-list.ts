/** The agents of the server, kept right by its channel `agents`; each says what it has to say on its own. */
import type { Subscription } from '../src/client/index.ts';
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import type { AgentKindInfo, AgentStatus, AgentUpdate, Json } from '../src/protocol/index.ts';
import { type AgentRow, type RowListener, agentRow } from './agent-row.ts';

/** How often an agent's words are wanted at most, ms. */
const SAYS_EVERY_MS = 1_000;

/** What the list is told, and tells. */
export interface ListListener extends RowListener {
  /** The agents that are there now. */
  changed(agents: readonly AgentStatus[]): void;
  /** The server does not let the reader see them, or does not know of agents. */
  refused(message: string): void;
}

/** The list. */
export interface AgentList {
  /** What the kinds offer now. */
  offer(kinds: readonly AgentKindInfo[]): void;
  choose(agent: string | undefined): void;
  row(agent: string): AgentRow | undefined;
}

/**
 * Fills the list.
 * @param list empty; hidden while there is none.
 * @param mayAct asked for each new row: whether the reader's role may do something.
 */
export function agentList(
  list: HTMLElement,
  socket: Pick<WaooawSocket, 'subscribe'>,
  mayAct: () => boolean,
  listener: ListListener,
): AgentList {
  const rows = new Map<string, AgentRow>();
  const says = new Map<string, Subscription>();
  let kinds: readonly AgentKindInfo[] = [];
  let chosen: string | undefined;

  const versionsOf = ({ kind }: AgentStatus): readonly string[] =>
    kinds.find((one) => one.kind === kind)?.versions ?? [];

  const add = (status: AgentStatus): void => {
    const row = agentRow(status, mayAct(), listener);
    rows.set(status.agent, row);
    row.offer(versionsOf(status));
    row.choose(status.agent === chosen);
    const after = [...rows.keys()].sort().indexOf(status.agent);
    list.insertBefore(row.element, list.children[after] ?? null);
    const heard = { publication: (data: Json) => row.say(data) };
    says.set(status.agent, socket.subscribe(`app/agents/${status.agent}`, heard, { everyMs: SAYS_EVERY_MS }));
  };
  const remove = (agent: string): void => {
    const row = rows.get(agent);
    if (!row) return;
    // Whoever had the focus in it goes on at its neighbour.
    const neighbour = row.element.nextElementSibling ?? row.element.previousElementSibling;
    const focused = row.element.contains(document.activeElement);
    says.get(agent)?.stop();
    says.delete(agent);
    rows.delete(agent);
    row.element.remove();
    if (focused) rows.get((neighbour as HTMLElement | null)?.dataset['agent'] ?? '')?.focus();
  };
  const take = (update: AgentUpdate): void => {
    if ('forgotten' in update || update.state === 'revoked') return remove(update.agent);
    const row = rows.get(update.agent);
    if (!row) return add(update);
    row.show(update);
    row.offer(versionsOf(update));
  };
  const tell = (): void => {
    list.hidden = rows.size === 0;
    listener.changed([...rows.values()].map(({ status }) => status));
  };

  socket.subscribe('agents', {
    snapshot: (data) => {
      const agents = agentsOf(data);
      const there = new Set(agents.map(({ agent }) => agent));
      for (const agent of [...rows.keys()]) if (!there.has(agent)) remove(agent);
      for (const agent of agents) take(agent);
      tell();
    },
    publication: (data) => {
      take(data as unknown as AgentUpdate);
      tell();
    },
    error: ({ message }) => listener.refused(message),
    current: (current) => list.classList.toggle('behind', !current),
  });

  return {
    offer(now) {
      kinds = now;
      for (const row of rows.values()) row.offer(versionsOf(row.status));
    },
    choose(agent) {
      chosen = agent;
      for (const [one, row] of rows) row.choose(one === agent);
    },
    row: (agent) => rows.get(agent),
  };
}

function agentsOf(snapshot: Json): readonly AgentStatus[] {
  return snapshot as unknown as readonly AgentStatus[];
}
