/** A list of incidents: what was not up, from when to when, why, and who is at it. */
import type { Incident } from '../src/protocol/index.ts';
import { adviceOn } from './advice.ts';
import type { Fleet } from './fleet.ts';
import type { Incidents } from './incidents.ts';
import { make, spanText, timeOf } from './text.ts';

/** Where a list of incidents stands. */
export interface IncidentPlace {
  /** Gets the lines; hidden while there is none. */
  readonly list: HTMLElement;
  /** Shown while it is known that there is none. */
  readonly empty: HTMLElement;
  /** Says what cannot be read, or was refused. */
  readonly note: HTMLElement;
}

/**
 * Keeps a list of incidents right.
 * @param wanted which of them; default all.
 */
export function incidentList(
  { list, empty, note }: IncidentPlace,
  incidents: Incidents,
  fleet: Fleet,
  wanted: (incident: Incident) => boolean = () => true,
): () => void {
  const lines = new Map<string, { readonly element: HTMLElement; readonly said: string }>();
  const acknowledge = async ({ id, title }: Incident): Promise<void> => {
    note.textContent = '';
    try {
      await incidents.acknowledge(id);
      // The button that had the focus is gone.
      lines.get(id)?.element.querySelector('h3')?.focus();
    } catch (error) {
      note.textContent = `${title}: ${adviceOn(error)}`;
    }
  };
  const show = (): void => {
    const now = (incidents.all ?? []).filter(wanted);
    const there = new Set(now.map(({ id }) => id));
    for (const [id, { element }] of lines) {
      if (there.has(id)) continue;
      element.remove();
      lines.delete(id);
    }
    for (const [index, incident] of now.entries()) {
      const said = JSON.stringify([incident, fleet.mayAct]);
      const before = lines.get(incident.id);
      // What says the same stays: somebody may read in it.
      if (before?.said === said) continue;
      const element = lineOf(incident, fleet.mayAct, () => void acknowledge(incident));
      if (before) before.element.replaceWith(element);
      else list.insertBefore(element, list.children[index] ?? null);
      lines.set(incident.id, { element, said });
    }
    list.hidden = now.length === 0;
    empty.hidden = incidents.all === undefined || now.length > 0;
    if (incidents.problem || note.textContent.startsWith('The incidents cannot'))
      note.textContent = incidents.problem;
  };
  incidents.follow(show);
  fleet.follow(show);
  return show;
}

function lineOf(incident: Incident, mayAct: boolean, acknowledge: () => void): HTMLElement {
  const { title, worst, startedAt, endedAt, cause, acknowledged } = incident;
  const line = make('li', 'incident');
  const heading = make('h3', '', title);
  heading.tabIndex = -1;
  const badge = document.createElement('waooaw-status-badge');
  badge.state = endedAt === undefined ? worst : 'resolved';
  const times = make('p', 'times');
  times.append('Began ', timeOf(startedAt));
  if (endedAt === undefined) times.append(' · still open');
  else times.append(` · over after ${spanText(endedAt - startedAt)}`);
  line.append(heading, badge, times, make('p', 'cause', cause));
  if (acknowledged) {
    const by = make('p', 'times', `Acknowledged by ${acknowledged.by}, `);
    by.append(timeOf(acknowledged.at));
    line.append(by);
  } else if (endedAt === undefined && mayAct) {
    const button = make('button', '', 'Acknowledge');
    button.type = 'button';
    button.ariaLabel = `Acknowledge: ${title}`;
    button.addEventListener('click', acknowledge);
    line.append(button);
  }
  return line;
}
