import { expect, fixture, html } from '@open-wc/testing';
import { hasInk, inkOf, lineColor } from '../../testing/ink.ts';
import { countWindowListeners } from '../../testing/listeners.ts';
import { until } from '../../testing/until.ts';
import { createSparkline } from './sparkline.ts';
import type { Sparkline } from './sparkline.ts';

const COLORS = { line: 'rgb(0, 0, 255)', fill: 'transparent' };
const WIDTH = 100;
const HEIGHT = 50;

interface Drawing {
  readonly target: HTMLElement;
  readonly line: Sparkline;
  readonly canvas: HTMLCanvasElement;
}

let drawing: Drawing | undefined;

afterEach(() => {
  drawing?.line.destroy();
  drawing = undefined;
});

async function sparkline(colors = COLORS): Promise<Drawing> {
  const target = await fixture<HTMLElement>(html`<div></div>`);
  const line = createSparkline(target, WIDTH, HEIGHT, colors);
  const canvas = target.querySelector('canvas');
  if (!canvas) throw new Error('no canvas');
  drawing = { target, line, canvas };
  return drawing;
}

/** Draws values, one a second, over as many seconds, and waits for the ink. */
async function draw(values: readonly (number | null)[], colors = COLORS): Promise<Drawing> {
  const made = await sparkline(colors);
  made.line.draw([values.map((_, i) => i * 1_000), [...values]], 0, (values.length - 1) * 1_000);
  await until(() => hasInk(made.canvas), 'ink');
  return made;
}

/** How high the line stands, 0 at the bottom and 1 at the top, at a share of the width. */
function heightAt({ canvas }: Drawing, share: number): number {
  const { width, height } = canvas;
  const x = Math.round(share * (width - 1));
  const pixels = canvas.getContext('2d')?.getImageData(x, 0, 1, height).data ?? [];
  const rows = Array.from({ length: height }, (_, y) => y).filter((y) => (pixels[y * 4 + 3] ?? 0) > 100);
  return 1 - (rows[0] ?? NaN) / height;
}

describe('createSparkline', () => {
  it('draws a line over the whole of its time, in its colour', async () => {
    const { canvas } = await draw([1, 2, 3, 2, 1]);
    const columns = inkOf(canvas);
    const share = columns.filter((column) => column.length > 0).length / columns.length;
    expect(share).to.be.greaterThan(0.95);
    const [red, green, blue] = lineColor(canvas) ?? [];
    expect([red, green, blue]).to.deep.equal([0, 0, 255]);
  });

  it('draws a gap as a gap', async () => {
    const { canvas } = await draw([1, 1, 1, null, 1, 1, 1], {
      line: 'rgb(0, 0, 255)',
      fill: 'rgba(0, 0, 255, 0.2)',
    });
    const columns = inkOf(canvas);
    const at = (share: number): number => columns[Math.round(share * (columns.length - 1))]?.length ?? 0;
    expect(at(0.2)).to.be.greaterThan(0);
    expect(at(0.5)).to.equal(0);
    expect(at(0.8)).to.be.greaterThan(0);
  });

  it('draws only the time that it is asked for', async () => {
    const made = await sparkline();
    made.line.draw(
      [
        [0, 1_000, 2_000],
        [1, 1, 1],
      ],
      0,
      4_000,
    );
    await until(() => hasInk(made.canvas), 'ink');
    const inked = inkOf(made.canvas).map((column) => column.length > 0);
    expect(inked.lastIndexOf(true) / inked.length).to.be.closeTo(0.5, 0.05);
  });

  it('rises with the values', async () => {
    const made = await draw([0, 5, 10]);
    expect(heightAt(made, 0.05)).to.be.lessThan(heightAt(made, 0.5));
    expect(heightAt(made, 0.5)).to.be.lessThan(heightAt(made, 0.95));
  });

  it('draws noise of a hundredth as nearly flat', async () => {
    const made = await draw([100, 101, 100]);
    expect(Math.abs(heightAt(made, 0.5) - heightAt(made, 0.05))).to.be.lessThan(0.2);
  });

  it('draws zeros on the ground, and what is negative below the middle of what is not', async () => {
    expect(heightAt(await draw([0, 0, 0]), 0.5)).to.be.lessThan(0.25);
    drawing?.line.destroy();
    const made = await draw([-5, 0, 5]);
    expect(heightAt(made, 0.05)).to.be.lessThan(0.3);
    expect(heightAt(made, 0.95)).to.be.greaterThan(0.7);
  });

  it('is empty again when there is nothing left to draw', async () => {
    const { line, canvas } = await draw([1, 2]);
    line.draw([[], []], 0, 1_000);
    await until(() => !hasInk(canvas), 'no ink');
  });

  it('takes another size', async () => {
    const { line, canvas } = await draw([1, 2]);
    const before = canvas.width;
    line.resize(WIDTH * 2, HEIGHT);
    await until(() => canvas.width === before * 2, 'twice the width');
    await until(() => hasInk(canvas), 'ink');
  });

  it('takes other colours', async () => {
    const { line, canvas } = await draw([1, 2]);
    line.recolor({ line: 'rgb(255, 0, 0)', fill: 'transparent' });
    await until(() => lineColor(canvas)?.[0] === 255, 'red');
    expect(lineColor(canvas)?.[2]).to.equal(0);
  });

  it('leaves neither a canvas nor a listener on the window behind', async () => {
    const listeners = countWindowListeners();
    const { target, line } = await draw([1, 2]);
    expect(listeners.count()).to.be.greaterThan(0);
    line.destroy();
    drawing = undefined;
    expect(listeners.count()).to.equal(0);
    expect(target.querySelector('*')).to.equal(null);
    listeners.restore();
  });
});
