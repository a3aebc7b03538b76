import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { RovingFocus } from './roving-focus.ts';
import type { RovingFocusOptions } from './roving-focus.ts';

let options: Partial<RovingFocusOptions> = {};

class Toolbar extends LitElement {
  names = ['a', 'b', 'c'];
  off: string[] = [];
  readonly roving = new RovingFocus(this, {
    items: () => this.renderRoot.querySelectorAll<HTMLElement>('button, input'),
    ...options,
  });
  override render(): TemplateResult {
    return html`<button id="before">before</button>
      <div role="toolbar" aria-label="Tools" @keydown=${this.roving.keydown} @focusin=${this.roving.focusin}>
        ${this.names.map((name) =>
          name === 'text'
            ? html`<input id="text" aria-label="Text" />`
            : html`<button id=${name} ?disabled=${this.off.includes(name)} ?hidden=${name === 'hidden'}>
                ${name}
              </button>`,
        )}
      </div>`;
  }
}
customElements.define('test-toolbar', Toolbar);

async function toolbar(set: Partial<RovingFocusOptions> = {}, dir = 'ltr'): Promise<Toolbar> {
  options = { items: undefined as never, ...set };
  delete (options as Record<string, unknown>)['items'];
  const page = await fixture<HTMLElement>(html`<div dir=${dir}><test-toolbar></test-toolbar></div>`);
  const element = page.firstElementChild as Toolbar;
  // The one before is not among them.
  element.renderRoot.querySelector('#before')?.remove();
  element.roving.refresh();
  return element;
}

const focused = (element: Toolbar): string => element.shadowRoot?.activeElement?.id ?? '';
const stops = (element: Toolbar): string[] =>
  [...(element.shadowRoot?.querySelectorAll('[tabindex="0"]') ?? [])].map(({ id }) => id);

async function press(element: Toolbar, ...keys: string[]): Promise<string[]> {
  const went: string[] = [];
  for (const key of keys) {
    await sendKeys({ press: key });
    went.push(focused(element));
  }
  return went;
}

describe('RovingFocus', () => {
  it('is one Tab stop, and arrow keys move within it up to its ends', async () => {
    const element = await toolbar();
    expect(stops(element)).to.deep.equal(['a']);
    element.roving.focus();
    const went = await press(
      element,
      'ArrowRight',
      'ArrowRight',
      'ArrowRight',
      'ArrowLeft',
      'ArrowDown',
      'Home',
      'End',
    );
    expect(went).to.deep.equal(['b', 'c', 'c', 'b', 'b', 'a', 'c']);
    expect(stops(element)).to.deep.equal(['c']);
    await expect(element).to.be.accessible();
  });

  it('moves the way the keys point where text runs from right to left', async () => {
    const element = await toolbar({}, 'rtl');
    element.roving.focus();
    expect(await press(element, 'ArrowLeft', 'ArrowLeft', 'ArrowRight', 'End')).to.deep.equal([
      'b',
      'c',
      'b',
      'c',
    ]);
  });

  it('moves up and down where it stands upright, and both ways where told', async () => {
    const upright = await toolbar({ orientation: 'vertical' });
    upright.roving.focus();
    expect(await press(upright, 'ArrowDown', 'ArrowRight', 'ArrowUp')).to.deep.equal(['b', 'b', 'a']);
    const both = await toolbar({ orientation: 'both' });
    both.roving.focus();
    expect(await press(both, 'ArrowDown', 'ArrowRight', 'ArrowUp')).to.deep.equal(['b', 'c', 'b']);
  });

  it('goes round where told', async () => {
    const element = await toolbar({ wrap: true });
    element.roving.focus();
    expect(await press(element, 'ArrowLeft', 'ArrowRight')).to.deep.equal(['c', 'a']);
  });

  it('passes over what is disabled or hidden, and leaves it when it becomes so', async () => {
    const element = await toolbar();
    element.names = ['a', 'hidden', 'b', 'c'];
    element.off = ['b'];
    element.requestUpdate();
    await element.updateComplete;
    element.roving.focus();
    expect(await press(element, 'ArrowRight', 'ArrowLeft')).to.deep.equal(['c', 'a']);
    element.off = ['a'];
    element.requestUpdate();
    await element.updateComplete;
    expect(stops(element)).to.deep.equal(['b']);
    element.names = [];
    element.requestUpdate();
    await element.updateComplete;
    expect(element.roving.current).to.equal(undefined);
    element.roving.focus();
  });

  it('remembers what was pressed', async () => {
    const element = await toolbar();
    element.shadowRoot?.querySelector<HTMLElement>('#b')?.focus();
    expect(element.roving.current?.id).to.equal('b');
    expect(stops(element)).to.deep.equal(['b']);
  });

  it('leaves keys to a text field, to shortcuts and to whoever took them', async () => {
    const element = await toolbar();
    element.names = ['a', 'text', 'c'];
    element.requestUpdate();
    await element.updateComplete;
    element.roving.focus();
    expect(await press(element, 'Control+ArrowRight', 'Shift+ArrowRight', 'x')).to.deep.equal([
      'a',
      'a',
      'a',
    ]);
    expect(await press(element, 'ArrowRight', 'ArrowRight', 'Home')).to.deep.equal(['text', 'text', 'text']);
    const taken = new KeyboardEvent('keydown', { key: 'ArrowRight', cancelable: true, bubbles: true });
    taken.preventDefault();
    element.shadowRoot?.querySelector('#a')?.dispatchEvent(taken);
    element.shadowRoot
      ?.querySelector('[role=toolbar]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    expect(focused(element)).to.equal('text');
  });

  it('takes up anew after it was away', async () => {
    const element = await toolbar();
    element.roving.focus();
    await press(element, 'ArrowRight');
    const page = element.parentElement;
    element.remove();
    expect(element.roving.current).to.equal(undefined);
    page?.append(element);
    element.roving.refresh();
    expect(stops(element)).to.deep.equal(['a']);
  });
});
