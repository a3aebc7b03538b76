/** What happened, on a chart: deploys as a line with a triangle, incidents as a hatched span, others as a line with a dot. */
import type { ChartInks } from './chart-inks.ts';
import type { ChartMarker } from './chart-options.ts';
import type { ChartMessages } from './chart-words.ts';
import type { Canvas } from './sparkline.ts';

/** Size of triangle and dot, CSS px. */
const HEAD = 7;
/** Between two strokes of the hatching, CSS px. */
const HATCH = 6;
const SPAN_TINT = 0.14;
/** An incident of a moment is still a span that can be seen, CSS px. */
const LEAST_SPAN = 2;

/** Until when a marker lasts, ms. An incident without an end goes on. */
export function endOf({ time, end, kind }: ChartMarker): number {
  return end ?? (kind === 'incident' ? Infinity : time);
}

/** Those that touch a span of time, oldest first. */
export function markersWithin(markers: readonly ChartMarker[], from: number, to: number): ChartMarker[] {
  return markers
    .filter((marker) => marker.time <= to && endOf(marker) >= from)
    .sort((a, b) => a.time - b.time);
}

/** A marker in words. */
export function markerText({ kind, title }: ChartMarker, words: ChartMessages): string {
  return kind === 'other' ? title : words[kind](title);
}

/** Draws the incidents that are in view: below the line, which stays legible on their hatching. */
export function drawSpans(canvas: Canvas, markers: readonly ChartMarker[], inks: ChartInks): void {
  for (const marker of markersWithin(markers, canvas.from, canvas.to))
    if (marker.kind === 'incident') drawSpan(canvas, marker, inks);
}

/** Draws the moments that are in view: above the line, which would hide something so thin. */
export function drawMoments(canvas: Canvas, markers: readonly ChartMarker[], inks: ChartInks): void {
  for (const marker of markersWithin(markers, canvas.from, canvas.to))
    if (marker.kind !== 'incident') drawMoment(canvas, marker, inks);
}

/** Where the chart's own area begins and ends from above, device px. */
const tall = ({ top, height }: Canvas): [from: number, to: number] => [0, top + height];

function drawSpan(canvas: Canvas, marker: ChartMarker, inks: ChartInks): void {
  const { ctx, ratio, from, to } = canvas;
  const [top, bottom] = tall(canvas);
  const left = canvas.x(Math.max(marker.time, from));
  const right = Math.max(left + LEAST_SPAN * ratio, canvas.x(Math.min(endOf(marker), to)));
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  ctx.fillStyle = ctx.strokeStyle = inks.critical;
  if (!inks.forced) {
    ctx.globalAlpha = SPAN_TINT;
    ctx.fillRect(left, top, right - left, bottom - top);
  }
  // Hatched from a corner of the canvas, so that the strokes of spans side by side meet.
  ctx.globalAlpha = inks.forced ? 1 : 0.5;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  const step = HATCH * ratio;
  for (let x = Math.floor((left - bottom) / step) * step; x < right; x += step) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + bottom, 0);
  }
  ctx.stroke();
  ctx.restore();
  // Its edges, where they are in view: one that began before has none.
  if (marker.time >= from) lineDown(canvas, left, inks.critical, []);
  if (endOf(marker) <= to) lineDown(canvas, right, inks.critical, []);
}

function drawMoment(canvas: Canvas, { time, kind }: ChartMarker, inks: ChartInks): void {
  const { ctx, ratio } = canvas;
  const color = kind === 'deploy' ? inks.info : inks.muted;
  const x = canvas.x(time);
  lineDown(canvas, x, color, kind === 'deploy' ? [] : [2 * ratio, 2 * ratio]);
  const size = HEAD * ratio;
  ctx.fillStyle = color;
  ctx.beginPath();
  if (kind === 'deploy') {
    ctx.moveTo(x - size / 2, 0);
    ctx.lineTo(x + size / 2, 0);
    ctx.lineTo(x, size);
  } else ctx.arc(x, size / 2, size / 2.5, 0, 2 * Math.PI);
  ctx.fill();
}

function lineDown(canvas: Canvas, x: number, color: string, dash: number[]): void {
  const { ctx, ratio } = canvas;
  const [top, bottom] = tall(canvas);
  ctx.beginPath();
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, Math.round(ratio));
  ctx.setLineDash(dash);
  const at = Math.floor(x) + (ctx.lineWidth % 2) / 2;
  ctx.moveTo(at, top);
  ctx.lineTo(at, bottom);
  ctx.stroke();
  ctx.setLineDash([]);
}
