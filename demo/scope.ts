/** What the page is about: the header's selectors choose it, its address keeps it, and every view follows. */
import { type Selection, chosen, pageContext } from '../src/context/index.ts';

/**
 * The page's context, and two that follow it: `time` has its range alone, for what belongs to no agent, such as the machine;
 * `agent` has its range too, and the one agent that a view is about. Widgets name the one that they follow.
 */
const FOLLOWERS = ['time', 'agent'] as const;

/** Keeps the choice in the address, so that a link opens what was seen. */
export function followScope(): void {
  const page = pageContext();
  page.persist({ url: true });
  const hand = ({ range }: Selection): void => {
    for (const name of FOLLOWERS) pageContext(name).set({ range });
  };
  page.subscribe(hand);
  hand(page.get());
}

/** Makes one agent the subject of all widgets with `context="agent"`. */
export function setSubject(agent: string): void {
  pageContext('agent').set({ agents: [agent] });
}

/** Whether what is chosen includes this agent. */
export function isInScope(agent: string): boolean {
  return chosen(pageContext().get(), 'agents')?.includes(agent) ?? true;
}

/** The one agent that is chosen; undefined for none or several. */
export function onlyAgent(): string | undefined {
  const { agents } = pageContext().get();
  return agents.length === 1 ? agents[0] : undefined;
}

/** Opens the page of the agent that is chosen in the header while another agent's page is open. */
export function followAgent(place: Pick<Location, 'hash'> = location): () => void {
  return pageContext().subscribe((_, change, origin) => {
    const agent = onlyAgent();
    const isOnOne = place.hash.startsWith('#/agents/');
    if (origin === 'set' && 'agents' in change && agent !== undefined && isOnOne)
      place.hash = agentLink(agent);
  });
}

/** The address of an agent's page. */
export function agentLink(agent: string): string {
  return `#/agents/${encodeURIComponent(agent)}`;
}
