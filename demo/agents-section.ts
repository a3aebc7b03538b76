/** The sections "Agents" and "Operation": what runs, what may be asked of it, and how that goes. */
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import type { AgentKindInfo, AgentStatus } from '../src/protocol/index.ts';
import { agentForm } from './agent-form.ts';
import { agentList } from './agent-list.ts';
import { type AgentsApi, ApiProblem, type PageCommand, agentsApi } from './agents-api.ts';
import { deleteDialog } from './delete-dialog.ts';

/** What to do about an error, beyond what the server says of it. */
const ADVICE: Readonly<Record<string, string>> = {
  generation_conflict: 'Somebody has changed it meanwhile. Look at what it is now, and ask again.',
  agent_busy: 'Wait until its operation is done, or cancel that below.',
  agent_limit: 'Delete one first, or raise WAOOAW_MAX_AGENTS.',
  forbidden: 'It takes the role operator or admin.',
};

/**
 * Puts both sections to work.
 * @param section with `[data-list]`, `[data-empty]`, `[data-kindless]`, `[data-note]`, a `details` with the form, and a dialog.
 * @param operation with the tracker, and `[data-agent]` for the name of whose operation it shows; hidden once it is known that there is none.
 */
export function agentsSection(
  section: HTMLElement,
  operation: HTMLElement,
  socket: Pick<WaooawSocket, 'subscribe' | 'client' | 'addEventListener'>,
  api: AgentsApi = agentsApi(socket),
): void {
  const part = <T extends HTMLElement>(selector: string): T => section.querySelector<T>(selector)!;
  const note = part('[data-note]');
  const create = part<HTMLDetailsElement>('details');
  const dialog = deleteDialog(part<HTMLDialogElement>('dialog'));
  const tracker = operation.querySelector('waooaw-progress-tracker');
  const about = operation.querySelector('[data-agent]');
  const mayAct = (): boolean => ['operator', 'admin'].includes(socket.client?.identity?.role ?? '');

  let kinds: readonly AgentKindInfo[] | undefined;
  let agents: readonly AgentStatus[] | undefined;
  let chosen: string | undefined;
  /** Asked for here, and not in the list yet. */
  let awaited: string | undefined;

  const choose = (agent: string | undefined): void => {
    chosen = agent;
    list.choose(agent);
    operation.hidden = agent === undefined;
    if (agent === undefined) tracker?.removeAttribute('agent');
    else tracker?.setAttribute('agent', agent);
    if (about) about.textContent = agent ?? '';
  };

  const show = (): void => {
    const none = agents?.length === 0;
    const first = part('[data-empty]');
    part('[data-kindless]').hidden = !none || kinds?.length !== 0;
    first.hidden = !none || !kinds?.length;
    create.hidden = !mayAct() || !kinds?.length;
    // Once: whoever closes it wants it closed.
    if (!first.hidden && create.dataset['shown'] === undefined) {
      create.dataset['shown'] = '';
      create.open = true;
    }
  };

  const ask = async (agent: AgentStatus, command: PageCommand, version?: string): Promise<void> => {
    if (command === 'delete' && !(await dialog.ask(agent.title))) return;
    const row = list.row(agent.agent);
    row?.note('');
    choose(agent.agent);
    try {
      await api.command(agent, command, version);
    } catch (error) {
      row?.note(adviceOn(error));
    }
  };

  const list = agentList(part('[data-list]'), socket, mayAct, {
    chosen: choose,
    asked: (agent, command, version) => void ask(agent, command, version),
    changed(now) {
      agents = now;
      note.textContent = '';
      if (now.some(({ agent }) => agent === awaited)) awaited = undefined;
      // There is always one to look at: the first shows what the section is for.
      if (chosen === undefined || (chosen !== awaited && !now.some(({ agent }) => agent === chosen)))
        choose(now[0]?.agent);
      show();
    },
    refused(message) {
      note.textContent = `The agents cannot be shown: ${message}`;
      operation.hidden = chosen === undefined;
    },
  });

  const form = agentForm(part('form'), api, (agent) => {
    create.open = false;
    // The field that had the focus is gone.
    create.querySelector('summary')?.focus();
    if (!agents?.some((one) => one.agent === agent)) awaited = agent;
    choose(agent);
  });

  const readKinds = async (): Promise<void> => {
    try {
      kinds = await api.kinds();
      form.offer(kinds);
      list.offer(kinds);
      show();
    } catch (error) {
      note.textContent = `The kinds of agents cannot be read. ${adviceOn(error)}`;
    }
  };
  // The server may know others after each connection.
  socket.addEventListener('waooaw-connect', () => void readKinds());
  if (socket.client?.identity) void readKinds();
}

function adviceOn(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const advice = error instanceof ApiProblem && error.code !== undefined ? ADVICE[error.code] : undefined;
  return advice ? `${text.replace(/\.?$/, '.')} ${advice}` : text;
}
