import { expect, fixture, html } from '@open-wc/testing';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { recordSpeech } from '../../testing/speech.ts';
import type { SpeechRecord } from '../../testing/speech.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

let timers: FakeTimers;
let speech: SpeechRecord;

// The budget is for the page; here each sentence is looked at alone.
before(async () => {
  pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
  await import('./details.ts');
});
beforeEach(() => {
  timers = fakeTimers();
  speech = recordSpeech();
});
afterEach(() => {
  timers.advance(60_000);
  timers.restore();
  speech.stop();
});

const THRESHOLDS = [
  { value: 0.8, severity: 'degraded' },
  { value: 0.95, severity: 'critical' },
] as const;

async function widget(value: number, label = 'Load'): Promise<WaooawMetricsWidget> {
  const element = document.createElement('waooaw-metrics-widget');
  Object.assign(element, { label, value, unit: 'ratio', thresholds: THRESHOLDS });
  await fixture(html`${element}`);
  await import('./details.ts');
  await element.updateComplete;
  return element;
}

async function turn(element: WaooawMetricsWidget, value: number): Promise<void> {
  element.value = value;
  await element.updateComplete;
}

/** What the page says once a level has lasted: `[polite, assertive]`. */
function said(): string[] {
  const before = speech.said.length;
  timers.advance(2_000);
  const now = speech.said.slice(before);
  timers.advance(60_000);
  return ['polite', 'assertive'].map((urgency) => now.find((one) => one.urgency === urgency)?.text ?? '');
}

describe('<waooaw-metrics-widget>: speech', () => {
  it('is silent about the first number, however bad', async () => {
    await widget(0.99);
    expect(said()).to.deep.equal(['', '']);
  });

  const changes: readonly (readonly [from: number, to: number, polite: string, assertive: string])[] = [
    [0.5, 0.99, '', 'Load: Critical, 99%'],
    [0.5, 0.85, 'Load: Degraded, 85%', ''],
    [0.85, 0.96, '', 'Load: Critical, 96%'],
    [0.99, 0.85, 'Load: Degraded, 85%', ''],
    [0.99, 0.5, 'Load: OK, 50%', ''],
    [0.81, 0.94, '', ''],
    [0.5, 0.6, '', ''],
  ];
  for (const [from, to, polite, assertive] of changes) {
    const how = assertive ? 'at once' : polite ? 'in a pause' : 'not';
    it(`says ${how} that ${from} became ${to}`, async () => {
      await turn(await widget(from), to);
      expect(said()).to.deep.equal([polite, assertive]);
    });
  }

  it('is silent about a number that was beyond a threshold for less than a step', async () => {
    const element = await widget(0.5);
    await turn(element, 0.99);
    timers.advance(900);
    await turn(element, 0.5);
    expect(said()).to.deep.equal(['', '']);
  });

  it('is silent about a number that is gone, and about one that came back', async () => {
    const element = await widget(0.5);
    await turn(element, NaN);
    expect(said()).to.deep.equal(['', '']);
    await turn(element, 0.5);
    expect(said()).to.deep.equal(['', '']);
  });

  it('says the crossings of one moment as one', async () => {
    const widgets: WaooawMetricsWidget[] = [];
    for (let i = 1; i <= 5; i++) widgets.push(await widget(0.5, `Node ${i}`));
    for (const element of widgets) await turn(element, 0.99);
    expect(said()).to.deep.equal(['', '5 Critical: Node 1, Node 2, Node 3, and 2 more']);
  });

  it('names what is measured as the page’s own label does', async () => {
    const element = await widget(0.5);
    element.textContent = 'CPU of db-1';
    await turn(element, 0.99);
    expect(said()).to.deep.equal(['', 'CPU of db-1: Critical, 99%']);
  });

  it('is silent once it is gone', async () => {
    const element = await widget(0.5);
    await turn(element, 0.99);
    element.remove();
    expect(said()).to.deep.equal(['', '']);
  });
});
