/** The view of the whole: the state of everything in a word, the agents, and what wants a look. */
import { agentCards } from './agent-cards.ts';
import { alertList } from './alert-list.ts';
import type { Fleet } from './fleet.ts';
import { incidentList } from './incident-list.ts';
import type { Incidents } from './incidents.ts';
import { agentLink, isInScope, onlyAgent } from './scope.ts';
import { setText } from './text.ts';

/**
 * Puts the view to work.
 * @param section with the parts that are named below by `data-`.
 * @returns shows it anew, after the scope has changed.
 */
export function overview(section: HTMLElement, fleet: Fleet, incidents: Incidents): () => void {
  const part = <T extends HTMLElement>(name: string): T => section.querySelector<T>(`[data-${name}]`)!;
  const isWanted = (tags: Readonly<Record<string, string>> | undefined): boolean => {
    const { agent } = tags ?? {};
    return agent === undefined || isInScope(agent);
  };
  const cards = agentCards(part('agents'), fleet, isInScope);
  const list = incidentList(
    { list: part('incidents'), empty: part('no-incidents'), note: part('note') },
    incidents,
    fleet,
    ({ endedAt, tags }) => endedAt === undefined && isWanted(tags),
  );
  alertList(
    part('alerts'),
    part('no-alerts'),
    fleet.socket,
    ({ state, labels }) => state !== 'resolved' && isWanted(labels),
  );

  const show = (): void => {
    const { agents } = fleet;
    const only = onlyAgent();
    const link = part<HTMLAnchorElement>('only');
    link.hidden = only === undefined;
    if (only !== undefined) {
      link.href = agentLink(only);
      setText(link, `Open the page of ${only}`);
    }
    part('no-agents').hidden = agents === undefined || agents.length > 0;
    part('narrowed').hidden = !agents?.length || agents.some(({ agent }) => isInScope(agent));
    setText(part('problem'), fleet.problem);
  };
  fleet.follow(show);
  return () => {
    cards();
    list();
    show();
  };
}
