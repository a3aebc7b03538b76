/** What stands below a chart's line: zones beyond thresholds, the target, lowest, highest and average. */
import type { ChartInks } from './chart-inks.ts';
import type { ChartOptions, ChartThreshold } from './chart-options.ts';
import type { Canvas } from './sparkline.ts';

/** Dashes, CSS px: each line has its own, because colour alone tells nothing to many readers. */
const DASHES = {
  degraded: [6, 3],
  critical: [2, 2],
  target: [10, 3, 2, 3],
  min: [1, 4],
  max: [1, 4],
  avg: [4, 5],
} as const;

/** How strongly a zone is tinted: what is drawn on it keeps its contrast. */
const TINT = { degraded: 0.1, critical: 0.16 } as const;

/**
 * Thresholds and the target that the chart makes room for: those no further from the line than twice its own spread. One that
 * is far away would press the line flat, and is met when it matters.
 */
export function reachOf(
  { thresholds, target, lines }: ChartOptions,
  min: number | null,
  max: number | null,
): number[] {
  const own = lines.map(({ value }) => value).filter(Number.isFinite);
  if (min === null || max === null) return own;
  const spread = Math.max(max - min, Math.abs(max) * 0.1);
  const wanted = [...thresholds.map(({ value }) => value), ...(target === undefined ? [] : [target])];
  return [...own, ...wanted.filter((value) => value >= min - 2 * spread && value <= max + 2 * spread)];
}

/** Draws zones and lines. */
export function drawLayers(canvas: Canvas, options: ChartOptions, inks: ChartInks): void {
  const { thresholds, direction, target, lines } = options;
  if (!inks.forced) for (const zone of zonesOf(thresholds, direction)) tint(canvas, zone, inks);
  for (const { value, severity } of thresholds) lineAcross(canvas, value, inks[severity], DASHES[severity]);
  for (const { name, value } of lines) lineAcross(canvas, value, inks.muted, DASHES[name]);
  if (target !== undefined) lineAcross(canvas, target, inks.info, DASHES.target);
}

/** A span of values that is all of one severity. */
interface Zone {
  readonly from: number;
  readonly to: number;
  readonly severity: ChartThreshold['severity'];
}

/** Each threshold's zone ends where the next one's begins. */
function zonesOf(thresholds: readonly ChartThreshold[], direction: ChartOptions['direction']): Zone[] {
  const sign = direction === 'above' ? 1 : -1;
  const sorted = thresholds
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => sign * (a.value - b.value));
  return sorted.map(({ value, severity }, i) => ({
    from: value,
    to: sorted[i + 1]?.value ?? sign * Infinity,
    severity,
  }));
}

function tint(canvas: Canvas, { from, to, severity }: Zone, inks: ChartInks): void {
  const { ctx, left, width } = canvas;
  const [a, b] = [edge(canvas, from), edge(canvas, to)];
  ctx.globalAlpha = TINT[severity];
  ctx.fillStyle = inks[severity];
  ctx.fillRect(left, Math.min(a, b), width, Math.abs(a - b));
  ctx.globalAlpha = 1;
}

/** Where a value is, or the edge of the chart that it lies beyond. */
function edge(canvas: Canvas, value: number): number {
  const { top, height, low, high } = canvas;
  if (value >= high) return top;
  return value <= low ? top + height : canvas.y(value);
}

function lineAcross(canvas: Canvas, value: number, color: string, dash: readonly number[]): void {
  const { ctx, left, width, low, high, ratio } = canvas;
  if (!(value >= low && value <= high)) return;
  ctx.beginPath();
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.setLineDash(dash.map((length) => length * ratio));
  // On the middle of a pixel a thin line is sharp.
  const at = Math.floor(canvas.y(value)) + (ctx.lineWidth % 2) / 2;
  ctx.moveTo(left, at);
  ctx.lineTo(left + width, at);
  ctx.stroke();
  ctx.setLineDash([]);
}
