/** The view of all agents: those there are, the form that makes another, and what to do where nothing can be made. */
import { agentCards } from './agent-cards.ts';
import { agentForm } from './agent-form.ts';
import type { Fleet } from './fleet.ts';
import { agentLink, isInScope } from './scope.ts';
import { setText } from './text.ts';

/**
 * Puts the view to work.
 * @param section with `[data-list]`, `[data-empty]`, `[data-none]`, `[data-narrowed]`, `[data-kindless]`, `[data-viewer]`, `[data-note]` and a `details` with the form.
 * @param go opens an address.
 * @returns shows it anew, after the scope has changed.
 */
export function agentsView(
  section: HTMLElement,
  fleet: Fleet,
  go: (hash: string) => void = (hash) => (location.hash = hash),
): () => void {
  const part = <T extends HTMLElement>(selector: string): T => section.querySelector<T>(selector)!;
  const create = part<HTMLDetailsElement>('details');
  const form = agentForm(part('form'), fleet.api, (agent) => {
    create.open = false;
    // What it does step by step, its page shows.
    go(agentLink(agent));
  });
  const cards = agentCards(part('[data-list]'), fleet, isInScope);

  const show = (): void => {
    const { agents, kinds, mayAct, role } = fleet;
    if (kinds) form.offer(kinds);
    const none = agents?.length === 0;
    const first = part('[data-empty]');
    part('[data-kindless]').hidden = !none || kinds?.length !== 0;
    part('[data-narrowed]').hidden = !agents?.length || agents.some(({ agent }) => isInScope(agent));
    first.hidden = !none || !kinds?.length || !mayAct;
    part('[data-none]').hidden = !none || !kinds?.length || mayAct;
    create.hidden = !mayAct || !kinds?.length;
    part('[data-viewer]').hidden = role === '' || mayAct;
    setText(part('[data-role]'), role);
    setText(part('[data-note]'), fleet.problem);
    // Once: whoever closes it wants it closed.
    if (!first.hidden && create.dataset['shown'] === undefined) {
      create.dataset['shown'] = '';
      create.open = true;
    }
  };
  fleet.follow(show);
  return () => {
    cards();
    show();
  };
}
