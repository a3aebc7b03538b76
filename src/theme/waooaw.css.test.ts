import { expect, fixture, html } from '@open-wc/testing';

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
});
