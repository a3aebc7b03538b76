import { expect } from '@open-wc/testing';
import { setMessages } from '../i18n/messages.ts';
import { startTranslation } from '../i18n/translate.ts';
import { recordSpeech, withAriaNotify } from '../testing/speech.ts';
import type { SpeechRecord } from '../testing/speech.ts';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { pageAnnouncer } from './announcer.ts';
import type { Urgency } from './announcer.ts';

const KEY = Symbol.for('waooaw.announcer');

let timers: FakeTimers;
let speech: SpeechRecord;
let restore: () => void;

/** Fresh: what the tests before have said is a day ago. */
beforeEach(() => {
  timers = fakeTimers();
  restore = withAriaNotify(false);
  speech = recordSpeech();
});
afterEach(() => {
  // Everything that waits is said and cleared, so that tests do not hear one another.
  timers.advance(60_000);
  speech.stop();
  restore();
  timers.restore();
  // As a page does that was just loaded.
  for (const host of hosts()) host.remove();
  delete (globalThis as { [KEY]?: unknown })[KEY];
});

function hosts(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-waooaw-announcer]')];
}

function shown(urgency: Urgency): string | null | undefined {
  return hosts()[0]?.querySelector(`[aria-live="${urgency}"]`)?.textContent;
}

/** The transcript so far: `!` for what interrupts. */
function said(): string[] {
  return speech.said.map(({ text, urgency }) => (urgency === 'assertive' ? `!${text}` : text));
}

const polite = (text: string, options?: object): void => pageAnnouncer().announce(text, 'polite', options);
const assertive = (text: string, options?: object): void =>
  pageAnnouncer().announce(text, 'assertive', options);

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

  it('stands in the light DOM of the body with a polite and an assertive region, before it says anything', () => {
    pageAnnouncer();
    const [host] = hosts();
    expect(host?.parentElement).to.equal(document.body);
    const regions = [...(host?.children ?? [])];
    expect(regions.map((region) => region.getAttribute('aria-live'))).to.have.members([
      'polite',
      'assertive',
    ]);
    for (const region of regions) {
      expect(region.getAttribute('aria-atomic')).to.equal('true');
      expect(region.textContent).to.equal('');
    }
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

  it('says what comes within half a second together, and repetitions once', () => {
    assertive('A: Down');
    timers.advance(300);
    assertive('B: Down');
    assertive('A: Down');
    timers.advance(199);
    expect(said()).to.deep.equal([]);
    timers.advance(1);
    expect(said()).to.deep.equal(['!A: Down. B: Down']);
  });

  it('says three sentences at once and counts the others', () => {
    for (let i = 1; i <= 10; i++) assertive(`${i}: Down`);
    timers.advance(500);
    expect(said()).to.deep.equal(['!1: Down. 2: Down. 3: Down. 7 more']);
  });

  it('says three sentences as they are', () => {
    for (let i = 1; i <= 3; i++) assertive(`${i}: Down`);
    timers.advance(500);
    expect(said()).to.deep.equal(['!1: Down. 2: Down. 3: Down']);
  });

  it('counts the others in the page’s language', () => {
    startTranslation();
    setMessages('announcer', 'x-test', { more: (count: number) => `+${count}` });
    document.documentElement.lang = 'x-test';
    for (let i = 1; i <= 5; i++) assertive(`${i}`);
    timers.advance(500);
    document.documentElement.removeAttribute('lang');
    expect(said()).to.deep.equal(['!1. 2. 3. +2']);
  });

  it('says nothing of nothing', () => {
    polite('');
    timers.advance(5_000);
    expect(said()).to.deep.equal([]);
  });

  it('may be told how much to say', () => {
    pageAnnouncer().configure({ gatherMs: 100, most: 1 });
    for (let i = 1; i <= 3; i++) assertive(`${i}`);
    timers.advance(100);
    expect(said()).to.deep.equal(['!1. 2 more']);
  });
});

describe('the announcer: its budget', () => {
  it('is one polite utterance in a second and a half', () => {
    polite('one');
    timers.advance(500);
    polite('two');
    timers.advance(1_000);
    polite('three');
    expect(said()).to.deep.equal(['one']);
    timers.advance(499);
    expect(said()).to.deep.equal(['one']);
    timers.advance(1);
    expect(said()).to.deep.equal(['one', 'two. three']);
  });

  it('of a flood is kept', () => {
    for (let i = 0; i < 100; i++) {
      polite(`news ${i}`);
      timers.advance(100);
    }
    expect(speech.said.length).to.be.at.most(1 + 10_000 / 1_500);
  });

  it('does not hold back what interrupts, which goes first and leaves polite speech a pause', () => {
    polite('count');
    assertive('Down');
    timers.advance(500);
    expect(said()).to.deep.equal(['!Down']);
    timers.advance(500);
    assertive('Down too');
    timers.advance(500);
    expect(said()).to.deep.equal(['!Down', '!Down too']);
    timers.advance(1_499);
    expect(said().length).to.equal(2);
    timers.advance(1);
    expect(said()).to.deep.equal(['!Down', '!Down too', 'count']);
  });

  it('can be another', () => {
    pageAnnouncer().configure({ politeEveryMs: 5_000 });
    polite('one');
    timers.advance(500);
    polite('two');
    timers.advance(4_999);
    expect(said()).to.deep.equal(['one']);
    timers.advance(1);
    expect(said()).to.deep.equal(['one', 'two']);
  });

  it('is not spent by a clock that is set back', () => {
    polite('one');
    timers.advance(500);
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    polite('two');
    timers.advance(500);
    Date.now = now;
    expect(said()).to.deep.equal(['one', 'two']);
  });
});

describe('the announcer: what is said of what waits', () => {
  it('is what matters most first', () => {
    polite('low', { priority: -1 });
    polite('first');
    polite('high', { priority: 5 });
    polite('second');
    timers.advance(500);
    expect(said()).to.deep.equal(['high. first. second. 1 more']);
  });

  it('is the newest of one key, whichever way it was to be said', () => {
    polite('10 results', { key: 'count' });
    polite('other');
    polite('2 results', { key: 'count' });
    timers.advance(500);
    polite('1 result', { key: 'count' });
    assertive('No results', { key: 'count' });
    timers.advance(5_000);
    expect(said()).to.deep.equal(['2 results. other', '!No results']);
  });

  it('is one sentence of a group, worded by whoever tells it', () => {
    const group = (items: readonly string[]): string =>
      `${items.length} services critical: ${items.join(', ')}`;
    for (const item of ['API', 'Database', 'API', 'Queue']) {
      assertive(`${item}: Critical`, { key: 'critical', group, item });
    }
    timers.advance(500);
    assertive('Cache: Critical', { key: 'critical', group, item: 'Cache' });
    timers.advance(500);
    expect(said()).to.deep.equal(['!3 services critical: API, Database, Queue', '!Cache: Critical']);
  });

  it('is not what was just said', () => {
    polite('12 results');
    timers.advance(500);
    polite('12 results');
    timers.advance(1_000);
    polite('12 results');
    timers.advance(10_000);
    expect(said()).to.deep.equal(['12 results']);
    polite('12 results');
    timers.advance(1_500);
    expect(said()).to.deep.equal(['12 results', '12 results']);
  });

  it('is what was just said, when something else was true between', () => {
    assertive('A: Down');
    timers.advance(500);
    polite('A: Up');
    assertive('A: Down');
    timers.advance(500);
    expect(said()).to.deep.equal(['!A: Down', '!A: Down']);
  });
});

describe('the announcer: the way through regions', () => {
  it('empties a region ten seconds after it spoke', () => {
    assertive('A: Down');
    timers.advance(500 + 9_999);
    expect(shown('assertive')).to.equal('A: Down');
    timers.advance(1);
    expect(shown('assertive')).to.equal('');
  });

  it('leaves a later sentence its own ten seconds', () => {
    assertive('A: Down');
    timers.advance(5_000);
    assertive('B: Down');
    timers.advance(6_000);
    expect(shown('assertive')).to.equal('B: Down');
    timers.advance(5_000);
    expect(shown('assertive')).to.equal('');
  });

  it('writes another text where the same is to be said again, or it would not be read', () => {
    assertive('A: Down');
    timers.advance(2_500);
    const first = shown('assertive');
    assertive('A: Down');
    timers.advance(500);
    expect(shown('assertive')).not.to.equal(first);
    expect(said()).to.deep.equal(['!A: Down', '!A: Down']);
  });

  it('goes on after a host has replaced its body', () => {
    pageAnnouncer();
    const before = document.body;
    const body = document.createElement('body');
    before.replaceWith(body);
    try {
      assertive('A: Down');
      timers.advance(500);
      expect(hosts().length).to.equal(1);
      expect(hosts()[0]?.parentElement).to.equal(body);
      expect(shown('assertive')).to.equal('A: Down');
    } finally {
      body.replaceWith(before);
    }
  });
});

describe('the announcer: the way through ariaNotify', () => {
  /** Gives the document another `ariaNotify`. */
  function notifyBy(call: (text: string, options: { priority: string }) => void): void {
    Object.defineProperty(document, 'ariaNotify', { value: call, configurable: true, writable: true });
  }

  it('is the browser’s own where there is one, and leaves the regions empty', () => {
    restore();
    expect(typeof (document as { ariaNotify?: unknown }).ariaNotify, 'this Chromium has it').to.equal(
      'function',
    );
    speech.stop();
    speech = recordSpeech();
    polite('12 results');
    timers.advance(500);
    assertive('A: Down');
    timers.advance(500);
    expect(said()).to.deep.equal(['12 results', '!A: Down']);
    expect([shown('polite'), shown('assertive')]).to.deep.equal(['', '']);
  });

  it('tells the urgency', () => {
    const told: unknown[] = [];
    notifyBy((text, { priority }) => told.push([text, priority]));
    assertive('A: Down');
    timers.advance(500);
    polite('A: Up');
    timers.advance(1_500);
    expect(told).to.deep.equal([
      ['A: Down', 'high'],
      ['A: Up', 'normal'],
    ]);
  });

  it('is left for the regions where it fails', () => {
    notifyBy(() => {
      throw new DOMException('no', 'NotAllowedError');
    });
    assertive('A: Down');
    timers.advance(500);
    expect(shown('assertive')).to.equal('A: Down');
  });

  it('is left for the regions in a frame that is not allowed to', () => {
    notifyBy(() => {
      throw new Error('was called');
    });
    const policy = { features: () => ['aria-notify'], allowsFeature: () => false };
    Object.defineProperty(document, 'featurePolicy', { value: policy, configurable: true });
    assertive('A: Down');
    timers.advance(500);
    delete (document as { featurePolicy?: unknown }).featurePolicy;
    expect(shown('assertive')).to.equal('A: Down');
  });
});
