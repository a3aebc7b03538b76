import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { pageContext } from '../../context/page-context.ts';
import type { Command } from '../../protocol/frames.ts';
import type { QueryAnswer, QueryGroup, QueryPoint } from '../../protocol/queries.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { admission, at, scriptSockets } from '../../testing/script.ts';
import type { Script } from '../../testing/script.ts';
import { until } from '../../testing/until.ts';
import type { WaooawMetricsWidget } from '../metrics-widget/metrics-widget.ts';
import '../socket/define.ts';
import './define.ts';
import type { WaooawMetricsGrid } from './metrics-grid.ts';

const STEP = 1_000;
let script: Script;

before(followColorScheme);
beforeEach(() => {
  script = scriptSockets();
});
afterEach(async () => {
  script.restore();
  pageContext().clear();
  await emulateMedia(MEDIA.light);
});

/** The server's clock when the test's answers are made. */
const now = (): number => Math.floor(Date.now() / STEP) * STEP;

function group(agent: string, value: number, agoSteps = 1): QueryGroup {
  const end = now() - agoSteps * STEP;
  const points = Array.from({ length: 20 }, (_, i): QueryPoint => [
    end - (19 - i) * STEP,
    value + (i % 3) - 2 + (19 - i) * 0,
  ]);
  points[19] = [end, value];
  return { key: `{agent="${agent}"}`, tags: agent ? { agent } : {}, series: 1, points, gaps: [] };
}

function answer(...groups: QueryGroup[]): QueryAnswer {
  return {
    metric: 'cpu',
    aggregation: 'avg',
    across: 'avg',
    by: ['agent'],
    kind: 'gauge',
    unit: 'ratio',
    from: now() - 60_000,
    to: now(),
    stepMs: STEP,
    tierMs: STEP,
    series: groups.length,
    groups,
    lateDropped: 0,
  };
}

/** A series that is known and has no samples. */
const SERIES = { series: 'x', name: 'x', tags: {}, kind: 'gauge', stepMs: STEP, windowMs: 600_000, rows: [] };

/** Answers the connection: every channel with this. */
function serve(data?: QueryAnswer): void {
  const { socket } = script;
  socket.open();
  const command = socket.last('connect') as unknown as Command;
  const subs = ('connect' in command ? (command.connect.subs ?? []) : []).map(({ ch }, i) =>
    at(i + 1, ch, 0, { snapshot: (data ?? SERIES) as never }),
  );
  socket.reply('connect', admission(command, { t: Date.now(), subs }));
}

async function grid(
  template = html`<waooaw-metrics-grid metric="cpu" by="agent"></waooaw-metrics-grid>`,
): Promise<WaooawMetricsGrid> {
  const socket = await fixture<HTMLElement>(html`<waooaw-socket url="/grid">${template}</waooaw-socket>`);
  const element = socket.querySelector('waooaw-metrics-grid')!;
  await asking(element);
  return element;
}

/** Waits until a grid has what it asks with, and has asked. */
async function asking(element: WaooawMetricsGrid): Promise<void> {
  await import('./live.ts');
  await import('./narrowing.ts');
  for (let i = 0; i < 3; i += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await element.updateComplete;
  }
}

const part = (element: WaooawMetricsGrid, name: string): HTMLElement | null =>
  element.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`) ?? null;
const said = (element: WaooawMetricsGrid, name: string): string =>
  part(element, name)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
const widgets = (element: WaooawMetricsGrid): WaooawMetricsWidget[] => [
  ...(element.shadowRoot?.querySelectorAll('waooaw-metrics-widget') ?? []),
];
const names = (element: WaooawMetricsGrid): string =>
  widgets(element)
    .map(({ label }) => label)
    .join(' ');
const asked = (): string[] =>
  (script.socket.last('connect')['connect'] as unknown as { subs?: { ch: string }[] }).subs?.map(
    ({ ch }) => ch,
  ) ?? [];

/** A grid that was answered. */
async function shown(
  groups: QueryGroup[],
  template?: Parameters<typeof grid>[0],
): Promise<WaooawMetricsGrid> {
  const element = await grid(template);
  serve(answer(...groups));
  await until(() => widgets(element).length > 0, 'the groups');
  return element;
}

/** Publishes what changed. */
function publish(offset: number, groups: object[]): void {
  script.socket.say({ n: 1, pubs: [[offset, { to: now(), groups }]], h: `h${offset}` });
}

const FLEET = [group('b10', 0.5), group('b9', 0.9), group('a', 0.7)];

describe('<waooaw-metrics-grid>', () => {
  for (const name of MEDIA_NAMES) {
    it(`passes axe with groups and with its notes, in ${name}`, async () => {
      await emulateMedia(MEDIA[name]);
      const page = await fixture<HTMLElement>(html`
        <div>
          <waooaw-metrics-grid></waooaw-metrics-grid>
          <waooaw-socket url="/grid">
            <waooaw-metrics-grid metric="cpu" by="agent" label="CPU" max-items="2"></waooaw-metrics-grid>
          </waooaw-socket>
        </div>
      `);
      const [, element] = page.querySelectorAll('waooaw-metrics-grid');
      await asking(element!);
      serve(answer(...FLEET));
      await until(() => widgets(element!).length === 2, 'the groups');
      await expect(page).to.be.accessible();
    });
  }

  it('asks once for all of its groups, and shows a small widget of each with its name, value and past', async () => {
    const element = await shown(
      FLEET,
      html`<waooaw-metrics-grid
        metric="cpu"
        by="agent"
        window="60"
        step="1"
        aggregation="avg"
        label="CPU by agent"
        .thresholds=${[{ value: 0.8, severity: 'critical' }]}
        target="0.6"
      ></waooaw-metrics-grid>`,
    );
    expect(asked()).to.deep.equal(['query/agg=avg&by=agent&step=1000&window=60000/cpu']);
    expect(names(element)).to.equal('a b9 b10');
    const [a] = widgets(element);
    expect([a!.value, a!.unit, a!.rows.length, a!.target, a!.thresholds]).to.deep.equal([
      0.7,
      'ratio',
      20,
      0.6,
      [{ value: 0.8, severity: 'critical' }],
    ]);
    const list = part(element, 'list')!;
    expect([list.localName, list.children.length, said(element, 'label')]).to.deep.equal([
      'ul',
      3,
      'CPU by agent',
    ]);
    expect(element.shadowRoot?.getElementById(list.getAttribute('aria-labelledby')!)).to.equal(
      part(element, 'label'),
    );
    expect(element.matches(':state(live)')).to.equal(true);
  });

  it('shows what changed, newcomers and who left; what did not change keeps its rows', async () => {
    const element = await shown(
      FLEET,
      html`<waooaw-metrics-grid metric="cpu" by="agent" refresh="0.01"></waooaw-metrics-grid>`,
    );
    const [a, b9] = widgets(element);
    const rows = [a!.rows, b9!.rows];
    publish(1, [
      { key: '{agent="a"}', points: [[now(), 0.75]] },
      { key: '{agent="c"}', tags: { agent: 'c' }, series: 1, points: [[now(), 0.1]] },
      { key: '{agent="b10"}', points: [], gone: true },
    ]);
    await until(() => names(element) === 'a b9 c', 'the groups of now');
    expect(a!.value).to.equal(0.75);
    expect([a!.rows === rows[0], b9!.rows === rows[1]]).to.deep.equal([false, true]);
  });

  it('renders once for many updates', async () => {
    const element = await shown(
      [group('a', 1)],
      html`<waooaw-metrics-grid metric="cpu" by="agent" refresh="0.2"></waooaw-metrics-grid>`,
    );
    await element.updateComplete;
    let renderings = 0;
    const { render } = element as unknown as { render: () => unknown };
    (element as unknown as { render: () => unknown }).render = () => {
      renderings += 1;
      return render.call(element);
    };
    for (let i = 1; i <= 10; i += 1) publish(i, [{ key: '{agent="a"}', points: [[now(), i]] }]);
    await until(() => widgets(element)[0]?.value === 10, 'the newest value');
    expect(renderings).to.equal(1);
  });

  it('sorts by name or by value, the worst first', async () => {
    const element = await shown(
      FLEET,
      html`<waooaw-metrics-grid metric="cpu" by="agent" sort="value"></waooaw-metrics-grid>`,
    );
    expect(names(element)).to.equal('b9 a b10');
    element.direction = 'below';
    await until(() => names(element) === 'b10 a b9', 'the lowest first');
    element.sort = 'name';
    await until(() => names(element) === 'a b9 b10', 'by name');
  });

  it('holds the order by value while somebody is among the widgets', async () => {
    const element = await shown(
      FLEET,
      html`<waooaw-metrics-grid metric="cpu" by="agent" sort="value" refresh="0.01"></waooaw-metrics-grid>`,
    );
    publish(1, [
      { key: '{agent="b10"}', points: [[now(), 5]] },
      { key: '{agent="c"}', tags: { agent: 'c' }, series: 1, points: [[now(), 9]] },
    ]);
    await until(() => widgets(element).length === 4, 'the newcomer');
    expect(names(element)).to.equal('b9 a b10 c');
  });

  it('shows so many, and says how many more there are', async () => {
    const element = await shown(
      FLEET,
      html`<waooaw-metrics-grid metric="cpu" by="agent" max-items="1"></waooaw-metrics-grid>`,
    );
    expect([names(element), said(element, 'more')]).to.deep.equal(['a', 'and 2 more']);
    element.maxItems = 3;
    await until(() => widgets(element).length === 3, 'all');
    expect(part(element, 'more')).to.equal(null);
    element.maxItems = NaN;
    await element.updateComplete;
    expect(widgets(element).length).to.equal(3);
  });

  it('names groups by all their tags, and says where one is missing', async () => {
    const groups = [{ ...group('a', 1), tags: { agent: 'a', zone: 'eu' } }, group('', 2)];
    const element = await shown(
      groups,
      html`<waooaw-metrics-grid metric="cpu" by="agent, zone"></waooaw-metrics-grid>`,
    );
    expect(names(element)).to.equal('a · eu none · none');
  });

  it('says of a group that is heard of no more since when', async () => {
    const element = await shown([group('a', 1), group('b', 2, 30)]);
    const [a, b] = element.shadowRoot!.querySelectorAll('[part="item"]');
    expect([a!.textContent?.trim(), a!.className]).to.deep.equal(['', '']);
    expect(b!.textContent?.trim()).to.match(/^Silent since .*\d/);
    expect(b!.className).to.equal('silent');
  });

  it('says that it loads, that nothing matches and what to do, and why it was refused', async () => {
    const loading = await grid();
    expect(said(loading, 'note')).to.equal('Loading…');
    expect(loading.matches(':state(loading)')).to.equal(true);
    serve(answer());
    await until(() => loading.matches(':state(empty)'), 'nothing');
    expect(said(loading, 'note')).to.match(/^No series match cpu They appear here with their first sample/);
    const refused = await grid();
    const { socket } = script;
    socket.open();
    const command = socket.last('connect') as unknown as Command;
    const subs = ('connect' in command ? (command.connect.subs ?? []) : []).map(({ ch }) => ({
      ch,
      err: { code: 'bad_selector', message: 'At character 3', retryable: false },
    }));
    socket.reply('connect', admission(command, { t: Date.now(), subs: subs as never }));
    await until(() => refused.matches(':state(error)'), 'refused');
    expect(said(refused, 'note')).to.equal('cpu cannot be shown At character 3');
  });

  it('explains itself where nothing is asked for', async () => {
    const element = await fixture<WaooawMetricsGrid>(html`<waooaw-metrics-grid></waooaw-metrics-grid>`);
    expect(said(element, 'note')).to.contain('metric="…"');
  });

  it('is narrower or wider by its own width', async () => {
    const element = await shown(FLEET);
    const columns = (): number =>
      getComputedStyle(part(element, 'list')!).gridTemplateColumns.split(' ').length;
    element.style.inlineSize = '48rem';
    expect(columns()).to.equal(3);
    element.style.inlineSize = '10rem';
    expect(columns()).to.equal(1);
    element.style.setProperty('--waooaw-metrics-grid-column', '4rem');
    expect(columns()).to.equal(2);
    expect(element.scrollWidth).to.be.at.most(element.clientWidth);
  });

  it('forgets what it showed when something else is asked', async () => {
    const element = await shown(FLEET);
    element.metric = 'memory';
    await until(() => said(element, 'note') === 'Loading…', 'it loads');
    element.metric = '';
    await until(() => said(element, 'note').includes('metric="…"'), 'it explains itself');
  });

  it('follows nothing and keeps no timer once it left, and comes back', async () => {
    const element = await shown(FLEET);
    const parent = element.parentElement!;
    element.remove();
    const heard = names(element);
    publish(1, [{ key: '{agent="a"}', points: [[now(), 9]] }]);
    await element.updateComplete;
    expect(names(element)).to.equal(heard);
    parent.append(element);
    await until(() => widgets(element).length === 3, 'the groups again');
  });
});

describe('<waooaw-metrics-grid> of widgets of the page’s own', () => {
  const three = html`<waooaw-metrics-grid label="Mine"
    ><waooaw-metrics-widget metric="one"></waooaw-metrics-widget
    ><waooaw-metrics-widget metric="two"></waooaw-metrics-widget
    ><waooaw-metrics-widget metric="three"></waooaw-metrics-widget
  ></waooaw-metrics-grid>`;

  it('gives each an item of its list, in their order, also those that come and go', async () => {
    const element = await grid(three);
    const items = (): (string | null | undefined)[] =>
      [...element.shadowRoot!.querySelectorAll('li > slot')].map((slot) =>
        (slot as HTMLSlotElement).assignedElements()[0]?.getAttribute('metric'),
      );
    expect(items()).to.deep.equal(['one', 'two', 'three']);
    element.firstElementChild?.remove();
    const four = document.createElement('waooaw-metrics-widget');
    four.setAttribute('metric', 'four');
    element.prepend(four);
    await until(() => items().join() === 'four,two,three', 'the items of now');
    expect(four.getBoundingClientRect().height).to.be.greaterThan(0);
  });

  it('subscribes to all of them in one message', async () => {
    await grid(three);
    serve();
    expect(asked()).to.deep.equal(['metrics/one', 'metrics/two', 'metrics/three']);
    expect(script.socket.sent.filter((message) => 'subscribe' in message)).to.have.length(0);
  });
});

describe('<waooaw-metrics-grid context>', () => {
  it('shows all that is chosen, and follows the choice', async () => {
    pageContext().set({ agents: ['a', 'b.1'], range: { last: 120 } });
    await grid(html`<waooaw-metrics-grid metric="cpu" by="agent" context=""></waooaw-metrics-grid>`);
    script.socket.open();
    expect(asked()).to.deep.equal(['query/by=agent&window=120000/cpu{agent=~"a|b\\\\.1"}']);
  });

  it('says so where a rule lets nothing through', async () => {
    pageContext().set({ rules: { agents: { all: true, except: ['x'] } } });
    const element = await grid(
      html`<waooaw-metrics-grid metric="cpu" by="agent" context=""></waooaw-metrics-grid>`,
    );
    await until(() => said(element, 'note').startsWith('Nothing on this page'), 'the note');
  });
});
