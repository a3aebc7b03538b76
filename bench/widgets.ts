/** What does a wall of live widgets cost the page, beside the same wall made with other chart libraries? */
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { buildModule } from './lib/build.ts';
import { openIsolated, withBrowser } from './lib/chromium.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { round, show } from './lib/stats.ts';
import type { Felt, WidgetsBench } from './widgets/page.ts';
import type { Library } from './widgets/walls.ts';

/** All of the wall is in view: nothing is spared because nobody sees it. */
const VIEWPORT = { width: 2_560, height: 3_400 };
const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>widgets</title>
<style>
  .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 8px }
  .card { display: grid; grid-template-rows: auto auto 1fr auto; min-height: 11rem; padding: 16px; border: 1px solid }
  .badges { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px }
  .card { contain: content; box-sizing: border-box; font-variant-numeric: tabular-nums }
  .frame { position: relative; min-width: 0; min-height: 3rem; overflow: hidden }
</style>
<!-- ECharts asks Node for it where no bundler has put it in. -->
<script>globalThis.process = { env: { NODE_ENV: 'production' } }</script>
<script type="module" src="/page.js"></script>`;

const SECONDS = 60;
const QUICK_SECONDS = 10;

type Bench = { readonly bench: WidgetsBench };

/** One wall's minute. */
interface Minute extends Felt {
  /** Share of one processor that the page's main thread took for all of its tasks, and for scripts, from 0 to 1. */
  readonly busy: number;
  readonly script: number;
  /** JavaScript heap after what nobody holds is gone, bytes. */
  readonly heap: readonly [before: number, after: number];
}

/** Runs the bench. */
export async function widgets({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const folder = await buildModule(join(import.meta.dirname, 'widgets/page.ts'), 'page.js');
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  const minutes: Partial<Record<Library, Minute>> = {};
  for (const library of ['ours', 'chart.js', 'echarts'] as const) {
    // A browser each: no wall inherits another's heap or compiled code.
    minutes[library] = await withBrowser((browser) => measure(browser, folder, library, seconds));
    console.error(`widgets: ${library}`);
  }
  const versions = peerVersions();
  const titles: Readonly<Record<Library, string>> = {
    ours: '`<waooaw-metrics-widget>` and `<waooaw-status-badge>`',
    'chart.js': `plain DOM and Chart.js ${versions['chart.js'] ?? ''}`,
    echarts: `plain DOM and ECharts ${versions['echarts'] ?? ''}`,
  };
  const mb = (bytes: number): string => show(bytes / 1024 / 1024);
  return {
    tables: [
      {
        id: 'widgets',
        title: `200 charts and 100 badges in view, each updated 10 times a second for ${seconds} s`,
        head: [
          'Page',
          'updates/s heard',
          'tasks over 50 ms',
          'longest, ms',
          'main thread busy, %',
          'of it scripts, %',
          'heap before, MB',
          'after',
        ],
        rows: Object.entries(minutes).map(([library, minute]) => [
          titles[library as Library],
          show(minute.updates / seconds),
          String(minute.longTasks.length),
          minute.longTasks.length > 0 ? show(Math.max(...minute.longTasks)) : '–',
          show(minute.busy * 100),
          show(minute.script * 100),
          ...minute.heap.map(mb),
        ]),
      },
    ],
    raw: { seconds, minutes },
  };
}

async function measure(browser: Browser, folder: string, library: Library, seconds: number): Promise<Minute> {
  const page = await open(browser, folder);
  const session = await page.context().newCDPSession(page);
  // Of the processor, not of the clock: what else runs on the machine is not the page's.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate((library) => (globalThis as unknown as Bench).bench.prepare(library), library);
  // Once warm: the first seconds compile the code.
  await run(page, 3);
  const heapBefore = await heapOf(session);
  const before = await metricsOf(session);
  const felt = await run(page, seconds);
  const after = await metricsOf(session);
  const spent = (name: string): number => (after[name] ?? NaN) - (before[name] ?? NaN);
  return {
    ...felt,
    busy: round(spent('TaskDuration') / seconds),
    script: round(spent('ScriptDuration') / seconds),
    heap: [heapBefore, await heapOf(session)],
  };
}

async function run(page: Page, seconds: number): Promise<Felt> {
  await page.evaluate(() => (globalThis as unknown as Bench).bench.start());
  await page.waitForTimeout(seconds * 1000);
  return page.evaluate(() => (globalThis as unknown as Bench).bench.stop());
}

async function metricsOf(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** After what nobody holds is gone. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

async function open(browser: Browser, folder: string): Promise<Page> {
  const page = await openIsolated(browser, HTML, folder, VIEWPORT);
  page.on('pageerror', (error) => console.error(`widgets: ${error.message}`));
  await page.waitForFunction(() => 'bench' in globalThis);
  return page;
}
