import { expect, fixture, html } from '@open-wc/testing';
import { LitElement } from 'lit';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { until } from '../testing/until.ts';
import { LocaleController } from './locale-controller.ts';
import { RelativeTimeController } from './relative-time-controller.ts';

class Since extends LitElement {
  static override properties = { at: { type: Number } };
  declare at: number | undefined;
  readonly #time = new RelativeTimeController(this, new LocaleController(this), () => this.at);
  renders = 0;

  protected override render(): unknown {
    this.renders++;
    return this.#time.time?.text ?? 'never';
  }

  get words(): string {
    return this.shadowRoot?.textContent?.trim() ?? '';
  }
}
customElements.define('x-since', Since);

let timers: FakeTimers;

beforeEach(() => {
  timers = fakeTimers();
});
afterEach(() => timers.restore());

async function since(at?: number, lang = 'en'): Promise<Since> {
  const element = await fixture<Since>(html`<x-since lang=${lang} .at=${at}></x-since>`);
  await import('./follow.ts');
  await element.updateComplete;
  return element;
}

describe('RelativeTimeController', () => {
  it('words a time, and renders only when the words change', async () => {
    const element = await since(Date.now());
    expect(element.words).to.equal('now');
    const { renders } = element;
    timers.advance(9_999);
    await element.updateComplete;
    expect(element.renders).to.equal(renders);
    timers.advance(1);
    await element.updateComplete;
    expect([element.words, element.renders]).to.deep.equal(['10 seconds ago', renders + 1]);
  });

  it('follows another time, none, and another language', async () => {
    const element = await since();
    expect(element.words).to.equal('never');
    element.at = Date.now() - 300_000;
    await element.updateComplete;
    expect(element.words).to.equal('5 minutes ago');
    element.lang = 'de';
    await until(() => element.words === 'vor 5 Minuten', 'German');
    element.at = undefined;
    await element.updateComplete;
    expect(element.words).to.equal('never');
  });

  it('stops with the element, and is right when that is back', async () => {
    const element = await since(Date.now());
    const page = element.parentElement!;
    element.remove();
    const { renders } = element;
    timers.advance(60_000);
    await element.updateComplete;
    expect(element.renders).to.equal(renders);
    page.append(element);
    await element.updateComplete;
    expect(element.words).to.equal('1 minute ago');
  });
});
