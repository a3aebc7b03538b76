/** What does an element cost to show and to change, beside plain DOM and beside a custom element written by hand? */
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { buildModule } from './lib/build.ts';
import { openIsolated, withBrowser } from './lib/chromium.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { quantile, round, show, showSpread, summarize } from './lib/stats.ts';
import type { BenchPage, Burst } from './render/page.ts';
import { KINDS, type Kind, WAYS, type WayName } from './render/ways.ts';

const VIEWPORT = { width: 2_000, height: 2_000 };
const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>render</title>
<style>.box { display: grid; grid-template-columns: repeat(10, 1fr); gap: 4px }</style>
<script type="module" src="/page.js"></script>`;

const COUNTS = [100, 1_000] as const;
const REPETITIONS = 9;
const PAGES = 10;
const WIDGETS = 100;
const TICKS = 4;

type Kept = Record<string, number[]>;

/** Runs the bench. */
export async function render({ quick }: RunOptions): Promise<Report> {
  const folder = await buildModule(join(import.meta.dirname, 'render/page.ts'), 'page.js');
  const repetitions = quick ? 2 : REPETITIONS;
  return withBrowser(async (browser) => {
    const firsts = await firstElements(browser, folder, quick ? 2 : PAGES);
    console.error('render: first elements');
    const page = await open(browser, folder);
    await page.evaluate(() => (globalThis as unknown as { prepare(): Promise<void> }).prepare());
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const made: Kept = {};
    const changed: Kept = {};
    // The first round compiles the code and is not kept.
    for (let i = -1; i < repetitions; i += 1) {
      for (const way of [...WAYS.slice(Math.max(0, i) % 3), ...WAYS.slice(0, Math.max(0, i) % 3)]) {
        for (const kind of KINDS) {
          for (const count of COUNTS)
            keep(made, i, [kind, way, count], [await create(page, kind, way, count)]);
        }
        const { took, longTasks } = await update(page, way);
        keep(changed, i, ['badge', way], [quantile(took, 0.5)]);
        keep(changed, i, ['long', way], longTasks);
        keep(changed, i, ['widget', way], await tick(page, session, way));
      }
      if (i >= 0) console.error(`render: repetition ${i + 1} of ${repetitions}`);
    }
    return {
      tables: [firstTable(firsts), createTable(made), updateTable(changed), burstTable(changed, repetitions)],
      raw: { firstElementMs: firsts, createdUsAnElement: made, changedUsAnElement: changed, repetitions },
    };
  });
}

function keep(all: Kept, repetition: number, key: readonly unknown[], values: readonly number[]): void {
  if (repetition < 0) return;
  const name = key.join(' ');
  all[name] = [...(all[name] ?? []), ...values.map((value) => round(value, 1))];
}

/** The first element of a page that has just been loaded: nothing is compiled, and the chart's code is not there. */
async function firstElements(browser: Browser, folder: string, pages: number): Promise<Kept> {
  const all: Kept = {};
  for (let i = 0; i < pages; i += 1) {
    for (const kind of KINDS) {
      const page = await open(browser, folder);
      const { laidOut, drawn } = await page.evaluate(
        (kind) => (globalThis as unknown as { bench: BenchPage }).bench.first(kind),
        kind,
      );
      keep(all, 0, [kind], [laidOut]);
      if (kind === 'widget') keep(all, 0, ['line'], [drawn]);
      await page.context().close();
    }
  }
  return all;
}

async function create(page: Page, kind: Kind, way: WayName, count: number): Promise<number> {
  const { laidOut } = await page.evaluate(
    ([kind, way, count]) => (globalThis as unknown as { bench: BenchPage }).bench.create(kind, way, count),
    [kind, way, count] as const,
  );
  return (laidOut * 1000) / count;
}

function update(page: Page, way: WayName): Promise<Burst> {
  return page.evaluate(
    (way) => (globalThis as unknown as { bench: BenchPage }).bench.update('badge', way, 1_000, 5),
    way,
  );
}

/** All that the main thread did for a tick, in whichever frame, without what it does in the same time for nothing. */
async function tick(page: Page, session: CDPSession, way: WayName): Promise<number[]> {
  const bench = (times: number, work: boolean): Promise<void> =>
    page.evaluate(
      ([times, work]) => (globalThis as unknown as { bench: BenchPage }).bench.ticks(times, work),
      [times, work] as const,
    );
  const busy = async (work: boolean): Promise<number> => {
    const before = await busySeconds(session);
    await bench(TICKS, work);
    return (await busySeconds(session)) - before;
  };
  await page.evaluate(
    ([way, count]) => (globalThis as unknown as { bench: BenchPage }).bench.follow(way, count),
    [way, WIDGETS] as const,
  );
  await bench(1, true);
  const idle = await busy(false);
  const worked = await busy(true);
  await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.unfollow());
  return [((worked - idle) / TICKS / WIDGETS) * 1e6];
}

async function busySeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function open(browser: Browser, folder: string): Promise<Page> {
  const page = await openIsolated(browser, HTML, folder, VIEWPORT);
  const isolated = await page.evaluate(() => (globalThis as unknown as { bench: BenchPage }).bench.isolated);
  if (!isolated) throw new Error('the page is not isolated: its clock is too coarse');
  return page;
}

function firstTable(firsts: Kept): Table {
  const row = (title: string, key: string, wanted: string): string[] => {
    const values = firsts[key] ?? [];
    return [title, show(quantile(values, 0.5)), show(quantile(values, 0.95)), wanted];
  };
  return {
    id: 'render-first',
    title: 'The first element of a fresh page, ms',
    head: ['Element', 'p50', 'p95', 'wanted below'],
    rows: [
      row('`<waooaw-status-badge>`', 'badge', '50'),
      row('`<waooaw-metrics-widget>`, number and text', 'widget', '50'),
      row('`<waooaw-metrics-widget>`, with its line (loads uPlot)', 'line', '–'),
    ],
  };
}

const TITLES: Readonly<Record<Kind, string>> = {
  badge: '`<waooaw-status-badge>`',
  widget: '`<waooaw-metrics-widget>`',
};

function compare(kept: Kept, key: (way: WayName) => string): string[] {
  const at = (way: WayName) => summarize(kept[key(way)] ?? []);
  const ours = at('ours').median;
  return [
    ...WAYS.map((way) => showSpread(at(way))),
    show(ours / at('by hand').median),
    show(ours / at('plain').median),
  ];
}

const COMPARED = ['ours', 'by hand', 'plain DOM', 'ours ÷ by hand', 'ours ÷ plain'];

function createTable(made: Kept): Table {
  return {
    id: 'render-create',
    title: 'Create, connect, render and lay out, µs an element',
    head: ['Element', ...COMPARED],
    rows: KINDS.flatMap((kind) =>
      COUNTS.map((count) => [
        `${count} × ${TITLES[kind]}`,
        ...compare(made, (way) => `${kind} ${way} ${count}`),
      ]),
    ),
  };
}

function updateTable(changed: Kept): Table {
  return {
    id: 'render-update',
    title: 'Change what is shown, µs an element',
    head: ['Change', ...COMPARED],
    rows: [
      ['another state, 1,000 badges', ...compare(changed, (way) => `badge ${way}`)],
      [`a tick: number, range and line, ${WIDGETS} widgets`, ...compare(changed, (way) => `widget ${way}`)],
    ],
  };
}

function burstTable(changed: Kept, repetitions: number): Table {
  return {
    id: 'render-burst',
    title: `${repetitions * 5} bursts of 1,000 badges that change their state at once`,
    head: ['Way', 'tasks over 50 ms', 'longest, ms'],
    rows: WAYS.map((way) => {
      const long = changed[`long ${way}`] ?? [];
      return [way, String(long.length), long.length > 0 ? show(Math.max(...long)) : '–'];
    }),
  };
}
