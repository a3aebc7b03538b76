/** The context selector on the real server: its options are the values in use, and the page follows it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, openPage, openServer, post } from './harness.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Committed, so that a change of what assistive technology is told is seen in review. `UPDATE_SNAPSHOTS=1` writes them. */
const SNAPSHOTS = join(import.meta.dirname, 'snapshots');

describe('context selector', () => {
  let browser: Browser;
  let url: string;

  before(async () => {
    browser = await openBrowser();
    ({ url } = await openServer());
    await report('mail-1', 'mail', 'prod');
    await report('mail-2', 'mail', 'prod');
    await report('pay-1', 'payments', 'staging');
  });

  function report(agent: string, service: string, environment: string): Promise<Response> {
    return post(url, { name: 'jobs_pending', value: 3, tags: { agent, service, environment } });
  }

  async function openConsole(options: BrowserContextOptions = {}): Promise<{
    page: Page;
    problems: string[];
    close(): Promise<void>;
  }> {
    const { page, context, problems } = await openPage(browser, `${url}/#/metrics`, options);
    await page.locator('waooaw-context-selector[preset=agents] .popup').waitFor({ state: 'attached' });
    return { page, problems, close: () => context.close() };
  }

  const agents = 'waooaw-context-selector[preset=agents]';

  it('offers the values in use, also those that come while it is open, without a problem', async () => {
    const { page, problems, close } = await openConsole();
    await page.locator(`${agents} [part=trigger]`).click();
    await page.locator(`${agents} [role=option]`, { hasText: 'pay-1' }).waitFor();
    await report('new-1', 'mail', 'prod');
    await page.locator(`${agents} [role=option]`, { hasText: 'new-1' }).waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  it('is what the page is about: by keyboard, and other selectors and widgets hear of it', async () => {
    await post(url, { name: 'jobs_pending', value: 7, tags: { agent: 'mail-2' } });
    const { page, close } = await openConsole();
    await page.locator(`${agents} [part=trigger]`).focus();
    await page.keyboard.press('Enter');
    await page.locator(`${agents} [role=option]`, { hasText: 'mail-2' }).waitFor();
    await page.keyboard.type('mail-2');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator(`${agents} #summary`).innerText(), 'mail-2');
    assert.deepEqual(await page.evaluate(() => document.activeElement?.getAttribute('preset')), 'agents');
    const chosen = await page.evaluate(() => {
      const other = document.createElement('waooaw-context-selector');
      Object.assign(other, { context: '', kind: 'agents', multiple: true });
      document.body.append(other);
      return new Promise<readonly string[]>((resolve) => {
        const look = (): void =>
          other.values.length > 0 ? resolve(other.values) : void requestAnimationFrame(look);
        look();
      });
    });
    assert.deepEqual(chosen, ['mail-2']);
    await page.waitForFunction(
      () =>
        document.querySelector('[metric=jobs_pending]')?.shadowRoot?.querySelector('[part=value]')
          ?.textContent === '7',
    );
    await close();
  });

  it('passes axe in forced colours, at 320 px, closed and open', async () => {
    const { page, close } = await openConsole({
      forcedColors: 'active',
      viewport: { width: 320, height: 640 },
    });
    const violations = async (): Promise<unknown[]> => {
      await page.evaluate(axe);
      return page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(where: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const found = (await axe.run({ include: [['.scope']] })).violations;
        return found.map(({ id, nodes }) => [id, nodes[0]?.html]);
      });
    };
    await page.getByRole('button', { name: 'Scope' }).click();
    assert.deepEqual(await violations(), []);
    await page.locator(`${agents} [part=trigger]`).click();
    await page.locator(`${agents} [role=option]`).first().waitFor();
    assert.deepEqual(await violations(), []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `the page is ${wide} px wide`);
    await close();
  });

  for (const [name, act] of [
    ['closed', () => Promise.resolve()],
    ['open', (page: Page) => page.locator('#a').press('ArrowDown')],
    [
      'search',
      async (page: Page) => {
        await page.locator('#a').press('ArrowDown');
        await page.keyboard.type('o');
      },
    ],
    ['nothing-found', (page: Page) => page.locator('#a').pressSequentially('zzz')],
    ['multiple', (page: Page) => page.locator('#b').press('Enter')],
    ['range', (page: Page) => page.locator('#c').press('ArrowDown')],
  ] as const) {
    it(`tells assistive technology what is committed: ${name}`, async () => {
      const { page, close } = await openConsole();
      await page.evaluate(() => {
        const options = [
          { id: '1', label: 'Orders', group: 'prod', state: 'up', icon: 'O' },
          { id: '2', label: 'Payments', group: 'prod', state: 'down' },
          { id: '3', label: 'Zürich', group: 'staging', disabled: true },
        ];
        const make = (id: string, settings: object): HTMLElement =>
          Object.assign(document.createElement('waooaw-context-selector'), {
            id,
            recent: 'none',
            ...settings,
          });
        document.body.replaceChildren(
          make('a', { label: 'Service', options, defaultValue: '1', required: true }),
          make('b', { label: 'Agents', options, defaultValue: '1 2', multiple: true }),
          make('c', { preset: 'range', defaultValue: 'PT15M' }),
        );
      });
      for (const id of ['a', 'b', 'c']) await page.locator(`#${id} .popup`).waitFor({ state: 'attached' });
      await act(page);
      if (name !== 'closed') await page.locator(':popover-open').waitFor();
      const snapshot = `${await page.locator('body').ariaSnapshot()}\n`;
      const file = join(SNAPSHOTS, `context-selector-${name}.yml`);
      if (process.env['UPDATE_SNAPSHOTS']) writeFileSync(file, snapshot);
      assert.equal(snapshot, readFileSync(file, 'utf8'));
      await close();
    });
  }

  it('moves nothing when it comes to life', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const body = `<!doctype html><link rel="stylesheet" href="/waooaw.css">
      <p><waooaw-context-selector preset="agents"></waooaw-context-selector></p>
      <p><waooaw-context-selector label="Service" value="x"><option value="x">X</option></waooaw-context-selector></p>
      <p><waooaw-context-selector aria-label="Range" preset="range" density="compact"></waooaw-context-selector></p>`;
    await page.route(`${url}/own`, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(`${url}/own`);
    await page.waitForFunction(() => document.styleSheets.length > 0);
    const tops = () =>
      page.evaluate(() => [...document.querySelectorAll('p')].map((p) => p.getBoundingClientRect().height));
    const reserved = await tops();
    await page.evaluate((src) => import(src), `${url}/waooaw.js`);
    await page.locator('.popup').last().waitFor({ state: 'attached' });
    for (const [i, height] of (await tops()).entries())
      assert.ok(Math.abs(height - (reserved[i] ?? 0)) < 1, `${reserved[i]} px became ${height}`);
    await context.close();
  });
});
