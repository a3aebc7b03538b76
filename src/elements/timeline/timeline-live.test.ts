import { expect, fixture, html } from '@open-wc/testing';
import type { AuditPage } from '../../protocol/audit.ts';
import { pageContext } from '../../context/page-context.ts';
import { clientPool } from '../../testing/clients.ts';
import { followColorScheme } from '../../testing/media.ts';
import { withoutWaiting } from '../../testing/random.ts';
import { killServer, newServer, startServer, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { TimelineOnPage, eventNow } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import { WaooawTimeline } from './timeline.ts';

before(() => WaooawTimeline.disableWarning?.('change-in-update'));

let server: TestServer;
const pool = clientPool();

before(async () => {
  followColorScheme();
  server = await newServer();
});
after(() => stopServer(server));
afterEach(() => pool.hangUp());

async function follow(
  source: string,
  attributes: Partial<WaooawTimeline> = {},
  { url } = server,
): Promise<TimelineOnPage> {
  const element = document.createElement('waooaw-timeline');
  Object.assign(element, { source, ...attributes });
  await fixture(html`<waooaw-socket url=${url}>${element}</waooaw-socket>`);
  const page = new TimelineOnPage(element);
  await until(() => page.find('.scroller'), 'it is loaded');
  return page;
}

async function is(page: TimelineOnPage, state: string): Promise<void> {
  await until(() => page.has(state), `the timeline is ${state}`);
  await page.settle();
}

async function publish(channel: string, ...data: unknown[]): Promise<void> {
  await publishTo(server, channel, ...data);
}

async function publishTo({ url }: TestServer, channel: string, ...data: unknown[]): Promise<void> {
  const { client } = await pool.live({ url });
  for (const one of data) await client.publish(channel, one as never);
}

/** Writes entries, as any service would. */
async function record(...actions: string[]): Promise<void> {
  const entries = actions.map((action, i) => ({
    action,
    actor: { id: 'ada', kind: 'user', name: 'Ada' },
    resource: { type: 'agent', id: `a${i}` },
    result: 'success',
    level: 'info',
  }));
  const response = await fetch(`${server.url}/api/audit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ entries }),
  });
  if (!response.ok) throw new Error(`the entries were refused: ${await response.text()}`);
}

describe('<waooaw-timeline source>', () => {
  it('follows a channel of the page’s own: one event, several, or what calls itself events', async () => {
    const channel = 'app/one';
    const page = await follow(channel);
    await publish(
      channel,
      eventNow('a'),
      [eventNow('b'), eventNow('c')],
      { events: [eventNow('d')] },
      'junk',
    );
    await until(() => page.titles.length === 4, 'all of them');
    await is(page, 'live');
    expect([...page.titles].sort()).to.deep.equal(['Event a', 'Event b', 'Event c', 'Event d']);
  });

  it('is loading, then live with nothing in it', async () => {
    const page = await follow('app/nothing');
    await is(page, 'live');
    expect([page.text('.empty'), page.has('empty')]).to.deep.equal(['Nothing has happened yet.', true]);
  });

  it('says why a channel was refused', async () => {
    const page = await follow('nothing/known');
    await is(page, 'error');
    expect(page.text('.empty span')).to.match(/^Not available: ./);
    expect(page.text('.empty button')).to.equal('Try again');
  });

  it('marks what was true once, keeps it, and goes on', async () => {
    const restore = withoutWaiting();
    const own = await newServer();
    try {
      const page = await follow('app/breaks', {}, own);
      await publishTo(own, 'app/breaks', eventNow('before'));
      await until(() => page.titles[0] === 'Event before', 'the event');
      await killServer(own);
      await is(page, 'stale');
      expect([page.titles, page.text('.note')]).to.deep.equal([
        ['Event before'],
        'Not up to date: the connection is interrupted.',
      ]);
      await startServer(own);
      await is(page, 'live');
      expect(page.text('.note')).to.equal('');
    } finally {
      restore();
      await stopServer(own);
    }
    // Two servers start in it, one after the other, beside whatever else the machine does.
  }).timeout(30_000);

  it('narrows itself to what the page is about', async () => {
    const channel = 'app/tags';
    const page = await follow(channel, { context: '' });
    await publish(channel, eventNow('pay', { tags: { agent: 'pay' } }), eventNow('other'));
    await until(() => page.titles.length === 2, 'both');
    pageContext('default').set({ agents: ['pay'] });
    try {
      await until(() => page.titles.join() === 'Event pay', 'only the one');
      pageContext('default').set({ agents: [], range: { from: 1, to: 2 } });
      await until(() => page.titles.length === 0, 'none of then');
      expect(page.text('.empty')).to.equal('No event matches.');
    } finally {
      pageContext('default').set({ agents: [], range: undefined });
    }
    await until(() => page.titles.length === 2, 'both again');
  });

  it('forgets one source when it follows another', async () => {
    const page = await follow('app/first');
    await publish('app/first', eventNow('first'));
    await until(() => page.titles.length === 1, 'the first');
    page.element.source = 'app/second';
    await until(() => page.titles.length === 0, 'it is gone');
    await publish('app/second', eventNow('second'));
    await until(() => page.titles[0] === 'Event second', 'the second');
  });
});

describe('<waooaw-timeline source="audit">', () => {
  it('shows what is written to the trail, as it is written', async () => {
    await record('create', 'start');
    const page = await follow('audit');
    await until(() => page.titles.length >= 2, 'what was there');
    await is(page, 'live');
    await record('upgrade');
    const upgrade = await until(() => page.titles.find((title) => /upgrad/i.test(title)), 'what came');
    expect(page.article(upgrade).textContent).to.include('Ada');
  });

  it('fetches what is older than what it was sent, without a token in the address', async () => {
    const { fetch: real } = globalThis;
    const asked: [string, string | null][] = [];
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      if (request.url.includes('/api/audit?'))
        asked.push([request.url, request.headers.get('authorization')]);
      return real(request);
    };
    try {
      for (let i = 0; i < 8; i += 1)
        await record(...Array.from({ length: 50 }, (_, k) => (k % 2 ? 'start' : 'stop')));
      const first = (await (await real(`${server.url}/api/audit?limit=1`)).json()) as AuditPage;
      const size = first.items[0]!.sequence;
      const page = await follow('audit', { noBursts: true });
      await until(() => page.articles.length > 0, 'the newest');
      await until(async () => {
        await page.scroll(page.scroller.scrollHeight);
        return page.text('.foot') === 'No older events.';
      }, 'the oldest');
      expect(Number(page.articles.at(-1)?.ariaSetSize)).to.be.at.least(size);
      expect(asked.length).to.be.greaterThan(1);
      for (const [url] of asked) expect(url).not.to.match(/token|bearer|key/i);
    } finally {
      globalThis.fetch = real;
    }
  });
});
