import { expect, fixture, html } from '@open-wc/testing';
import { parseColor } from '../testing/contrast.ts';
import { openProbe } from '../testing/palette.ts';
import type { Probe } from '../testing/palette.ts';
import { COLORS } from './tokens.ts';

let sheet: HTMLLinkElement;

before(async () => {
  sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL('./waooaw.css', import.meta.url).href;
  const loaded = new Promise((resolve) => (sheet.onload = resolve));
  document.head.append(sheet);
  await loaded;
});
after(() => sheet.remove());

const heightOf = (element: Element): number => element.getBoundingClientRect().height;

describe('the style sheet for the page’s head', () => {
  it('reserves the elements’ room until they are defined, and then keeps out of their way', async () => {
    const page = await fixture(html`
      <div>
        <waooaw-socket><p>inside</p></waooaw-socket>
        <waooaw-status-badge label="API" state="up"></waooaw-status-badge>
        <waooaw-metrics-widget .value=${5}></waooaw-metrics-widget>
      </div>
    `);
    const [socket, badge, widget] = [...page.children] as [Element, Element, Element];
    const undefinedHeights = [badge, widget].map(heightOf);
    const inside = socket.firstElementChild as Element;
    const insideHeight = heightOf(inside);
    expect(insideHeight, 'what is inside a socket is seen').to.be.greaterThan(0);
    for (const height of undefinedHeights) expect(height).to.be.greaterThan(20);
    for (const element of [badge, widget]) expect(getComputedStyle(element).visibility).to.equal('hidden');

    await import('../define.ts');
    await customElements.whenDefined('waooaw-metrics-widget');
    for (const element of [badge, widget])
      await (element as HTMLElement & { updateComplete: Promise<boolean> }).updateComplete;
    expect([badge, widget].map((element) => getComputedStyle(element).visibility)).to.deep.equal([
      'visible',
      'visible',
    ]);
    expect(heightOf(widget), 'the card stays where it was').to.equal(undefinedHeights[1]);
    expect(Math.abs(heightOf(badge) - (undefinedHeights[0] ?? 0)), 'so does the badge').to.be.at.most(1);
    expect(heightOf(inside)).to.equal(insideHeight);
  });

  it('lets an attribute on any element choose theme and density for what is inside', async () => {
    const page = await fixture(html`
      <div data-waooaw-theme="dark" data-waooaw-density="compact">
        <p></p>
        <div data-waooaw-theme="light" data-waooaw-density="comfortable"></div>
      </div>
    `);
    const [dark, light] = [...page.children].map((place) => openProbe(place)) as [Probe, Probe];
    expect(dark.color('surface')).to.deep.equal(parseColor(COLORS.dark.surface));
    expect(light.color('surface')).to.deep.equal(parseColor(COLORS.light.surface));
    expect(dark.value('control-size', 'block-size')).to.equal('28px');
    expect(light.value('control-size', 'block-size')).to.equal('36px');
  });

  it('gives a page that asks for it the tokens, and lets the page’s own come first', async () => {
    const plain = await fixture(html`<div></div>`);
    expect(getComputedStyle(plain).getPropertyValue('--waooaw-surface')).to.equal('');
    const page = await fixture<HTMLElement>(html`<div class="waooaw-page"><p></p></div>`);
    page.style.colorScheme = 'dark';
    expect(parseColor(getComputedStyle(page).backgroundColor)).to.deep.equal(parseColor(COLORS.dark.ground));
    expect(parseColor(getComputedStyle(page).color)).to.deep.equal(parseColor(COLORS.dark.text));
    const probe = openProbe(page.firstElementChild ?? page);
    for (const name of ['text', 'surface', 'accent', 'accent-text', 'border'] as const)
      expect(probe.color(name), name).to.deep.equal(parseColor(COLORS.dark[name]));
    const own = new CSSStyleSheet();
    own.replaceSync('div { --waooaw-accent: rgb(1, 2, 3) }');
    document.adoptedStyleSheets.push(own);
    expect(probe.color('accent')).to.deep.equal([1, 2, 3]);
    expect(probe.color('accent-text'), 'what follows it does').to.deep.equal([1, 2, 3]);
    document.adoptedStyleSheets.pop();
  });
});
