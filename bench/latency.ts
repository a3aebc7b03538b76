/**
 * How long until it is seen? From a sample's POST to the WebSocket message in the page and to the widget's DOM, and
 * from the server's publish to a reader, beside the peers of the fan-out bench.
 */
import type { Page } from 'playwright-core';
import { CONTESTANTS, inOrder, onStage } from './fanout/stage.ts';
import { buildSite } from './lib/build.ts';
import { withBrowser, withServer } from './lib/chromium.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions, Table } from './lib/report.ts';
import { quantile, round, seededRandom, show, showSpread, summarize } from './lib/stats.ts';

const SAMPLES = 200;
/** `publishIntervalMs`, by default. */
const INTERVAL_MS = 250;
/** How samples come: to a series that has been quiet for an interval, which is published at once, and to a busy one. */
const PACES = [
  ['quiet', (random: number) => INTERVAL_MS * (1.2 + random)],
  ['busy', (random: number) => INTERVAL_MS * random],
] as const satisfies readonly (readonly [string, (random: number) => number])[];
type Pace = (typeof PACES)[number];
const READERS = 50;
const REPETITIONS = 3;

/** Milliseconds from the POST on. */
interface Seen {
  readonly answered: number;
  readonly message: number;
  readonly dom: number;
}

const STEPS = [
  ['answered', 'the POST’s answer', '–'],
  ['message', 'the WebSocket message in the page', '100'],
  ['dom', 'the widget’s DOM', '500'],
] as const satisfies readonly (readonly [keyof Seen, string, string])[];

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>latency</title>
<script type="module" src="../waooaw.js"></script>
<waooaw-socket url="../"></waooaw-socket>
<waooaw-metrics-widget metric="bench_value" label="Bench"></waooaw-metrics-widget>`;

/** Longer than anything here may take, ms. */
const PATIENCE_MS = 20_000;

/** Runs the bench. */
export async function latency({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const site = await buildSite({ 'latency.html': PAGE });
  const samples = quick ? 20 : SAMPLES;
  const seen = new Map<string, Seen[]>();
  for (const pace of PACES) {
    seen.set(pace[0], await endToEnd(site, pace, samples));
    console.error(`latency: ${samples} samples of a ${pace[0]} series`);
  }
  const delivered = await publishToReader(quick ? 1 : REPETITIONS);
  return {
    tables: [endToEndTable(seen), deliveryTable(delivered)],
    raw: {
      samples: Object.fromEntries([...seen].map(([pace, list]) => [pace, columns(list)])),
      publishToReader: {
        readers: READERS,
        peers: peerVersions(),
        p50p90p99mostMs: Object.fromEntries(delivered),
      },
    },
  };
}

function endToEnd(site: string, [, waitMs]: Pace, samples: number): Promise<Seen[]> {
  const env = { WAOOAW_PUBLISH_INTERVAL_MS: String(INTERVAL_MS) };
  return withServer(site, env, (url) =>
    withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.addInitScript(hearFirst);
      await page.goto(`${url}/assets/latency.html`);
      await page.locator('waooaw-socket:state(live)').waitFor({ state: 'attached' });
      const random = seededRandom(INTERVAL_MS);
      const list: Seen[] = [];
      // The first ones open the connection, load the chart and let the code be compiled.
      for (let i = -10; i < samples; i += 1) {
        const one = await post(page, 100 + ((i + 900) % 900));
        if (i >= 0) list.push(one);
        await page.waitForTimeout(waitMs(random()));
      }
      return list;
    }),
  );
}

/** In the page: every message is heard before the client hears it. */
function hearFirst(): void {
  const Native = WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        (globalThis as { heard?: (data: unknown) => void }).heard?.(data);
      });
    }
  };
}

/** One clock, the page's: it posts, hears the message, and watches the DOM. */
async function post(page: Page, value: number): Promise<Seen> {
  const seen = page.evaluate(async (value) => {
    const shown = document.querySelector('waooaw-metrics-widget')?.shadowRoot;
    if (!shown) throw new Error('the widget has not rendered');
    const message = new Promise<number>((resolve) => {
      Object.assign(globalThis, {
        heard: (data: string) => {
          if (data.includes(`,${value}]]`)) resolve(performance.now());
        },
      });
    });
    const dom = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        if (shown.querySelector('[part=value] > span')?.textContent !== String(value)) return;
        observer.disconnect();
        resolve(performance.now());
      });
      observer.observe(shown, { subtree: true, childList: true, characterData: true });
    });
    const start = performance.now();
    const response = await fetch('/api/metrics', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ samples: [{ name: 'bench_value', value }] }),
    });
    const answered = performance.now();
    if (!response.ok) throw new Error(`the sample was refused: ${response.status}`);
    return { answered: answered - start, message: (await message) - start, dom: (await dom) - start };
  }, value);
  const late = setTimeout(() => void page.close(), PATIENCE_MS);
  return seen.finally(() => clearTimeout(late));
}

async function publishToReader(repetitions: number): Promise<Map<string, number[][]>> {
  const rows = new Map<string, number[][]>(CONTESTANTS.map(({ id }) => [id, []]));
  for (let i = 0; i < repetitions; i += 1) {
    for (const contestant of inOrder(i, CONTESTANTS)) {
      const { latencyMs } = await onStage(contestant, READERS, async (run) => {
        await run({ ticks: 1_000, perTick: 1, window: 16, ticksAnAck: 4 });
        return run({ ticks: 300, perTick: 1, everyMs: 10 });
      });
      rows.get(contestant.id)?.push(latencyMs.map((value) => round(value)));
    }
    console.error(`latency: publish to reader, repetition ${i + 1} of ${repetitions}`);
  }
  return rows;
}

function endToEndTable(seen: ReadonlyMap<string, readonly Seen[]>): Table {
  const at = (pace: string, step: keyof Seen, share: number): string =>
    show(
      quantile(
        (seen.get(pace) ?? []).map((one) => one[step]),
        share,
      ),
    );
  return {
    id: 'latency-end-to-end',
    title: 'From a sample’s POST, ms',
    head: [
      'From the POST to',
      ...PACES.flatMap(([pace]) => [`${pace} series: p50`, `${pace} series: p99`]),
      'wanted below',
    ],
    rows: STEPS.map(([step, title, wanted]) => [
      title,
      ...PACES.flatMap(([pace]) => [at(pace, step, 0.5), at(pace, step, 0.99)]),
      wanted,
    ]),
  };
}

function deliveryTable(rows: ReadonlyMap<string, readonly number[][]>): Table {
  const at = (id: string, index: number) =>
    summarize((rows.get(id) ?? []).map((row) => row[index] ?? Number.NaN));
  return {
    id: 'latency-publish',
    title: `From publish to reader, ${READERS} readers, 100 messages a second, ms`,
    head: ['Server', 'p50', '÷ ours', 'p99', '÷ ours'],
    rows: CONTESTANTS.map(({ id, title }) => [
      title,
      ...[0, 2].flatMap((i) => [showSpread(at(id, i)), show(at(id, i).median / at('waooaw', i).median)]),
    ]),
  };
}

function columns(list: readonly Seen[]): Record<keyof Seen, number[]> {
  const column = (step: keyof Seen): number[] => list.map((one) => round(one[step], 1));
  return { answered: column('answered'), message: column('message'), dom: column('dom') };
}
