import { expect, fixture, html, oneEvent } from '@open-wc/testing';
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { pageContext } from '../../context/page-context.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import { checkNow, serveChecks, someHistory } from '../../testing/checks.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './board.ts';
import './define.ts';
import type { BadgeListChange, ListedStatus, WaooawStatusBadgeList } from './status-badge-list.ts';

before(() => {
  followColorScheme();
  // The budget is for the page; here each sentence is looked at alone.
  pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
});
afterEach(() => emulateMedia(MEDIA.light));

async function listOf(
  items: readonly ListedStatus[] | undefined,
  more: Partial<WaooawStatusBadgeList> = {},
): Promise<WaooawStatusBadgeList> {
  const element = await fixture<WaooawStatusBadgeList>(html`
    <waooaw-status-badge-list label="Payments" .items=${items}></waooaw-status-badge-list>
  `);
  Object.assign(element, more);
  await until(() => find(element, '.head'), 'it is there');
  await element.updateComplete;
  return element;
}

function find(element: WaooawStatusBadgeList, selector: string): HTMLElement | null {
  return element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
}

function textOf(node: Element | null): string {
  return node?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

/** Name, word and note of each, in their order. */
function listed(element: WaooawStatusBadgeList): string[] {
  return [...(element.shadowRoot?.querySelectorAll('li[part="item"]') ?? [])].map((item) =>
    [...item.querySelectorAll('.badge > span')].map(textOf).filter(Boolean).join(' '),
  );
}

const head = (element: WaooawStatusBadgeList): string =>
  [find(element, '.head .state'), find(element, '.head .note'), find(element, '.counts')]
    .map(textOf)
    .filter(Boolean)
    .join(' | ');

const SOME: readonly ListedStatus[] = [
  { title: 'Mail', state: 'up' },
  { title: 'API 10', state: 'up' },
  { title: 'API 9', state: 'up' },
  { title: 'Queue', word: 'unreachable', state: 'down', unreachableBy: 'router' },
  { title: 'Disk', state: 'degraded', reason: '91 % full' },
  { title: 'Host', state: 'down' },
  { title: 'New', state: 'unknown' },
];

describe('<waooaw-status-badge-list>: items', () => {
  it('are listed the worst first, and by name where they are equally bad', async () => {
    expect(listed(await listOf(SOME))).to.deep.equal([
      'Host Down',
      'Queue Unreachable behind router',
      'Disk Degraded 91 % full',
      'New Unknown',
      'API 9 Up',
      'API 10 Up',
      'Mail Up',
    ]);
  });

  it('are summed up as the worst of them, with how many are in which state', async () => {
    const element = await listOf(SOME);
    expect(head(element)).to.equal('Down | 1 Down, 1 Unreachable, 1 Degraded, 1 Unknown, and 3 Up');
    expect(element.matches(':state(critical)')).to.equal(true);
    element.items = [{ title: 'Mail', state: 'up' }];
    await element.updateComplete;
    expect(head(element)).to.equal('Up | 1 Up');
  });

  it('are a list with a name', async () => {
    const element = await listOf(SOME);
    const list = find(element, 'ul')!;
    expect(find(element, `#${list.getAttribute('aria-labelledby')}`)?.textContent).to.equal('Payments');
    expect([...list.children].every(({ localName }) => localName === 'li')).to.equal(true);
    element.label = '';
    await element.updateComplete;
    expect(list.getAttribute('aria-label')).to.equal('States');
    expect(element.shadowRoot?.querySelector('[aria-live], [role="status"]')).to.equal(null);
  });

  it('leave out what has no name, and take the last of several with one id', async () => {
    const bad = [undefined, null, 5, {}, { check: '' }] as unknown as ListedStatus[];
    const element = await listOf([...bad, { check: 'a', state: 'up' }, { check: 'a', state: 'down' }]);
    expect(listed(element)).to.deep.equal(['a Down']);
  });

  it('are counted beyond max-items, and a senseless number is none', async () => {
    const element = await listOf(SOME, { maxItems: 2 });
    expect(listed(element)).to.deep.equal(['Host Down', 'Queue Unreachable behind router']);
    expect(textOf(find(element, '.more'))).to.equal('and 5 more');
    element.maxItems = NaN;
    await element.updateComplete;
    expect(listed(element).length).to.equal(7);
    expect(find(element, '.more')).to.equal(null);
  });

  it('wrap in a narrow place', async () => {
    const element = await listOf(SOME);
    element.style.inlineSize = '200px';
    const items = [...element.shadowRoot!.querySelectorAll('li')].map((item) => item.getBoundingClientRect());
    expect(new Set(items.map(({ top }) => top)).size).to.be.greaterThan(2);
    for (const { right } of items) expect(right).to.be.at.most(element.getBoundingClientRect().right + 1);
  });

  it('stay where they are while somebody is at them, and are sorted when nobody is', async () => {
    const element = await listOf(
      [
        { check: 'a', state: 'down' },
        { check: 'b', state: 'up' },
      ],
      { details: 'disclosure' },
    );
    const trigger = await until(() => find(element, '.trigger'), 'a button');
    trigger.focus();
    element.items = [
      { check: 'c', state: 'up' },
      { check: 'a', state: 'up' },
      { check: 'b', state: 'down' },
    ];
    await element.updateComplete;
    expect(listed(element)).to.deep.equal(['a Up', 'b Down', 'c Up']);
    trigger.blur();
    element.requestUpdate();
    await element.updateComplete;
    expect(listed(element)).to.deep.equal(['b Down', 'a Up', 'c Up']);
  });

  it('say, in place of a list, that there is none, or how to make one', async () => {
    const element = await listOf([]);
    expect(textOf(find(element, '.message'))).to.equal('There is nothing to list.');
    expect(element.matches(':state(empty)')).to.equal(true);
    element.items = undefined;
    await element.updateComplete;
    expect(textOf(find(element, '.message'))).to.contain('tag="service=payments"');
  });

  it('can be worded by the page', async () => {
    const element = await listOf(SOME, { messages: { more: () => 'and others', up: 'Fine' }, maxItems: 1 });
    expect(textOf(find(element, '.more'))).to.equal('and others');
    expect(head(element)).to.contain('3 Fine');
  });

  for (const media of MEDIA_NAMES) {
    it(`pass axe in ${media}, from left to right and from right to left`, async () => {
      await emulateMedia(MEDIA[media]);
      for (const dir of ['ltr', 'rtl']) {
        const page = await fixture<HTMLElement>(html`
          <div dir=${dir}>
            <waooaw-status-badge-list label="A" .items=${SOME}></waooaw-status-badge-list>
            <waooaw-status-badge-list .items=${SOME} details="disclosure"></waooaw-status-badge-list>
            <waooaw-status-badge-list tag=""></waooaw-status-badge-list>
          </div>
        `);
        const lists = [...page.querySelectorAll('waooaw-status-badge-list')];
        await until(() => lists.every((list) => find(list, '.head')), 'all are there');
        await until(() => find(lists[1]!, '.trigger'), 'with buttons');
        await expect(page).to.be.accessible();
      }
    });
  }
});

describe('<waooaw-status-badge-list>: changes', () => {
  const turn = (element: WaooawStatusBadgeList, word: string, count = 4): void => {
    element.items = Array.from({ length: count }, (_, i) => ({ check: `n${i}`, title: `Node ${i}`, word }));
  };

  it('are said together, and not at first', async () => {
    const speech = recordSpeech();
    const element = await listOf([]);
    turn(element, 'down');
    await element.updateComplete;
    turn(element, 'up');
    await element.updateComplete;
    turn(element, 'down');
    const said = await until(() => speech.said.find(({ urgency }) => urgency === 'assertive'), 'it is said');
    expect(said.text).to.equal('4 Down: Node 0, Node 1, Node 2, and 1 more');
    speech.stop();
  });

  it('are told one by one, of those that were there', async () => {
    const element = await listOf([{ check: 'a', title: 'API', state: 'up' }]);
    setTimeout(() => {
      element.items = [
        { check: 'a', title: 'API', state: 'down' },
        { check: 'b', state: 'down' },
      ];
    });
    const event = await oneEvent<CustomEvent<BadgeListChange>>(element, 'waooaw-state-change');
    expect(event.detail).to.deep.equal({
      ...{ check: 'a', state: 'down', previous: 'up', severity: 'critical' },
    });
    expect([event.bubbles, event.composed]).to.deep.equal([true, true]);
  });
});

describe('<waooaw-status-badge-list details="disclosure">', () => {
  it('opens one panel at a time, by the keyboard, each after its badge', async () => {
    const element = await listOf(
      [
        { ...checkNow('api', { state: 'down', reason: 'HTTP 503' }), history: someHistory('api') },
        checkNow('queue'),
      ],
      { details: 'disclosure' },
    );
    await until(() => element.shadowRoot?.querySelectorAll('.trigger').length === 2, 'the buttons');
    const [first, second] = [...element.shadowRoot!.querySelectorAll<HTMLElement>('.trigger')];
    first!.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => find(element, '.history'), 'the first');
    expect(textOf(find(element, '.panel'))).to.contain('HTTP 503');
    await sendKeys({ press: 'Tab' });
    expect(element.shadowRoot?.activeElement).to.equal(find(element, '.history'));
    second!.click();
    await until(() => second!.getAttribute('aria-expanded') === 'true', 'the second');
    expect(first!.getAttribute('aria-expanded')).to.equal('false');
    expect(element.shadowRoot?.querySelectorAll('.panel').length).to.equal(1);
    await expect(element).to.be.accessible();
    second!.focus();
    await sendKeys({ press: 'Escape' });
    await until(() => !find(element, '.panel'), 'closed');
    expect(element.shadowRoot?.activeElement).to.equal(second);
  });

  it('links to incidents without panels too', async () => {
    const element = await listOf([checkNow('a', { incident: { id: 'i1', startedAt: 1 } })], {
      incidentHref: '/i/{id}',
    });
    await until(() => find(element, 'a')?.getAttribute('href') === '/i/i1', 'a link');
  });
});

describe('<waooaw-status-badge-list tag>', () => {
  let script: Script;
  beforeEach(() => {
    sessionStorage.clear();
    script = scriptSockets();
  });
  afterEach(() => {
    script.restore();
    pageContext().clear();
  });

  async function connected(
    attributes: { tag?: string; context?: string },
    channel: string,
  ): Promise<[WaooawStatusBadgeList, (...checks: readonly CheckStatus[]) => void]> {
    const socket = await fixture<HTMLElement>(
      html`<waooaw-socket url="http://status.test/"></waooaw-socket>`,
    );
    const element = document.createElement('waooaw-status-badge-list');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    socket.append(element);
    await until(() => textOf(find(element, '.message')) !== '', 'it is there');
    expect(textOf(find(element, '.message'))).to.equal('Loading…');
    const tell = await serveChecks(script, channel);
    return [element, (...checks) => tell({ state: 'up', checks })];
  }

  it('lists all checks', async () => {
    const [element, say] = await connected({ tag: '' }, 'health');
    say(checkNow('api', { title: 'API' }), checkNow('queue', { state: 'down' }));
    await until(() => element.matches(':state(live)'), 'live');
    expect(listed(element)).to.deep.equal(['queue Down', 'API Up']);
  });

  it('lists those that carry the tag, and says when there is none', async () => {
    const [element, say] = await connected({ tag: 'service=payments' }, 'health/tag/service=payments');
    say();
    await until(() => element.matches(':state(empty)'), 'empty');
    expect(textOf(find(element, '.message'))).to.equal('No check carries service=payments.');
    say(checkNow('api', { tags: { service: 'payments' } }));
    await until(() => listed(element).length === 1, 'one');
  });

  it('marks what is behind, each for itself and the whole', async () => {
    const [element, say] = await connected({ tag: '' }, 'health');
    const at = Date.now() - 60_000;
    say(checkNow('api'), checkNow('old', { at }));
    await until(() => element.matches(':state(live)'), 'live');
    expect(listed(element)).to.deep.equal(['api Up', 'old Up stale']);
    expect(head(element)).to.equal('Up | 2 Up');
    say(checkNow('old', { at }));
    await until(() => element.matches(':state(stale)'), 'stale');
    expect(head(element)).to.equal('Up | stale | 1 Up');
  });

  it('says that it was refused, and why', async () => {
    const [element] = await connected({ tag: '' }, 'health');
    script.socket.say({ n: 1, end: { code: 'forbidden', message: 'not yours', retryable: false } });
    await until(() => element.matches(':state(error)'), 'error');
    expect(textOf(find(element, '.message'))).to.equal('Not available: not yours');
  });

  it('follows what is chosen on the page, silently', async () => {
    const speech = recordSpeech();
    pageContext().set({ services: ['payments'] });
    const [element, say] = await connected({ context: '', tag: 'tier=1' }, 'health/tag/tier=1');
    const tags = (service: string): object => ({ tags: { tier: '1', service } });
    say(checkNow('api', tags('payments')), checkNow('mail', { ...tags('mail'), state: 'down' }));
    await until(() => listed(element).join() === 'api Up', 'what is chosen');
    pageContext().set({ services: ['mail'] });
    await until(() => listed(element).join() === 'mail Down', 'something else');
    expect(speech.said.filter(({ text }) => text.includes('mail'))).to.deep.equal([]);
    pageContext().set({
      services: [],
      rules: { services: { all: true, where: { environments: ['moon'] }, except: [] } },
    });
    await until(() => textOf(find(element, '.message')) === 'Nothing is chosen.', 'nothing');
    speech.stop();
  });

  it('goes on when it leaves the page and comes back', async () => {
    const [element, say] = await connected({ tag: '' }, 'health');
    say(checkNow('api'));
    await until(() => listed(element).length === 1, 'one');
    const place = element.parentElement!;
    element.remove();
    place.append(element);
    await until(() => element.matches(':state(live)'), 'live again');
    expect(listed(element)).to.deep.equal(['api Up']);
  });
});
