/** Alerts: those that stand, newest first, and those that were resolved lately. */
import type { Alert, AlertSnapshot } from '../src/protocol/alerts.ts';
import type { Fleet } from './fleet.ts';
import { make } from './text.ts';

/** Shown at most. */
const MOST = 6;

/**
 * Keeps a list right by the `alerts` channel.
 * @param empty shown while it is known that there is none.
 * @param wanted which of them; default all.
 */
export function alertList(
  list: HTMLElement,
  empty: HTMLElement,
  socket: Pick<Fleet['socket'], 'subscribe'>,
  wanted: (alert: Alert) => boolean = () => true,
): void {
  const known = new Map<string, Alert>();
  const show = (): void => {
    const newest = [...known.values()].filter(wanted).sort((one, other) => other.activeAt - one.activeAt);
    list.replaceChildren(...newest.slice(0, MOST).map(lineOf));
    list.hidden = newest.length === 0;
    empty.hidden = newest.length > 0;
  };
  socket.subscribe('alerts', {
    snapshot: (data) => {
      known.clear();
      for (const alert of (data as unknown as AlertSnapshot).alerts) known.set(alert.alert, alert);
      show();
    },
    publication: (data) => {
      const alert = data as unknown as Alert;
      known.set(alert.alert, alert);
      show();
    },
  });
}

function lineOf({ state, severity, summary }: Alert): HTMLElement {
  const badge = document.createElement('waooaw-status-badge');
  // What fires is as grave as its rule says; the others are what they are called.
  badge.state = state === 'firing' ? severity : state === 'pending' ? 'pending-alert' : state;
  badge.label = summary;
  const line = make('li');
  line.append(badge);
  return line;
}
