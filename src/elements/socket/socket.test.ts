import { expect, fixture, html, oneEvent } from '@open-wc/testing';
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import { CLOSE } from '../../protocol/close.ts';
import type { StateChange } from '../../client/states.ts';
import { hearWarnings } from '../../testing/console.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { withoutWaiting } from '../../testing/random.ts';
import {
  countsOf,
  killServer,
  newServer,
  sharedServer,
  startServer,
  stopServer,
} from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import { pageSockets } from '../socket-context.ts';
import './define.ts';
import type { WaooawSocket } from './socket.ts';

let shared: TestServer;
let own: TestServer;

before(async () => {
  followColorScheme();
  [shared, own] = await Promise.all([sharedServer(), newServer()]);
});
after(() => stopServer(own));
afterEach(() => emulateMedia(MEDIA.light));

function socket(url = shared.url): Promise<WaooawSocket> {
  return fixture<WaooawSocket>(html`<waooaw-socket url=${url} show-status></waooaw-socket>`);
}

const words = (element: WaooawSocket): string =>
  element.shadowRoot?.querySelector('[part="status"]')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const part = (element: WaooawSocket, name: string): HTMLElement | undefined =>
  element.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`) ?? undefined;
const button = (element: WaooawSocket): HTMLElement | undefined => part(element, 'reconnect');

async function is(element: WaooawSocket, state: string): Promise<void> {
  await until(() => element.state === state, `the socket is ${state}`);
  await element.updateComplete;
}

async function connections(count: number): Promise<void> {
  await until(async () => (await countsOf(own)).connections === count, `${count} connections`);
}

describe('<waooaw-socket>: accessibility', () => {
  for (const media of MEDIA_NAMES) {
    it(`passes axe while it is live, closed and failed in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      const element = await socket();
      await is(element, 'live');
      await expect(element).to.be.accessible();
      element.disconnect();
      await is(element, 'closed');
      await expect(element).to.be.accessible();
    });
  }

  it('has no live region of its own', async () => {
    const element = await socket();
    await is(element, 'live');
    expect(element.shadowRoot?.querySelector('[role], [aria-live]')).to.equal(null);
  });

  it('reconnects by keyboard', async () => {
    const element = await socket();
    await is(element, 'live');
    element.disconnect();
    await until(() => button(element), 'the button');
    await sendKeys({ press: 'Tab' });
    expect(document.activeElement).to.equal(element);
    const focused = (): string | null | undefined => element.shadowRoot?.activeElement?.getAttribute('part');
    expect(focused()).to.equal('reconnect');
    expect(getComputedStyle(button(element)!).outlineStyle).to.equal('solid');
    await sendKeys({ press: 'Enter' });
    await is(element, 'live');
    expect(button(element) === undefined, 'the button is gone').to.equal(true);
    expect(focused(), 'whoever pressed it goes on beside it').to.equal('details-button');
    expect(getComputedStyle(part(element, 'details-button')!).outlineStyle).to.equal('solid');
  });

  it('has buttons that are large enough to be hit', async () => {
    const element = await socket();
    await is(element, 'live');
    element.disconnect();
    await until(() => button(element), 'the button');
    for (const name of ['reconnect', 'details-button']) {
      const { width, height } = part(element, name)!.getBoundingClientRect();
      expect(Math.min(width, height), name).to.be.at.least(24);
    }
  });
});

describe('<waooaw-socket>: status', () => {
  it('is shown only on request', async () => {
    const element = await fixture<WaooawSocket>(html`<waooaw-socket url=${shared.url}></waooaw-socket>`);
    await is(element, 'live');
    expect(element.shadowRoot?.querySelector('[part="status"]')).to.equal(null);
    element.showStatus = true;
    await element.updateComplete;
    expect(words(element)).to.equal('Live');
    await is(element, 'live');
  });

  it('tells every change by an event that leaves every shadow', async () => {
    const page = await fixture<HTMLElement>(html`<div></div>`);
    const heard: string[] = [];
    page.addEventListener('waooaw-state', (event) => {
      const { state, previous } = event.detail;
      heard.push(`${previous} → ${state}`);
      expect(event.composed).to.equal(true);
    });
    const element = document.createElement('waooaw-socket');
    element.url = shared.url;
    page.append(element);
    await is(element, 'live');
    element.disconnect();
    element.connect();
    await is(element, 'live');
    expect(heard).to.deep.equal([
      'idle → connecting',
      'connecting → authenticating',
      'authenticating → live',
      'live → closed',
      'closed → connecting',
      'connecting → authenticating',
      'authenticating → live',
    ]);
  });

  it('says why a server turned the page away for good', async () => {
    const strict = await newServer({ WAOOAW_ALLOWED_ORIGINS: 'https://portal.example' });
    const element = await socket(strict.url);
    await is(element, 'failed');
    expect(words(element)).to.equal(
      'Connection failed: this site is not on the server’s allow-list (WAOOAW_ALLOWED_ORIGINS) Reconnect now',
    );
    for (const media of MEDIA_NAMES) {
      await emulateMedia(MEDIA[media]);
      await expect(element).to.be.accessible();
    }
    await stopServer(strict);
  });
});

describe('<waooaw-socket>: connection', () => {
  it('comes back by itself, and says so meanwhile', async function () {
    this.timeout(20_000);
    const element = await fixture<WaooawSocket>(
      html`<waooaw-socket url=${own.url} show-status></waooaw-socket>`,
    );
    await is(element, 'live');
    const giveBack = withoutWaiting();
    await killServer(own);
    await is(element, 'reconnecting');
    expect(words(element)).to.match(/^Reconnecting/);
    expect(element.matches(':state(reconnecting)')).to.equal(true);
    for (const media of MEDIA_NAMES) {
      await emulateMedia(MEDIA[media]);
      await expect(element).to.be.accessible();
    }
    await startServer(own);
    await is(element, 'live');
    giveBack();
  });

  it('stays away when it shall not come back by itself', async function () {
    this.timeout(20_000);
    const element = await fixture<WaooawSocket>(
      html`<waooaw-socket url=${own.url} show-status no-auto-reconnect></waooaw-socket>`,
    );
    await is(element, 'live');
    await killServer(own);
    await is(element, 'failed');
    expect(words(element)).to.match(/^Connection failed.* Reconnect now$/);
    await startServer(own);
    button(element)?.click();
    await is(element, 'live');
  });

  it('waits a usual while for a reconnect-interval that is none', async () => {
    const full = await newServer({ WAOOAW_MAX_CONNECTIONS: '1' });
    const first = await socket(full.url);
    await is(first, 'live');
    const random = Math.random;
    Math.random = () => 1;
    for (const interval of ['soon', '-5', '0', '']) {
      const second = document.createElement('waooaw-socket');
      second.setAttribute('reconnect-interval', interval);
      second.url = full.url;
      const changes: StateChange[] = [];
      second.addEventListener('waooaw-state', (event) => changes.push(event.detail));
      first.after(second);
      const waiting = await until(() => changes.find(({ state }) => state === 'reconnecting'), 'it waits');
      expect([waiting.code, waiting.retryInMs], interval).to.deep.equal([CLOSE.connection_limit, 500]);
      second.remove();
    }
    Math.random = random;
    await stopServer(full);
  });

  it('is closed when the element is removed, and opened again when it is put back', async () => {
    const element = await socket(own.url);
    await is(element, 'live');
    await connections(1);
    const { parentElement } = element;
    element.remove();
    await connections(0);
    expect([element.client, element.state]).to.deep.equal([undefined, 'idle']);
    expect(element.matches(':state(idle):not(:state(closed))')).to.equal(true);
    expect(pageSockets().clients).to.deep.equal([]);
    parentElement?.append(element);
    await is(element, 'live');
    await connections(1);
  });

  it('is kept when the element is moved', async () => {
    const element = await socket(own.url);
    await is(element, 'live');
    const { client } = element;
    const place = document.createElement('div');
    element.parentElement?.append(place);
    place.append(element);
    await element.updateComplete;
    expect(element.client).to.equal(client);
    expect(element.state).to.equal('live');
    await connections(1);
  });

  it('is never opened for an element that left before its first update', async () => {
    const element = document.createElement('waooaw-socket');
    element.url = own.url;
    document.body.append(element);
    element.remove();
    await element.updateComplete;
    expect(element.client).to.equal(undefined);
    await connections(0);
  });

  it('stays closed by the page, whatever is set meanwhile, until the page connects', async () => {
    const element = await socket(own.url);
    await is(element, 'live');
    element.disconnect();
    element.url = shared.url;
    await until(() => element.client?.url === shared.wsUrl, 'another client');
    expect(element.state).to.equal('idle');
    element.connect();
    await is(element, 'live');
  });

  it('waits for the page where it shall not connect by itself', async () => {
    const element = await fixture<WaooawSocket>(
      html`<waooaw-socket url=${own.url} no-auto-connect></waooaw-socket>`,
    );
    expect([element.state, element.autoConnect]).to.deep.equal(['idle', false]);
    await connections(0);
    element.connect();
    await is(element, 'live');
    const { parentElement } = element;
    element.remove();
    await connections(0);
    parentElement?.append(element);
    await element.updateComplete;
    expect(element.state, 'who comes back waits again').to.equal('idle');
    element.autoConnect = true;
    await is(element, 'live');
  });

  it('is opened by a call that came before the first update', async () => {
    const element = document.createElement('waooaw-socket');
    element.url = own.url;
    element.autoConnect = false;
    (await fixture<HTMLElement>(html`<div></div>`)).append(element);
    element.connect();
    await is(element, 'live');
  });

  it('follows the url', async () => {
    const element = await socket(own.url);
    await is(element, 'live');
    element.url = shared.url;
    await until(() => element.client?.url === shared.wsUrl, 'another client');
    await is(element, 'live');
    await connections(0);
    expect(pageSockets().clients).to.deep.equal([element.client]);
  });

  for (const url of ['http://', 'ftp://ops.example', 'javascript:alert(1)']) {
    it(`warns of "${url}", and works once it is told a better one`, async () => {
      const warnings = hearWarnings();
      const element = await socket(url);
      warnings.restore();
      expect(warnings.lines.length).to.equal(1);
      expect(warnings.lines[0]).to.contain('<waooaw-socket>').and.to.contain(url);
      expect([element.client, element.state, words(element)]).to.deep.equal([
        undefined,
        'idle',
        'Not connected',
      ]);
      expect(element.report()).to.equal(undefined);
      expect(element.matches(':state(idle)')).to.equal(true);
      element.disconnect();
      element.connect();
      element.url = shared.url;
      const { detail } = await oneEvent<CustomEvent<StateChange>>(element, 'waooaw-state');
      expect(detail.state).to.equal('connecting');
      await is(element, 'live');
    });
  }
});
