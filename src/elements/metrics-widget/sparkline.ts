/** A small line on uPlot: no axes, no legend, gaps as gaps, and room for what is drawn below and above it. */
import uPlot from 'uplot';
import type { Columns } from '../../client/metric-window.ts';

/** Colours of a line, as CSS colours that the canvas understands. */
export interface SparklineColors {
  readonly line: string;
  readonly fill: string;
}

/** Where things are on the canvas, device px. Time runs from left to right in every language, as numbers do. */
export interface Canvas {
  readonly ctx: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Device px in a CSS px. */
  readonly ratio: number;
  /** First and last moment on it, ms. */
  readonly from: number;
  readonly to: number;
  /** The lowest and the highest value that it has room for. */
  readonly low: number;
  readonly high: number;
  x(ms: number): number;
  y(value: number): number;
}

/** What else is drawn, with every drawing of the line. */
export interface SparklineLayers {
  /** Values that the chart should have room for, given the lowest and highest of the line; null: there is no line. */
  reach?(min: number | null, max: number | null): readonly number[];
  below?(canvas: Canvas): void;
  above?(canvas: Canvas): void;
}

/** A drawn line. */
export interface Sparkline {
  /** Draws data from `fromMs` to `toMs`, now. The columns are kept until the next drawing. */
  draw(columns: Columns, fromMs: number, toMs: number): void;
  /** @param zoom the CSS `zoom` that it stands in, so that it is as sharp as all else. Default 1. */
  resize(width: number, height: number, zoom?: number): void;
  recolor(colors: SparklineColors): void;
  /** Where a point is in the target, CSS px. */
  place(ms: number, value: number): { readonly left: number; readonly top: number };
  /** Removes the canvas and uPlot's listeners on the window. */
  destroy(): void;
}

/** Of a line and of its points, CSS px. */
const WIDTH = 1.5;
/** Free above and below for lines at the edge, CSS px. */
const ABOVE = 4;
const BELOW = 2;

/** Draws into an element of known size, px. */
export function createSparkline(
  target: HTMLElement,
  width: number,
  height: number,
  first: SparklineColors,
  layers: SparklineLayers = {},
): Sparkline {
  let colors = first;
  let range: [number, number] = [0, 1];
  let zoom = 1;
  const y = (_: unknown, min: number | null, max: number | null): [number, number] =>
    room(min, max, layers.reach?.(min, max));
  const plot = new uPlot(
    {
      width,
      height,
      ms: 1,
      padding: [ABOVE, 0, BELOW, 0],
      // Its cursor, legend and axes are DOM that every drawing would touch.
      cursor: { show: false },
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: true, range: () => range }, y: { range: y } },
      series: [
        {},
        {
          stroke: () => colors.line,
          fill: () => colors.fill,
          width: WIDTH,
          points: { show: false },
          spanGaps: false,
        },
      ],
      hooks: {
        drawClear: [(u) => layered(u, zoom, (canvas) => layers.below?.(canvas))],
        draw: [(u) => layered(u, zoom, (canvas) => layers.above?.(canvas))],
      },
    },
    [[], []],
    target,
  );
  return {
    draw(columns, fromMs, toMs) {
      range = [fromMs, toMs];
      // At once instead of in a microtask: who calls measures what a drawing takes.
      plot.batch(() => plot.setData([columns[0], columns[1]]));
    },
    resize(toWidth, toHeight, toZoom = 1) {
      zoom = toZoom;
      plot.series[1]!.width = WIDTH * zoom;
      plot.root.style.zoom = zoom === 1 ? '' : String(1 / zoom);
      plot.setSize({ width: Math.floor(toWidth * zoom), height: Math.floor(toHeight * zoom) });
    },
    recolor(to) {
      colors = to;
      plot.redraw(false);
    },
    place: (ms, value) => ({
      left: plot.valToPos(ms, 'x') / zoom,
      top: (plot.valToPos(value, 'y') + ABOVE) / zoom,
    }),
    destroy: () => plot.destroy(),
  };
}

/** Draws within the plot's own area, and leaves the canvas as uPlot believes it to be. */
function layered(u: uPlot, zoom: number, draw: (canvas: Canvas) => void): void {
  const { ctx, scales } = u;
  const [from, to, low, high] = [scales['x']?.min, scales['x']?.max, scales['y']?.min, scales['y']?.max];
  // Without data there are no scales, and nothing that could stand on them.
  if (from == null || to == null || low == null || high == null) return;
  const { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, 0, width, top + height + BELOW * uPlot.pxRatio);
  ctx.clip();
  draw({
    ctx,
    left,
    top,
    width,
    height,
    ratio: uPlot.pxRatio * zoom,
    from,
    to,
    low,
    high,
    x: (ms) => left + ((ms - from) / (to - from || 1)) * width,
    y: (value) => top + (1 - (value - low) / (high - low || 1)) * height,
  });
  ctx.restore();
}

/** Less than this share of the value is drawn as nearly flat: noise must not look like drama. */
const LEAST_SPREAD = 0.1;
/** Free above and below the line, as a share of its spread. */
const ROOM = 0.08;

/** Where the chart ends below and above. uPlot passes null for both when there is no data. */
function room(min: number | null, max: number | null, reach: readonly number[] = []): [number, number] {
  if (min !== null && max !== null) reach = [...reach, min, max];
  if (reach.length === 0) return [0, 1];
  const least = Math.min(...reach);
  const most = Math.max(...reach);
  const spread = Math.max(most - least, Math.abs(most) * LEAST_SPREAD || 1);
  const middle = (least + most) / 2;
  const low = middle - spread / 2;
  // What is never negative stands on the ground: a line of zeros is at the bottom, not in the middle.
  const bottom = least >= 0 ? Math.max(0, low) : low;
  return [bottom - spread * ROOM, bottom + spread * (1 + ROOM)];
}
