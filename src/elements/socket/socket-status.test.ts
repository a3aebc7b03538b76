import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, setViewport } from '@web/test-runner-commands';
import { CLOSE } from '../../protocol/close.ts';
import { hearWarnings } from '../../testing/console.ts';
import type { Warnings } from '../../testing/console.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import { until } from '../../testing/until.ts';
import { setHidden } from '../../testing/visibility.ts';
import { setPagePace } from '../../a11y/page-pace.ts';
import './define.ts';
import type { WaooawSocket } from './socket.ts';

let script: Script;
let timers: FakeTimers;
let warnings: Warnings;
const random = Math.random;

before(followColorScheme);
beforeEach(() => {
  sessionStorage.clear();
  script = scriptSockets();
  timers = fakeTimers();
  warnings = hearWarnings();
  // Every wait is half of the longest.
  Math.random = () => 0.5;
});
afterEach(async () => {
  Math.random = random;
  warnings.restore();
  timers.restore();
  script.restore();
  await emulateMedia(MEDIA.light);
  await setViewport({ width: 800, height: 600 });
});

async function socket(attributes: { label?: string; interval?: number } = {}): Promise<WaooawSocket> {
  const { label = '', interval = 9_000 } = attributes;
  const element = await fixture<WaooawSocket>(html`
    <waooaw-socket show-status label=${label} reconnect-interval=${interval}></waooaw-socket>
  `);
  await import('./details.ts');
  await element.updateComplete;
  return element;
}

function part(element: WaooawSocket, name: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`);
  if (!found) throw new Error(`no part "${name}"`);
  return found;
}

const has = (element: WaooawSocket, name: string): boolean =>
  element.shadowRoot?.querySelector(`[part="${name}"]`) != null;
const text = (node: Element | null | undefined): string =>
  node?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const words = (element: WaooawSocket): string => text(part(element, 'words'));

/** What is read aloud of the words. */
function spoken(element: WaooawSocket): string {
  const copy = part(element, 'words').cloneNode(true) as HTMLElement;
  copy.querySelectorAll('[aria-hidden="true"]').forEach((node) => node.remove());
  return text(copy);
}

/** Shape and dashes: what is left of a figure without its colour. */
function figure(element: WaooawSocket): string {
  const path = part(element, 'icon').querySelector('path');
  if (!path) throw new Error('no figure');
  const { strokeDasharray, fill } = getComputedStyle(path);
  return `${path.getAttribute('d')} ${strokeDasharray} ${fill === 'none' ? 'drawn' : 'filled'}`;
}

/** Ways into each state, from a new socket. */
const WAYS: Readonly<Record<string, (element: WaooawSocket) => void>> = {
  connecting: () => undefined,
  authenticating: () => script.socket.open(),
  live: () => script.socket.accept(),
  reconnecting: () => {
    script.socket.accept();
    script.socket.end();
  },
  suspended: () => {
    script.socket.accept();
    dispatchEvent(new Event('offline'));
  },
  failed: () => {
    script.socket.open();
    script.socket.end(CLOSE.origin_not_allowed, 'origin_not_allowed');
  },
  closed: (element) => {
    script.socket.accept();
    element.disconnect();
  },
};

describe('<waooaw-socket show-status>', () => {
  const looks: readonly (readonly [state: string, words: string, stuck: boolean])[] = [
    ['connecting', 'Connecting…', false],
    ['authenticating', 'Connecting…', false],
    ['live', 'Live', false],
    ['reconnecting', 'Reconnecting in 5 s', true],
    ['suspended', 'Offline: waiting for the network', true],
    [
      'failed',
      'Connection failed: this site is not on the server’s allow-list (WAOOAW_ALLOWED_ORIGINS)',
      true,
    ],
    ['closed', 'Disconnected', true],
  ];
  for (const [state, expected, stuck] of looks) {
    it(`says "${expected}" while it is ${state}, and offers what can be done`, async () => {
      const element = await socket();
      WAYS[state]?.(element);
      await element.updateComplete;
      expect([element.state, words(element)]).to.deep.equal([state, expected]);
      expect(element.matches(`:state(${state})`)).to.equal(true);
      expect(has(element, 'reconnect')).to.equal(stuck);
      expect(element.shadowRoot?.querySelector('[role="status"], [aria-live]')).to.equal(null);
    });
  }

  it('has a figure by state that differs without its colour', async () => {
    const figures = new Set<string>();
    for (const [state] of looks) {
      const element = await socket();
      WAYS[state]?.(element);
      await element.updateComplete;
      figures.add(figure(element));
      element.remove();
    }
    // Connecting and authenticating are one to whoever looks.
    expect(figures.size).to.equal(looks.length - 1);
  });

  for (const media of MEDIA_NAMES) {
    it(`passes axe in every state in ${media}, open and closed`, async function () {
      this.timeout(60_000);
      timers.restore();
      await emulateMedia(MEDIA[media]);
      for (const [state] of looks) {
        const element = await socket();
        WAYS[state]?.(element);
        await element.updateComplete;
        await expect(element).to.be.accessible();
        if (state !== 'live' && state !== 'failed') continue;
        part(element, 'details-button').click();
        await until(() => has(element, 'download'), 'the details');
        await expect(element).to.be.accessible();
        element.remove();
      }
    });
  }

  const reasons: readonly (readonly [reason: string, code: number, says: string])[] = [
    ['unauthorized', CLOSE.unauthorized, 'the token is missing or not accepted'],
    ['token_revoked', CLOSE.token_revoked, 'the token was revoked'],
    ['token_expired', CLOSE.token_expired, 'the token has expired'],
    [
      'unsupported_protocol',
      CLOSE.unsupported_protocol,
      'this page and the server speak different protocol versions',
    ],
    ['disconnected', CLOSE.disconnected, 'an administrator ended it'],
  ];
  for (const [reason, code, says] of reasons) {
    it(`says of ${reason} that ${says}`, async () => {
      const element = await socket();
      script.socket.open();
      script.socket.end(code, reason);
      await element.updateComplete;
      expect(words(element)).to.equal(`Connection failed: ${says}`);
      expect(warnings.lines.at(-1)).to.contain(says);
    });
  }

  it('says why it is being tried again, as long as that is known', async () => {
    const element = await socket();
    script.socket.open();
    script.socket.end(CLOSE.connection_limit, 'connection_limit');
    await element.updateComplete;
    expect(spoken(element)).to.equal('Reconnecting: the server is full');
    timers.advance(5_000);
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting…: the server is full');
    script.socket.accept();
    await element.updateComplete;
    expect(words(element)).to.equal('Live');
  });

  it('says nothing of reasons that mean nothing to who reads them', async () => {
    const element = await socket();
    script.socket.open();
    script.socket.end(4499, 'moon_phase');
    await element.updateComplete;
    expect(words(element)).to.equal('Connection failed');
  });

  it('names the way where it is another than usual', async () => {
    const element = await socket();
    Object.defineProperty(element.client, 'state', { configurable: true, value: 'fallback' });
    element.requestUpdate();
    await element.updateComplete;
    expect(words(element)).to.equal('Live (streaming)');
    const streaming = figure(element);
    Reflect.deleteProperty(element.client!, 'state');
    script.socket.accept();
    await element.updateComplete;
    expect(figure(element)).not.to.equal(streaming);
  });

  it('says of a page that slept that it slept', async () => {
    const element = await socket();
    script.socket.accept();
    document.dispatchEvent(new Event('freeze'));
    await element.updateComplete;
    expect(words(element)).to.equal('Put to sleep by the browser');
    document.dispatchEvent(new Event('resume'));
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting…');
  });

  it('reads its label first', async () => {
    const element = await socket({ label: 'Orders' });
    script.socket.accept();
    await element.updateComplete;
    expect(words(element)).to.equal('Orders Live');
    expect(part(element, 'details-button').getAttribute('aria-label')).to.equal('Connection details: Orders');
  });

  it('keeps the button where it is while another try is under way', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    const button = part(element, 'reconnect');
    button.focus();
    button.click();
    await element.updateComplete;
    expect([element.state, words(element)]).to.deep.equal(['connecting', 'Reconnecting…']);
    expect(part(element, 'reconnect') === button, 'the same button').to.equal(true);
    expect(element.shadowRoot?.activeElement === button, 'it has the focus').to.equal(true);
  });

  it('says of its button that it does nothing while another try is under way', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    const button = part(element, 'reconnect');
    expect(button.hasAttribute('aria-disabled')).to.equal(false);
    button.click();
    await element.updateComplete;
    expect(button.getAttribute('aria-disabled')).to.equal('true');
  });

  for (const [width, beside] of [
    [320, false],
    [640, true],
  ] as const) {
    it(`has its figure in the words’ first line and its buttons ${beside ? 'beside' : 'below'} them at ${width} px`, async () => {
      await setViewport({ width, height: 640 });
      const element = await socket();
      WAYS['failed']?.(element);
      await element.updateComplete;
      const [icon, words, button] = ['icon', 'words', 'reconnect'].map((name) =>
        part(element, name).getBoundingClientRect(),
      );
      expect(words!.height, 'several lines').to.be.greaterThan(30);
      expect(icon!.right).to.be.at.most(words!.left);
      expect(icon!.top).to.be.within(words!.top, words!.top + 5);
      if (beside) expect(button!.left).to.be.at.least(words!.right);
      else expect(button!.top).to.be.at.least(words!.bottom);
    });
  }

  it('wraps no words that have room', async () => {
    const element = await socket();
    WAYS['suspended']?.(element);
    await element.updateComplete;
    expect(part(element, 'words').getBoundingClientRect().height).to.be.lessThan(20);
  });

  it('ends with its dots also in a page that is read from right to left', async () => {
    document.documentElement.dir = 'rtl';
    try {
      const element = await socket();
      const walker = document.createTreeWalker(part(element, 'words'), NodeFilter.SHOW_TEXT);
      let node: Text | undefined;
      while (walker.nextNode())
        if (walker.currentNode.textContent === 'Connecting…') node = walker.currentNode as Text;
      const leftOf = (at: number): number => {
        const range = document.createRange();
        range.setStart(node!, at);
        range.setEnd(node!, at + 1);
        return range.getBoundingClientRect().left;
      };
      expect(leftOf('Connecting'.length)).to.be.greaterThan(leftOf(0));
    } finally {
      document.documentElement.dir = '';
    }
  });

  for (const direction of ['ltr', 'rtl']) {
    it(`fits 320 px at twice the text size, ${direction}`, async () => {
      await setViewport({ width: 320, height: 640 });
      document.documentElement.dir = direction;
      document.documentElement.style.fontSize = '200%';
      try {
        const element = await socket({ label: 'Orders' });
        WAYS['failed']?.(element);
        await element.updateComplete;
        part(element, 'details-button').click();
        await element.updateComplete;
        const { scrollWidth, clientWidth } = document.documentElement;
        expect(scrollWidth - clientWidth, 'nothing sticks out').to.equal(0);
        const { left, right } = part(element, 'details').getBoundingClientRect();
        expect(left).to.be.at.least(0);
        expect(right).to.be.at.most(clientWidth);
      } finally {
        document.documentElement.dir = '';
        document.documentElement.style.fontSize = '';
      }
    });
  }
});

describe('<waooaw-socket show-status>: the countdown', () => {
  it('counts seconds for the eyes, and is hidden from speech', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    const seen: string[] = [];
    for (let second = 0; second < 4; second++) {
      seen.push(words(element));
      expect(spoken(element)).to.equal('Reconnecting');
      timers.advance(1_000);
      await element.updateComplete;
    }
    expect(seen).to.deep.equal([5, 4, 3, 2].map((s) => `Reconnecting in ${s} s`));
    timers.advance(1_000);
    await element.updateComplete;
    expect([element.state, words(element)]).to.deep.equal(['connecting', 'Reconnecting…']);
  });

  it('touches the page at most once a second', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    let writes = 0;
    const observer = new MutationObserver((records) => (writes += records.length));
    observer.observe(element.shadowRoot!, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    for (let step = 0; step < 40; step++) {
      timers.advance(100);
      await element.updateComplete;
    }
    await Promise.resolve();
    expect(writes).to.be.within(1, 4);
    observer.disconnect();
  });

  it('stands still in a hidden page, and is right when it is seen again', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    setHidden(true);
    timers.advance(1_000);
    let updates = 0;
    const requestUpdate = element.requestUpdate.bind(element);
    element.requestUpdate = (...args) => {
      updates += 1;
      requestUpdate(...args);
    };
    timers.advance(2_000);
    expect(updates).to.equal(0);
    setHidden(false);
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting in 2 s');
  });

  it('ends with the element, and goes on where it is put', async () => {
    const element = await socket();
    WAYS['reconnecting']?.(element);
    await element.updateComplete;
    const place = document.createElement('div');
    element.parentElement?.append(place);
    place.append(element);
    await element.updateComplete;
    timers.advance(1_000);
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting in 4 s');
  });
});

describe('<waooaw-socket>: status on a paused page', () => {
  afterEach(() => setPagePace({ paused: false }));

  it('counts nothing down, and goes on where the time is when the page does', async () => {
    const element = await socket();
    script.socket.accept();
    script.socket.end();
    await element.updateComplete;
    expect(words(element)).to.match(/^Reconnecting in \d+ s$/);
    setPagePace({ paused: true });
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting…');
    timers.advance(1_000);
    await element.updateComplete;
    expect(words(element)).to.equal('Reconnecting…');
    setPagePace({ paused: false });
    await element.updateComplete;
    expect(words(element)).to.match(/^Reconnecting in \d+ s$/);
  });
});
