/** Asks for a key where the server lets nobody in without one. It is kept while the page is open, and nowhere else. */
import { isUp } from '../src/client/states.ts';
import type { WaooawSocket } from '../src/elements/socket/socket.ts';

/** Why a server may have refused whoever the page is: another key may help. */
const REFUSALS: Readonly<Record<string, string>> = {
  unauthorized: 'This server asks for a key, or does not know the one that it was given.',
  token_expired: 'The key that the page has used has expired.',
  token_revoked: 'The key that the page has used was revoked.',
  forbidden: 'The key that the page has used gives no right to connect.',
};

/**
 * Puts the form to work.
 * @param form hidden until it is needed; with an input, and `[data-why]`.
 */
export function signIn(
  form: HTMLFormElement,
  socket: Pick<WaooawSocket, 'token' | 'connect' | 'addEventListener'>,
): void {
  const key = form.querySelector('input')!;
  const why = form.querySelector('[data-why]')!;
  socket.addEventListener('waooaw-state', ({ detail: { state, reason = '' } }) => {
    if (isUp(state)) key.value = '';
    const text = state === 'failed' ? REFUSALS[reason] : undefined;
    // While it is being tried, it stands as it is.
    if (isUp(state) || state === 'failed') form.hidden = text === undefined;
    if (text === undefined) return;
    why.textContent = `${text} (${reason})`;
    // Whoever is busy elsewhere on the page is not taken away from it.
    if (document.activeElement === document.body) key.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    socket.token = key.value.trim();
    socket.connect();
  });
}
