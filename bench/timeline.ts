/** What do 100,000 events cost to show and to scroll, and does what is read stay where it is, beside lit-virtualizer? */
import { join } from 'node:path';
import { buildModule } from './lib/build.ts';
import { openIsolated, withBrowser } from './lib/chromium.ts';
import { installPeers, peerVersions } from './lib/peers.ts';
import type { Report, RunOptions } from './lib/report.ts';
import { quantile, round, show } from './lib/stats.ts';
import type { ListName, Scrolled, TimelineBench } from './timeline/page.ts';

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>timeline</title>
<script type="module" src="/page.js"></script>`;
const LISTS: readonly ListName[] = ['ours', 'virtualizer'];
const EVENTS = 100_000;
const REPETITIONS = 15;
const FRAMES = 300;
const FRAME_PX = 400;
const PER_SECOND = 100;

type Bench = { readonly bench: TimelineBench };

/** What one list took. */
interface Measured {
  readonly first: number;
  readonly mounts: readonly number[];
  readonly scrolled: Scrolled;
  readonly movedPx: number;
}

/** Runs the bench. */
export async function timeline({ quick }: RunOptions): Promise<Report> {
  await installPeers();
  const folder = await buildModule(join(import.meta.dirname, 'timeline/page.ts'), 'page.js');
  return withBrowser(async (browser) => {
    const measured = new Map<ListName, Measured>();
    for (const name of LISTS) {
      const page = await openIsolated(browser, HTML, folder, { width: 800, height: 700 });
      await page.waitForFunction(() => 'bench' in globalThis);
      const mount = (): Promise<number> =>
        page.evaluate(([name, count]) => (globalThis as unknown as Bench).bench.mount(name, count), [
          name,
          EVENTS,
        ] as const);
      const close = (): Promise<void> => page.evaluate(() => (globalThis as unknown as Bench).bench.close());
      // The first time compiles the code and loads what comes lazily.
      const first = round(await mount(), 1);
      const mounts: number[] = [];
      for (let i = 0; i < (quick ? 3 : REPETITIONS); i += 1) {
        await close();
        mounts.push(round(await mount(), 1));
      }
      const scrolled = await page.evaluate(
        ([frames, px]) => (globalThis as unknown as Bench).bench.scroll(frames, px),
        [quick ? 60 : FRAMES, FRAME_PX] as const,
      );
      const movedPx = await page.evaluate(
        ([rate, ms]) => (globalThis as unknown as Bench).bench.prepend(rate, ms),
        [PER_SECOND, quick ? 1_000 : 3_000] as const,
      );
      measured.set(name, { first, mounts, scrolled, movedPx: round(movedPx, 1) });
      await page.context().close();
      console.error(`timeline: ${name}`);
    }
    const titles: Readonly<Record<ListName, string>> = {
      ours: '`<waooaw-timeline>`: days, folded bursts, states, relative times',
      virtualizer: `\`<lit-virtualizer>\` ${peerVersions()['@lit-labs/virtualizer'] ?? ''}: plain rows of four texts`,
    };
    const row = (name: ListName): string[] => {
      const { first, mounts, scrolled, movedPx } = measured.get(name)!;
      const { frames, longTasks } = scrolled;
      return [
        titles[name],
        show(first),
        show(quantile(mounts, 0.5)),
        show(quantile(mounts, 0.95)),
        show(quantile(frames, 0.5)),
        show(quantile(frames, 0.99)),
        longTasks.length === 0 ? 'none' : `${longTasks.length}, up to ${show(Math.max(...longTasks))}`,
        show(movedPx),
      ];
    };
    return {
      tables: [
        {
          id: 'timeline',
          title: `A timeline of ${EVENTS.toLocaleString('en')} events, ms; what is read moves by px under ${PER_SECOND} new events a second`,
          head: [
            'List',
            'first mount',
            'mount p50',
            'mount p95',
            `frame p50 at ${FRAME_PX} px a frame`,
            'frame p99',
            'tasks over 50 ms',
            'moved, px',
          ],
          rows: LISTS.map(row),
        },
      ],
      raw: { ...Object.fromEntries(measured), events: EVENTS, framePx: FRAME_PX, perSecond: PER_SECOND },
    };
  });
}
