import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { hasInk } from '../../testing/ink.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { withoutWaiting } from '../../testing/random.ts';
import { killServer, newServer, postSamples, startServer, stopServer } from '../../testing/server.ts';
import type { TestServer } from '../../testing/server.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

let server: TestServer;

before(async () => {
  followColorScheme();
  server = await newServer();
});
after(() => stopServer(server));
afterEach(() => emulateMedia(MEDIA.light));

function text(widget: WaooawMetricsWidget, selector: string): string {
  return widget.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

const number = (widget: WaooawMetricsWidget): string => text(widget, '[part="value"]');
const note = (widget: WaooawMetricsWidget): string => text(widget, '.note');
const label = (widget: WaooawMetricsWidget): string => text(widget, '[part="label"]');

/** A widget inside a socket. Its samples stay fresh long enough for any test. */
async function widget(metric: string, staleAfter = 600): Promise<WaooawMetricsWidget> {
  const socket = await fixture<HTMLElement>(html`
    <waooaw-socket url=${server.url}>
      <waooaw-metrics-widget metric=${metric} stale-after=${staleAfter}></waooaw-metrics-widget>
    </waooaw-socket>
  `);
  const [element] = socket.querySelectorAll('waooaw-metrics-widget');
  if (!element) throw new Error('no widget');
  return element;
}

async function is(element: WaooawMetricsWidget, freshness: string): Promise<void> {
  await until(() => element.matches(`:state(${freshness})`), `the widget is ${freshness}`);
  await element.updateComplete;
}

async function shows(element: WaooawMetricsWidget, value: string): Promise<void> {
  await until(() => number(element) === value, `the widget shows ${value}, not ${number(element)}`);
}

describe('<waooaw-metrics-widget metric>', () => {
  it('shows what is posted, in the series’ unit, under its help text', async () => {
    const name = 'widget_shows';
    const element = await widget(name);
    await is(element, 'empty');
    expect([number(element), note(element), label(element)]).to.deep.equal(['–', 'No data', name]);
    await postSamples(server, { name, value: 16.4e9, unit: 'bytes', help: 'Memory in use' });
    await shows(element, '16.4 GB');
    await is(element, 'live');
    expect([note(element), label(element)]).to.deep.equal(['', 'Memory in use']);
    await postSamples(server, { name, value: 2e9 });
    await shows(element, '2 GB');
  });

  it('shows at once what was posted before it came', async () => {
    const name = 'widget_before';
    await postSamples(server, { name, value: 0.5, unit: 'ratio' });
    const element = await widget(name);
    await shows(element, '50%');
    element.unit = 'count';
    element.label = 'Half';
    await element.updateComplete;
    expect([number(element), label(element)]).to.deep.equal(['0.5', 'Half']);
  });

  it('shows the newest sample, and the range of all of them', async () => {
    const name = 'widget_range';
    const element = await widget(name);
    const now = Date.now();
    await postSamples(
      server,
      { name, value: 9, time: now - 3_000 },
      { name, value: 5, time: now },
      { name, value: 1, time: now - 6_000 },
    );
    await shows(element, '5');
    await until(() => text(element, '[part="range"]').startsWith('1 – 9'), 'the range');
  });

  it('reaches back as far as it is told to', async () => {
    const name = 'widget_window';
    const now = Date.now();
    await postSamples(server, { name, value: 100, time: now - 60_000 }, { name, value: 5, time: now });
    const element = await widget(name);
    await until(() => text(element, '[part="range"]').startsWith('5 – 100'), 'both samples');
    element.window = 30;
    await postSamples(server, { name, value: 6 });
    await until(() => text(element, '[part="range"]') === '5 – 630 seconds', 'the newer ones');
  });

  it('draws its line from the server’s samples', async () => {
    const name = 'widget_line';
    const now = Date.now();
    await postSamples(server, ...[5, 4, 3, 2, 1].map((i) => ({ name, value: i, time: now - i * 1_000 })));
    const element = await widget(name);
    const canvas = await until(() => element.shadowRoot?.querySelector('canvas'), 'a canvas');
    await until(() => hasInk(canvas), 'ink');
  });

  it('touches the page only when its text would differ', async () => {
    const name = 'widget_calm';
    const element = await widget(name);
    const time = Date.now() + 2_000;
    await postSamples(server, { name, value: 5, time });
    await shows(element, '5');
    await until(() => text(element, '[part="range"]') !== '', 'the details');
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    const options = { subtree: true, childList: true, characterData: true, attributes: true };
    for (const part of ['.head', '[part="value"]', '[part="range"]']) {
      const node = element.shadowRoot?.querySelector(part);
      if (node) observer.observe(node, options);
    }
    let updates = 0;
    const requestUpdate = element.requestUpdate.bind(element);
    element.requestUpdate = (...args) => {
      updates += 1;
      requestUpdate(...args);
    };
    for (let i = 0; i < 5; i++) await postSamples(server, { name, value: 5, time });
    await postSamples(server, { name, value: 6, time });
    await shows(element, '6');
    // The number and the range's upper end, each once.
    expect(changes.map(({ target }) => target.textContent)).to.deep.equal(['6', '6']);
    expect(updates).to.equal(1);
    observer.disconnect();
  });

  it('is stale when no sample comes for a while, and live again with the next', async () => {
    const name = 'widget_stale';
    const element = await widget(name, 0.5);
    await postSamples(server, { name, value: 5 });
    await shows(element, '5');
    await is(element, 'stale');
    expect([number(element), note(element)]).to.deep.equal(['5', 'Stale']);
    await postSamples(server, { name, value: 6 });
    await is(element, 'live');
    expect([number(element), note(element)]).to.deep.equal(['6', '']);
  });

  it('counts on no timer longer or stranger than browsers have', async () => {
    const name = 'widget_timers';
    const real = globalThis.setTimeout;
    const delays: unknown[] = [];
    globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      delays.push(args[1]);
      return real(...args);
    }) as typeof setTimeout;
    try {
      for (const staleAfter of ['abc', '-1', '1e12', 'Infinity']) {
        const element = await widget(name);
        element.setAttribute('stale-after', staleAfter);
        await postSamples(server, { name, value: 5 });
        await is(element, 'live');
      }
    } finally {
      globalThis.setTimeout = real;
    }
    const strange = delays.filter(
      (delay) => delay !== undefined && !(Number(delay) >= 0 && Number(delay) < 2 ** 31),
    );
    expect(strange).to.deep.equal([]);
  });

  it('shows what a counter adds in a second, and never its count', async () => {
    const name = 'widget_counted_total';
    const now = Date.now();
    const counts = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((i) => ({
      name,
      kind: 'counter' as const,
      value: 1_000_000 - i * 40,
      time: now - i * 1_000,
    }));
    await postSamples(server, ...counts);
    const element = await widget(name);
    await shows(element, '40/s');
    await is(element, 'live');
  });

  it('shows what several series come to together, as it goes on', async () => {
    const name = 'widget_together';
    const post = (a: number, b: number): Promise<void> =>
      postSamples(server, { name, value: a, tags: { agent: 'a' } }, { name, value: b, tags: { agent: 'b' } });
    await post(2, 3);
    const element = await widget(`${name}{agent=~"a|b"}`);
    element.across = 'sum';
    await shows(element, '5');
    await post(20, 30);
    await shows(element, '50');
  });

  it('knows the 95th percentile of a histogram', async () => {
    const name = 'widget_seconds';
    const time = Date.now() - 2_000;
    const observed = Array.from({ length: 100 }, (_, i) => ({
      name,
      kind: 'histogram' as const,
      unit: 'seconds',
      value: (i + 1) / 100,
      time,
    }));
    await postSamples(server, ...observed);
    const element = await widget(name);
    await until(() => /^9[3-7]\d ms$/.test(number(element)), `about 950 ms, not ${number(element)}`);
  });

  it('says that a selector that is none is not available, and why', async () => {
    const element = await widget('9 bad');
    await is(element, 'error');
    expect([number(element), note(element)]).to.deep.equal(['–', 'Not available']);
    expect(text(element, '[part="reason"]'), 'without hovering').to.contain('expected a metric name');
  });

  it('forgets the old series when it is told to follow another', async () => {
    const [first, second] = ['widget_first', 'widget_second'];
    const now = Date.now();
    await postSamples(server, ...[1, 2, 3].map((i) => ({ name: first, value: i, time: now - i * 1_000 })));
    const element = await widget(first);
    await shows(element, '1');
    const canvas = await until(() => element.shadowRoot?.querySelector('canvas'), 'a canvas');
    await until(() => hasInk(canvas), 'ink');
    element.metric = second;
    await element.updateComplete;
    expect([number(element), note(element), label(element)]).to.deep.equal(['–', 'Loading…', second]);
    expect(text(element, '[part="range"]')).to.equal('');
    await is(element, 'empty');
    await until(() => !hasInk(canvas), 'the old line is gone');
    await postSamples(server, { name: first, value: 99 }, { name: second, value: 7 });
    await shows(element, '7');
    expect(text(element, '[part="range"]')).to.contain('7 – 7');
  });

  it('shows what it is set to when it no longer follows anything', async () => {
    const name = 'widget_no_longer';
    await postSamples(server, { name, value: 7 });
    const element = await widget(name);
    await shows(element, '7');
    element.metric = '';
    element.value = 8;
    await is(element, 'idle');
    expect([number(element), note(element)]).to.deep.equal(['8', '']);
  });

  for (const media of MEDIA_NAMES) {
    it(`passes axe in every freshness in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      const name = 'widget_axe';
      await postSamples(server, { name, value: 7, time: Date.now() - 5_000 });
      const states: Record<string, WaooawMetricsWidget> = {
        live: await widget(name),
        stale: await widget(name, 1),
        empty: await widget('widget_axe_nothing'),
        error: await widget('9 bad'),
        loading: await fixture(html`<waooaw-metrics-widget metric="x"></waooaw-metrics-widget>`),
      };
      for (const [freshness, element] of Object.entries(states)) {
        if (freshness !== 'loading') await is(element, freshness);
        await expect(element).to.be.accessible();
      }
    });
  }
});

describe('<waooaw-metrics-widget metric>: a server that is killed', () => {
  it('leaves the number, marked as stale, and then goes on behind a gap that is told', async function () {
    this.timeout(30_000);
    const giveBack = withoutWaiting();
    const name = 'widget_killed';
    const element = await widget(name);
    const gaps: unknown[] = [];
    element.addEventListener('waooaw-gap', (event) => gaps.push((event as CustomEvent).detail));
    await postSamples(server, { name, value: 5, unit: 'jobs' });
    await shows(element, '5 jobs');

    await killServer(server);
    await is(element, 'stale');
    expect([number(element), note(element)]).to.deep.equal(['5 jobs', 'Stale']);
    await emulateMedia(MEDIA.dark);
    await expect(element).to.be.accessible();

    await startServer(server);
    await postSamples(server, { name, value: 9, unit: 'jobs' });
    await shows(element, '9 jobs');
    await is(element, 'live');
    expect(gaps).to.deep.equal([{ why: 'epoch' }]);
    await until(() => text(element, '[part="range"]').startsWith('5 jobs – 9 jobs'), 'the past is kept');
    giveBack();
  });
});
