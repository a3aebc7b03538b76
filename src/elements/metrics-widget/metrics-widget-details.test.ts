import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import type { BucketRow } from '../../protocol/metrics.ts';
import { hearWarnings } from '../../testing/console.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { fakeTimers } from '../../testing/timers.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

/** Five minutes of a number that rises from 0.1 to 0.4. */
const ROWS: BucketRow[] = Array.from({ length: 301 }, (_, i) => [i * 1_000, 0.1 + i / 1_000]);

const HIGH = [
  { value: 0.2, severity: 'degraded' },
  { value: 0.3, severity: 'critical' },
] as const;

function text(widget: WaooawMetricsWidget, selector: string): string {
  return widget.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}
const part = (widget: WaooawMetricsWidget, name: string): string => text(widget, `[part="${name}"]`);

async function widget(set: Partial<WaooawMetricsWidget>): Promise<WaooawMetricsWidget> {
  const element = document.createElement('waooaw-metrics-widget');
  Object.assign(element, { label: 'Load', ...set });
  await fixture<WaooawMetricsWidget>(html`${element}`);
  await import('./details.ts');
  await element.updateComplete;
  await element.updateComplete;
  return element;
}

before(async () => {
  followColorScheme();
  // Loaded once, so that each test waits for nothing but its own.
  await import('./details.ts');
});
afterEach(() => emulateMedia(MEDIA.light));

describe('<waooaw-metrics-widget>: change', () => {
  it('tells the change since a time, and against which', async () => {
    const element = await widget({ rows: ROWS, compare: 100 });
    expect(part(element, 'delta')).to.equal('33% vs 2 min ago');
    const arrow = element.shadowRoot!.querySelector('[part="delta"] svg')!;
    expect([arrow.getAttribute('role'), arrow.getAttribute('aria-label')]).to.deep.equal(['img', 'Up']);
  });

  it('says which way is good in words as well as in colour', async () => {
    const worse = await widget({ rows: ROWS, compare: 100, good: 'down' });
    expect(part(worse, 'delta')).to.equal('33% vs 2 min ago, worse');
    expect(worse.shadowRoot!.querySelector('[part="delta"] .critical')).not.to.equal(null);
    const better = await widget({ rows: ROWS, compare: 100, good: 'up' });
    expect(part(better, 'delta')).to.equal('33% vs 2 min ago, better');
    expect(better.shadowRoot!.querySelector('[part="delta"] .ok')).not.to.equal(null);
    const neither = await widget({ rows: ROWS, compare: 100 });
    expect(neither.shadowRoot!.querySelector('.facts :is(.ok, .critical)')).to.equal(null);
  });

  it('has nothing to compare with where the line does not go back so far', async () => {
    const element = await widget({ rows: ROWS.slice(-50), compare: 200 });
    expect(element.shadowRoot!.querySelector('[part="delta"]')).to.equal(null);
  });

  it('says that nothing changed', async () => {
    const element = await widget({ rows: ROWS.map(([time = 0]) => [time, 5]), compare: 100, good: 'up' });
    expect(part(element, 'delta')).to.equal('No change vs 2 min ago');
  });

  it('tells the trend when it is asked for, or which way is good', async () => {
    expect(part(await widget({ rows: ROWS, trend: true }), 'trend')).to.equal('Rising');
    expect(part(await widget({ rows: ROWS, good: 'down' }), 'trend')).to.equal('Rising, worse');
    expect(part(await widget({ rows: ROWS, good: 'up' }), 'trend')).to.equal('Rising, better');
    expect(part(await widget({ rows: [...ROWS].slice(0, 3), trend: true }), 'trend')).to.equal('');
    expect((await widget({ rows: ROWS })).shadowRoot!.querySelector('.facts')).to.equal(null);
  });
});

describe('<waooaw-metrics-widget>: thresholds', () => {
  it('shows how bad the number is as word, figure and state', async () => {
    const element = await widget({ value: 0.25, thresholds: HIGH });
    expect(part(element, 'level')).to.equal('Degraded');
    expect(element.shadowRoot!.querySelector('[part="level"] svg.triangle')).not.to.equal(null);
    expect(element.matches(':state(degraded)')).to.equal(true);
    element.value = 0.35;
    await element.updateComplete;
    expect(part(element, 'level')).to.equal('Critical');
    expect(element.shadowRoot!.querySelector('[part="level"] svg.octagon')).not.to.equal(null);
    expect([element.matches(':state(degraded)'), element.matches(':state(critical)')]).to.deep.equal([
      false,
      true,
    ]);
    element.value = 0.1;
    await element.updateComplete;
    expect(part(element, 'level')).to.equal('');
    expect(element.matches(':state(critical)')).to.equal(false);
  });

  it('takes them as JSON, and downwards', async () => {
    const element = await fixture<WaooawMetricsWidget>(
      html`<waooaw-metrics-widget
        value="5"
        direction="below"
        thresholds='[{"value":10,"severity":"critical"}]'
      ></waooaw-metrics-widget>`,
    );
    await until(() => element.matches(':state(critical)'), 'critical');
  });

  it('tells the page of a level that lasted', async () => {
    const timers = fakeTimers();
    try {
      const element = await widget({ value: 0.1, thresholds: HIGH });
      const told: unknown[] = [];
      element.addEventListener('waooaw-threshold', (event) => told.push((event as CustomEvent).detail));
      element.value = 0.35;
      await element.updateComplete;
      timers.advance(900);
      expect(told).to.deep.equal([]);
      timers.advance(100);
      expect(told).to.deep.equal([{ level: 'critical', previous: 'ok', value: 0.35 }]);
    } finally {
      timers.restore();
    }
  });
});

describe('<waooaw-metrics-widget>: numbers', () => {
  const cases: readonly (readonly [Partial<WaooawMetricsWidget>, string])[] = [
    [{ value: 183_600, unit: 'duration' }, '2d 3h'],
    [{ value: 12.5, unit: 'percent' }, '13%'],
    [{ value: 0.97654, unit: 'ratio', digits: 2 }, '97.65%'],
    [{ value: 1.23456, digits: 0 }, '1'],
    [{ value: 1.23456, digits: 4 }, '1.2346'],
    [{ value: 120, unit: 'per_minute' }, '120/min'],
    [{ value: 1_234_567, unit: 'bytes', digits: 3 }, '1.235 MB'],
  ];
  for (const [set, shown] of cases) {
    it(`shows ${JSON.stringify(set)} as ${shown}`, async () => {
      expect(part(await widget(set), 'value')).to.equal(shown);
    });
  }

  it('names the values of its lines and of its target below the chart', async () => {
    const element = await widget({ rows: ROWS, lines: 'avg max min', target: 0.3, unit: 'ratio' });
    expect(part(element, 'range')).to.equal('Min 10% Max 40% Avg 25% Target 30% 5 minutes');
  });

  it('is a meter with two real bounds, and only then', async () => {
    const element = await widget({ value: 1.2, min: 0, max: 1, unit: 'ratio' });
    const value = element.shadowRoot!.querySelector('.value')!;
    const said = (): (string | null)[] =>
      ['role', 'aria-valuemin', 'aria-valuemax', 'aria-valuenow', 'aria-valuetext'].map((name) =>
        value.getAttribute(name),
      );
    expect(said()).to.deep.equal(['meter', '0', '1', '1', '120%']);
    await expect(element).to.be.accessible();
    element.value = 0.4;
    await element.updateComplete;
    expect(said()).to.deep.equal(['meter', '0', '1', '0.4', '40%']);
    element.max = undefined;
    await element.updateComplete;
    expect(said()).to.deep.equal([null, null, null, null, null]);
    expect(value.hasAttribute('aria-labelledby')).to.equal(false);
  });

  it('takes a preset’s unit, bounds and thresholds, also for values that the page sets', async () => {
    const element = await widget({ preset: 'cpu', value: 0.97, label: '' });
    expect([part(element, 'value'), part(element, 'label'), part(element, 'level')]).to.deep.equal([
      '97%',
      'CPU',
      'Critical',
    ]);
    expect(element.shadowRoot!.querySelector('[role="meter"]')).not.to.equal(null);
    expect(element.matches(':state(idle)')).to.equal(true);
  });
});

describe('<waooaw-metrics-widget>: its line in words and as a table', () => {
  const summary = (element: WaooawMetricsWidget): string | null =>
    element.shadowRoot!.querySelector('[role="img"]')!.getAttribute('aria-label');

  it('opens the table by keyboard, and closes it', async () => {
    const element = await widget({ rows: ROWS.slice(0, 5), unit: 'ratio' });
    const button = element.shadowRoot!.querySelector<HTMLButtonElement>('[part="table-toggle"]')!;
    expect([button.getAttribute('aria-label'), button.getAttribute('aria-expanded')]).to.deep.equal([
      'Values as a table',
      'false',
    ]);
    button.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => element.shadowRoot!.querySelector('table'), 'a table');
    expect(button.getAttribute('aria-expanded')).to.equal('true');
    await until(() => getComputedStyle(button.parentElement!).opacity === '1', 'the button is in view');
    await expect(element).to.be.accessible();
    await sendKeys({ press: 'Enter' });
    await until(() => !element.shadowRoot!.querySelector('table'), 'no table');
  });

  it('has a button of a size that fingers find', async () => {
    const element = await widget({ rows: ROWS });
    const { width, height } = element
      .shadowRoot!.querySelector('[part="table-toggle"]')!
      .getBoundingClientRect();
    expect([width >= 24, height >= 24]).to.deep.equal([true, true]);
  });

  it('follows the page’s language at once', async () => {
    const element = await widget({ rows: ROWS, unit: 'ratio' });
    expect(summary(element)).to.equal('From 10% to 40% in 5 minutes');
    document.documentElement.lang = 'de';
    await until(() => summary(element)?.replace(/\s/g, ' ') === 'Von 10 % bis 40 % in 5 Minuten', 'German');
    document.documentElement.lang = 'en';
    await until(() => summary(element) === 'From 10% to 40% in 5 minutes', 'English');
  });
});

describe('<waooaw-metrics-widget>: details in every medium', () => {
  const all = {
    rows: ROWS,
    unit: 'ratio',
    compare: 100,
    good: 'down',
    target: 0.2,
    lines: 'min avg',
    min: 0,
    max: 1,
  } as const;

  for (const media of MEDIA_NAMES) {
    it(`passes axe in every level in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      for (const value of [0.1, 0.25, 0.35]) {
        const element = await widget({ ...all, value, thresholds: HIGH, size: 'l' });
        await until(() => element.shadowRoot!.querySelector('canvas'), 'a chart');
        await expect(element).to.be.accessible();
        // The next is in view.
        element.remove();
      }
    });
  }

  it('stands on the other side where text runs from right to left', async () => {
    const page = await fixture<HTMLElement>(html`<div dir="rtl" style="inline-size: 20rem"></div>`);
    const element = document.createElement('waooaw-metrics-widget');
    Object.assign(element, { ...all, label: 'Load', thresholds: HIGH });
    page.append(element);
    const facts = await until(() => element.shadowRoot?.querySelector('.facts'), 'facts');
    const card = element.shadowRoot!.querySelector('.card')!.getBoundingClientRect();
    const level = facts.querySelector('[part="level"]')!.getBoundingClientRect();
    const button = element.shadowRoot!.querySelector('button')!.getBoundingClientRect();
    expect(card.right - level.right).to.be.below(24);
    expect(button.left - card.left).to.be.below(24);
  });

  for (const size of ['s', 'm', 'l'] as const) {
    it(`keeps its place from the first paint on in size ${size}`, async () => {
      const element = document.createElement('waooaw-metrics-widget');
      Object.assign(element, { rows: ROWS, label: 'Load', size });
      element.setAttribute('compare', '100');
      const page = await fixture(html`<div style="inline-size: 20rem"></div>`);
      page.append(element);
      await element.updateComplete;
      const before = element.offsetHeight;
      await until(() => element.shadowRoot!.querySelector('canvas'), 'a chart');
      expect(element.offsetHeight).to.equal(before);
    });
  }

  it('keeps out of a narrow card what has no room in it', async () => {
    const element = document.createElement('waooaw-metrics-widget');
    Object.assign(element, { ...all, label: 'Load' });
    await fixture(html`<div style="inline-size: 8rem">${element}</div>`);
    const toolbar = await until(() => element.shadowRoot!.querySelector('.toolbar'), 'the details');
    expect(getComputedStyle(toolbar).display).to.equal('none');
    expect(element.scrollWidth).to.be.at.most(element.clientWidth);
  });
});

describe('<waooaw-metrics-widget>: bad input', () => {
  const odd = [
    null,
    undefined,
    NaN,
    Infinity,
    -1,
    'abc',
    '',
    {},
    [],
    [null],
    '{',
    true,
    Symbol.iterator.toString(),
  ];
  const names = [
    'preset',
    'aggregation',
    'across',
    'step',
    'digits',
    'compare',
    'trend',
    'good',
    'thresholds',
    'direction',
    'target',
    'lines',
    'min',
    'max',
    'refresh',
    'events',
    'markers',
    'size',
  ] as const;
  for (const name of names) {
    it(`shows the number whatever ${name} is`, async () => {
      const warnings = hearWarnings();
      try {
        const element = await widget({ rows: ROWS });
        for (const value of odd) {
          Object.assign(element, { [name]: value });
          await element.updateComplete;
          expect(part(element, 'value'), JSON.stringify(value)).to.contain('0.4');
        }
      } finally {
        warnings.restore();
      }
    });
  }
});
