/** The same wall of widgets and badges three times: ours, and as a team would write it with another library's charts. */
import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Chart, Filler, LineController, LineElement, LinearScale, PointElement } from 'chart.js';
import '../../src/elements/metrics-widget/define.ts';
import '../../src/elements/socket/define.ts';
import '../../src/elements/status-badge/define.ts';
import type { BucketRow } from '../../src/protocol/metrics.ts';
import { BADGES, CHANNELS, WIDGETS, snapshotOf } from './feed.ts';
import { ScriptedSocket } from './socket.ts';

/** What is measured. */
export const LIBRARIES = ['ours', 'chart.js', 'echarts'] as const;
export type Library = (typeof LIBRARIES)[number];

/** A wall that is fed with the texts of a socket. */
export interface Wall {
  hear(text: string): void;
  /** Charts that are on the page. */
  drawn(): number;
}

/** One series with what came of it, oldest first. */
type Points = { x: number; y: number }[];
/** Draws the points of one chart, which were changed in place. */
type Draw = (points: Points) => void;

const WINDOW_MS = 300_000;
const COLOR = '#0569b1';
const FILL = 'rgb(5 105 177 / 0.14)';

Chart.register(Filler, LineController, LineElement, LinearScale, PointElement);
echarts.use([LineChart, GridComponent, CanvasRenderer]);

/** Builds a wall on the page. */
export function buildWall(library: Library, charts: HTMLElement, below: HTMLElement): Wall {
  switch (library) {
    case 'ours':
      return ours(charts, below);
    case 'chart.js':
      return byHand(charts, below, chartJs);
    case 'echarts':
      return byHand(charts, below, eCharts);
  }
}

function ours(charts: HTMLElement, below: HTMLElement): Wall {
  (globalThis as { WebSocket: unknown }).WebSocket = ScriptedSocket;
  const socket = Object.assign(document.createElement('waooaw-socket'), { url: 'wss://bench.example/ws' });
  const widgets = Array.from({ length: WIDGETS }, (_, i) =>
    Object.assign(document.createElement('waooaw-metrics-widget'), {
      metric: `bench_${i}`,
      label: `Bench ${i}`,
      staleAfter: 600,
    }),
  );
  const badges = Array.from({ length: BADGES }, (_, i) =>
    Object.assign(document.createElement('waooaw-status-badge'), { check: `bench-${i}` }),
  );
  charts.append(...widgets);
  below.append(...badges, socket);
  return {
    hear: (text) => ScriptedSocket.newest?.say(text),
    drawn: () => widgets.filter(({ shadowRoot }) => shadowRoot?.querySelector('canvas')).length,
  };
}

/** Cards of plain DOM: label, number, range and a chart; badges of a word. Texts are written where they differ. */
function byHand(charts: HTMLElement, below: HTMLElement, chart: (frame: HTMLElement) => Draw): Wall {
  const cards = CHANNELS.slice(0, WIDGETS).map((_, i) => {
    const card = document.createElement('div');
    card.className = 'card';
    card.innerHTML = `<div>Bench ${i}</div><b></b><div class="frame"></div><div></div>`;
    charts.append(card);
    const [, number, frame, range] = card.children as unknown as HTMLElement[];
    return { number: number!, range: range!, draw: chart(frame!), points: [] as Points };
  });
  const badges = Array.from({ length: BADGES }, (_, i) => {
    const badge = document.createElement('span');
    badge.innerHTML = `<span>Bench ${i}</span> <b></b>`;
    below.append(badge);
    return badge.lastElementChild as HTMLElement;
  });
  const format = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
  const write = (element: HTMLElement, text: string): void => {
    if (element.textContent !== text) element.textContent = text;
  };
  const take = (n: number, rows: readonly (readonly number[])[]): void => {
    const { number, range, draw, points } = cards[n - 1]!;
    for (const [x = 0, y = 0] of rows) {
      if (points.at(-1)?.x === x) points.pop();
      points.push({ x, y });
      while (points[0]!.x <= x - WINDOW_MS) points.shift();
    }
    let [min, max] = [Infinity, -Infinity];
    for (const { y } of points) [min, max] = [Math.min(min, y), Math.max(max, y)];
    write(number, format.format(points.at(-1)?.y ?? 0));
    write(range, `${format.format(min)} – ${format.format(max)}`);
    draw(points);
  };
  for (let n = 1; n <= WIDGETS; n += 1) take(n, (snapshotOf(n) as { rows: readonly BucketRow[] }).rows);
  return {
    hear(text) {
      for (const line of text.split('\n')) {
        const { n, pubs } = JSON.parse(line) as {
          n: number;
          pubs: [number, { rows: number[][]; state: string }][];
        };
        for (const [, data] of pubs) {
          if (n <= WIDGETS) take(n, data.rows);
          else write(badges[n - 1 - WIDGETS]!, data.state);
        }
      }
    },
    drawn: () => charts.querySelectorAll('canvas').length,
  };
}

function chartJs(frame: HTMLElement): Draw {
  const canvas = document.createElement('canvas');
  frame.append(canvas);
  const chart = new Chart(canvas, {
    type: 'line',
    data: {
      datasets: [{ data: [], borderColor: COLOR, backgroundColor: FILL, fill: true, borderWidth: 1.5 }],
    },
    // As its guide on performance says: no animation, no parsing, data that is sorted, no points.
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      events: [],
      elements: { point: { radius: 0 } },
      scales: { x: { type: 'linear', display: false }, y: { display: false } },
    },
  });
  return (points) => {
    chart.data.datasets[0]!.data = points;
    chart.update('none');
  };
}

function eCharts(frame: HTMLElement): Draw {
  const chart = echarts.init(frame);
  chart.setOption({
    animation: false,
    silent: true,
    grid: { left: 0, right: 0, top: 4, bottom: 2 },
    xAxis: { type: 'value', show: false, min: 'dataMin', max: 'dataMax' },
    yAxis: { type: 'value', show: false, scale: true },
    series: [
      {
        type: 'line',
        showSymbol: false,
        lineStyle: { width: 1.5, color: COLOR },
        areaStyle: { color: FILL },
        data: [],
      },
    ],
  });
  // It draws in the next frame by itself, however often it is told.
  return (points) => chart.setOption({ series: [{ data: points.map(({ x, y }) => [x, y]) }] });
}
