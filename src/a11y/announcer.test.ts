import { expect } from '@open-wc/testing';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { pageAnnouncer } from './announcer.ts';
import type { Urgency } from './announcer.ts';

const KEY = Symbol.for('waooaw.announcer');

let timers: FakeTimers;

beforeEach(() => {
  timers = fakeTimers();
});
afterEach(() => {
  // Everything that waits is said and cleared, so that tests do not hear one another.
  timers.advance(60_000);
  timers.restore();
});

function hosts(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-waooaw-announcer]')];
}

function spoken(urgency: Urgency): string | null | undefined {
  return hosts()[0]?.querySelector(`[aria-live="${urgency}"]`)?.textContent;
}

describe('the announcer', () => {
  it('is one for the page, also for a second copy of the module', async () => {
    const first = pageAnnouncer();
    const copy = (await import(new URL('./announcer.ts?copy', import.meta.url).href)) as {
      pageAnnouncer: typeof pageAnnouncer;
    };
    expect(copy.pageAnnouncer).not.to.equal(pageAnnouncer);
    expect(copy.pageAnnouncer()).to.equal(first);
    expect((globalThis as { [KEY]?: unknown })[KEY]).to.equal(first);
    expect(hosts().length).to.equal(1);
  });

  it('stands in the light DOM of the body with a polite and an assertive region, read as a whole', () => {
    pageAnnouncer();
    const [host] = hosts();
    expect(host?.parentElement).to.equal(document.body);
    const regions = [...(host?.children ?? [])];
    expect(regions.map((region) => region.getAttribute('aria-live'))).to.have.members([
      'polite',
      'assertive',
    ]);
    for (const region of regions) expect(region.getAttribute('aria-atomic')).to.equal('true');
  });

  it('is out of sight, and not out of the accessibility tree', () => {
    pageAnnouncer();
    const [host] = hosts();
    expect(host?.offsetWidth).to.equal(1);
    expect(host?.offsetHeight).to.equal(1);
    const { display, visibility, position } = getComputedStyle(host as HTMLElement);
    expect([display, visibility, position]).to.deep.equal(['block', 'visible', 'absolute']);
    expect(host?.closest('[aria-hidden]')).to.equal(null);
  });

  it('says what it is told in the region of its urgency', () => {
    pageAnnouncer().announce('API: Degraded', 'polite');
    pageAnnouncer().announce('Database: Down', 'assertive');
    expect([spoken('polite'), spoken('assertive')]).to.deep.equal(['', '']);
    timers.advance(500);
    expect([spoken('polite'), spoken('assertive')]).to.deep.equal(['API: Degraded', 'Database: Down']);
  });

  it('says what comes within half a second together, and repetitions once', () => {
    const announcer = pageAnnouncer();
    announcer.announce('A: Down', 'assertive');
    timers.advance(300);
    announcer.announce('B: Down', 'assertive');
    announcer.announce('A: Down', 'assertive');
    timers.advance(200);
    expect(spoken('assertive')).to.equal('A: Down. B: Down');
  });

  it('says three sentences at once and counts the others', () => {
    for (let i = 1; i <= 10; i++) pageAnnouncer().announce(`${i}: Down`, 'assertive');
    timers.advance(500);
    expect(spoken('assertive')).to.equal('1: Down. 2: Down. 3: Down. 7 more');
  });

  it('says three sentences as they are', () => {
    for (let i = 1; i <= 3; i++) pageAnnouncer().announce(`${i}: Down`, 'assertive');
    timers.advance(500);
    expect(spoken('assertive')).to.equal('1: Down. 2: Down. 3: Down');
  });

  it('says what comes later by itself', () => {
    pageAnnouncer().announce('A: Down', 'assertive');
    timers.advance(500);
    pageAnnouncer().announce('A: Up', 'assertive');
    timers.advance(499);
    expect(spoken('assertive')).to.equal('A: Down');
    timers.advance(1);
    expect(spoken('assertive')).to.equal('A: Up');
  });

  it('empties a region ten seconds after it spoke', () => {
    pageAnnouncer().announce('A: Down', 'assertive');
    timers.advance(500 + 9_999);
    expect(spoken('assertive')).to.equal('A: Down');
    timers.advance(1);
    expect(spoken('assertive')).to.equal('');
  });

  it('leaves a later sentence its own ten seconds', () => {
    pageAnnouncer().announce('A: Down', 'assertive');
    timers.advance(5_000);
    pageAnnouncer().announce('B: Down', 'assertive');
    timers.advance(6_000);
    expect(spoken('assertive')).to.equal('B: Down');
    timers.advance(5_000);
    expect(spoken('assertive')).to.equal('');
  });

  it('speaks on after a host has replaced its body', () => {
    pageAnnouncer();
    const before = document.body;
    const body = document.createElement('body');
    before.replaceWith(body);
    try {
      pageAnnouncer().announce('A: Down', 'assertive');
      timers.advance(500);
      expect(hosts().length).to.equal(1);
      expect(hosts()[0]?.parentElement).to.equal(body);
      expect(spoken('assertive')).to.equal('A: Down');
    } finally {
      body.replaceWith(before);
    }
  });
});
