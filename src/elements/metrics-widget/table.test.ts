import { expect } from '@open-wc/testing';
import { emulateMedia, sendMouse } from '@web/test-runner-commands';
import { WAVE, chartPage, rowsOf } from '../../testing/charts.ts';
import type { TestChart } from '../../testing/charts.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { until } from '../../testing/until.ts';
import type { ChartOptions } from './chart-options.ts';
import { MOST_ROWS } from './table.ts';

before(followColorScheme);
afterEach(async () => {
  await emulateMedia(MEDIA.light);
  await sendMouse({ type: 'move', position: [0, 0] });
});

async function opened(options: Partial<ChartOptions> = {}, rows = WAVE): Promise<TestChart> {
  const { element } = await chartPage(options, rows);
  element.chart.toggleTable();
  await until(() => element.find('.table'), 'the table');
  return element;
}

const texts = (element: TestChart, selector: string): string[] =>
  [...element.renderRoot.querySelectorAll<HTMLElement>(selector)]
    .filter(({ hidden }) => !hidden)
    .map(({ textContent }) => textContent);

describe('a chart’s table', () => {
  for (const name of MEDIA_NAMES) {
    it(`passes axe in ${name}`, async () => {
      await emulateMedia(MEDIA[name]);
      const element = await opened({ markers: [{ time: 30_000, title: 'v2', kind: 'deploy' }] });
      await expect(element).to.be.accessible();
    });
  }

  it('lists times and values as readers know them, newest first, under its name and its heads', async () => {
    const element = await opened({}, rowsOf(5, 7, 6));
    expect(texts(element, 'caption')).to.deep.equal(['Latency, newest first']);
    expect(texts(element, 'thead th')).to.deep.equal(['Time', 'Value']);
    expect(texts(element, 'tbody tr')).to.deep.equal(['at 2 s6 ms', 'at 1 s7 ms', 'at 0 s5 ms']);
    const scopes = [...element.renderRoot.querySelectorAll('th')].map(({ scope }) => scope);
    expect(new Set(scopes)).to.deep.equal(new Set(['col', 'row']));
  });

  it('names gaps, and what happened', async () => {
    const rows = rowsOf(1, 2, 3, 4, 5, 6, 7, 8).filter(([start = 0]) => start < 3_000 || start > 6_000);
    const element = await opened({ markers: [{ time: 7_000, title: 'v2', kind: 'deploy' }] }, rows);
    expect(texts(element, 'thead th')).to.deep.equal(['Time', 'Value', 'Event']);
    expect(texts(element, 'tbody tr')).to.deep.equal([
      'at 7 s8 msDeploy: v2',
      'at 3 sNo data',
      'at 2 s3 ms',
      'at 1 s2 ms',
      'at 0 s1 ms',
    ]);
  });

  it('lists so many, and says how many more there are', async () => {
    const many = Array.from({ length: MOST_ROWS + 30 }, (_, i) => [i * 300, i]);
    const element = await opened({}, many);
    expect(texts(element, 'tbody tr')).to.have.length(MOST_ROWS);
    expect(texts(element, '.older')).to.deep.equal(['30 older values are not listed']);
  });

  it('scrolls in a region that the keyboard reaches by its name', async () => {
    const element = await opened();
    const region = element.find('.table')!;
    expect([region.role, region.ariaLabel, region.tabIndex]).to.deep.equal([
      'region',
      'Latency, newest first',
      0,
    ]);
    expect(region.scrollHeight).to.be.greaterThan(region.clientHeight);
  });

  it('takes new values, and keeps the elements of the old ones', async () => {
    const element = await opened({}, rowsOf(1, 2));
    const [newest] = element.renderRoot.querySelectorAll('tbody tr');
    element.set(rowsOf(1, 2, 3));
    await until(() => texts(element, 'tbody tr').length === 3, 'the third row');
    expect(element.renderRoot.querySelectorAll('tbody tr')[1]).to.equal(newest);
    element.set(rowsOf(1, 9, 3).slice(1));
    await until(() => texts(element, 'tbody tr').join() === 'at 2 s3 ms,at 1 s9 ms', 'the changed value');
    element.set([]);
    await until(() => texts(element, 'caption')[0] === 'No values yet', 'an empty table says so');
  });

  const HOLDS: readonly [
    how: string,
    hold: (region: HTMLElement) => void,
    leave: (region: HTMLElement) => void,
  ][] = [
    ['the focus is in it', (region) => region.focus(), (region) => region.blur()],
    ['it is scrolled down', (region) => (region.scrollTop = 40), (region) => (region.scrollTop = 0)],
    [
      'a pointer is over it',
      (region) => region.dispatchEvent(new PointerEvent('pointerenter')),
      (region) => region.dispatchEvent(new PointerEvent('pointerleave')),
    ],
  ];
  for (const [how, hold, leave] of HOLDS) {
    it(`stands still while ${how}, and counts what came`, async () => {
      const element = await opened();
      const region = element.find('.table')!;
      const before = texts(element, 'tbody tr');
      hold(region);
      element.set([...WAVE.slice(2), [61_000, 1], [62_000, 2]]);
      await until(() => texts(element, '.newer')[0] === '2 newer values', 'the count');
      expect(texts(element, 'tbody tr')).to.deep.equal(before);
      leave(region);
      await until(() => texts(element, 'tbody tr')[0] === 'at 62 s2 ms', 'the new rows');
      expect(texts(element, '.newer')).to.deep.equal([]);
    });
  }

  it('goes when it is asked to, and when its widget goes; who comes back brings it again', async () => {
    const element = await opened();
    expect(element.chart.tableOpen).to.equal(true);
    const parent = element.parentElement!;
    element.remove();
    expect(element.find('.table')).to.equal(null);
    parent.append(element);
    await until(() => element.find('.table'), 'the table again');
    element.chart.toggleTable();
    await until(() => !element.find('.table'), 'no table');
    expect(element.chart.tableOpen).to.equal(false);
  });

  it('does not come when it was closed while it was on its way', async () => {
    const { element } = await chartPage();
    element.chart.toggleTable();
    element.chart.toggleTable();
    await import('./table.ts');
    await element.updateComplete;
    expect([element.chart.tableOpen, element.find('.table')]).to.deep.equal([false, null]);
  });
});
