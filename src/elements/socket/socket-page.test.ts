import { ContextProvider } from '@lit/context';
import { expect, fixture, html } from '@open-wc/testing';
import { SocketClient } from '../../client/socket.ts';
import { hearWarnings } from '../../testing/console.ts';
import { countsOf, newServer, postSamples, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import '../metrics-widget/define.ts';
import type { WaooawMetricsWidget } from '../metrics-widget/metrics-widget.ts';
import { pageSockets, socketContext } from '../socket-context.ts';
import '../status-badge/define.ts';
import './define.ts';
import type { WaooawSocket } from './socket.ts';

/** One series on two servers, each with a number of its own. */
const METRIC = 'where';

let one: TestServer;
let two: TestServer;
let page: HTMLElement;

before(async () => {
  [one, two] = await Promise.all([newServer(), newServer()]);
});
after(() => Promise.all([stopServer(one), stopServer(two)]));

beforeEach(async () => {
  page = await fixture<HTMLElement>(html`<div></div>`);
  const time = Date.now();
  // The second server's number is older: it must be shown all the same where its socket is used.
  await postSamples(one, { name: METRIC, value: 1, time });
  await postSamples(two, { name: METRIC, value: 2, time: time - 5_000 });
});
afterEach(async () => {
  page.replaceChildren();
  await connections(one, 0);
  await connections(two, 0);
});

async function connections(server: TestServer, count: number): Promise<void> {
  await until(async () => (await countsOf(server)).connections === count, `${count} connections`);
}

function socket(server: TestServer): WaooawSocket {
  const element = document.createElement('waooaw-socket');
  element.url = server.url;
  return element;
}

function widget(): WaooawMetricsWidget {
  const element = document.createElement('waooaw-metrics-widget');
  element.metric = METRIC;
  element.staleAfter = 600;
  return element;
}

async function shows(element: WaooawMetricsWidget, value: string): Promise<void> {
  const number = (): string | undefined =>
    element.shadowRoot?.querySelector('[part="value"]')?.textContent?.trim();
  await until(() => number() === value && element.matches(':state(live)'), `the widget shows ${value}`);
}

async function live(element: WaooawSocket): Promise<void> {
  await until(() => element.state === 'live', 'the socket is live');
}

describe('widgets find their socket', () => {
  it('around them', async () => {
    const [outer, element] = [socket(one), widget()];
    outer.append(element);
    page.append(outer);
    await shows(element, '1');
  });

  it('around them, across shadow roots', async () => {
    const [outer, host, element] = [socket(one), document.createElement('div'), widget()];
    page.append(socket(two));
    host.attachShadow({ mode: 'open' }).append(element);
    outer.append(host);
    page.append(outer);
    await shows(element, '1');
  });

  it('elsewhere on the page: before them, after them, or added later', async () => {
    const [early, late] = [widget(), widget()];
    page.append(early);
    await early.updateComplete;
    expect(early.matches(':state(loading)')).to.equal(true);
    page.append(socket(one));
    page.append(late);
    await shows(early, '1');
    await shows(late, '1');
  });

  it('the nearest of two, and outside of both the page’s first', async () => {
    const [first, second] = [socket(one), socket(two)];
    const [inFirst, inSecond, outside] = [widget(), widget(), widget()];
    first.append(inFirst);
    second.append(inSecond);
    page.append(outside, first, second);
    await shows(inFirst, '1');
    await shows(inSecond, '2');
    await shows(outside, '1');
    await connections(one, 1);
    await connections(two, 1);
  });

  it('that is the page’s first now, when the one before is removed', async () => {
    const [first, second, outside] = [socket(one), socket(two), widget()];
    page.append(first, second, outside);
    await shows(outside, '1');
    first.remove();
    await shows(outside, '2');
  });

  it('that a host provides under the context itself', async () => {
    const client = new SocketClient({ url: two.url });
    const host = document.createElement('div');
    new ContextProvider(host, { context: socketContext, initialValue: client });
    const element = widget();
    host.append(element);
    page.append(socket(one), host);
    client.connect();
    await shows(element, '2');
    client.disconnect();
  });

  it('and no other while the one around them has no address', async () => {
    const warnings = hearWarnings();
    const [other, around, element] = [socket(one), socket(two), widget()];
    around.url = 'http://';
    around.append(element);
    page.append(other, around);
    await live(other);
    await element.updateComplete;
    expect((await countsOf(one)).subscriptions).to.equal(0);
    expect(element.matches(':state(loading)')).to.equal(true);
    around.url = two.url;
    await shows(element, '2');
    warnings.restore();
  });
});

describe('widgets that are moved', () => {
  it('keep their number within a socket, and go on', async () => {
    const [outer, element] = [socket(one), widget()];
    outer.append(document.createElement('p'), element);
    page.append(outer);
    await shows(element, '1');
    const numbers: (string | undefined)[] = [];
    const observer = new MutationObserver(() =>
      numbers.push(element.shadowRoot?.querySelector('[part="value"]')?.textContent?.trim()),
    );
    if (element.shadowRoot) observer.observe(element.shadowRoot, { subtree: true, characterData: true });
    outer.prepend(element);
    await postSamples(one, { name: METRIC, value: 3 });
    await shows(element, '3');
    observer.disconnect();
    expect(numbers).not.to.include('–');
    expect((await countsOf(one)).subscriptions).to.equal(1);
  });

  it('show the other server’s number in another socket, however old it is', async () => {
    const [first, second, element] = [socket(one), socket(two), widget()];
    first.append(element);
    page.append(first, second);
    await shows(element, '1');
    second.append(element);
    await shows(element, '2');
    first.append(element);
    await shows(element, '1');
  });

  it('are not alarmed by another server’s state', async () => {
    const changes: Event[] = [];
    page.addEventListener('waooaw-state-change', (event) => changes.push(event));
    const [first, second] = [socket(one), socket(two)];
    const badge = document.createElement('waooaw-status-badge');
    badge.check = 'server';
    first.append(badge);
    page.append(first, second);
    await until(() => badge.matches(':state(ok)'), 'the first server’s state');
    second.append(badge);
    await badge.updateComplete;
    expect(badge.matches(':state(loading)'), 'nothing of the second server yet').to.equal(true);
    await until(() => badge.matches(':state(ok)'), 'the second server’s state');
    expect(changes).to.deep.equal([]);
  });
});

describe('a page with many widgets', () => {
  it('has one subscription a series and one connection', async () => {
    const widgets = Array.from({ length: 20 }, widget);
    page.append(socket(one), ...widgets);
    for (const element of widgets) await shows(element, '1');
    const { connections: open, subscriptions } = await countsOf(one);
    expect([open, subscriptions]).to.deep.equal([1, 1]);
  });

  it('leaves no listener and no subscription behind after a hundred comings and goings', async () => {
    const listeners = pageSockets().listeners.size;
    const outer = socket(one);
    page.append(outer);
    await live(outer);
    for (let round = 0; round < 100; round++) {
      const badge = document.createElement('waooaw-status-badge');
      badge.check = 'server';
      const element = widget();
      outer.append(element, badge);
      await element.updateComplete;
      await badge.updateComplete;
      if (round === 0) await shows(element, '1');
      element.remove();
      badge.remove();
    }
    expect(pageSockets().listeners.size).to.equal(listeners);
    await until(async () => (await countsOf(one)).subscriptions === 0, 'every subscription ended');
    expect(outer.state).to.equal('live');
  });
});
