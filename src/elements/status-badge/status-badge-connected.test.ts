import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { findState } from '../../protocol/states.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import { hearWarnings } from '../../testing/console.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { scriptSockets } from '../../testing/script.ts';
import { withoutWaiting } from '../../testing/random.ts';
import { killServer, newServer, startServer, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import type { BadgeChange, WaooawStatusBadge } from './status-badge.ts';

let server: TestServer;

before(async () => {
  followColorScheme();
  server = await newServer({ WAOOAW_CHECK_INTERVAL_MS: '1000' });
});
after(() => stopServer(server));
afterEach(() => emulateMedia(MEDIA.light));

/** Badges inside a socket. */
async function badges(...checks: string[]): Promise<WaooawStatusBadge[]> {
  const socket = await fixture<HTMLElement>(html`
    <waooaw-socket url=${server.url}>
      ${checks.map((check) => html`<waooaw-status-badge check=${check}></waooaw-status-badge>`)}
    </waooaw-socket>
  `);
  return [...socket.querySelectorAll('waooaw-status-badge')];
}

function textOf(badge: WaooawStatusBadge, part: string): string {
  return badge.shadowRoot?.querySelector(part)?.textContent?.trim() ?? '';
}

const note = (badge: WaooawStatusBadge): string => textOf(badge, '.note');
const state = (badge: WaooawStatusBadge): string => textOf(badge, '[part="state"]');
const label = (badge: WaooawStatusBadge): string => textOf(badge, '[part="label"]');

async function is(badge: WaooawStatusBadge, freshness: string): Promise<void> {
  await until(() => badge.matches(`:state(${freshness})`), `the badge is ${freshness}`);
  await badge.updateComplete;
}

describe('<waooaw-status-badge check>', () => {
  for (const check of ['server', 'event-loop', 'database', 'data-folder']) {
    it(`shows what the server says of its check "${check}", under the check’s title`, async () => {
      const [badge] = await badges(check);
      if (!badge) throw new Error('no badge');
      await is(badge, 'live');
      await until(async () => {
        const response = await fetch(`${server.url}/api/health/${check}`);
        const status = (await response.json()) as CheckStatus;
        return state(badge) === findState(status.state)?.label && label(badge) === status.title;
      }, 'badge and server agree');
      expect(note(badge)).to.equal('');
    });
  }

  it('says why in its tooltip', async () => {
    const [badge] = await badges('event-loop');
    if (!badge) throw new Error('no badge');
    const titled = await until(() => badge.shadowRoot?.querySelector('[title]'), 'a reason');
    expect(titled.getAttribute('title')).to.match(/^p99 delay [\d.]+ ms$/);
  });

  it('says in text why something is not as it should be', async () => {
    sessionStorage.clear();
    const script = scriptSockets();
    const [badge] = await badges('queue');
    if (!badge) throw new Error('no badge');
    await until(() => script.sockets.length > 0 && badge.matches(':state(loading)'), 'it follows');
    const at = Date.now();
    const check = { check: 'queue', title: 'Queue', since: at, at, intervalMs: 10_000 };
    const said = async (result: object): Promise<[string, string]> => {
      script.socket.say({ n: 1, lost: 'tail', e: 'k', o: 0, h: 'h', snapshot: { ...check, ...result } });
      await badge.updateComplete;
      return [state(badge), note(badge)];
    };
    await import('./live.ts');
    script.socket.accept({ t: at });
    expect(await said({ state: 'up', reason: '3 waiting' })).to.deep.equal(['Up', '']);
    expect(await said({ state: 'degraded', reason: '900 waiting' })).to.deep.equal([
      'Degraded',
      '900 waiting',
    ]);
    expect(await said({ state: 'down' })).to.deep.equal(['Down', '']);
    const old = { state: 'down', reason: 'refused', at: at - 60_000 };
    expect(await said(old)).to.deep.equal(['Down', 'stale: refused']);
    badge.iconOnly = true;
    await badge.updateComplete;
    const image = badge.shadowRoot?.querySelector('[role="img"]');
    expect(image?.getAttribute('aria-label')).to.equal('Queue: Down (stale: refused)');
    script.restore();
  });

  it('keeps the last word of a check that is taken away, without the tone of what is right', async () => {
    sessionStorage.clear();
    const script = scriptSockets();
    const [badge] = await badges('queue');
    if (!badge) throw new Error('no badge');
    await until(() => script.sockets.length > 0 && badge.matches(':state(loading)'), 'it follows');
    await import('./live.ts');
    const at = Date.now();
    script.socket.accept({ t: at });
    const tone = (): string => getComputedStyle(badge.shadowRoot!.querySelector('[part="badge"]')!).color;
    const say = (snapshot: unknown): void =>
      script.socket.say({ n: 1, lost: 'tail', e: 'k', o: 0, h: 'h', snapshot });
    say(null);
    await is(badge, 'empty');
    expect([state(badge), note(badge)]).to.deep.equal(['', 'no result yet']);
    say({ check: 'queue', title: 'Queue', state: 'up', since: at, at, intervalMs: 10_000 });
    await is(badge, 'live');
    const right = tone();
    script.socket.say({ n: 1, end: { code: 'forbidden', message: 'not yours', retryable: false } });
    await is(badge, 'error');
    expect([state(badge), note(badge)]).to.deep.equal(['Up', 'not available: not yours']);
    expect(tone()).not.to.equal(right);
    script.restore();
  });

  it('is loading, without a state, until it has heard of its check', async () => {
    const badge = await fixture<WaooawStatusBadge>(
      html`<waooaw-status-badge check="server"></waooaw-status-badge>`,
    );
    await is(badge, 'loading');
    expect([label(badge), state(badge), note(badge)]).to.deep.equal(['server', '', 'loading']);
    expect(badge.shadowRoot?.querySelector('[part="icon"] path')).not.to.equal(null);
  });

  it('says of a check that the server does not know that it is not available', async () => {
    const [badge, other] = await badges('nonsense', 'server');
    if (!badge || !other) throw new Error('no badge');
    await is(badge, 'error');
    expect([label(badge), state(badge)]).to.deep.equal(['nonsense', '']);
    expect(note(badge), 'without hovering').to.match(/^not available: .*nonsense/);
    await is(other, 'live');
  });

  it('shows another check when it is told to, and is not alarmed by the difference', async () => {
    const changes: Event[] = [];
    const [badge] = await badges('nonsense');
    if (!badge) throw new Error('no badge');
    badge.addEventListener('waooaw-state-change', (event) => changes.push(event));
    await is(badge, 'error');
    badge.check = 'database';
    await is(badge, 'live');
    expect(label(badge)).to.equal('Database');
    badge.check = 'server';
    await until(() => label(badge) === 'Server', 'the other check');
    badge.check = '';
    badge.state = 'down';
    await is(badge, 'idle');
    expect(state(badge)).to.equal('Down');
    expect(changes).to.deep.equal([]);
  });

  it('speaks its whole name when it is icon-only', async () => {
    const [badge] = await badges('server');
    if (!badge) throw new Error('no badge');
    badge.iconOnly = true;
    await is(badge, 'live');
    const image = badge.shadowRoot?.querySelector('[role="img"]');
    await until(() => image?.getAttribute('aria-label') === 'Server: Up', 'the name');
  });

  for (const media of MEDIA_NAMES) {
    it(`passes axe while loading, live and refused in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      const [live, refused] = await badges('server', 'nonsense');
      const loading = await fixture<HTMLElement>(
        html`<div><waooaw-status-badge check="x"></waooaw-status-badge></div>`,
      );
      if (!live || !refused) throw new Error('no badge');
      await is(live, 'live');
      await is(refused, 'error');
      await expect(live.parentElement).to.be.accessible();
      await expect(loading).to.be.accessible();
    });
  }
});

describe('<waooaw-status-badge check>: a server that is killed', () => {
  it('leaves the last state, marked as stale, and becomes live again without a false alarm', async function () {
    this.timeout(30_000);
    const giveBack = withoutWaiting();
    const warnings = hearWarnings();
    const [badge] = await badges('server');
    if (!badge) throw new Error('no badge');
    const changes: string[] = [];
    badge.addEventListener('waooaw-state-change', (event) =>
      changes.push(JSON.stringify((event as CustomEvent<BadgeChange>).detail)),
    );
    await is(badge, 'live');
    await until(() => state(badge) === 'Up', 'up');
    const before = changes.length;

    await killServer(server);
    await is(badge, 'stale');
    expect([label(badge), state(badge), note(badge)]).to.deep.equal(['Server', 'Up', 'stale']);
    expect(badge.matches(':state(ok)')).to.equal(true);
    for (const media of MEDIA_NAMES) {
      await emulateMedia(MEDIA[media]);
      await expect(badge).to.be.accessible();
    }

    await startServer(server);
    await is(badge, 'live');
    await until(() => state(badge) === 'Up' && note(badge) === '', 'up again');
    expect(changes.slice(before).filter((detail) => detail.includes('critical'))).to.deep.equal([]);
    warnings.restore();
    giveBack();
  });
});
