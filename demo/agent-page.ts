/** The view of one agent: what it is, what may be asked of it, and how that goes. */
import type { AgentStatus } from '../src/protocol/index.ts';
import { adviceOn } from './advice.ts';
import { agentActions } from './agent-actions.ts';
import { followWords, versionText } from './agent-cards.ts';
import { agentLog } from './agent-log.ts';
import type { CommandInput, PageCommand } from './agents-api.ts';
import { deleteDialog } from './delete-dialog.ts';
import type { Fleet } from './fleet.ts';
import { setSubject } from './scope.ts';
import { setText } from './text.ts';

/**
 * Puts the view to work. Its widgets follow the agent by `context="agent"`.
 * @param section with `h1` and the parts that are named below by `data-`.
 * @returns ends it.
 */
export function agentPage(section: HTMLElement, agent: string, fleet: Fleet): () => void {
  const part = <T extends HTMLElement>(name: string): T => section.querySelector<T>(`[data-${name}]`)!;
  const heading = section.querySelector('h1')!;
  const badge = section.querySelector<HTMLElementTagNameMap['waooaw-status-badge']>('[data-state]')!;
  const address = part<HTMLAnchorElement>('address');
  const note = part('note');
  const group = part('actions');
  const dialog = deleteDialog(section.querySelector('dialog')!);
  group.ariaLabel = `Actions of ${agent}`;
  heading.textContent = agent;
  setSubject(agent);
  const timeline = section.querySelector('waooaw-timeline');
  if (timeline) timeline.label = `Activity of ${agent}`;

  const ask = async (status: AgentStatus, command: PageCommand, input: CommandInput): Promise<void> => {
    if (command === 'delete' && !(await dialog.ask(status.title))) return;
    setText(note, '');
    try {
      await fleet.api.command(status, command, input);
    } catch (error) {
      setText(note, adviceOn(error));
    }
  };
  const actions = agentActions(group, agent, (status, command, input) => void ask(status, command, input));

  let state = '';
  let wasThere = false;
  const show = (): void => {
    const status = fleet.agent(agent);
    const isGone = fleet.agents !== undefined && !status;
    // Whoever had the focus in what goes, goes on at the name.
    if (isGone && group.contains(document.activeElement)) heading.focus();
    wasThere ||= status !== undefined;
    part('gone').hidden = !isGone;
    for (const name of ['there', 'figures', 'writes']) part(name).hidden = isGone;
    // How it went, stays to be read.
    part('operation').hidden = isGone && !wasThere;
    badge.hidden = !status;
    part('viewer').hidden = fleet.role === '' || fleet.mayAct;
    setText(part('role'), fleet.role);
    group.hidden = !fleet.mayAct || !status;
    setText(part('problem'), fleet.problem);
    section.classList.toggle('behind', !fleet.current);
    if (!status) return;
    ({ state } = status);
    setText(heading, status.title);
    badge.state = state;
    setText(part('version'), versionText(status));
    if (state !== 'running') setText(part('says'), status.reason ?? '');
    address.hidden = !status.address;
    if (status.address) {
      const at = `${status.address.host}:${status.address.port}`;
      if (address.textContent !== at) address.href = `http://${at}/`;
      setText(address, at);
    }
    const maxReplicas = fleet.kinds?.find(({ kind }) => kind === status.kind)?.maxReplicas ?? 1;
    actions.show(status, fleet.versionsOf(status), maxReplicas);
  };
  const ends = [
    fleet.follow(show),
    followWords(fleet.socket, agent, (summary, requests) => {
      if (state !== 'running') return;
      setText(part('says'), [summary, requests].filter(Boolean).join(' · '));
    }),
    agentLog(part('log'), part('log-note'), agent, fleet),
  ];
  return () => {
    for (const end of ends) end();
  };
}
