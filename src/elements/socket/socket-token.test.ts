import { expect, fixture, html } from '@open-wc/testing';
import { countsOf, newServer, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { until } from '../../testing/until.ts';
import type { WaooawSocket } from './socket.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const TAG = 'waooaw-socket';

/** A JWT of HS256 (RFC 7515), as a portal's login would make it. */
async function jwt(sub: string, more: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: string): string =>
    btoa(part).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const claims = { sub, iat: now, exp: now + 3_600, role: 'viewer', ...more };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part))).join('.');
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes.encode(SECRET), algorithm, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text)));
  return `${text}.${encode(String.fromCharCode(...signature))}`;
}

/** Everything of an element that stands in the document, its shadow included. */
const inDocument = (element: Element): string => element.outerHTML + (element.shadowRoot?.innerHTML ?? '');

async function is(element: WaooawSocket, state: string): Promise<void> {
  await until(() => element.state === state, `the socket is ${state}, not ${element.state}`);
  await element.updateComplete;
}

describe('<waooaw-socket>: a token set before the script has come', () => {
  it('is the one that the first connection is made with', async () => {
    expect(customElements.get(TAG), 'this test is the first of its file').to.equal(undefined);
    sessionStorage.clear();
    const script = scriptSockets();
    const element = await fixture<WaooawSocket>(html`<waooaw-socket></waooaw-socket>`);
    element.token = 'early';
    expect(Object.hasOwn(element, 'token'), 'a property that would shadow the class’s').to.equal(true);
    await import('./define.ts');
    await element.updateComplete;
    expect(Object.hasOwn(element, 'token')).to.equal(false);
    expect(element.token).to.equal('early');
    script.socket.open();
    expect(script.socket.last('connect').connect).to.have.property('token', 'early');
    expect(script.sockets.length).to.equal(1);
    element.token = 'later';
    script.socket.admit();
    script.restore();
  });
});

describe('<waooaw-socket>: token', () => {
  let script: Script;
  let page: HTMLElement;

  before(() => import('./define.ts'));
  beforeEach(async () => {
    sessionStorage.clear();
    script = scriptSockets();
    page = await fixture<HTMLElement>(html`<div></div>`);
  });
  afterEach(() => script.restore());

  function added(): WaooawSocket {
    const element = document.createElement(TAG);
    page.append(element);
    return element;
  }

  const sentToken = (): unknown => (script.socket.last('connect').connect as { token?: string }).token;

  it('set right after the element was made is used for the first connection', async () => {
    const element = added();
    element.token = 'secret';
    await element.updateComplete;
    script.socket.open();
    expect(sentToken()).to.equal('secret');
  });

  it('may come from a provider, also late', async () => {
    const element = added();
    let login: (token: string) => void = () => undefined;
    element.token = () => new Promise((resolve) => (login = resolve));
    await element.updateComplete;
    expect([element.state, script.sockets.length]).to.deep.equal(['connecting', 0]);
    login('from the login');
    await until(() => script.sockets.length === 1, 'the line');
    script.socket.open();
    expect(sentToken()).to.equal('from the login');
  });

  it('is waited for where the socket does not connect by itself', async () => {
    const element = document.createElement(TAG);
    element.setAttribute('no-auto-connect', '');
    page.append(element);
    await element.updateComplete;
    expect(script.sockets.length).to.equal(0);
    element.token = 'secret';
    await element.updateComplete;
    expect(script.sockets.length).to.equal(0);
    element.connect();
    script.socket.open();
    expect(sentToken()).to.equal('secret');
  });

  it('is replaced on a live connection, which goes on', async () => {
    const element = added();
    element.token = 'first';
    await element.updateComplete;
    script.socket.accept();
    element.token = 'second';
    await until(() => script.socket.count('refresh') === 1, 'the new token');
    expect(script.socket.last('refresh').refresh).to.deep.equal({ token: 'second' });
    element.token = 'second';
    await element.updateComplete;
    await import('../../client/renewal.ts');
    expect([script.socket.count('refresh'), script.sockets.length], 'the same is none').to.deep.equal([1, 1]);
  });

  for (const none of [null, '', undefined]) {
    it(`may be taken away with ${JSON.stringify(none)}, for the next connection`, async () => {
      const element = added();
      element.token = 'first';
      await element.updateComplete;
      script.socket.accept();
      element.token = none as undefined;
      expect(element.token).to.equal(undefined);
      element.disconnect();
      element.connect();
      script.socket.open();
      expect(sentToken()).to.equal(undefined);
    });
  }

  it('never stands in the document, whatever becomes of it', async () => {
    const element = added();
    element.showStatus = true;
    const token = 'waooaw_k_secret';
    const look = (when: string): void => {
      expect(inDocument(page) + inDocument(element), when).not.to.contain(token);
      expect(element.getAttributeNames(), when).not.to.include('token');
      expect(JSON.stringify(element.report()), when).not.to.contain(token);
      expect(Object.keys(element).join(), when).not.to.contain('token');
    };
    element.token = token;
    await element.updateComplete;
    look('connecting');
    script.socket.accept();
    await element.updateComplete;
    look('live');
    element.token = `${token}2`;
    await until(() => script.socket.count('refresh') === 1, 'the new token');
    script.socket.refuse('refresh', 'unauthorized');
    await element.updateComplete;
    look('refused');
    script.socket.end();
    await element.updateComplete;
    look('reconnecting');
  });

  it('is no attribute', async () => {
    const element = added();
    element.setAttribute('token', 'secret');
    await element.updateComplete;
    script.socket.open();
    expect([element.token, sentToken()]).to.deep.equal([undefined, undefined]);
  });

  it('that cannot be had is told by an event, and tried again', async () => {
    const element = document.createElement(TAG);
    const errors: unknown[] = [];
    element.addEventListener('waooaw-error', ({ detail }) => errors.push([detail.code, detail.cause]));
    element.token = () => Promise.reject(new Error('the login is away'));
    page.append(element);
    await is(element, 'reconnecting');
    await until(() => errors.length > 0, 'the event');
    expect((errors[0] as [string, Error])[0]).to.equal('unauthorized');
  });
});

describe('<waooaw-socket>: a portal’s login, with a real server', () => {
  let server: TestServer;

  before(async () => {
    await import('./define.ts');
    server = await newServer({ WAOOAW_JWT_SECRET: SECRET, WAOOAW_ADMIN_KEY: 'k'.repeat(40) });
  });
  after(() => stopServer(server));

  /** What the server counts, by somebody who may ask. */
  async function connections(): Promise<number> {
    const real = globalThis.fetch;
    globalThis.fetch = (input, init) =>
      real(input, { ...init, headers: { authorization: `Bearer ${'k'.repeat(40)}` } });
    try {
      return (await countsOf(server)).connections;
    } finally {
      globalThis.fetch = real;
    }
  }

  async function socket(): Promise<WaooawSocket> {
    const element = await fixture<WaooawSocket>(html`
      <waooaw-socket url=${server.url} no-auto-connect show-status></waooaw-socket>
    `);
    return element;
  }

  it('lets nobody in without a token, says so, and takes the one that comes then', async () => {
    const element = await socket();
    element.connect();
    await is(element, 'failed');
    const words = element.shadowRoot?.querySelector('[part="words"]')?.textContent;
    expect(words).to.contain('the token is missing or not accepted');
    element.token = await jwt('ana');
    await is(element, 'live');
    expect(element.client?.identity?.id).to.equal('ana');
  });

  it('replaces the token without a reconnect', async () => {
    const element = await socket();
    const states: string[] = [];
    element.addEventListener('waooaw-state', ({ detail }) => states.push(detail.state));
    element.token = await jwt('ben');
    element.connect();
    await is(element, 'live');
    const open = await connections();
    const errors: unknown[] = [];
    element.addEventListener('waooaw-error', ({ detail }) => errors.push(detail));
    element.token = await jwt('ben', { name: 'Ben again' });
    await element.request('nothing').catch(() => undefined);
    expect(states).to.deep.equal(['connecting', 'authenticating', 'live']);
    expect(await connections()).to.equal(open);
    expect(errors).to.deep.equal([]);
  });

  it('takes an API key from an async provider', async () => {
    const element = await socket();
    element.token = () => Promise.resolve('k'.repeat(40));
    element.connect();
    await is(element, 'live');
    expect(element.client?.identity?.id).to.equal('key:admin');
  });
});
