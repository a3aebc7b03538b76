import { expect } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { PLAIN_OPTIONS, WAVE, chartPage, rowsOf } from '../../testing/charts.ts';

import { MEDIA, followColorScheme } from '../../testing/media.ts';
import { until } from '../../testing/until.ts';
import { reachOf } from './chart-layers.ts';
import type { ChartOptions } from './chart-options.ts';

before(followColorScheme);
afterEach(() => emulateMedia(MEDIA.light));

const FLAT = rowsOf(...Array.from({ length: 61 }, () => 5));

/** The line is out of the way: what is on the canvas are the layers. */
async function layersOf(options: Partial<ChartOptions>): Promise<HTMLCanvasElement> {
  return (await chartPage(options, FLAT, 'color(srgb 0 0 0 / 0)')).canvas;
}

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

function rowOf(canvas: HTMLCanvasElement, y: number): Rgba[] {
  const { data } = canvas.getContext('2d')!.getImageData(0, y, canvas.width, 1);
  return Array.from({ length: canvas.width }, (_, x) => [...data.slice(x * 4, x * 4 + 4)] as unknown as Rgba);
}

/** Rows of the canvas that hold a line across it, with how much of each is inked. */
function linesAcross(canvas: HTMLCanvasElement): { y: number; share: number; runs: number; color: string }[] {
  const found: { y: number; share: number; runs: number; color: string }[] = [];
  for (let y = 0; y < canvas.height; y += 1) {
    const row = rowOf(canvas, y);
    const inked = row.map(([, , , alpha]) => alpha > 200);
    const share = inked.filter(Boolean).length / row.length;
    if (share < 0.15) continue;
    const runs = inked.filter((is, x) => is && !inked[x - 1]).length;
    found.push({ y, share, runs, color: row[inked.indexOf(true)]!.slice(0, 3).join() });
  }
  return found;
}

describe('a chart’s layers', () => {
  it('tint what is beyond a threshold, up to the next, each with a line of its own dash and colour', async () => {
    const canvas = await layersOf({
      thresholds: [
        { value: 5.6, severity: 'critical' },
        { value: 5.2, severity: 'degraded' },
      ],
    });
    const [critical, degraded] = linesAcross(canvas);
    expect(linesAcross(canvas)).to.have.length(2);
    expect(critical!.color).to.equal('187,0,34');
    expect(degraded!.color).to.equal('153,68,0');
    expect(critical!.runs).to.be.greaterThan(degraded!.runs * 1.5);
    const tintAt = (y: number): Rgba => rowOf(canvas, y)[10]!;
    expect(tintAt(critical!.y - 3)[3]).to.be.greaterThan(tintAt(degraded!.y - 3)[3]);
    expect(tintAt(degraded!.y - 3)[3]).to.be.greaterThan(0);
    expect(tintAt(degraded!.y + 3)[3]).to.equal(0);
  });

  it('tint what is below, where less is worse', async () => {
    const canvas = await layersOf({ direction: 'below', thresholds: [{ value: 4.8, severity: 'critical' }] });
    const [{ y } = { y: 0 }] = linesAcross(canvas);
    expect(rowOf(canvas, y - 3)[10]![3]).to.equal(0);
    expect(rowOf(canvas, y + 3)[10]![3]).to.be.greaterThan(0);
  });

  it('draw the target, lowest, highest and average as lines that differ in more than colour', async () => {
    const canvas = await layersOf({
      target: 5.5,
      lines: [
        { name: 'max', value: 6 },
        { name: 'avg', value: 5.2 },
      ],
    });
    const across = linesAcross(canvas);
    expect(across).to.have.length(3);
    const patterns = new Set(across.map(({ share, runs }) => `${Math.round(share * 10)} ${runs}`));
    expect(patterns.size).to.equal(3);
  });

  it('are without tints where colours are forced, and their lines are in the reader’s colour', async () => {
    await emulateMedia(MEDIA['forced colours']);
    const { canvas } = await chartPage({ thresholds: [{ value: 5.5, severity: 'critical' }] }, FLAT);
    const line = await until(() => linesAcross(canvas).find(({ runs }) => runs > 10), 'the threshold');
    const text = getComputedStyle(document.body).color;
    expect(`rgb(${line.color.split(',').join(', ')})`).to.equal(text);
    expect(rowOf(canvas, line.y - 3)[10]![3]).to.equal(0);
  });

  it('follow the theme', async () => {
    const { element, canvas } = await chartPage({ target: 5.5 }, FLAT);
    const colors = (): string =>
      linesAcross(canvas)
        .map(({ color }) => color)
        .join(' ');
    await until(() => colors().includes('17,85,221'), 'the light target');
    element.setAttribute('theme', 'dark');
    await until(() => colors().includes('96,165,250'), 'the dark target');
  });

  it('make room for thresholds and targets near the line, and not for those far away', () => {
    const options: ChartOptions = {
      ...PLAIN_OPTIONS,
      thresholds: [
        { value: 12, severity: 'degraded' },
        { value: 100, severity: 'critical' },
      ],
      target: 1,
      lines: [{ name: 'max', value: 50 }],
    };
    expect(reachOf(options, 4, 8)).to.deep.equal([50, 12, 1]);
    expect(reachOf({ ...options, lines: [] }, null, null)).to.deep.equal([]);
    expect(reachOf({ ...options, lines: [{ name: 'avg', value: NaN }] }, 4, 8)).to.deep.equal([12, 1]);
  });

  it('draw what happened: a deploy as a line with a triangle, an incident as a hatched span, others with a dot', async () => {
    const canvas = await layersOf({
      markers: [
        { time: 15_000, title: 'v2', kind: 'deploy' },
        { time: 30_000, end: 40_000, title: 'Slow', kind: 'incident' },
        { time: 50_000, title: 'Flag', kind: 'other' },
      ],
    });
    const bottom = rowOf(canvas, canvas.height - 5).map(([, , , alpha]) => alpha);
    const top = rowOf(canvas, 2).map(([, , , alpha]) => alpha);
    const x = (seconds: number): number => Math.round((seconds / 60) * (canvas.width - 1));
    const inked = (row: number[], from: number, to: number): number =>
      row.slice(x(from), x(to)).filter((alpha) => alpha > 40).length;
    // The line of the deploy is narrow below and its triangle wide above.
    expect(inked(bottom, 13, 17)).to.be.within(1, 3);
    expect(inked(top, 13, 17)).to.be.greaterThan(inked(bottom, 13, 17) + 2);
    // The span is tinted and hatched over the whole of it, and nowhere else.
    expect(bottom.slice(x(30) + 2, x(40) - 2).every((alpha) => alpha > 20)).to.equal(true);
    expect(new Set(bottom.slice(x(30) + 2, x(40) - 2)).size).to.be.greaterThan(1);
    expect(inked(bottom, 42, 48)).to.equal(0);
    expect(inked(top, 48, 52)).to.be.greaterThan(inked(bottom, 48, 52));
  });

  it('draw an incident that goes on up to the end, and one that began before from the beginning', async () => {
    const canvas = await layersOf({
      markers: [
        { time: -50_000, end: 10_000, title: 'a', kind: 'incident' },
        { time: 50_000, title: 'b', kind: 'incident' },
        { time: 500_000, title: 'later', kind: 'deploy' },
      ],
    });
    const row = rowOf(canvas, canvas.height - 5).map(([, , , alpha]) => alpha > 20);
    expect([row[1], row[Math.round(row.length / 2)], row[row.length - 2]]).to.deep.equal([true, false, true]);
  });
});

describe('a chart', () => {
  it('draws only what is in view, and catches up when it comes into view', async () => {
    const { element, canvas } = await chartPage();
    const drawn = countDrawings(canvas);
    element.style.marginTop = '9000px';
    await new Promise((resolve) => new IntersectionObserver(resolve).observe(element));
    await until(async () => {
      const before = drawn.count;
      element.set(WAVE);
      for (let i = 0; i < 40; i += 1) await frame();
      return drawn.count === before;
    }, 'nothing is drawn');
    const before = drawn.count;
    element.style.marginTop = '';
    await until(() => drawn.count > before, 'it is drawn again');
  });

  it('renders nothing anew for new data', async () => {
    const { element, canvas } = await chartPage();
    const drawn = countDrawings(canvas);
    const { rendered } = element;
    const before = drawn.count;
    element.set(rowsOf(1, 2, 3));
    await until(() => drawn.count > before, 'the new line');
    expect(element.rendered).to.equal(rendered);
  });

  it('is as sharp as its page where that is zoomed by CSS, and still fills its frame', async () => {
    const { element, canvas } = await chartPage();
    const { width } = canvas;
    element.style.setProperty('zoom', '2');
    await until(() => canvas.width === width * 2, 'twice the pixels');
    const [own, frameBox] = [canvas, element.find('.chart')!].map((one) => one.getBoundingClientRect());
    expect(own!.width).to.be.closeTo(frameBox!.width, 1);
    expect(own!.height).to.be.closeTo(frameBox!.height, 1);
  });

  it('leaves nothing of itself behind, and comes back', async () => {
    const { element } = await chartPage({ target: 5 });
    const parent = element.parentElement!;
    element.remove();
    const chart = element.find('.chart')!;
    expect([chart.childElementCount, chart.parentNode?.children.length]).to.deep.equal([0, 1]);
    parent.append(element);
    await until(() => element.find('canvas'), 'a canvas');
    expect(element.renderRoot.querySelectorAll('.inspector')).to.have.length(1);
  });
});

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** How often a canvas is cleared: once a drawing. */
function countDrawings(canvas: HTMLCanvasElement): { count: number } {
  const counter = { count: 0 };
  const context = canvas.getContext('2d')!;
  const clear = context.clearRect.bind(context);
  context.clearRect = (...box) => {
    counter.count += 1;
    clear(...box);
  };
  return counter;
}
