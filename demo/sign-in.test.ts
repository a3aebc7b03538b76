import { expect } from '@open-wc/testing';
import type { StateChange } from '../src/client/states.ts';
import { signIn } from './sign-in.ts';
import { consolePage } from './testing/world.ts';

interface Opened {
  readonly form: HTMLFormElement;
  readonly socket: EventTarget & { token: unknown; tries: number };
  tell(state: StateChange['state'], reason?: string): void;
}

async function opened(): Promise<Opened> {
  const form = document.importNode((await consolePage()).querySelector<HTMLFormElement>('#sign-in')!, true);
  document.body.append(form);
  const socket = Object.assign(new EventTarget(), {
    token: undefined,
    tries: 0,
    connect(): void {
      socket.tries += 1;
    },
  });
  signIn(form, socket as never);
  return {
    form,
    socket,
    tell: (state, reason) =>
      socket.dispatchEvent(new CustomEvent('waooaw-state', { detail: { state, reason } })),
  };
}

describe('signing in', () => {
  afterEach(() => document.querySelector('#sign-in')?.remove());

  it('is offered where the server knows nobody, and takes the focus that nobody has', async () => {
    const { form, tell } = await opened();
    expect(form.hidden).to.equal(true);
    tell('failed', 'unauthorized');
    expect(form.hidden).to.equal(false);
    expect(form.querySelector('[data-why]')?.textContent).to.match(/asks for a key.* \(unauthorized\)$/);
    expect(document.activeElement).to.equal(form.querySelector('input'));
    await expect(form).to.be.accessible();
  });

  it('is not offered where a key helps nothing, nor while the page comes back by itself', async () => {
    const { form, tell } = await opened();
    tell('failed', 'origin_not_allowed');
    tell('failed');
    tell('reconnecting', 'unauthorized');
    expect(form.hidden).to.equal(true);
  });

  it('connects with the key, and forgets it in the form once that is done', async () => {
    const { form, socket, tell } = await opened();
    const elsewhere = document.createElement('button');
    document.body.append(elsewhere);
    elsewhere.focus();
    tell('failed', 'token_expired');
    expect(document.activeElement, 'who is busy stays').to.equal(elsewhere);
    elsewhere.remove();
    const key = form.querySelector('input')!;
    form.requestSubmit();
    expect(socket.tries, 'nothing is sent without one').to.equal(0);
    key.value = ' a-key ';
    form.requestSubmit();
    expect([socket.token, socket.tries, form.hidden]).to.deep.equal(['a-key', 1, false]);
    tell('connecting');
    expect(form.hidden).to.equal(false);
    tell('live');
    expect([key.value, form.hidden]).to.deep.equal(['', true]);
  });
});
