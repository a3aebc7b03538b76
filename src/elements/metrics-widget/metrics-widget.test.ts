import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import type { BucketRow } from '../../protocol/metrics.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

/** A minute of values, one a second, the last `0.42`. */
const ROWS: BucketRow[] = Array.from({ length: 60 }, (_, i) => [i * 1_000, i === 59 ? 0.42 : 0.1 + i / 100]);

function text(widget: WaooawMetricsWidget, selector: string): string {
  return widget.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

const number = (widget: WaooawMetricsWidget): string => text(widget, '[part="value"]');
const range = (widget: WaooawMetricsWidget): string => text(widget, '[part="range"]');
const summary = (widget: WaooawMetricsWidget): string | null | undefined =>
  widget.shadowRoot?.querySelector('[role="img"]')?.getAttribute('aria-label');

/** A widget with its details, if it has anything to show. */
async function widget(set: Partial<WaooawMetricsWidget>): Promise<WaooawMetricsWidget> {
  const element = document.createElement('waooaw-metrics-widget');
  Object.assign(element, set);
  await fixture<WaooawMetricsWidget>(html`${element}`);
  await import('./details.ts');
  await element.updateComplete;
  return element;
}

/** A value as one would write it. */
function show(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
}

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

describe('<waooaw-metrics-widget>: accessibility', () => {
  for (const media of MEDIA_NAMES) {
    it(`passes axe with and without data in ${media}`, async () => {
      await emulateMedia(MEDIA[media]);
      const page = await fixture(html`
        <div>
          <waooaw-metrics-widget
            label="Load"
            .value=${0.42}
            .rows=${ROWS}
            unit="ratio"
          ></waooaw-metrics-widget>
          <waooaw-metrics-widget label="Nothing"></waooaw-metrics-widget>
          <waooaw-metrics-widget metric="host_load1"></waooaw-metrics-widget>
        </div>
      `);
      await expect(page).to.be.accessible();
    });
  }

  it('is a group named by its label, and no live region', async () => {
    const element = await widget({ label: 'Load', value: 1 });
    const group = element.shadowRoot?.querySelector('[role="group"]');
    const named = element.shadowRoot?.getElementById(group?.getAttribute('aria-labelledby') ?? '');
    expect(named?.textContent?.trim()).to.equal('Load');
    expect(element.shadowRoot?.querySelector('[aria-live], output, [role="status"]')).to.equal(null);
  });

  it('describes its line in words', async () => {
    const element = await widget({ label: 'Load', rows: ROWS, unit: 'ratio', window: 120 });
    expect(summary(element)).to.equal('From 10% to 68% in 2 minutes');
    expect(summary(await widget({ label: 'Load' }))).to.equal('No data yet');
  });

  it('describes the line as it is, and leaves the number to the text beside it', async () => {
    const element = await widget({ rows: ROWS, window: 120 });
    element.rows = [...ROWS, [60_000, 5]];
    await element.updateComplete;
    expect(summary(element)).to.equal('From 0.1 to 5 in 2 minutes');
  });
});

describe('<waooaw-metrics-widget>: controlled', () => {
  it('shows a value in its unit', async () => {
    const element = await widget({ label: 'Memory', value: 16.4e9, unit: 'bytes' });
    expect(number(element)).to.equal('16.4 GB');
    expect(text(element, '.unit')).to.equal('GB');
    expect(text(element, '[part="label"]')).to.equal('Memory');
    expect(range(element)).to.equal('');
    element.value = 17e9;
    await element.updateComplete;
    expect(number(element)).to.equal('17 GB');
  });

  it('takes value and window from attributes', async () => {
    const element = await fixture<WaooawMetricsWidget>(
      html`<waooaw-metrics-widget value="5" window="30" unit="jobs"></waooaw-metrics-widget>`,
    );
    expect(element.value).to.equal(5);
    expect(element.window).to.equal(30);
    expect(number(element)).to.equal('5 jobs');
  });

  it('shows the newest row where no value is set, and what the rows range over', async () => {
    const element = await widget({ rows: ROWS, unit: 'ratio', window: 60 });
    expect(number(element)).to.equal('42%');
    expect(range(element)).to.equal('10% – 68%1 minute');
  });

  it('shows the value where both are set, also when it is nought', async () => {
    expect(number(await widget({ value: 0, rows: ROWS }))).to.equal('0');
  });

  it('names its window in whole units, as people say it', async () => {
    const words: string[] = [];
    for (const window of [1, 30, 60, 90, 120, 300, 600, 3_600, 5_400, 86_400, 63_072_000]) {
      words.push(text(await widget({ rows: ROWS, window }), '[part="range"] span:last-child'));
    }
    expect(words).to.deep.equal([
      '1 second',
      '30 seconds',
      '1 minute',
      '90 seconds',
      '2 minutes',
      '5 minutes',
      '10 minutes',
      '1 hour',
      '90 minutes',
      '1 day',
      '730 days',
    ]);
  });

  it('forgets what is before its window', async () => {
    const element = await widget({ rows: ROWS, window: 10, unit: 'ratio' });
    expect(range(element)).to.equal('42% – 68%10 seconds');
  });

  it('formats as the page’s language does', async () => {
    document.documentElement.lang = 'de';
    const element = await widget({ value: 1_536, unit: 'bytes' });
    expect(number(element).replace(/\s/g, ' ')).to.equal('1,54 kB');
    document.documentElement.lang = 'en';
  });

  it('takes a label from the slot before all others', async () => {
    const element = await fixture<WaooawMetricsWidget>(
      html`<waooaw-metrics-widget label="Load" value="1">The <b>load</b></waooaw-metrics-widget>`,
    );
    const shown = element.shadowRoot?.querySelector('slot')?.assignedNodes() ?? [];
    expect(shown.map((node) => node.textContent).join('')).to.equal('The load');
  });

  it('is idle, and says nothing of freshness', async () => {
    const element = await widget({ value: 1 });
    expect(element.matches(':state(idle)')).to.equal(true);
    expect(text(element, '.note')).to.equal('');
  });

  it('follows the page’s colour scheme, and its own theme before it', async () => {
    const element = await widget({ value: 1 });
    const card = element.shadowRoot?.querySelector('[part="card"]');
    if (!card) throw new Error('no card');
    const ground = (): string => getComputedStyle(card).backgroundColor;
    const light = ground();
    element.theme = 'dark';
    await element.updateComplete;
    const dark = ground();
    expect(dark).not.to.equal(light);
    element.theme = '';
    await element.updateComplete;
    await emulateMedia(MEDIA.dark);
    expect(ground()).to.equal(dark);
  });
});

describe('<waooaw-metrics-widget>: bad data', () => {
  for (const value of [NaN, Infinity, -Infinity, 'abc', {}, [], null, undefined, true]) {
    it(`shows no number for ${show(value)}`, async () => {
      const element = await widget({ value: value as number });
      expect(number(element)).to.equal('–');
    });
  }

  it('shows no number for an attribute that is none', async () => {
    const element = await fixture<WaooawMetricsWidget>(
      html`<waooaw-metrics-widget value="lots"></waooaw-metrics-widget>`,
    );
    expect(number(element)).to.equal('–');
  });

  for (const rows of [
    null,
    undefined,
    5,
    'rows',
    {},
    [null],
    [5],
    [[]],
    [[1]],
    [[NaN, 1]],
    [[1, Infinity]],
    [['1', '2']],
  ]) {
    it(`takes ${show(rows)} for no rows`, async () => {
      const element = await widget({ rows: rows as BucketRow[] });
      expect(number(element)).to.equal('–');
      expect(range(element)).to.equal('');
    });
  }

  it('leaves bad rows out and shows the good ones', async () => {
    const rows = [[1_000, 1], null, [2_000, NaN], [3_000, 3]] as BucketRow[];
    const element = await widget({ rows });
    expect(number(element)).to.equal('3');
    expect(range(element)).to.contain('1 – 3');
  });

  for (const window of [NaN, Infinity, 'abc', null, undefined, {}]) {
    it(`takes a window of ${show(window)} for five minutes`, async () => {
      expect(range(await widget({ rows: ROWS, window: window as number }))).to.match(/5 minutes$/);
    });
  }

  for (const window of [0, -5]) {
    it(`takes a window of ${window} for one second`, async () => {
      const element = await widget({ rows: ROWS, window });
      expect(text(element, '[part="range"] span:last-child')).to.equal('1 second');
    });
  }

  it('shows texts that are none as none', async () => {
    const nothing = null as unknown as string;
    const element = await widget({
      label: nothing,
      unit: nothing,
      metric: nothing,
      theme: nothing,
      value: 5,
    });
    expect(number(element)).to.equal('5');
    expect(text(element, '[part="label"]')).to.equal('');
  });
});
