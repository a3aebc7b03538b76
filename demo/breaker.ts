/** The section that breaks and mends the demo's service. It is hidden until that service has been heard of. */
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import { type FaultState, STATE, WANTED, isFault } from './agents/fault.ts';

/** Lets the section's buttons, each with `data-fault`, choose, and presses the one that the service says is true. */
export function breaker(section: HTMLElement, socket: Pick<WaooawSocket, 'subscribe' | 'publish'>): void {
  const buttons = [...section.querySelectorAll<HTMLButtonElement>('button[data-fault]')];
  const note = section.querySelector<HTMLElement>('[data-note]');
  socket.subscribe(STATE, {
    publication: (data) => {
      const { fault } = data as Partial<FaultState>;
      if (!isFault(fault)) return;
      section.hidden = false;
      // Not before: without the service there are no such checks.
      const template = section.querySelector('template');
      template?.replaceWith(template.content);
      for (const button of buttons)
        button.setAttribute('aria-pressed', String(button.dataset['fault'] === fault));
    },
  });
  for (const button of buttons) {
    button.addEventListener('click', () => {
      if (note) note.textContent = '';
      socket.publish(WANTED, { fault: button.dataset['fault'] ?? 'none' }).catch((error: unknown) => {
        if (note) note.textContent = error instanceof Error ? error.message : String(error);
      });
    });
  }
}
