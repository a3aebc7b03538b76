/** One agent of the list: what it is, what it says, and what may be asked of it. */
import type { AgentStatus, Json } from '../src/protocol/index.ts';
import type { PageCommand } from './agents-api.ts';

/** What the page offers, in this order. */
const COMMANDS: readonly (readonly [PageCommand, string])[] = [
  ['start', 'Start'],
  ['stop', 'Stop'],
  ['restart', 'Restart'],
  ['upgrade', 'Upgrade'],
  ['rollback', 'Roll back'],
  ['delete', 'Delete'],
];

/** What the list is told by its rows. */
export interface RowListener {
  chosen(agent: string): void;
  asked(agent: AgentStatus, command: PageCommand, version?: string): void;
}

/** A row. Its nodes stay the same, so that a change takes nobody's focus. */
export interface AgentRow {
  readonly element: HTMLElement;
  readonly status: AgentStatus;
  show(status: AgentStatus): void;
  /** What its kind offers; none while that is not known. */
  offer(versions: readonly string[]): void;
  /** What it said on its channel. */
  say(data: Json): void;
  choose(chosen: boolean): void;
  /** What became of a wish; empty: nothing to say. */
  note(text: string): void;
  focus(): void;
}

/** @param mayAct false: the reader's role may look only. */
export function agentRow(first: AgentStatus, mayAct: boolean, listener: RowListener): AgentRow {
  let status = first;
  let versions: readonly string[] = [];
  const element = document.createElement('li');
  const name = document.createElement('button');
  const badge = document.createElement('waooaw-status-badge');
  const version = document.createElement('span');
  const address = document.createElement('a');
  const says = document.createElement('p');
  const note = document.createElement('p');
  const actions = document.createElement('div');
  const target = document.createElement('select');
  element.className = 'agent';
  element.dataset['agent'] = first.agent;
  name.className = 'name';
  name.type = 'button';
  version.className = 'version';
  address.target = '_blank';
  address.rel = 'noopener';
  says.className = 'says';
  note.className = 'wrong';
  note.setAttribute('role', 'alert');
  actions.className = 'actions';
  actions.role = 'group';
  actions.ariaLabel = `Actions of ${first.agent}`;
  target.ariaLabel = `Version to upgrade ${first.agent} to`;
  const buttons = new Map(COMMANDS.map(([command, label]) => [command, buttonOf(command, label)]));
  for (const [command, button] of buttons) {
    if (command === 'upgrade') actions.append(target);
    actions.append(button);
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') === 'true') return;
      const to = command === 'upgrade' ? target.value : undefined;
      listener.asked(status, command, to);
    });
  }
  actions.hidden = !mayAct;
  name.addEventListener('click', () => listener.chosen(status.agent));
  element.append(name, badge, version, address, says, actions, note);

  const allow = (): void => {
    for (const [command, button] of buttons) {
      const may = status.actions.includes(command) && (command !== 'upgrade' || target.options.length > 0);
      button.setAttribute('aria-disabled', String(!may));
    }
  };
  const fillTarget = (): void => {
    const others = versions.filter((one) => one !== status.version);
    const now = [...target.options].map(({ value }) => value);
    if (others.join('\n') !== now.join('\n')) {
      const before = target.value;
      target.replaceChildren(...others.map((one) => new Option(one)));
      target.value = others.includes(before) ? before : (others.at(-1) ?? '');
    }
    target.disabled = others.length === 0;
  };
  const row: AgentRow = {
    element,
    get status() {
      return status;
    },
    show(next) {
      status = next;
      setText(name, next.title);
      badge.state = next.state;
      setText(version, versionText(next));
      const { address: at } = next;
      address.hidden = !at;
      if (at) {
        const url = `http://${at.host}:${at.port}/`;
        if (address.href !== url) address.href = url;
        setText(address, `${at.host}:${at.port}`);
      }
      if (next.state !== 'running') setText(says, next.reason ?? '');
      fillTarget();
      allow();
    },
    offer(now) {
      versions = now;
      fillTarget();
      allow();
    },
    say(data) {
      const { summary } = Object(data) as { summary?: unknown };
      if (typeof summary === 'string' && status.state === 'running') setText(says, summary);
    },
    choose(chosen) {
      name.setAttribute('aria-pressed', String(chosen));
    },
    note: (text) => setText(note, text),
    focus: () => name.focus(),
  };
  row.choose(false);
  row.show(first);
  return row;
}

function buttonOf(command: PageCommand, label: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset['command'] = command;
  button.textContent = label;
  return button;
}

function versionText({ kind, version, instances, replicas, restarts, busy }: AgentStatus): string {
  // While it is on its way, what serves is not what it is meant to be.
  const serving = new Set(instances.flatMap((one) => (one.serving ? [one.version] : [])));
  serving.delete(version);
  const parts = [`${kind} ${[...serving, version].join(' → ')}`];
  if (replicas > 1) parts.push(`× ${replicas}`);
  if (restarts > 0) parts.push(`restarted ${restarts} ×`);
  if (busy) parts.push('at work');
  return parts.join(' · ');
}

/** Only what has changed is written: readers of screens are told of each. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
