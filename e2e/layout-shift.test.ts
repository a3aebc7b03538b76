/** Nothing jumps: neither when the elements come alive, nor when their data comes. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage, openServer, openSite } from './harness.ts';
import type { ForeignSite } from './harness.ts';

/** What the browser saw move, by layout-shift entries: the score, and what moved. */
interface Shifts {
  readonly score: number;
  readonly moved: readonly string[];
}

/** A thousandth of what is called good. */
const LEAST = 0.0001;

const ELEMENTS: Readonly<Record<string, string>> = {
  'waooaw-status-badge': '<waooaw-status-badge check="server"></waooaw-status-badge>',
  'waooaw-metrics-widget': '<waooaw-metrics-widget metric="host_load1"></waooaw-metrics-widget>',
  'waooaw-socket': '<waooaw-socket label="A portal"></waooaw-socket>',
  'waooaw-context-selector':
    '<waooaw-context-selector label="Agents" source="agents"></waooaw-context-selector>',
  'waooaw-progress-tracker': '<waooaw-progress-tracker agent="nobody"></waooaw-progress-tracker>',
};

describe('layout', () => {
  let browser: Browser;
  let site: ForeignSite;
  let url: string;

  before(async () => {
    browser = await openBrowser();
    site = await openSite();
    ({ url } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } }));
  });

  for (const [tag, markup] of Object.entries(ELEMENTS)) {
    it(`stands still around <${tag}> from the first paint on`, async () => {
      site.html = `<link rel="stylesheet" href="${url}/waooaw.css">
        <waooaw-socket url="${url}"><p>Above</p><div>${markup}</div><p id="below">Below</p></waooaw-socket>`;
      const { page, context } = await openPage(browser, site.origin);
      const shifts = await page.evaluate(
        async ({ tag, address }) => {
          const entries: PerformanceEntry[] = [];
          new PerformanceObserver((list) => entries.push(...list.getEntries())).observe({
            type: 'layout-shift',
            buffered: true,
          });
          const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
          // Painted without a script, as on a slow line.
          for (let i = 0; i < 3; i++) await frame();
          await import(`${address}/waooaw.js`);
          await customElements.whenDefined(tag);
          const element = document.querySelector(`div > ${tag}`)!;
          const settled = () => tag !== 'waooaw-metrics-widget' || element.matches(':state(live)');
          for (let i = 0; i < 600 && (i < 60 || !settled()); i++) await frame();
          if (!settled()) throw new Error('the widget has no data');
          type Shift = PerformanceEntry & { value: number; sources: { node?: Element }[] };
          const seen = entries as Shift[];
          return {
            score: seen.reduce((sum, { value }) => sum + value, 0),
            // Of what stands in a shadow root nothing is told: there a figure may grow by a digit.
            moved: seen.flatMap(({ sources }) => sources.flatMap(({ node }) => node?.nodeName ?? [])),
          };
        },
        { tag, address: url },
      );
      assert.deepEqual((shifts satisfies Shifts).moved, []);
      assert.ok(shifts.score < LEAST, `a score of ${shifts.score}`);
      await context.close();
    });
  }

  it('would be seen to jump: a page that does not reserve the room fails this very measure', async () => {
    site.html = '<div id="late"></div><p>Below</p>';
    const { page, context } = await openPage(browser, site.origin);
    const score = await page.evaluate(async () => {
      let score = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) score += (entry as PerformanceEntry & { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let i = 0; i < 3; i++) await frame();
      document.querySelector('#late')!.setAttribute('style', 'height: 200px');
      for (let i = 0; i < 10; i++) await frame();
      return score;
    });
    assert.ok(score > 0);
    await context.close();
  });
});
