import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { CheckHistory, CheckStatus } from '../../protocol/health.ts';
import type { Role } from '../../protocol/roles.ts';
import { checkNow, serveChecks, someHistory } from '../../testing/checks.ts';
import { followColorScheme } from '../../testing/media.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import './live.ts';
import './panel.ts';
import './popup.ts';
import type { WaooawStatusBadge } from './status-badge.ts';

/** A request to the API that the test answers. */
interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal | null | undefined;
  answer(status: number, body: unknown): void;
  fail(): void;
}

const realFetch = globalThis.fetch;
let script: Script;
let asked: Asked[];
/** Says what the check is in now. */
let say: (snapshot: object) => void;

before(() => {
  followColorScheme();
  // The budget is for the page; here each sentence is looked at alone.
  pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
});
beforeEach(() => {
  sessionStorage.clear();
  script = scriptSockets();
  asked = [];
  globalThis.fetch = (url, init) =>
    new Promise((resolve, reject) => {
      asked.push({
        method: init?.method ?? 'GET',
        url: new URL(url instanceof Request ? url.url : url),
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
        signal: init?.signal,
        answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })),
        fail: () => reject(new TypeError('Failed to fetch')),
      });
    });
});
afterEach(() => {
  script.restore();
  globalThis.fetch = realFetch;
});

const OPEN = { id: 'i1', startedAt: Date.now() - 60_000 };

/** A badge whose check has spoken. */
async function badge(role: Role | undefined, status: CheckStatus): Promise<WaooawStatusBadge> {
  const socket = await fixture<HTMLElement>(html`
    <waooaw-socket url="http://status.test/" .token=${'secret'}>
      <waooaw-status-badge check=${status.check} details="disclosure"></waooaw-status-badge>
    </waooaw-socket>
  `);
  const element = socket.querySelector('waooaw-status-badge')!;
  const identity = { id: 'me', name: 'Me', ...(role && { role }) };
  say = await serveChecks(script, `health/${status.check}`, { identity });
  say(status);
  await until(() => element.matches(':state(live)') && find(element, '.trigger'), 'it is live');
  return element;
}

function find<E extends HTMLElement = HTMLElement>(element: WaooawStatusBadge, selector: string): E | null {
  return element.shadowRoot?.querySelector<E>(selector) ?? null;
}

const textOf = (element: WaooawStatusBadge, selector: string): string =>
  find(element, selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

async function open(element: WaooawStatusBadge): Promise<Asked> {
  const before = asked.length;
  find(element, '.trigger')?.click();
  return until(() => asked[before], 'the past is asked for');
}

describe('<waooaw-status-badge check details="disclosure">: the past', () => {
  it('is asked of the page’s server when somebody opens it, as whoever the socket is', async () => {
    const element = await badge('viewer', checkNow('api', { title: 'Payments API' }));
    expect(asked, 'not before').to.deep.equal([]);
    const request = await open(element);
    expect(request.url.href).to.equal('http://status.test/api/health/api/history?days=90');
    expect(request.headers.get('authorization')).to.equal('Bearer secret');
    expect(textOf(element, '.quiet')).to.equal('Loading the past…');
    request.answer(200, someHistory('api'));
    await until(() => find(element, '.history'), 'the bar');
    expect(textOf(element, '#history')).to.equal('Last 90 days');
    expect(textOf(element, '.panel')).to.contain('None in this time');
    expect(find(element, '.panel')?.getAttribute('aria-label')).to.equal('Payments API');
  });

  it('is not asked for again by every result, and anew when it is opened again', async () => {
    const element = await badge('viewer', checkNow('api'));
    (await open(element)).answer(200, someHistory('api'));
    await until(() => find(element, '.history'), 'the bar');
    say(checkNow('api', { tookMs: 3 }));
    await until(() => textOf(element, '.panel').includes('3 ms'), 'the result');
    expect(asked.length).to.equal(1);
    find(element, '.trigger')?.click();
    await until(() => !find(element, '.panel'), 'closed');
    const again = await open(element);
    expect(find(element, '.history'), 'nothing old').to.equal(null);
    again.answer(200, someHistory('api'));
    await until(() => find(element, '.history'), 'the bar');
  });

  it('is given up when the panel is closed before the answer', async () => {
    const element = await badge('viewer', checkNow('api'));
    const request = await open(element);
    await sendKeys({ press: 'Escape' });
    await until(() => request.signal?.aborted, 'given up');
    request.answer(200, someHistory('api'));
    const other = await open(element);
    expect(find(element, '.history')).to.equal(null);
    other.fail();
    await until(() => find(element, '.action'), 'it is said');
  });

  it('says why it is not to be had, and tries again', async () => {
    const element = await badge('viewer', checkNow('api'));
    (await open(element)).answer(403, { title: 'Forbidden', detail: 'not yours' });
    await until(() => find(element, '.action'), 'it is said');
    expect(textOf(element, '.quiet')).to.equal('The past is not available: not yours');
    find(element, '.action')?.click();
    (await until(() => asked[1], 'asked again')).fail();
    await until(
      () => textOf(element, '.quiet') === 'The past could not be loaded.',
      'without the browser’s words',
    );
    find(element, '.action')?.click();
    (await until(() => asked[2], 'asked again')).answer(502, 'no object');
    await until(() => textOf(element, '.quiet') === 'The past is not available: 502', 'the status');
  });

  it('is of the check that the badge follows now', async () => {
    const element = await badge('viewer', checkNow('api'));
    (await open(element)).answer(200, { ...someHistory('api'), segments: [] } satisfies CheckHistory);
    await until(() => find(element, '.uptime'), 'the past');
    say(checkNow('queue'));
    const request = await until(() => asked[1], 'the other’s past');
    expect(request.url.pathname).to.equal('/api/health/queue/history');
  });
});

describe('<waooaw-status-badge check details="disclosure">: acknowledging', () => {
  for (const role of ['viewer', 'auditor', undefined] as const) {
    it(`is not offered to ${role ?? 'nobody in particular'}`, async () => {
      const element = await badge(role, checkNow('api', { state: 'down', incident: OPEN }));
      (await open(element)).answer(200, someHistory('api'));
      await until(() => find(element, '.history'), 'the past');
      expect(find(element, 'form')).to.equal(null);
    });
  }

  it('is not offered where there is nothing to acknowledge, or somebody has', async () => {
    const element = await badge('operator', checkNow('api'));
    (await open(element)).answer(200, someHistory('api'));
    await until(() => find(element, '.history'), 'the past');
    expect(find(element, 'form')).to.equal(null);
    say(checkNow('api', { state: 'down', incident: { ...OPEN, acknowledgedBy: 'Ana' } }));
    await until(() => textOf(element, '.panel').includes('acknowledged by Ana'), 'it is said');
    expect(find(element, 'form')).to.equal(null);
  });

  for (const role of ['operator', 'admin'] as const) {
    it(`posts the note of an ${role}, once, says so, and keeps the focus`, async () => {
      const speech = recordSpeech();
      const element = await badge(role, checkNow('api', { state: 'down', incident: OPEN }));
      (await open(element)).answer(200, someHistory('api'));
      const input = await until(() => find<HTMLInputElement>(element, 'form input'), 'the form');
      input.focus();
      await sendKeys({ type: ' on it ' });
      await sendKeys({ press: 'Enter' });
      const request = await until(() => asked[1], 'posted');
      await sendKeys({ press: 'Enter' });
      expect(find(element, 'form button')?.getAttribute('aria-disabled')).to.equal('true');
      expect([request.method, request.url.pathname]).to.deep.equal([
        'POST',
        '/api/health/incidents/i1/acknowledge',
      ]);
      expect(request.headers.get('content-type')).to.equal('application/json');
      expect(request.body).to.deep.equal({ note: 'on it' });
      request.answer(200, {});
      await until(() => find(element, '.acknowledged'), 'done');
      await until(() => speech.said.some(({ text }) => text === 'Acknowledged'), 'it is said');
      expect(asked.length).to.equal(2);
      expect(element.shadowRoot?.activeElement).to.equal(find(element, '.acknowledged'));
      expect(find(element, '.panel')?.matches(':popover-open'), 'still open').to.equal(true);
      speech.stop();
    });
  }

  it('says why it was not taken, and can be tried again, without a note too', async () => {
    const element = await badge('operator', checkNow('api', { state: 'down', incident: OPEN }));
    (await open(element)).answer(200, someHistory('api'));
    await until(() => find(element, 'form'), 'the form');
    const button = find(element, 'form button')!;
    button.click();
    const first = await until(() => asked[1], 'posted');
    expect(first.body).to.deep.equal({});
    first.answer(409, { title: 'Conflict', detail: 'It has ended' });
    await until(() => textOf(element, '.failed') === 'Not acknowledged: It has ended', 'why');
    button.click();
    (await until(() => asked[2], 'posted again')).fail();
    await until(() => textOf(element, '.failed') === 'Not acknowledged', 'without the browser’s words');
    await expect(element).to.be.accessible();
  });

  it('does not come back when the panel was closed before the answer', async () => {
    const element = await badge('operator', checkNow('api', { state: 'down', incident: OPEN }));
    (await open(element)).answer(200, someHistory('api'));
    await until(() => find(element, 'form'), 'the form');
    find(element, 'form button')!.click();
    const request = await until(() => asked[1], 'posted');
    find(element, '.trigger')?.click();
    await until(() => !find(element, '.panel'), 'closed');
    request.answer(200, {});
    (await open(element)).answer(200, someHistory('api'));
    await until(() => find(element, '.history'), 'the past');
    expect(find(element, '.acknowledged')).to.equal(null);
    expect(find(element, 'form'), 'until the server says so').not.to.equal(null);
  });
});
