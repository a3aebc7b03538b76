/** A small line on uPlot: no axes, no legend, gaps as gaps. Loaded when first drawn. */
import uPlot from 'uplot';
import type { Columns } from '../../client/metric-window.ts';

/** Colours of a line, as CSS colours that the canvas understands. */
export interface SparklineColors {
  readonly line: string;
  readonly fill: string;
}

/** A drawn line. */
export interface Sparkline {
  /** Draws data from `fromMs` to `toMs`. */
  draw(columns: Columns, fromMs: number, toMs: number): void;
  resize(width: number, height: number): void;
  recolor(colors: SparklineColors): void;
  /** Removes the canvas and uPlot's listeners on the window. */
  destroy(): void;
}

/** Draws into an element of known size, px. */
export function createSparkline(
  target: HTMLElement,
  width: number,
  height: number,
  first: SparklineColors,
): Sparkline {
  let colors = first;
  let range: [number, number] = [0, 1];
  const plot = new uPlot(
    {
      width,
      height,
      ms: 1,
      padding: [4, 0, 2, 0],
      cursor: { show: false },
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: true, range: () => range }, y: { range: (_, min, max) => room(min, max) } },
      series: [
        {},
        {
          stroke: () => colors.line,
          fill: () => colors.fill,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
        },
      ],
    },
    [[], []],
    target,
  );
  return {
    draw(columns, fromMs, toMs) {
      range = [fromMs, toMs];
      plot.setData([columns[0], columns[1]]);
    },
    resize: (toWidth, toHeight) => plot.setSize({ width: toWidth, height: toHeight }),
    recolor(to) {
      colors = to;
      plot.redraw(false);
    },
    destroy: () => plot.destroy(),
  };
}

/** Less than this share of the value is drawn as nearly flat: noise must not look like drama. */
const LEAST_SPREAD = 0.1;
/** Free above and below the line, as a share of its spread. */
const ROOM = 0.08;

/** Where the chart ends below and above. uPlot passes null for both when there is no data. */
function room(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const spread = Math.max(max - min, Math.abs(max) * LEAST_SPREAD || 1);
  const middle = (min + max) / 2;
  const low = middle - spread / 2;
  // What is never negative stands on the ground: a line of zeros is at the bottom, not in the middle.
  const bottom = min >= 0 ? Math.max(0, low) : low;
  return [bottom - spread * ROOM, bottom + spread * (1 + ROOM)];
}
