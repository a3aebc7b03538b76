import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { MEDIA } from '../testing/media.ts';
import { until } from '../testing/until.ts';
import { MediaController, REDUCED_MOTION, watchMedia } from './media.ts';
import type * as media from './media.ts';

class Still extends LitElement {
  readonly media = new MediaController(this, REDUCED_MOTION);
  renders = 0;
  override render(): TemplateResult {
    this.renders++;
    return html`${this.media.matches}`;
  }
}
customElements.define('test-still', Still);

/** Listeners of media queries, added and not removed. */
let listeners = 0;
let asked = 0;
const { addEventListener, removeEventListener } = MediaQueryList.prototype;
const real = globalThis.matchMedia;

before(() => {
  MediaQueryList.prototype.addEventListener = function (this: MediaQueryList, ...args: [never, never]) {
    listeners++;
    addEventListener.apply(this, args);
  };
  MediaQueryList.prototype.removeEventListener = function (this: MediaQueryList, ...args: [never, never]) {
    listeners--;
    removeEventListener.apply(this, args);
  };
  globalThis.matchMedia = (query) => {
    asked++;
    return real.call(globalThis, query);
  };
});
after(() => {
  Object.assign(MediaQueryList.prototype, { addEventListener, removeEventListener });
  globalThis.matchMedia = real;
});
beforeEach(() => emulateMedia(MEDIA.light));
afterEach(() => emulateMedia(MEDIA.light));

describe('MediaController', () => {
  it('renders its host anew when the answer changes, and only then', async () => {
    const element = await fixture<Still>(html`<test-still></test-still>`);
    expect([element.media.matches, element.renders]).to.deep.equal([false, 1]);
    await emulateMedia(MEDIA['reduced motion']);
    await until(() => element.shadowRoot?.textContent === 'true', 'the change');
    await emulateMedia(MEDIA.light);
    await until(() => element.shadowRoot?.textContent === 'false', 'the change back');
    expect(element.renders).to.equal(3);
  });

  it('asks the browser once for a whole page, and lets go with the last', async () => {
    const before = [asked, listeners];
    const page = await fixture<HTMLElement>(
      html`<div><test-still></test-still><test-still></test-still><test-still></test-still></div>`,
    );
    expect([asked - (before[0] ?? 0), listeners - (before[1] ?? 0)]).to.deep.equal([1, 1]);
    const [first] = page.children;
    first?.remove();
    expect(listeners - (before[1] ?? 0)).to.equal(1);
    page.replaceChildren();
    expect(listeners).to.equal(before[1]);
    page.append(first as Element);
    expect(listeners - (before[1] ?? 0)).to.equal(1);
  });

  it('is shared by two copies of the module', async () => {
    const before = listeners;
    const second = (await import(new URL('./media.ts?second', import.meta.url).href)) as typeof media;
    const told: boolean[] = [];
    const one = watchMedia(REDUCED_MOTION, (now) => told.push(now));
    const two = second.watchMedia(REDUCED_MOTION, (now) => told.push(now));
    expect([one.matches, two.matches, listeners - before]).to.deep.equal([false, false, 1]);
    await emulateMedia(MEDIA['reduced motion']);
    await until(() => told.length === 2, 'both to be told');
    one.stop();
    one.stop();
    expect(listeners - before).to.equal(1);
    two.stop();
    expect(listeners).to.equal(before);
  });

  it('knows the answer of today after it was away', async () => {
    const element = await fixture<Still>(html`<test-still></test-still>`);
    const page = element.parentElement;
    element.remove();
    expect(element.media.matches).to.equal(false);
    await emulateMedia(MEDIA['reduced motion']);
    page?.append(element);
    expect(element.media.matches).to.equal(true);
    await element.updateComplete;
    expect(element.shadowRoot?.textContent).to.equal('true');
  });
});
