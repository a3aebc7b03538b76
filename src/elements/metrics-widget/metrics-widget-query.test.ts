import { expect, fixture, html } from '@open-wc/testing';
import { pageContext } from '../../context/page-context.ts';
import type { QueryAnswer, QueryPoint } from '../../protocol/queries.ts';
import { at, hash, scriptSockets } from '../../testing/script.ts';
import type { Script, Sent } from '../../testing/script.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import { until } from '../../testing/until.ts';
import '../socket/define.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

let script: Script;
let timers: FakeTimers;

// Loaded once, so that each test waits for nothing but its own.
before(async () => {
  await Promise.all([import('./details.ts'), import('./narrowing.ts')]);
  const element = await fixture<WaooawMetricsWidget>(
    html`<waooaw-metrics-widget value="1" trend></waooaw-metrics-widget>`,
  );
  await until(() => element.shadowRoot?.querySelector('.toolbar'), 'the details');
});
beforeEach(() => {
  sessionStorage.clear();
  pageContext().clear();
  script = scriptSockets();
  timers = fakeTimers();
  // A second into a step.
  timers.advance(11_000 - (Date.now() % 10_000));
});
afterEach(() => {
  timers.restore();
  script.restore();
});

function text(widget: WaooawMetricsWidget, selector: string): string {
  return widget.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}
const number = (widget: WaooawMetricsWidget): string => text(widget, '[part="value"]');

/** The beginning of this step of ten seconds, ms. */
const step = (): number => Math.floor(Date.now() / 10_000) * 10_000;

function answerOf(points: readonly QueryPoint[], more: Partial<QueryAnswer> = {}): QueryAnswer {
  const to = step() + 10_000;
  return {
    metric: 'x',
    aggregation: 'avg',
    across: 'avg',
    by: [],
    kind: 'gauge',
    from: to - 300_000,
    to,
    stepMs: 10_000,
    tierMs: 10_000,
    series: 2,
    groups: [{ key: '', tags: {}, series: 2, points, gaps: [] }],
    lateDropped: 0,
    ...more,
  };
}

/** A widget in a live scripted socket, with its details. */
async function widget(set: Partial<WaooawMetricsWidget>): Promise<WaooawMetricsWidget> {
  const socket = await fixture(html`<waooaw-socket url="http://far.example"></waooaw-socket>`);
  script.socket.accept({ t: Date.now() });
  const element = document.createElement('waooaw-metrics-widget');
  Object.assign(element, set);
  socket.append(element);
  await until(() => asked().length > 0, 'a question');
  await settled(element);
  return element;
}

/** Lets everything that is under way come to its end; the page's clock stands still. */
async function settled(element: WaooawMetricsWidget): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await element.updateComplete;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/** Channels that were asked for, oldest first. */
function asked(): string[] {
  const names = (message: Sent): string[] => {
    const { connect, subscribe } = message as {
      connect?: { subs?: { ch: string }[] };
      subscribe?: { ch: string };
    };
    return [...(connect?.subs ?? []).map(({ ch }) => ch), ...(subscribe ? [subscribe.ch] : [])];
  };
  return script.socket.sent.flatMap(names);
}

/** Answers the newest subscription of a channel that begins so; `n` is its number from then on. */
async function answer(element: WaooawMetricsWidget, n: number, snapshot: unknown, begin = ''): Promise<void> {
  const chOf = (message: Sent): string => (message['subscribe'] as { ch: string } | undefined)?.ch ?? '-';
  const sent = script.socket.sent.findLast(
    (message) => chOf(message).startsWith(begin) && chOf(message) !== '-',
  );
  if (!sent) throw new Error(`nothing was asked of "${begin}"`);
  script.socket.say({ id: sent.id, ok: at(n, chOf(sent), 0, { snapshot: snapshot as never }) });
  await settled(element);
}

/** Channels that nobody needs are left a while later. */
async function lingered(): Promise<void> {
  timers.advance(3_000);
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

async function publish(
  element: WaooawMetricsWidget,
  n: number,
  offset: number,
  data: unknown,
): Promise<void> {
  script.socket.say({ n, pubs: [[offset, data]], h: hash(offset) });
  // Text is written four times a second.
  timers.advance(250);
  await settled(element);
}

describe('<waooaw-metrics-widget>: queries', () => {
  it('asks for what is made of several series, and shows it as it goes on', async () => {
    const element = await widget({
      metric: 'cpu{core!="0"}',
      aggregation: 'avg',
      across: 'max',
      unit: 'ratio',
    });
    expect(asked()).to.deep.equal(['query/across=max&agg=avg&window=300000/cpu{core!="0"}']);
    expect(element.matches(':state(loading)')).to.equal(true);
    const now = step();
    await answer(
      element,
      7,
      answerOf([
        [now - 10_000, 0.2],
        [now, 0.3],
      ]),
    );
    expect(number(element)).to.equal('30%');
    expect(element.matches(':state(live)')).to.equal(true);
    expect(text(element, '[part="range"]')).to.equal('20% – 30%5 minutes');
    await publish(element, 7, 1, { to: now + 10_000, groups: [{ key: '', points: [[now, 0.5]] }] });
    expect(number(element)).to.equal('50%');
  });

  it('shows the last whole step of a rate, in a rate’s unit', async () => {
    const element = await widget({ metric: 'sent_bytes_total', aggregation: 'rate' });
    const now = step();
    const points: QueryPoint[] = [
      [now - 10_000, 2e6],
      [now, 3],
    ];
    await answer(
      element,
      7,
      answerOf(points, { aggregation: 'rate', kind: 'counter', unit: 'bytes', help: 'Sent' }),
    );
    expect([number(element), text(element, '[part="label"]')]).to.deep.equal(['2 MB/s', 'Sent']);
    timers.advance(10_000);
    await publish(element, 7, 1, { to: now + 20_000, groups: [{ key: '', points: [[now, 1e6]] }] });
    expect(number(element)).to.equal('1 MB/s');
  });

  it('asks anew once it learns that a series is a counter, and never shows its count', async () => {
    const element = await widget({ metric: 'sent_total' });
    expect(asked()).to.deep.equal(['metrics/sent_total']);
    const seen = new Set<string>();
    const observer = new MutationObserver(() => seen.add(number(element)));
    observer.observe(element.shadowRoot!, { subtree: true, childList: true, characterData: true });
    const info = { series: 'sent_total', name: 'sent_total', tags: {}, kind: 'counter' };
    const rows = [[Date.now() - 1_000, 123_456]];
    await answer(element, 7, { ...info, stepMs: 1_000, windowMs: 600_000, rows });
    expect(asked().at(-1)).to.equal('query/window=300000/sent_total');
    await answer(element, 8, answerOf([[step() - 10_000, 4]], { aggregation: 'rate', kind: 'counter' }));
    expect(number(element)).to.equal('4/s');
    observer.disconnect();
    expect([...seen]).not.to.include('123.5K');
  });

  it('goes back to a window of two years', async () => {
    const element = await widget({ metric: 'cpu', window: 63_072_000 });
    expect(asked()).to.deep.equal(['query/window=63072000000/cpu']);
    await answer(element, 7, answerOf([[step(), 5]]));
    expect(text(element, '.span')).to.equal('730 days');
    element.window = 1e12;
    await settled(element);
    expect(asked().at(-1), 'no longer than the server keeps').to.equal('query/window=63072000000/cpu');
  });

  it('keeps what it shows while it asks for a longer window', async () => {
    const element = await widget({ metric: 'cpu', window: 900 });
    await answer(element, 7, answerOf([[step(), 5]]));
    element.window = 3_600;
    await settled(element);
    expect(asked().at(-1)).to.equal('query/window=3600000/cpu');
    expect(number(element)).to.equal('5');
    element.aggregation = 'max';
    await settled(element);
    expect(number(element), 'another thing').to.equal('–');
  });

  it('is of several agents at once when several are chosen', async () => {
    pageContext().set({ agents: ['b', 'a.1'] });
    const element = await widget({ metric: 'cpu', context: '' });
    expect(asked()).to.deep.equal(['query/window=300000/cpu{agent=~"a\\\\.1|b"}']);
    await answer(element, 7, answerOf([[step(), 0.5]], { unit: 'ratio' }));
    expect(number(element)).to.equal('50%');
    expect(element.matches(':state(unclear)')).to.equal(false);
    pageContext().set({ agents: ['b'] });
    await settled(element);
    expect(asked().at(-1)).to.equal('metrics/cpu{agent="b"}');
    expect(number(element)).to.equal('–');
  });

  it('follows a preset, but for what is set beside it', async () => {
    await widget({ preset: 'requests-per-minute' });
    expect(asked()).to.deep.equal([
      'query/across=sum&agg=increase&step=60000&window=3600000/http_requests_total',
    ]);
    await widget({ preset: 'requests-per-minute', metric: 'mails_total', step: 10, window: 900 });
    expect(asked()).to.deep.equal(['query/across=sum&agg=increase&step=10000&window=900000/mails_total']);
    const cpu = await widget({ preset: 'cpu' });
    expect(asked()).to.deep.equal(['metrics/host_cpu_usage_ratio']);
    expect(text(cpu, '[part="label"]')).to.equal('CPU');
  });

  it('says why a query was refused', async () => {
    const element = await widget({ metric: 'cpu{agent=~"("}' });
    script.socket.refuse('subscribe', 'bad_selector', { message: 'no closing )' });
    await settled(element);
    expect(element.matches(':state(error)')).to.equal(true);
    expect(text(element, '[part="reason"]')).to.equal('no closing )');
  });

  it('is empty where no series matches, and shows the first that does', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum' });
    await answer(element, 7, answerOf([], { groups: [], series: 0 }));
    expect(element.matches(':state(empty)')).to.equal(true);
    await publish(element, 7, 1, {
      to: step() + 10_000,
      groups: [{ key: '', tags: {}, series: 1, points: [[step(), 2]] }],
    });
    expect([number(element), element.matches(':state(live)')]).to.deep.equal(['2', true]);
  });

  it('is stale when a step and a while have passed without a sample, and keeps what it knew', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', staleAfter: 1 });
    await answer(element, 7, answerOf([[step(), 2]]));
    timers.advance(18_000);
    await settled(element);
    expect(element.matches(':state(live)')).to.equal(true);
    timers.advance(3_000);
    await settled(element);
    expect([number(element), element.matches(':state(stale)')]).to.deep.equal(['2', true]);
  });
});

describe('<waooaw-metrics-widget>: the past beside a query', () => {
  it('asks for a past that the line does not hold, and compares with it', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', compare: 86_400 });
    const now = step();
    await answer(element, 7, answerOf([[now, 150]]));
    expect(asked().at(-1)).to.match(/^query\/across=sum&window=\d+\/cpu$/);
    const then = now - 86_400_000;
    await answer(element, 8, answerOf([[then, 100]], { from: then - 600_000, stepMs: 300_000 }));
    expect(text(element, '[part="delta"]')).to.equal('50% vs 1 day ago');
    element.compare = undefined;
    await settled(element);
    expect(script.socket.count('unsubscribe')).to.equal(0);
    await lingered();
    expect(script.socket.count('unsubscribe'), 'nobody needs it any more').to.equal(1);
  });

  it('asks in the same steps where a value depends on their length', async () => {
    const element = await widget({ metric: 'sent_total', aggregation: 'increase', compare: 3_600 });
    await answer(element, 7, answerOf([[step() - 10_000, 150]], { aggregation: 'increase' }));
    expect(asked().at(-1)).to.match(/^query\/agg=increase&step=10000&window=\d+\/sent_total$/);
  });

  it('compares the mean of its window with that of the window before', async () => {
    const element = await widget({ metric: 'cpu', across: 'avg', compare: 'previous-window', good: 'down' });
    const now = step();
    await answer(element, 7, answerOf([[now, 20]]));
    expect(asked().at(-1)).to.equal('query/across=avg&window=600000/cpu');
    const points: QueryPoint[] = [
      [now - 400_000, 8],
      [now - 350_000, 12],
      [now - 100_000, 18],
      [now, 22],
    ];
    await answer(element, 8, answerOf(points, { from: now - 590_000 }));
    expect(text(element, '[part="delta"]')).to.equal('100% vs 5 min before, worse');
  });
});

describe('<waooaw-metrics-widget>: events, pace and leaving', () => {
  it('follows what happened through a channel of the page’s own', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', events: 'app/deploys' });
    expect(asked()).to.have.members(['app/deploys', 'query/across=sum&window=300000/cpu']);
    const now = step();
    await answer(element, 6, null, 'app/');
    await answer(
      element,
      7,
      answerOf([
        [now - 10_000, 1],
        [now, 2],
      ]),
      'query/',
    );
    await publish(element, 6, 1, { time: now - 4_000, title: 'mail 1.4', kind: 'deploy' });
    await publish(element, 6, 2, [
      { nonsense: true },
      null,
      { time: new Date(now).toISOString(), title: 'A flood' },
    ]);
    const button = element.shadowRoot!.querySelector<HTMLElement>('[part="table-toggle"]')!;
    button.click();
    await until(() => text(element, 'table').includes('Deploy: mail 1.4. A flood'), 'both in the table');
    button.click();
    element.events = 'app/others';
    await settled(element);
    expect(asked().at(-1)).to.equal('app/others');
    button.click();
    await until(() => element.shadowRoot!.querySelector('table'), 'the table again');
    expect(text(element, 'table'), 'what the other channel told').not.to.contain('mail 1.4');
  });

  it('shows its text at most once in a while, and the newest in the end', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', refresh: 10 });
    const now = step();
    const heard = (offset: number, value: number): Promise<void> =>
      publish(element, 7, offset, { to: now + 10_000, groups: [{ key: '', points: [[now, value]] }] });
    await answer(element, 7, answerOf([[now, 1]]));
    expect(number(element)).to.equal('1');
    await heard(1, 2);
    await heard(2, 3);
    expect(number(element)).to.equal('1');
    timers.advance(10_000);
    await settled(element);
    expect(number(element)).to.equal('3');
  });

  it('changes the chart’s words at most every 30 seconds, and for who comes to read them', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', staleAfter: 600 });
    const summary = (): string | null =>
      element.shadowRoot!.querySelector('[role="img"]')!.getAttribute('aria-label');
    const now = step();
    const heard = (offset: number, value: number): Promise<void> =>
      publish(element, 7, offset, { to: now + 10_000, groups: [{ key: '', points: [[now, value]] }] });
    await answer(
      element,
      7,
      answerOf([
        [now - 10_000, 1],
        [now, 2],
      ]),
    );
    expect(summary()).to.equal('From 1 to 2 in 5 minutes');
    await heard(1, 3);
    expect(summary()).to.equal('From 1 to 2 in 5 minutes');
    timers.advance(30_000);
    await heard(2, 4);
    expect(summary()).to.equal('From 1 to 4 in 5 minutes');
    await heard(3, 5);
    element.dispatchEvent(new FocusEvent('focusin'));
    await settled(element);
    expect(summary()).to.equal('From 1 to 5 in 5 minutes');
  });

  it('leaves nothing behind: every channel is left, and no timer goes on', async () => {
    const element = await widget({
      metric: 'cpu',
      across: 'sum',
      compare: 86_400,
      events: 'app/deploys',
      refresh: 10,
      thresholds: [{ value: 1, severity: 'critical' }],
    });
    await answer(element, 6, null, 'app/');
    await answer(element, 7, answerOf([[step(), 0]]), 'query/');
    await answer(element, 8, answerOf([[step() - 86_400_000, 0]]));
    expect(new Set(asked()).size).to.equal(3);
    element.remove();
    await lingered();
    expect(script.socket.count('unsubscribe')).to.equal(3);
    element.dispatchEvent(new FocusEvent('focusin'));
    expect(element.isUpdatePending).to.equal(false);
  });

  it('goes on where it was when it comes back', async () => {
    const element = await widget({ metric: 'cpu', across: 'sum', events: 'app/deploys' });
    await answer(element, 7, answerOf([[step(), 4]]));
    const home = element.parentElement!;
    element.remove();
    await lingered();
    home.append(element);
    await settled(element);
    expect(asked().slice(2)).to.have.members(['app/deploys', 'query/across=sum&window=300000/cpu']);
    expect(number(element)).to.equal('4');
  });
});
