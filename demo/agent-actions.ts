/** What may be asked of one agent: all of it in view, and what does not follow its state marked so. */
import type { AgentStatus } from '../src/protocol/index.ts';
import type { CommandInput, PageCommand } from './agents-api.ts';
import { make } from './text.ts';

/** In groups, in this order. */
const GROUPS: readonly (readonly (readonly [PageCommand, string])[])[] = [
  [
    ['upgrade', 'Upgrade'],
    ['rollback', 'Roll back'],
  ],
  [['scale', 'Scale']],
  [
    ['start', 'Start'],
    ['stop', 'Stop'],
    ['restart', 'Restart'],
  ],
  [
    ['suspend', 'Suspend'],
    ['resume', 'Resume'],
  ],
  [['delete', 'Delete']],
];

/** The buttons. */
export interface AgentActions {
  /** @param versions what its kind offers; none while that is not known. @param maxReplicas that its kind allows. */
  show(status: AgentStatus, versions: readonly string[], maxReplicas: number): void;
}

/**
 * Fills a group with the buttons of an agent.
 * @param asked hears what is wanted, of the agent as it was seen.
 */
export function agentActions(
  group: HTMLElement,
  agent: string,
  asked: (agent: AgentStatus, command: PageCommand, input: CommandInput) => void,
): AgentActions {
  let status: AgentStatus | undefined;
  const target = make('select');
  const replicas = make('input');
  target.ariaLabel = `Version to upgrade ${agent} to`;
  replicas.ariaLabel = `Instances of ${agent}`;
  replicas.type = 'number';
  replicas.min = '1';
  const buttons = new Map<PageCommand, HTMLButtonElement>();
  const inputOf = (command: PageCommand): CommandInput =>
    command === 'upgrade'
      ? { version: target.value }
      : command === 'scale'
        ? { replicas: replicas.valueAsNumber }
        : {};
  for (const commands of GROUPS) {
    const part = make('div', 'group');
    for (const [command, label] of commands) {
      const button = make('button', '', label);
      button.type = 'button';
      button.dataset['command'] = command;
      buttons.set(command, button);
      if (command === 'upgrade') part.append(target);
      if (command === 'scale') part.append(replicas);
      part.append(button);
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-disabled') === 'true' || !status) return;
        if (command === 'scale' && !replicas.reportValidity()) return;
        asked(status, command, inputOf(command));
      });
    }
    group.append(part);
  }

  return {
    show(next, versions, maxReplicas) {
      const before = status;
      status = next;
      offer(
        target,
        versions.filter((one) => one !== next.version),
      );
      replicas.max = String(maxReplicas);
      replicas.required = true;
      // What somebody is typing stays, until the agent itself has changed.
      if (before?.replicas !== next.replicas) replicas.value = String(next.replicas);
      for (const [command, button] of buttons) {
        const may = next.actions.includes(command) && (command !== 'upgrade' || target.options.length > 0);
        button.setAttribute('aria-disabled', String(!may));
      }
    },
  };
}

/** The versions to choose from; the newest, unless another was chosen and is still there. */
function offer(list: HTMLSelectElement, versions: readonly string[]): void {
  const now = [...list.options].map(({ value }) => value);
  if (versions.join('\n') !== now.join('\n')) {
    const before = list.value;
    list.replaceChildren(...versions.map((one) => new Option(one)));
    list.value = versions.includes(before) ? before : (versions.at(-1) ?? '');
  }
  list.disabled = versions.length === 0;
}
