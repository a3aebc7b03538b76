import { expect, fixture, html } from '@open-wc/testing';
import { MAX_PX, TallScroller } from './tall-scroller.ts';

async function scroller(): Promise<{ element: HTMLElement; spacer: HTMLElement; tall: TallScroller }> {
  const element = await fixture<HTMLElement>(
    html`<div style="height: 100px; width: 100px; overflow: auto"><div></div></div>`,
  );
  const spacer = element.firstElementChild as HTMLElement;
  return { element, spacer, tall: new TallScroller(element) };
}

describe('TallScroller', () => {
  it('is the element itself up to the limit', async () => {
    const { element, spacer, tall } = await scroller();
    spacer.style.height = '5000px';
    tall.settle(5_000, false);
    tall.scrollTo({ top: 400 });
    expect([tall.isScaled, tall.shift, tall.scrollTop, element.scrollTop]).to.deep.equal([
      false,
      0,
      400,
      400,
    ]);
    expect([tall.scrollHeight, tall.clientHeight]).to.deep.equal([5_000, element.clientHeight]);
    expect([tall.clientWidth, tall.ownerDocument, tall.style]).to.deep.equal([
      element.clientWidth,
      document,
      element.style,
    ]);
    element.scrollTop = 70;
    expect(tall.scrollTop).to.equal(70);
  });

  it('goes further for each pixel beyond it, keeps exactly what was set, and reaches both ends', async () => {
    const { element, spacer, tall } = await scroller();
    const total = 36_000_000;
    spacer.style.height = `${TallScroller.spacerFor(total)}px`;
    tall.settle(total, false);
    expect([tall.isScaled, TallScroller.spacerFor(total), tall.scrollHeight]).to.deep.equal([
      true,
      MAX_PX,
      total,
    ]);
    tall.scrollTo({ top: 12_345_678 });
    expect(tall.scrollTop).to.equal(12_345_678);
    expect(tall.shift).to.equal(12_345_678 - element.scrollTop);
    element.scrollTop += 100;
    expect(tall.scrollTop - 12_345_678).to.be.closeTo(240, 5);
    element.scrollTop -= 100;
    expect(tall.scrollTop).to.be.closeTo(12_345_678, 5);
    element.scrollTop = 1e9;
    expect(tall.scrollTop).to.be.closeTo(total - tall.clientHeight, 1);
    element.scrollTop = 0;
    expect(tall.scrollTop).to.equal(0);
    tall.scrollTo({ top: -5 });
    expect(tall.scrollTop).to.equal(0);
  });

  it('stays where it is when the list becomes one that the browser can lay out', async () => {
    const { element, spacer, tall } = await scroller();
    spacer.style.height = `${MAX_PX}px`;
    tall.settle(36_000_000, false);
    tall.scrollTo({ top: 4_000 });
    tall.settle(36_100_000, true);
    expect(tall.scrollTop).to.be.closeTo(4_000, 1);
    tall.settle(10_000, false);
    expect([tall.isScaled, element.scrollTop]).to.deep.equal([false, 4_000]);
  });
});
