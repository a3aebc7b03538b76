import { expect, fixture, html } from '@open-wc/testing';
import { LitElement, css } from 'lit';
import type { PropertyDeclarations, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { hearWarnings } from '../testing/console.ts';
import { until } from '../testing/until.ts';
import { MAX_PX } from './tall-scroller.ts';
import { ALL_BELOW, VirtualList } from './virtual-list.ts';
import type { VirtualListOptions } from './virtual-list.ts';

/** How high row `index` is: none is what was estimated, px. */
const heightOf = (index: number): number => 20 + ((index * 7) % 31);
const ESTIMATE = 30;

/** A list as an element would hold it. */
class ListHost extends LitElement {
  static override styles = css`
    #scroller {
      block-size: 300px;
      inline-size: var(--w, 400px);
      overflow-y: auto;
      padding: 6px 0;
      overflow-anchor: none;
    }
    li {
      block-size: var(--h, auto);
      box-sizing: border-box;
      list-style: none;
      overflow-wrap: anywhere;
    }
  `;
  static override properties: PropertyDeclarations = { count: {}, narrow: {}, other: {} };
  declare count: number;
  declare other: number;
  heights = heightOf;
  active = -1;
  keyed: ((index: number) => string) | undefined;
  position: VirtualListOptions['position'];
  renders = 0;
  /** Each row is text that wraps, rather than of a given height. */
  wraps = false;
  useKeys = true;
  anchored = false;
  readonly list: VirtualList;

  constructor() {
    super();
    this.count = 0;
    this.other = 0;
    const key = (index: number): string | number => this.keyed?.(index) ?? index;
    const isAnchored = (): boolean => this.anchored;
    this.list = new VirtualList(this, {
      get anchored() {
        return isAnchored();
      },
      scroller: () => this.scroller,
      count: () => this.count,
      estimate: () => ESTIMATE,
      key,
      active: () => this.active,
      position: (index) => (this.position ? this.position(index) : { at: index + 1, of: this.count }),
    });
  }

  get scroller(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>('#scroller') ?? null;
  }

  override render(): TemplateResult {
    this.renders++;
    const row = (item: { index: number }): TemplateResult =>
      html`<li
        tabindex="-1"
        style=${this.wraps ? '' : `--h: ${this.heights(item.index)}px`}
        ${this.list.row(item as never)}
      >
        ${this.wraps ? 'A sentence that wraps where it is narrow. '.repeat(1 + (item.index % 3)) : ''}${item.index}
      </li>`;
    return html` <div id="scroller">
      <ul style="margin: 0; padding: 0" ${this.list.spacer()}>
        ${this.useKeys ? repeat(this.list.items, (item) => item.key, row) : this.list.items.map(row)}
      </ul>
    </div>`;
  }
}
customElements.define('test-virtual-list', ListHost);

const frames = async (many = 3): Promise<void> => {
  for (let i = 0; i < many; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
};

async function make(set: Partial<ListHost>): Promise<ListHost> {
  const host = document.createElement('test-virtual-list') as ListHost;
  Object.assign(host, set);
  const page = await fixture<HTMLElement>(html`<div></div>`);
  page.append(host);
  await host.updateComplete;
  return host;
}

async function long(set: Partial<ListHost> = {}): Promise<ListHost> {
  const host = await make({ count: 10_000, ...set });
  await until(() => host.list.items.length > 0 && mounted(host).length < 60 && ready(host), 'the engine');
  await frames();
  return host;
}

/** The engine is there once rows have heights other than the estimate. */
const ready = (host: ListHost): boolean => host.list.items.some(({ size }) => size !== ESTIMATE);

function rows(host: ListHost): HTMLElement[] {
  return [...host.renderRoot.querySelectorAll<HTMLElement>('[data-index]')];
}
const mounted = (host: ListHost): number[] => rows(host).map((row) => Number(row.dataset['index']));

function rowAt(host: ListHost, index: number): HTMLElement {
  const row = host.renderRoot.querySelector<HTMLElement>(`[data-index="${index}"]`);
  if (!row) throw new Error(`row ${index} is not mounted`);
  return row;
}

/** Where a row stands from the scroller's upper inner edge, px. */
function offsetOf(host: ListHost, index: number): number {
  const top = host.scroller?.getBoundingClientRect().top ?? 0;
  return rowAt(host, index).getBoundingClientRect().top - top;
}

/** Rows touch, one below the other, without a gap or an overlap. */
function expectSeamless(host: ListHost, tolerancePx = 0.5): void {
  const all = rows(host);
  for (const [i, row] of all.entries()) {
    const next = all[i + 1];
    if (!next || Number(next.dataset['index']) !== Number(row.dataset['index']) + 1) continue;
    expect(next.getBoundingClientRect().top, `below row ${row.dataset['index']}`).to.be.closeTo(
      row.getBoundingClientRect().bottom,
      tolerancePx,
    );
  }
}

/** What is in view has no hole. */
function expectFilled(host: ListHost): void {
  const { top = 0, bottom = 0 } = host.scroller?.getBoundingClientRect() ?? {};
  const seen = rows(host)
    .map((row) => row.getBoundingClientRect())
    .filter((row) => row.bottom > top && row.top < bottom)
    .sort((a, b) => a.top - b.top);
  expect(seen[0]?.top ?? Infinity).to.be.lessThan(top + 8);
  expect(seen.at(-1)?.bottom ?? 0).to.be.greaterThan(bottom - 8);
}

describe('VirtualList: a short list', () => {
  it('renders every row, in flow, and loads nothing', async () => {
    const host = await make({ count: ALL_BELOW - 1 });
    await frames();
    expect(mounted(host).length).to.equal(ALL_BELOW - 1);
    expect(host.list.isVirtual).to.equal(false);
    expect(rowAt(host, 5).style.position).to.equal('');
    expect(host.list.totalSize).to.equal((ALL_BELOW - 1) * ESTIMATE);
    expectSeamless(host);
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    expect(loaded.filter((name) => name.includes('virtual-engine'))).to.deep.equal([]);
  });

  it('scrolls to a row, and only itself', async () => {
    const host = await make({ count: 50 });
    host.scrollIntoView();
    const before = [scrollX, scrollY];
    host.list.scrollToIndex(40, 'start');
    await host.updateComplete;
    expect(offsetOf(host, 40)).to.be.closeTo(0, 1);
    host.list.scrollToIndex(41, 'auto');
    await host.updateComplete;
    expect(offsetOf(host, 40), 'in view already').to.be.closeTo(0, 1);
    host.list.scrollToIndex(10, 'end');
    await host.updateComplete;
    expect(rowAt(host, 10).getBoundingClientRect().bottom).to.be.closeTo(
      host.scroller?.getBoundingClientRect().bottom ?? 0,
      1,
    );
    host.list.scrollToIndex(0);
    await host.updateComplete;
    expect(offsetOf(host, 0)).to.be.within(-1, 7);
    host.list.scrollToIndex(25, 'center');
    await host.updateComplete;
    expect(offsetOf(host, 25) + heightOf(25) / 2).to.be.closeTo(156, 2);
    expect([scrollX, scrollY]).to.deep.equal(before);
  });

  it('does nothing for what is not there', async () => {
    const host = await make({ count: 0 });
    host.list.scrollToIndex(5);
    await host.updateComplete;
    expect(host.list.items).to.deep.equal([]);
    host.count = 5;
    await host.updateComplete;
    host.list.scrollToIndex(NaN);
    host.list.scrollToIndex(99);
    await host.updateComplete;
    expect(mounted(host)).to.deep.equal([0, 1, 2, 3, 4]);
  });
});

describe('VirtualList: a long list', () => {
  it('shows the beginning before its engine is there', async () => {
    const host = await make({ count: 10_000 });
    expect(mounted(host)[0]).to.equal(0);
    expect(mounted(host).length).to.be.within(10, 40);
    expect(host.list.totalSize).to.equal(10_000 * ESTIMATE);
  });

  for (const count of [10_000, 100_000]) {
    it(`mounts what is in view of ${count} rows, each where its neighbour ends`, async () => {
      const host = await long({ count });
      expect(mounted(host).length).to.be.lessThan(30);
      expectSeamless(host);
      expectFilled(host);
      for (const top of [5_000, 123_456, 200_000, 40_000, 0]) {
        host.scroller?.scrollTo({ top });
        await frames();
        expect(mounted(host).length, `at ${top}`).to.be.lessThan(40);
        expectSeamless(host);
        expectFilled(host);
      }
    });

    it(`scrolls exactly to a far row of ${count}, whatever heights turn up`, async () => {
      const host = await long({ count });
      for (const index of [count - 500, 17, count >> 1, count - 1, 0]) {
        host.list.scrollToIndex(index, 'start');
        await frames(6);
        const last = index === count - 1;
        if (last) {
          const bottom = rowAt(host, index).getBoundingClientRect().bottom;
          expect(bottom).to.be.closeTo((host.scroller?.getBoundingClientRect().bottom ?? 0) - 6, 7);
        } else
          expect(offsetOf(host, index), `row ${index}`).to.be.closeTo(
            index === 0 ? 6 : 0,
            index === 0 ? 6 : 1,
          );
        expectSeamless(host);
      }
    });
  }

  it('scrolls to the nearest edge, the end and the middle', async () => {
    const host = await long();
    host.list.scrollToIndex(5_000, 'end');
    await frames(6);
    const bottom = (): number => host.scroller?.getBoundingClientRect().bottom ?? 0;
    expect(rowAt(host, 5_000).getBoundingClientRect().bottom).to.be.closeTo(bottom(), 1);
    const before = host.scroller?.scrollTop;
    host.list.scrollToIndex(4_999, 'auto');
    await frames(6);
    expect(host.scroller?.scrollTop, 'in view already').to.be.closeTo(before ?? 0, 1);
    host.list.scrollToIndex(7_000, 'center');
    await frames(6);
    const middle = offsetOf(host, 7_000) + heightOf(7_000) / 2;
    expect(middle).to.be.closeTo((host.scroller?.clientHeight ?? 0) / 2, 1);
  });

  it('goes where it was told before it was rendered', async () => {
    const host = document.createElement('test-virtual-list') as ListHost;
    host.count = 10_000;
    host.list.scrollToIndex(8_000, 'start');
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(host);
    await until(() => mounted(host).includes(8_000), 'the row');
    await frames(6);
    expect(offsetOf(host, 8_000)).to.be.closeTo(0, 1);
  });

  it('says which of how many a row is, and of rows that are no options nothing', async () => {
    const host = await long();
    expect(rowAt(host, 3).getAttribute('aria-posinset')).to.equal('4');
    expect(rowAt(host, 3).getAttribute('aria-setsize')).to.equal('10000');
    host.position = (index) => (index % 2 ? { at: (index + 1) / 2, of: 5_000 } : undefined);
    host.requestUpdate();
    await host.updateComplete;
    expect(rowAt(host, 3).getAttribute('aria-posinset')).to.equal('2');
    expect(rowAt(host, 4).hasAttribute('aria-posinset')).to.equal(false);
    expect(rowAt(host, 4).hasAttribute('aria-setsize')).to.equal(false);
  });

  it('writes no inline style attribute that a strict CSP would refuse, and no DOM at all when nothing changed', async () => {
    const host = await long();
    const records: MutationRecord[] = [];
    const observer = new MutationObserver((seen) => records.push(...seen));
    observer.observe(host.renderRoot, {
      subtree: true,
      attributes: true,
      childList: true,
      characterData: true,
    });
    const { items } = host.list;
    const { renders } = host;
    await frames(4);
    expect(host.renders, 'renders while nothing happens').to.equal(renders);
    host.requestUpdate();
    await host.updateComplete;
    await frames(2);
    expect(host.list.items).to.equal(items);
    expect(host.renders).to.equal(renders + 1);
    expect(
      observer
        .takeRecords()
        .concat(records)
        .map((record) => record.target.nodeName),
    ).to.deep.equal([]);
    observer.disconnect();
  });
});

describe('VirtualList: what stays mounted', () => {
  it('keeps the active row and its neighbours wherever it is scrolled to', async () => {
    const host = await long({ active: 5 });
    host.scroller?.scrollTo({ top: 150_000 });
    await frames();
    expect(mounted(host)).to.include.members([4, 5, 6]);
    expect(mounted(host).length).to.be.lessThan(40);
    expectFilled(host);
    expect(mounted(host), 'in order').to.deep.equal([...mounted(host)].sort((a, b) => a - b));
    host.active = 9_999;
    host.requestUpdate();
    await host.updateComplete;
    expect(mounted(host)).to.include.members([9_998, 9_999]);
    expect(mounted(host)).not.to.include(5);
    host.active = -1;
    host.requestUpdate();
    await host.updateComplete;
    expect(mounted(host)).not.to.include(9_999);
  });

  it('keeps the focused row and its neighbours, so that the focus is not lost', async () => {
    const host = await long();
    rowAt(host, 7).focus();
    host.scroller?.scrollTo({ top: 150_000 });
    await frames();
    expect(mounted(host)).to.include.members([6, 7, 8]);
    expect(host.shadowRoot?.activeElement).to.equal(rowAt(host, 7));
    rowAt(host, 7).blur();
    await frames();
    expect(mounted(host)).not.to.include(7);
  });
});

describe('VirtualList: changes', () => {
  it('keeps what is read in place when rows above it turn out higher', async () => {
    const host = await long();
    host.list.scrollToIndex(5_000, 'start');
    await frames(6);
    host.scroller?.scrollBy({ top: -400 });
    await frames(6);
    expectSeamless(host);
    expectFilled(host);
  });

  it('measures anew when the width changes, and keeps the first row in view', async () => {
    const host = await long({ wraps: true });
    host.list.scrollToIndex(3_000, 'start');
    await frames(6);
    const before = rowAt(host, 3_000).offsetHeight;
    host.style.setProperty('--w', '120px');
    await frames(8);
    expect(rowAt(host, 3_000).offsetHeight).to.be.greaterThan(before);
    expect(offsetOf(host, 3_000)).to.be.closeTo(0, 2);
    expectSeamless(host);
    expectFilled(host);
    host.style.setProperty('--w', '600px');
    await frames(8);
    expectSeamless(host);
    expectFilled(host);
  });

  it('shows the rows of another list of the same length', async () => {
    const host = await long({ keyed: (index) => `a${index}` });
    host.heights = (index) => heightOf(index) + 11;
    host.keyed = (index) => `b${index}`;
    host.requestUpdate();
    await host.updateComplete;
    await frames();
    expect(host.list.items[0]?.key).to.equal('b0');
    expectSeamless(host);
  });

  it('takes in what only its owner knows to have changed', async () => {
    let from = 0;
    // Rows 4,000 to 4,100 are others; neither probes nor rendered rows are among them.
    const host = await long({
      keyed: (index) => (index > 4_000 && index < 4_100 ? `${from}-${index}` : `${index}`),
    });
    from = 1;
    host.list.changed();
    await host.updateComplete;
    host.list.scrollToIndex(4_050, 'start');
    await frames(6);
    expect(host.list.items.some((item) => item.key === '1-4050')).to.equal(true);
    expectSeamless(host);
  });

  it('gets short, empty and long again', async () => {
    const host = await long();
    host.scroller?.scrollTo({ top: 90_000 });
    await frames();
    for (const count of [20, 0, 500, 10_000, ALL_BELOW, ALL_BELOW - 1]) {
      host.count = count;
      await host.updateComplete;
      await until(() => (count < ALL_BELOW ? mounted(host).length === count : ready(host)), `${count} rows`);
      await frames();
      expectSeamless(host);
      if (count >= ALL_BELOW) expectFilled(host);
      expect(host.scroller?.scrollHeight ?? 0).to.be.lessThan(Math.max(count * 60, 320));
    }
    expect(rowAt(host, 3).style.position).to.equal('');
  });

  it('survives rows without keys, whose elements are used again for others', async () => {
    const host = await long({ useKeys: false });
    for (const top of [3_000, 60_000, 100]) {
      host.scroller?.scrollTo({ top });
      await frames(6);
      expectSeamless(host);
      expectFilled(host);
    }
  });

  it('stands where it stood after a move in the document', async () => {
    const host = await long();
    host.list.scrollToIndex(5_000, 'start');
    await frames(6);
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(host);
    await host.updateComplete;
    await frames(6);
    expect(offsetOf(host, 5_000)).to.be.closeTo(0, 2);
    expectFilled(host);
  });
});

describe('VirtualList: more than a browser can lay out', () => {
  it('reaches both ends and any row of a million, and every row between', async function () {
    this.timeout(30_000);
    const count = 1_000_000;
    const host = await long({ count });
    expect(host.list.totalSize).to.equal(MAX_PX);
    expect(host.scroller?.scrollHeight ?? 0).to.be.at.most(MAX_PX + 12);
    for (const index of [count - 1, 500_000, 123_457, 3]) {
      host.list.scrollToIndex(index, 'start');
      await until(() => mounted(host).includes(index), `row ${index}`);
      await frames(8);
      expectSeamless(host);
      expectFilled(host);
      if (index < count - 1) expect(offsetOf(host, index), `row ${index}`).to.be.closeTo(0, 6);
    }
    host.scroller?.scrollTo({ top: 1e9 });
    await frames(8);
    expect(mounted(host)).to.include(count - 1);
    const bottom = host.scroller?.getBoundingClientRect().bottom ?? 0;
    expect(rowAt(host, count - 1).getBoundingClientRect().bottom).to.be.closeTo(bottom - 6, 8);
    host.scroller?.scrollTo({ top: 0 });
    await frames(8);
    expect(offsetOf(host, 0)).to.be.closeTo(6, 7);
    // Small steps skip no row.
    host.list.scrollToIndex(600_000, 'start');
    await frames(8);
    const seen = new Set(mounted(host));
    for (let i = 0; i < 12; i++) {
      host.scroller?.scrollBy({ top: 40 });
      await frames(2);
      for (const index of mounted(host)) seen.add(index);
      expectFilled(host);
    }
    const [first = 0, last = 0] = [Math.min(...seen), Math.max(...seen)];
    expect(seen.size).to.equal(last - first + 1);
  });
});

describe('VirtualList: misuse', () => {
  it('says where its directives belong', async () => {
    const host = await make({ count: 3 });
    const wrong = fixture(html`<p>${host.list.spacer()}</p>`);
    expect(await wrong.catch(String)).to.contain('tag');
  });

  it('measures what it is handed', async () => {
    const host = await long();
    const row = rowAt(host, 2);
    host.heights = (index) => (index === 2 ? 90 : heightOf(index));
    host.requestUpdate();
    await host.updateComplete;
    host.list.measure(row);
    host.list.measure(document.createElementNS('http://www.w3.org/2000/svg', 'g'));
    await frames();
    expect(host.list.items.find((item) => item.index === 2)?.size).to.equal(90);
    expectSeamless(host);
  });

  it('warns nobody in all this', async () => {
    const warnings = hearWarnings();
    const host = await long({ active: 3 });
    host.scroller?.scrollTo({ top: 5_000 });
    await frames();
    host.remove();
    await frames();
    expect(warnings.lines).to.deep.equal([]);
    warnings.restore();
  });
});

describe('VirtualList, anchored', () => {
  // Rows are named from the end, so that new ones at the top take nobody's name.
  let host: ListHost;
  const topOf = (name: number): number => {
    const row = rows(host).find(({ dataset }) => host.count - Number(dataset['index']) === name)!;
    return row.getBoundingClientRect().top;
  };

  beforeEach(async () => {
    host = document.createElement('test-virtual-list') as ListHost;
    Object.assign(host, {
      count: 10_000,
      anchored: true,
      keyed: (index: number) => `row ${host.count - index}`,
      heights: (index: number) => heightOf(host.count - index),
    });
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(host);
    await until(() => host.list.items.length > 0 && mounted(host).length < 60 && ready(host), 'the engine');
    await frames();
  });

  it('keeps what is read where it is, when rows come and go above it', async () => {
    host.scroller!.scrollTop = 5_000;
    await frames();
    const name = host.count - mounted(host)[8]!;
    const at = topOf(name);
    for (const more of [3, 1, 40, -20]) {
      host.count += more;
      await host.updateComplete;
      await frames();
      expect(topOf(name), `${more}`).to.be.closeTo(at, 1);
    }
  });

  it('lets new rows push at the very top', async () => {
    host.count += 3;
    await host.updateComplete;
    await frames();
    expect([host.scroller?.scrollTop, mounted(host)[0]]).to.deep.equal([0, 0]);
  });

  it('stays where it was scrolled to before its engine came', async () => {
    const early = await make({ count: 10_000 });
    early.scroller!.scrollTop = 300;
    await until(() => mounted(early).length < 60 && ready(early), 'the engine');
    await frames();
    expect(early.scroller?.scrollTop).to.be.closeTo(300, 60);
  });
});
