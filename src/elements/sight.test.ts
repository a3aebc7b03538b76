import { expect, fixture, html } from '@open-wc/testing';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { until } from '../testing/until.ts';
import { setHidden } from '../testing/visibility.ts';
import { watchSight } from './sight.ts';

/** The observers that are alive, and what they observe. */
const observing = new Map<IntersectionObserver, Set<Element>>();
const Real = globalThis.IntersectionObserver;
const stops: (() => void)[] = [];
let timers: FakeTimers;

before(() => {
  globalThis.IntersectionObserver = class extends Real {
    override observe(element: Element): void {
      observing.set(this, (observing.get(this) ?? new Set()).add(element));
      super.observe(element);
    }
    override unobserve(element: Element): void {
      observing.get(this)?.delete(element);
      super.unobserve(element);
    }
    override disconnect(): void {
      observing.delete(this);
      super.disconnect();
    }
  };
});
after(() => {
  globalThis.IntersectionObserver = Real;
});
beforeEach(() => {
  timers = fakeTimers();
});
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
  setHidden(false);
  timers.restore();
});

/** A box in a long page; far down it is out of sight. */
async function box(top = 0): Promise<HTMLElement> {
  const page = await fixture<HTMLElement>(html`<div style="position: relative; height: 5000px"></div>`);
  const element = document.createElement('div');
  element.style.cssText = `position: absolute; top: ${top}px; width: 10px; height: 10px`;
  page.append(element);
  return element;
}

/** Watches, and remembers what it is told. */
function watch(element: Element): boolean[] {
  const told: boolean[] = [];
  stops.push(watchSight(element, (seen) => told.push(seen)));
  return told;
}

/** Two frames: by then the browser has looked. */
const looked = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

describe('sight', () => {
  it('is told at first only where there is none, and after a while', async () => {
    const [near, far] = [watch(await box()), watch(await box(4_000))];
    await looked();
    timers.advance(499);
    expect([near, far]).to.deep.equal([[], []]);
    timers.advance(501);
    expect([near, far]).to.deep.equal([[], [false]]);
  });

  it('is back at once', async () => {
    const element = await box(4_000);
    const told = watch(element);
    await looked();
    timers.advance(1_000);
    element.style.top = '0';
    await until(() => told.length === 2, 'it is seen');
    expect(told).to.deep.equal([false, true]);
  });

  it('ends for everything with the page’s, and comes back with it for what is in view', async () => {
    const [near, far] = [watch(await box()), watch(await box(4_000))];
    await looked();
    timers.advance(1_000);
    setHidden(true);
    timers.advance(1_000);
    setHidden(false);
    expect([near, far]).to.deep.equal([[false, true], [false]]);
  });

  it('is not lost by who is only scrolled by', async () => {
    const told = watch(await box());
    await looked();
    setHidden(true);
    timers.advance(499);
    setHidden(false);
    timers.advance(60_000);
    expect(told).to.deep.equal([]);
  });

  it('is lost by a crowd together, and by late-comers a little later', async () => {
    const first = await box();
    const second = first.cloneNode() as HTMLElement;
    const late = first.cloneNode() as HTMLElement;
    first.after(second, late);
    const crowd = [watch(first), watch(second)];
    await looked();
    setHidden(true);
    await Promise.resolve();
    timers.advance(250);
    const told = watch(late);
    timers.advance(250);
    expect([...crowd, told]).to.deep.equal([[false], [false], []]);
    timers.advance(500);
    expect(told).to.deep.equal([false]);
    timers.advance(60_000);
    expect([...crowd, told]).to.deep.equal([[false], [false], [false]]);
  });

  it('of a late-comer who is seen again in time is not lost', async () => {
    const first = watch(await box());
    const element = await box();
    setHidden(true);
    timers.advance(250);
    const told = watch(element);
    setHidden(false);
    timers.advance(60_000);
    expect([first, told]).to.deep.equal([[], []]);
  });

  it('of one element is told to all who watch it, and at once to a newcomer', async () => {
    const element = await box(4_000);
    const first = watch(element);
    await looked();
    timers.advance(1_000);
    const second = watch(element);
    expect([first, second]).to.deep.equal([[false], [false]]);
    expect([...observing.values()].map(({ size }) => size)).to.deep.equal([1]);
    stops.shift()?.();
    element.style.top = '0';
    await until(() => second.length === 2, 'it is seen');
    expect(first).to.deep.equal([false]);
  });

  it('is watched by one observer, which is gone with the last who watched, as is every timer', async () => {
    const elements = await Promise.all(Array.from({ length: 1_000 }, () => box()));
    const told = elements.map(watch);
    expect([...observing.values()].map(({ size }) => size)).to.deep.equal([1_000]);
    setHidden(true);
    stops.splice(0).forEach((stop) => {
      stop();
      stop();
    });
    timers.advance(60_000);
    setHidden(false);
    expect(observing.size).to.equal(0);
    expect(told.flat()).to.deep.equal([]);
  });
});
