/** Agents at a glance: each a link to its page, with its state, its version and what it says of itself. */
import { pagePace } from '../src/a11y/page-pace.ts';
import type { Subscription } from '../src/client/index.ts';
import { countText, pageLocale } from '../src/i18n/format.ts';
import type { AgentStatus, Json } from '../src/protocol/index.ts';
import type { Fleet } from './fleet.ts';
import { agentLink } from './scope.ts';
import { make, setText } from './text.ts';

/** How often an agent's words are wanted at most, ms. */
const SAYS_EVERY_MS = 1_000;

/** A card. Its nodes stay the same, so that a change takes nobody's focus. */
interface Card {
  readonly element: HTMLElement;
  show(status: AgentStatus): void;
  end(): void;
}

/** Fills a list with the agents that are wanted. @returns shows them anew, after the wish has changed. */
export function agentCards(list: HTMLElement, fleet: Fleet, wanted: (agent: string) => boolean): () => void {
  const cards = new Map<string, Card>();
  const show = (): void => {
    const agents = (fleet.agents ?? []).filter(({ agent }) => wanted(agent));
    const there = new Set(agents.map(({ agent }) => agent));
    for (const [agent, card] of cards) {
      if (there.has(agent)) continue;
      card.end();
      cards.delete(agent);
    }
    for (const [index, status] of agents.entries()) {
      let card = cards.get(status.agent);
      if (!card) {
        card = cardOf(status, fleet);
        cards.set(status.agent, card);
        list.insertBefore(card.element, list.children[index] ?? null);
      }
      card.show(status);
    }
    list.hidden = agents.length === 0;
    list.classList.toggle('behind', !fleet.current);
  };
  fleet.follow(show);
  return show;
}

function cardOf({ agent }: AgentStatus, { socket }: Fleet): Card {
  const element = make('li', 'agent');
  const name = make('a', 'name');
  const badge = document.createElement('waooaw-status-badge');
  const version = make('span', 'version');
  const says = make('p', 'says');
  const served = make('p', 'served');
  element.dataset['agent'] = agent;
  badge.size = 's';
  name.href = agentLink(agent);
  element.append(name, badge, version, says, served);
  let state = '';
  const stop = followWords(socket, agent, (words, requests) => {
    if (state !== 'running') return;
    setText(says, words);
    setText(served, requests);
  });
  return {
    element,
    show(status) {
      ({ state } = status);
      setText(name, status.title);
      badge.state = status.busy ? 'working' : status.state;
      setText(version, versionText(status));
      if (state === 'running') return;
      setText(says, status.reason ?? '');
      setText(served, '');
    },
    end() {
      stop();
      element.remove();
    },
  };
}

/** Hears what an agent says of itself on its own channel. A page that is paused stands still. @returns ends it. */
export function followWords(
  socket: Fleet['socket'],
  agent: string,
  hear: (summary: string, requests: string) => void,
): () => void {
  const publication = (data: Json): void => {
    const { summary, requests } = Object(data) as { summary?: unknown; requests?: unknown };
    if (typeof summary !== 'string' || pagePace().pace.paused) return;
    hear(summary, typeof requests === 'number' ? requestsText(requests) : '');
  };
  const words: Subscription = socket.subscribe(
    `app/agents/${agent}`,
    { publication },
    { everyMs: SAYS_EVERY_MS },
  );
  return () => words.stop();
}

/** What an agent is made of, and on the way to. */
export function versionText({ kind, version, instances, replicas, restarts }: AgentStatus): string {
  // While it is on its way, what serves is not what it is meant to be.
  const serving = new Set(instances.flatMap((one) => (one.serving ? [one.version] : [])));
  serving.delete(version);
  const parts = [`${kind} ${[...serving, version].join(' → ')}`];
  if (replicas > 1) parts.push(`× ${replicas}`);
  if (restarts > 0) parts.push(`restarted ${restarts} ×`);
  return parts.join(' · ');
}

function requestsText(count: number): string {
  return `${countText(count, pageLocale())} ${count === 1 ? 'request' : 'requests'} served`;
}
