/** How soon does the console show live numbers? From navigation to the last widget that turned live, uncached. */
import type { Browser, CDPSession } from 'playwright-core';
import { buildSite } from './lib/build.ts';
import { withBrowser, withServer } from './lib/chromium.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';

const LOADS = 15;
/** A widget that is not live by then is not counted as if it were. */
const PATIENCE_MS = 15_000;
/** The server has its first readings by then: rates need two of them. */
const SETTLE_MS = 4_000;

/** One load. Times from the start of the navigation, ms. */
interface Load {
  readonly firstPaint: number;
  readonly largestPaint: number;
  /** Every badge and every widget shows a value and says that it is live; for the empty page its load event. */
  readonly live: number;
  readonly widgets: number;
  readonly layoutShift: number;
  readonly requests: number;
  readonly bytes: number;
}

/** What the page itself counts. */
interface Seen {
  live?: number;
  widgets: number;
  largestPaint: number;
  layoutShift: number;
}

const FIGURES = [
  ['firstPaint', 'First contentful paint, ms'],
  ['largestPaint', 'Largest contentful paint, ms'],
  ['live', 'Live number in every widget, ms'],
  ['layoutShift', 'Cumulative layout shift'],
  ['requests', 'Requests'],
  ['bytes', 'Transferred, KB'],
] as const satisfies readonly (readonly [keyof Load, string])[];

/** Runs the bench. */
export async function load({ quick }: RunOptions): Promise<Report> {
  const site = await buildSite();
  const loads: Record<'console' | 'empty', Load[]> = { console: [], empty: [] };
  await withServer(site, {}, (url) =>
    withBrowser(async (browser) => {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      // The first pair starts the browser's processes and is not kept.
      for (let i = -1; i < (quick ? 3 : LOADS); i += 1) {
        const full = await visit(browser, `${url}/`, true);
        const empty = await visit(browser, `${url}/assets/empty.html`, false);
        if (i < 0) continue;
        loads.console.push(full);
        loads.empty.push(empty);
      }
    }),
  );
  const widgets = loads.console[0]?.widgets ?? 0;
  return { tables: [table(loads, widgets)], raw: { widgets, loads } };
}

/** One load in a context of its own: no cache, no connection, no storage. */
async function visit(browser: Browser, url: string, hasWidgets: boolean): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1_366, height: 768 } });
  try {
    const page = await context.newPage();
    const traffic = await countTraffic(await context.newCDPSession(page));
    await page.addInitScript(watch, hasWidgets);
    await page.goto(url, { waitUntil: 'load' });
    await page
      .waitForFunction(() => (globalThis as { seen?: Seen }).seen?.live !== undefined, null, {
        timeout: PATIENCE_MS,
        polling: 50,
      })
      .catch(async (cause: unknown) => {
        throw new Error(`not everything turned live: ${await page.evaluate(notLive)}`, { cause });
      });
    // What shifts or is painted later counts too.
    await page.waitForTimeout(500);
    const { seen, firstPaint } = await page.evaluate(() => ({
      seen: (globalThis as unknown as { seen: Seen }).seen,
      firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    }));
    return {
      firstPaint: round(firstPaint, 1),
      largestPaint: round(seen.largestPaint, 1),
      live: round(seen.live ?? 0, 1),
      widgets: seen.widgets,
      layoutShift: round(seen.layoutShift, 4),
      ...traffic,
    };
  } finally {
    await context.close();
  }
}

/** Requests that have been answered, and their bytes as they came over the wire, headers included. */
async function countTraffic(session: CDPSession): Promise<{ requests: number; bytes: number }> {
  const traffic = { requests: 0, bytes: 0 };
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    traffic.requests += 1;
    traffic.bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  return traffic;
}

/** In the page, before anything of it runs: notes when everything is live, and what moved. */
function watch(hasWidgets: boolean): void {
  const seen: Seen = { widgets: 0, largestPaint: 0, layoutShift: 0 };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) seen.largestPaint = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[]) {
      if (!entry.hadRecentInput) seen.layoutShift += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  const look = (): void => {
    // Figures of agents wait for agents; what is measured here follows the range alone.
    const widgets = [
      ...document.querySelectorAll('waooaw-status-badge[context], waooaw-metrics-widget[context=time]'),
    ];
    const live = widgets.filter((widget) => {
      const text = widget.shadowRoot?.querySelector('[part=value], [part=state]')?.textContent ?? '';
      return widget.matches(':state(live)') && /[\p{L}\p{N}]/u.test(text);
    });
    const whole = document.readyState !== 'loading' && (hasWidgets ? widgets.length > 0 : true);
    if (whole && live.length === widgets.length) {
      seen.live = performance.now();
      seen.widgets = widgets.length;
    } else requestAnimationFrame(look);
  };
  if (hasWidgets) requestAnimationFrame(look);
  else addEventListener('load', look);
}

/** In the page: what keeps it from being whole. */
function notLive(): string {
  return [...document.querySelectorAll('waooaw-status-badge[context], waooaw-metrics-widget[context=time]')]
    .filter((widget) => !widget.matches(':state(live)'))
    .map((widget) => widget.getAttribute('metric') ?? widget.getAttribute('check') ?? widget.localName)
    .join(', ');
}

function table(loads: Readonly<Record<'console' | 'empty', readonly Load[]>>, widgets: number): Table {
  const at = (page: 'console' | 'empty', figure: keyof Load, share: number): number => {
    const value = quantile(
      loads[page].map((one) => one[figure]),
      share,
    );
    return figure === 'bytes' ? value / 1024 : value;
  };
  return {
    id: 'load',
    title: `Loading the console, ${widgets} badges and widgets, uncached`,
    head: ['', 'console: p50', 'p95', 'empty page: p50', 'p95', 'console ÷ empty'],
    rows: FIGURES.map(([figure, title]) => {
      const ratio = at('console', figure, 0.5) / at('empty', figure, 0.5);
      return [
        figure === 'live' ? `${title} (empty page: its load event)` : title,
        ...(['console', 'empty'] as const).flatMap((page) => [
          show(at(page, figure, 0.5)),
          show(at(page, figure, 0.95)),
        ]),
        Number.isFinite(ratio) ? show(ratio) : '–',
      ];
    }),
  };
}
