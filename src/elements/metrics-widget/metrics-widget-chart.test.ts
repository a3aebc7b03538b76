import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import type { BucketRow } from '../../protocol/metrics.ts';
import { hearWarnings } from '../../testing/console.ts';
import { hasInk, inkOf, lineColor } from '../../testing/ink.ts';
import { countWindowListeners } from '../../testing/listeners.ts';
import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { WaooawMetricsWidget } from './metrics-widget.ts';

const ROWS: BucketRow[] = Array.from({ length: 60 }, (_, i) => [i * 1_000, 5 + Math.sin(i / 5)]);

const canvasOf = (widget: WaooawMetricsWidget): HTMLCanvasElement | null | undefined =>
  widget.shadowRoot?.querySelector('canvas');

function loaded(): boolean {
  return performance.getEntriesByType('resource').some(({ name }) => name.includes('uplot'));
}

async function widget(rows = ROWS, style = ''): Promise<WaooawMetricsWidget> {
  return fixture<WaooawMetricsWidget>(
    html`<waooaw-metrics-widget
      label="Load"
      style=${style}
      .rows=${rows}
      window="60"
    ></waooaw-metrics-widget>`,
  );
}

async function drawn(element: WaooawMetricsWidget): Promise<HTMLCanvasElement> {
  const canvas = await until(() => canvasOf(element), 'a canvas');
  await until(() => hasInk(canvas), 'ink');
  return canvas;
}

/** Waits until the browser has told observers of what is laid out now. */
async function observed(element: Element): Promise<void> {
  await new Promise<void>((resolve) => {
    const observer = new IntersectionObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe(element);
  });
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

before(() => {
  followColorScheme();
  performance.setResourceTimingBufferSize(5_000);
});
afterEach(() => emulateMedia(MEDIA.light));

describe('<waooaw-metrics-widget>: line', () => {
  it('is not loaded while there is nothing to draw, or nobody who sees it', async () => {
    const empty = await widget([]);
    const hidden = await widget(ROWS, 'display: none');
    const narrow = await widget(ROWS, 'inline-size: 7rem');
    for (const element of [empty, hidden, narrow]) {
      await observed(element);
      expect(canvasOf(element)).to.equal(null);
    }
    expect(loaded()).to.equal(false);
  });

  it('is not drawn for a widget that leaves while it is being loaded', async () => {
    const element = await widget();
    await observed(element);
    element.remove();
    await import('./chart-view.ts');
    expect(loaded()).to.equal(true);
    expect(canvasOf(element)).to.equal(null);
  });

  it('is drawn when there is something to draw', async () => {
    const canvas = await drawn(await widget());
    expect(canvas.getBoundingClientRect().width).to.be.greaterThan(100);
  });

  it('hides with its range where there is no room, and the number stays', async () => {
    const element = await widget(ROWS, 'inline-size: 7rem');
    const shown = (part: string): boolean =>
      (element.shadowRoot?.querySelector(`[part="${part}"]`)?.getClientRects().length ?? 0) > 0;
    expect([shown('value'), shown('chart'), shown('range')]).to.deep.equal([true, false, false]);
    element.style.inlineSize = '20rem';
    await drawn(element);
    expect([shown('value'), shown('chart'), shown('range')]).to.deep.equal([true, true, true]);
  });

  it('draws a gap as a gap', async () => {
    const rows = ROWS.filter(([start = 0]) => start < 20_000 || start >= 40_000);
    const columns = inkOf(await drawn(await widget(rows)));
    const at = (share: number): number => columns[Math.round(share * (columns.length - 1))]?.length ?? 0;
    expect(at(0.2)).to.be.greaterThan(0);
    expect(at(0.5)).to.equal(0);
    expect(at(0.8)).to.be.greaterThan(0);
  });

  it('is emptied when the rows are', async () => {
    const element = await widget();
    const canvas = await drawn(element);
    element.rows = [];
    await until(() => !hasInk(canvas), 'no ink');
  });

  it('fills its frame, also when that changes its size', async () => {
    const element = await widget(ROWS, 'inline-size: 20rem');
    const canvas = await drawn(element);
    const before = canvas.getBoundingClientRect().width;
    element.style.inlineSize = '30rem';
    await until(() => canvas.getBoundingClientRect().width === before + 160, 'the new width');
  });

  it('takes its colour from the page: token, theme, scheme', async () => {
    const element = await widget();
    const canvas = await drawn(element);
    const light = lineColor(canvas);
    element.theme = 'dark';
    await until(() => lineColor(canvas)?.join() !== light?.join(), 'the colour of the dark theme');
    const dark = lineColor(canvas);
    element.theme = '';
    await until(() => lineColor(canvas)?.join() === light?.join(), 'the colour of the light theme');
    await emulateMedia(MEDIA.dark);
    await until(() => lineColor(canvas)?.join() === dark?.join(), 'the colour of the dark scheme');
    element.style.setProperty('--waooaw-accent', 'rgb(255, 0, 0)');
    await until(() => lineColor(canvas)?.slice(0, 3).join() === '255,0,0', 'the token’s colour');
  });

  it('can be drawn in a colour that is not sRGB', async () => {
    const element = await widget();
    element.style.setProperty('--waooaw-accent', 'color(display-p3 1 0 0)');
    await drawn(element);
  });

  it('is taken down when the widget leaves, and drawn again when it comes back', async () => {
    // What the chart's module itself listens to, once for the page, does not count.
    await import('./chart-view.ts');
    const listeners = countWindowListeners();
    const element = await widget();
    await drawn(element);
    expect(listeners.count()).to.be.greaterThan(0);
    const { parentElement } = element;
    element.remove();
    expect(listeners.count()).to.equal(0);
    expect(canvasOf(element)).to.equal(null);
    parentElement?.append(element);
    await drawn(element);
    element.remove();
    expect(listeners.count()).to.equal(0);
    listeners.restore();
  });

  it('may fail, and the number still stands', async () => {
    const warnings = hearWarnings();
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = () => {
      throw new Error('no canvas here');
    };
    const element = await widget();
    await until(() => warnings.lines.length > 0, 'a warning');
    HTMLCanvasElement.prototype.getContext = getContext;
    warnings.restore();
    expect(warnings.lines[0]).to.contain('the chart could not be loaded').and.to.contain('no canvas here');
    expect(element.shadowRoot?.querySelector('[part="value"]')?.textContent?.trim()).to.match(/^[\d.]+$/);
  });
});
