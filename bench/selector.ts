/** What does a list of 10,000 options cost to open and to search, beside a plain list and beside a known combobox? */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildModule } from './lib/build.ts';
import { openIsolated, withBrowser } from './lib/chromium.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';
import type { ListName, SelectorBench } from './selector/page.ts';

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>selector</title>
<script type="module" src="/page.js"></script>`;
const LISTS: readonly ListName[] = ['ours', 'vaadin', 'plain'];
const OPTIONS = 10_000;
const REPETITIONS = 15;
const TYPED = 'agent 42';
const OPENS = 100;

type Bench = { readonly bench: SelectorBench };

/** Runs the bench. */
export async function selector({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const folder = await buildModule(join(import.meta.dirname, 'selector/page.ts'), 'page.js');
  const repetitions = quick ? 3 : REPETITIONS;
  return withBrowser(async (browser) => {
    const opened: Record<string, number[]> = {};
    const firsts: Record<string, number> = {};
    const keys: Record<string, number[]> = {};
    const heap: Record<string, readonly [before: number, after: number]> = {};
    for (const name of LISTS) {
      const page = await open(browser, folder);
      await page.evaluate(([name, count]) => (globalThis as unknown as Bench).bench.prepare(name, count), [
        name,
        OPTIONS,
      ] as const);
      // The first time compiles the code and loads what comes lazily.
      firsts[name] = round(await opening(page), 1);
      await close(page);
      for (let i = 0; i < repetitions; i += 1) {
        (opened[name] ??= []).push(round(await opening(page), 1));
        const took = await page.evaluate(
          (text) => (globalThis as unknown as Bench).bench.search(text),
          TYPED,
        );
        (keys[name] ??= []).push(...took.map((ms) => round(ms, 2)));
        await close(page);
      }
      heap[name] = await leaking(page, quick ? 10 : OPENS);
      await page.context().close();
      console.error(`selector: ${name}`);
    }
    const titles: Readonly<Record<ListName, string>> = {
      ours: '`<waooaw-context-selector>`: virtualised, folds accents, marks matches',
      vaadin: `\`<vaadin-combo-box>\` ${peerVersions()['@vaadin/combo-box'] ?? ''}: virtualised, case only, marks nothing`,
      plain: 'plain listbox: every option an element, case only, marks nothing',
    };
    const mb = (bytes: number): string => show(bytes / 1024 / 1024);
    return {
      tables: [
        {
          id: 'selector',
          title: `A list of ${OPTIONS.toLocaleString('en')} options, ms until rows are laid out`,
          head: ['List', 'first open', 'open p50', 'open p95', 'key p50', 'key p95'],
          rows: LISTS.map((name) => [
            titles[name],
            show(firsts[name] ?? NaN),
            show(quantile(opened[name] ?? [], 0.5)),
            show(quantile(opened[name] ?? [], 0.95)),
            show(quantile(keys[name] ?? [], 0.5)),
            show(quantile(keys[name] ?? [], 0.95)),
          ]),
        },
        {
          id: 'selector-memory',
          title: `JavaScript heap, MB, before and after ${quick ? 10 : OPENS} more openings`,
          head: ['List', 'before', 'after'],
          rows: LISTS.map((name) => [titles[name], ...(heap[name] ?? []).map(mb)]),
        },
      ],
      raw: { firstOpenMs: firsts, openMs: opened, keyMs: keys, heapBytes: heap, repetitions, typed: TYPED },
    };
  });
}

function opening(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as Bench).bench.open());
}

function close(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as Bench).bench.close());
}

async function leaking(page: Page, times: number): Promise<readonly [number, number]> {
  const before = await heapOf(page);
  for (let i = 0; i < times; i += 1) {
    await opening(page);
    await close(page);
  }
  return [before, await heapOf(page)];
}

/** After what nobody holds is gone. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

async function open(browser: Browser, folder: string): Promise<Page> {
  const page = await openIsolated(browser, HTML, folder, { width: 1_200, height: 900 });
  await page.waitForFunction(() => 'bench' in globalThis);
  return page;
}
