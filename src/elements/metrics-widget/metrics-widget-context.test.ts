import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { pageContext } from '../../context/page-context.ts';
import type { PageContext } from '../../context/context.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { newServer, postSamples, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

let server: TestServer;
let context: PageContext;

before(async () => {
  followColorScheme();
  server = await newServer();
});
after(() => stopServer(server));
beforeEach(() => {
  context = pageContext();
  context.clear();
});
afterEach(() => emulateMedia(MEDIA.light));

function text(widget: WaooawMetricsWidget, selector: string): string {
  return widget.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

/** More than a channel's name can hold. */
const MANY = Array.from({ length: 200 }, (_, i) => `agent-${i}`);

const number = (widget: WaooawMetricsWidget): string => text(widget, '[part="value"]');
const reason = (widget: WaooawMetricsWidget): string => text(widget, '[part="reason"]');

async function widget(metric: string, name = ''): Promise<WaooawMetricsWidget> {
  const socket = await fixture<HTMLElement>(html`
    <waooaw-socket url=${server.url}>
      <waooaw-metrics-widget metric=${metric} context=${name} stale-after="600"></waooaw-metrics-widget>
    </waooaw-socket>
  `);
  return socket.querySelector('waooaw-metrics-widget')!;
}

async function shows(element: WaooawMetricsWidget, value: string): Promise<void> {
  await until(() => number(element) === value, `the widget shows ${value}, not ${number(element)}`);
}

async function explains(element: WaooawMetricsWidget, why: string): Promise<void> {
  await until(() => reason(element) === why, `the widget says "${why}", not "${reason(element)}"`);
}

const post = (name: string, values: Record<string, number>): Promise<void> =>
  postSamples(
    server,
    ...Object.entries(values).map(([agent, value]) => ({ name, value, tags: agent ? { agent } : {} })),
  );

describe('<waooaw-metrics-widget context>', () => {
  it('follows the page from one agent to another, and to its own series when none is chosen', async () => {
    const name = 'context_follows';
    await post(name, { '': 1, a: 2, b: 3 });
    const element = await widget(name);
    await shows(element, '1');
    context.set({ agents: ['a'] });
    await shows(element, '2');
    context.set({ agents: ['b'] });
    await shows(element, '3');
    context.clear();
    await shows(element, '1');
  });

  it('begins with what is chosen already, and shows nothing else before', async () => {
    const name = 'context_begins';
    await post(name, { '': 1, a: 2 });
    context.set({ agents: ['a'] });
    const element = await widget(name);
    const seen = new Set([number(element)]);
    await until(() => seen.add(number(element)).has('2'), 'the agent’s number');
    expect([...seen]).to.deep.equal(['–', '2']);
  });

  it('says how many were chosen where they are too many for one question, and then knows what it knew', async () => {
    const name = 'context_several';
    await post(name, { a: 2 });
    context.set({ agents: ['a'] });
    const element = await widget(name);
    await shows(element, '2');
    context.set({ agents: MANY });
    await explains(element, '200 agents chosen: choose fewer');
    expect(number(element)).to.equal('–');
    expect(text(element, '.note')).to.equal('Too many chosen');
    expect(element.matches(':state(unclear)')).to.equal(true);
    const chart = element.shadowRoot!.querySelector('.chart')!;
    expect(getComputedStyle(chart).visibility, 'no line of another choice').to.equal('hidden');

    context.set({ agents: ['a'] });
    await element.updateComplete;
    expect(number(element), 'at once, from what was known').to.equal('2');
    expect(element.matches(':state(unclear)')).to.equal(false);
    await until(() => element.matches(':state(live)'), 'live again');
  });

  it('is the mean of several agents when several are chosen, and their sum when it is asked for', async () => {
    const name = 'context_mean';
    await post(name, { a: 2, b: 4, c: 60 });
    context.set({ agents: ['a', 'b'] });
    const element = await widget(name);
    await shows(element, '3');
    element.across = 'sum';
    await shows(element, '6');
    context.set({ agents: ['a', 'b', 'c'] });
    await shows(element, '66');
  });

  it('says so when a rule finds nothing', async () => {
    const element = await widget('context_rule');
    context.set({ rules: { agents: { all: true, except: ['x'] } } });
    await explains(element, 'No agents match: choose one');
    context.offer('agents', [{ id: 'x' }]);
    await element.updateComplete;
    expect(reason(element)).to.equal('No agents match: choose one');
    await post('context_rule', { a: 5 });
    context.offer('agents', [{ id: 'a' }, { id: 'x' }]);
    await shows(element, '5');
  });

  it('keeps its own tags', async () => {
    const name = 'context_own_tags';
    await post(name, { a: 2, b: 3 });
    const element = await widget(`${name}{agent="a"}`);
    context.set({ agents: ['b', 'c'] });
    await shows(element, '2');
  });

  it('looks back as far as the page does, unless it says itself', async () => {
    const name = 'context_window';
    const now = Date.now();
    await postSamples(server, { name, value: 9, time: now - 100_000 }, { name, value: 5, time: now });
    const element = await widget(name);
    await until(() => text(element, '[part="range"]').startsWith('5 – 9'), 'both samples');
    context.set({ range: { last: 30 } });
    await until(() => text(element, '[part="range"]').endsWith('30 seconds'), 'the page’s window');
    context.set({ range: { from: now - 5_000, to: now } });
    await until(() => text(element, '[part="range"]').endsWith('5 minutes'), 'its default');
    context.set({ range: { last: 30 } });
    element.setAttribute('window', '120');
    await until(() => text(element, '[part="range"]').endsWith('2 minutes'), 'its own');
  });

  it('follows the context that it names, and none when it is told so', async () => {
    const name = 'context_named';
    await post(name, { '': 1, a: 2, b: 3 });
    const left = pageContext('left');
    left.set({ agents: ['a'] });
    context.set({ agents: ['b'] });
    const element = await widget(name, 'left');
    await shows(element, '2');
    element.context = '';
    await shows(element, '3');
    element.context = null;
    await shows(element, '1');
    context.set({ agents: ['a'] });
    await element.updateComplete;
    expect(number(element)).to.equal('1');
    left.clear();
  });

  it('forgets the series of before when its metric changes while too many are chosen', async () => {
    const [first, second] = ['context_first', 'context_second'];
    await post(first, { a: 1 });
    await post(second, { a: 2 });
    context.set({ agents: ['a'] });
    const element = await widget(first);
    await shows(element, '1');
    context.set({ agents: MANY });
    element.metric = second;
    await explains(element, '200 agents chosen: choose fewer');
    context.set({ agents: ['a'] });
    await element.updateComplete;
    expect(number(element)).to.equal('–');
    await shows(element, '2');
  });

  it('hears of no change any more once it is gone, and of the newest when it is back', async () => {
    const name = 'context_gone';
    await post(name, { a: 2, b: 3 });
    context.set({ agents: ['a'] });
    const element = await widget(name);
    await shows(element, '2');
    const parent = element.parentElement!;
    element.remove();
    context.set({ agents: ['b'] });
    expect(element.isUpdatePending).to.equal(false);
    parent.append(element);
    await shows(element, '3');
  });

  for (const media of MEDIA_NAMES) {
    it(`passes axe while its choice is unclear in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      context.set({ agents: MANY });
      const element = await widget('context_axe');
      await explains(element, '200 agents chosen: choose fewer');
      await expect(element).to.be.accessible();
    });
  }
});
