import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { newContext, pageContext } from '../../context/page-context.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import { SEVERITIES } from '../../protocol/states.ts';
import { askedFor, checkNow, serveChecks } from '../../testing/checks.ts';
import { followColorScheme } from '../../testing/media.ts';
import { scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { until } from '../../testing/until.ts';
import { channelOf, passes, readFilter } from './check-filter.ts';
import { incidentLink } from './incident-link.ts';
import { compareWords, countWords, rankOf, worstWord } from './ranking.ts';
import { dueOf } from './status-due.ts';
import '../socket/define.ts';
import './define.ts';
import './live.ts';
import './many-checks.ts';
import type { WaooawStatusBadge } from './status-badge.ts';

const PAYMENTS = 'health/tag/service=payments';

let script: Script;
/** Says which checks there are now. */
let say: (...checks: readonly CheckStatus[]) => void;

before(() => {
  followColorScheme();
  pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
});
beforeEach(() => {
  sessionStorage.clear();
  script = scriptSockets();
});
afterEach(() => {
  script.restore();
  pageContext().clear();
});

async function badge(
  attributes: Readonly<Record<string, string>>,
  channel = PAYMENTS,
): Promise<WaooawStatusBadge> {
  const socket = await fixture<HTMLElement>(html`<waooaw-socket url="http://status.test/"></waooaw-socket>`);
  const element = document.createElement('waooaw-status-badge');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  socket.append(element);
  if (channel) {
    const tell = await serveChecks(script, channel);
    say = (...checks) => tell({ state: 'up', checks });
  }
  return element;
}

const textOf = (element: WaooawStatusBadge, part: string): string =>
  element.shadowRoot?.querySelector(`[part="${part}"]`)?.textContent?.trim() ?? '';

const shown = (element: WaooawStatusBadge): string[] =>
  ['label', 'state', 'note'].map((part) => textOf(element, part));

const PAY = { service: 'payments' };

describe('<waooaw-status-badge tag>', () => {
  it('is the worst of the checks that carry the tag, and says which', async () => {
    const element = await badge({ tag: 'service=payments' });
    expect(askedFor(script.socket)).to.deep.equal([PAYMENTS]);
    say(checkNow('api', { tags: PAY }), checkNow('queue', { tags: PAY, title: 'Queue', state: 'down' }));
    await until(() => element.matches(':state(live)'), 'live');
    expect(shown(element)).to.deep.equal(['payments', 'Down', 'Queue (of 2)']);
    expect(element.matches(':state(critical)')).to.equal(true);
    say(checkNow('api', { tags: PAY }));
    await until(() => textOf(element, 'state') === 'Up', 'up');
    expect(textOf(element, 'note')).to.equal('');
  });

  it('takes in results, newcomers and removals, and says what becomes worse', async () => {
    const speech = recordSpeech();
    const element = await badge({ tag: 'service=payments', label: 'Payments' });
    say(checkNow('api', { tags: PAY }));
    await until(() => textOf(element, 'state') === 'Up', 'up');
    const publish = (o: number, data: object): void =>
      script.socket.say({ n: 1, pubs: [[o, data]], h: `h${o}` });
    publish(1, checkNow('queue', { tags: PAY, state: 'degraded', title: 'Queue' }));
    await until(() => textOf(element, 'state') === 'Degraded', 'degraded');
    publish(2, checkNow('other', { tags: { service: 'mail' }, state: 'down' }));
    publish(3, { check: 'queue', removed: true });
    await until(() => textOf(element, 'state') === 'Up', 'up again');
    const said = await until(() => speech.said.find(({ text }) => text.includes('Payments:')), 'it is said');
    expect(said.text).to.contain('Payments: Degraded');
    expect(said.urgency).to.equal('polite');
    speech.stop();
  });

  it('has no word, and says so, while no check carries the tag', async () => {
    const element = await badge({ tag: 'service=payments' });
    say();
    await until(() => element.matches(':state(empty)'), 'empty');
    expect(shown(element)).to.deep.equal(['payments', '', 'no result yet']);
  });

  it('is stale when none of them has been heard of for three intervals, and not for what is paused', async () => {
    const old = { tags: PAY, at: Date.now() - 60_000, since: Date.now() - 90_000 };
    const element = await badge({ tag: 'service=payments' });
    say(checkNow('api', old), checkNow('queue', { ...old, word: 'paused' }));
    await until(() => element.matches(':state(stale)'), 'stale');
    say(checkNow('queue', { ...old, word: 'paused' }));
    await until(() => element.matches(':state(live)'), 'live');
    expect(textOf(element, 'state')).to.equal('Paused');
  });

  it('follows one check instead as soon as it is named', async () => {
    const element = await badge({ tag: 'service=payments' });
    say(checkNow('api', { tags: PAY, state: 'down' }));
    await until(() => textOf(element, 'state') === 'Down', 'down');
    element.tag = '';
    element.state = 'up';
    await until(() => element.matches(':state(idle)'), 'idle');
    expect(textOf(element, 'state')).to.equal('Up');
  });
});

describe('<waooaw-status-badge context>', () => {
  it('is of what is chosen on the page, and of something else when that is', async () => {
    pageContext().set({ services: ['payments'] });
    const element = await badge({ context: '', tag: 'tier=1' }, 'health/tag/tier=1');
    const tags = (service: string): object => ({ tags: { tier: '1', service } });
    say(checkNow('api', tags('payments')), checkNow('mail', { ...tags('mail'), state: 'down' }));
    await until(() => element.matches(':state(live)'), 'live');
    expect(shown(element)).to.deep.equal(['1 · payments', 'Up', '']);
    pageContext().set({ services: ['payments', 'mail'] });
    await until(() => textOf(element, 'state') === 'Down', 'both');
    expect(textOf(element, 'label')).to.equal('1 · payments and mail');
  });

  it('is of nothing where a rule lets nothing through', async () => {
    const context = pageContext();
    context.set({
      services: [],
      rules: { services: { all: true, where: { environments: ['moon'] }, except: [] } },
    });
    const element = await badge({ context: '' }, '');
    await until(() => element.matches(':state(empty)'), 'empty');
    expect(textOf(element, 'note')).to.equal('nothing chosen');
  });
});

describe('which checks are meant', () => {
  const context = newContext('test');
  after(() => context.clear());

  it('reads pairs, and leaves out what is none', () => {
    expect([...readFilter(' service = payments , nonsense, =x, url=a=b', undefined)!]).to.deep.equal([
      ['service', ['payments']],
      ['url', ['a=b']],
    ]);
  });

  it('adds what is chosen, but for tags that the page speaks of itself', () => {
    context.set({ services: ['mail'], agents: ['a1', 'a2'] });
    expect([...readFilter('service=payments', context.get())!]).to.deep.equal([
      ['service', ['payments']],
      ['agent', ['a1', 'a2']],
    ]);
  });

  it('follows the narrowest channel that has all of them', () => {
    const channel = (filter: Record<string, string[]>): string => channelOf(new Map(Object.entries(filter)));
    expect(channel({})).to.equal('health');
    expect(channel({ agent: ['a', 'b'], service: ['s'] })).to.equal('health/tag/service=s');
    expect(channel({ service: ['a', 'b'] })).to.equal('health');
    expect(channel({ service: ['with spaces'] })).to.equal('health');
  });

  it('lets through what has one of the values of each tag', () => {
    const filter = new Map([['service', ['a', 'b']]]);
    expect(passes({ tags: { service: 'b' } }, filter)).to.equal(true);
    expect(passes({ tags: { service: 'c' } }, filter)).to.equal(false);
    expect(passes({}, filter)).to.equal(false);
    expect(passes({}, new Map())).to.equal(true);
  });
});

describe('the worst of many', () => {
  const of = (...words: string[]): string | undefined => worstWord(words.map((word) => ({ word })));

  it('is the worst word; not knowing masks no failure, and what is meant to be says nothing of the rest', () => {
    expect(of()).to.equal(undefined);
    expect(of('up', 'degraded', 'unknown')).to.equal('degraded');
    expect(of('unknown', 'down', 'degraded')).to.equal('down');
    expect(of('up', 'unknown')).to.equal('unknown');
    expect(of('up', 'maintenance', 'paused')).to.equal('up');
    expect(of('maintenance', 'paused')).to.equal('maintenance');
    expect(of('up', 'on fire')).to.equal('on fire');
  });

  it('counts words, the worst first, and takes the word before the state', () => {
    const list = [{ state: 'up' }, { state: 'down', word: 'unreachable' }, { word: 'up' }, {}];
    expect(countWords(list)).to.deep.equal([
      ['unreachable', 1],
      ['unknown', 1],
      ['up', 2],
    ]);
  });

  it('orders words of one severity together', () => {
    expect(['up', 'unreachable', 'down', 'ok'].sort(compareWords)).to.deep.equal([
      'down',
      'unreachable',
      'ok',
      'up',
    ]);
    expect(['up', 'pending', 'working', 'unknown', 'degraded', 'down'].map(rankOf)).to.deep.equal(
      SEVERITIES.map((_, i) => i),
    );
    expect(compareWords('up', 'up')).to.equal(0);
    expect(rankOf('on fire')).to.equal(rankOf('unknown'));
  });
});

describe('until when a result is of now', () => {
  it('is three intervals, of ten seconds until it is known, and without end while it is paused', () => {
    expect(dueOf({ at: 1_000, intervalMs: 500 })).to.equal(2_500);
    expect(dueOf({ at: 1_000 })).to.equal(31_000);
    expect(dueOf({ intervalMs: 500 })).to.equal(undefined);
    expect(dueOf({ word: 'paused' })).to.equal(Number.MAX_SAFE_INTEGER);
  });
});

describe('the address of an incident', () => {
  const status = { check: 'a/b', incident: { id: 'i&1', startedAt: 1 } };

  it('has id and check put in, as parts of an address', () => {
    expect(incidentLink('/i/{id}?of={check}&again={id}', status)).to.equal('/i/i%261?of=a%2Fb&again=i%261');
    expect(incidentLink('https://status.test/{id}', status, '$&')).to.equal('https://status.test/%24%26');
    expect(incidentLink('/i/{id}?of={check}', { incident: status.incident })).to.equal('/i/i%261?of=');
  });

  it('is none without an incident, without a template, and outside of the web', () => {
    expect(incidentLink('', status)).to.equal(undefined);
    expect(incidentLink('/{id}', {})).to.equal(undefined);
    expect(incidentLink('javascript:alert(1)', status)).to.equal(undefined);
    expect(incidentLink('https://[', status)).to.equal(undefined);
  });
});
