/** The console as a newcomer meets it: the real server, a real browser, this machine's numbers. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ServerProcess } from '../scripts/server-process.ts';
import { allInState, openBrowser, openPage, openServer, post, shownNumber } from './harness.ts';

/** The widgets on what is measured here; those of the user's own agents wait for somebody to send something. */
const MEASURED = 'waooaw-metrics-widget:not([context=yours])';

describe('console', () => {
  let browser: Browser;
  let server: ServerProcess;
  let url: string;

  before(async () => {
    browser = await openBrowser();
    ({ server, url } = await openServer());
  });

  it('shows every widget and badge live, under a strict CSP with Trusted Types, without a problem', async () => {
    const response = await fetch(`${url}/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'self'/);
    assert.match(policy, /require-trusted-types-for 'script'/);

    const { page, context, problems } = await openPage(browser, `${url}/`);
    await allInState(page, MEASURED, 'live');
    await allInState(page, 'waooaw-status-badge[check]', 'live');
    await page.waitForFunction(() => {
      const widget = document.querySelector('waooaw-metrics-widget[metric=host_cpu_usage_ratio]');
      return (widget?.shadowRoot?.querySelectorAll('canvas').length ?? 0) > 0;
    });
    assert.deepEqual(problems, []);
    await context.close();
  });

  it('moves: the processor figure changes by itself', async () => {
    const { page, context } = await openPage(browser, `${url}/`);
    const widget = 'waooaw-metrics-widget[metric=host_cpu_usage_ratio]';
    await allInState(page, widget, 'live');
    const first = await shownNumber(page, widget);
    await page.waitForFunction(
      ([selector, text]) =>
        document.querySelector(selector)?.shadowRoot?.querySelector('[part=value]')?.textContent !== text,
      [widget, first] as const,
    );
    await context.close();
  });

  it('loads nothing from anywhere else', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) foreign.push(request.url());
    });
    await page.goto(`${url}/`);
    await allInState(page, MEASURED, 'live');
    assert.deepEqual(foreign, []);
    await context.close();
  });

  it('switches to light by keyboard alone, and remembers it', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await ground(), 'rgb(10, 10, 10)', 'the system’s theme, until another is chosen');
    await page.locator('.brand').focus();
    await page.keyboard.press('Tab');
    while ((await page.evaluate(() => document.activeElement?.localName)) === 'waooaw-socket')
      await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'theme');
    await page.keyboard.press('Space');
    assert.equal(await page.getAttribute('#theme', 'aria-pressed'), 'true');
    assert.equal(await ground(), 'rgb(241, 243, 245)');
    await page.reload();
    assert.equal(await ground(), 'rgb(241, 243, 245)');
    await context.close();
  });

  it('draws the lines anew in the colours of the other theme', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { colorScheme: 'dark' });
    /** Whether a chart holds a pixel of this colour, within what antialiasing does to it. */
    const drawnIn = (rgb: readonly number[]) =>
      page.waitForFunction((rgb) => {
        const canvas = document.querySelector('waooaw-metrics-widget')?.shadowRoot?.querySelector('canvas');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        for (let i = 0; i < data.length; i += 4) {
          const near = rgb.every((channel, c) => Math.abs(channel - (data[i + c] ?? 0)) < 12);
          if (near && (data[i + 3] ?? 0) > 180) return true;
        }
        return false;
      }, rgb);
    await drawnIn([0, 242, 254]);
    await page.click('#theme');
    await drawnIn([5, 105, 177]);
    await context.close();
  });

  it('keeps its bar as high as it is, however long the words about the connection are', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { viewport: { width: 1100, height: 640 } });
    await allInState(page, 'waooaw-socket', 'live');
    const look = () =>
      page.evaluate(() => {
        const [bar, theme] = ['.bar', '#theme'].map((part) =>
          document.querySelector(part)?.getBoundingClientRect(),
        );
        return [bar?.height, theme?.left, theme?.top];
      });
    const before = await look();
    await page.routeWebSocket(/\/ws$/, (ws) => ws.close({ code: 4403, reason: 'origin_not_allowed' }));
    await page.evaluate(() => {
      const socket = document.querySelector('waooaw-socket');
      socket?.disconnect();
      socket?.connect();
    });
    await allInState(page, 'waooaw-socket', 'failed');
    await page.locator('waooaw-socket [part=words]').filter({ hasText: 'allow-list' }).waitFor();
    assert.deepEqual(await look(), before);
    await context.close();
  });

  it('offers no theme to those whose colours are forced', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { forcedColors: 'active' });
    await allInState(page, 'waooaw-socket', 'live');
    assert.equal(await page.locator('#theme').isVisible(), false);
    await context.close();
  });

  for (const system of ['dark', 'light'] as const) {
    for (const [chosen, ground] of [
      ['dark', 'rgb(10, 10, 10)'],
      ['light', 'rgb(241, 243, 245)'],
    ] as const) {
      it(`is ${chosen} from its first paint where that was chosen, on a ${system} system`, async () => {
        const { page, context } = await openPage(browser, `${url}/`, { colorScheme: system });
        await page.evaluate((theme) => localStorage.setItem('waooaw-console-theme', theme), chosen);
        // The modules never come: what is seen is what the head alone brings.
        await page.route(/\.js$/, (route) =>
          route.request().url().includes('early-theme') ? route.continue() : route.abort(),
        );
        await page.reload();
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), ground);
        assert.equal(await page.getAttribute('meta[name=color-scheme]', 'content'), chosen);
        await context.close();
      });
    }
  }

  it('fits a narrow screen without scrolling sideways', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { viewport: { width: 320, height: 640 } });
    await allInState(page, MEASURED, 'live');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    const { width, height } = (await page.getByRole('button', { name: 'Light theme' }).boundingBox())!;
    assert.deepEqual([width, height], [36, 36], 'the theme’s figure alone, under its whole name');
    await context.close();
  });

  it('turns stale when the server is killed, blanks nothing, and says the gap when it is back', async () => {
    const { page, context } = await openPage(browser, `${url}/`);
    const cpu = 'waooaw-metrics-widget[metric=host_cpu_usage_ratio]';
    await allInState(page, MEASURED, 'live');
    await allInState(page, 'waooaw-status-badge[check]', 'live');
    await page.evaluate(() => {
      const gaps: string[] = [];
      Object.assign(globalThis, { gaps });
      addEventListener('waooaw-gap', (event) => {
        // A timeline whose events overlap has lost none.
        if ((event.target as Element).localName === 'waooaw-metrics-widget')
          gaps.push((event as CustomEvent<{ why: string }>).detail.why);
      });
    });

    await server.stop('SIGKILL');
    await allInState(page, MEASURED, 'stale');
    await allInState(page, 'waooaw-status-badge[check]', 'stale');
    await page
      .locator('waooaw-socket [part=words]')
      .filter({ hasText: /^Reconnecting/ })
      .waitFor();
    const numbers = await page.evaluate(
      (selector) =>
        [...document.querySelectorAll(selector)].map(
          (widget) => widget.shadowRoot?.querySelector('[part=value]')?.textContent ?? '',
        ),
      MEASURED,
    );
    assert.ok(numbers.length > 0);
    for (const number of numbers) assert.match(number, /\d/, 'a number that was known went blank');
    const words = await page.locator('waooaw-status-badge[check] [part=state]').allTextContents();
    // On a busy machine the event loop may truly be degraded; what matters is that no word went blank.
    for (const word of words) assert.match(word, /^(Up|Degraded|Down)$/);
    assert.equal(await page.locator(`${cpu} .note`).textContent(), 'Stale');

    await server.start();
    await allInState(page, MEASURED, 'live');
    await allInState(page, 'waooaw-status-badge[check]', 'live');
    const widgets = await page.locator('waooaw-metrics-widget').count();
    await page.waitForFunction(
      (count) => (globalThis as unknown as { gaps: string[] }).gaps.length >= count,
      widgets,
    );
    const gaps = await page.evaluate(() => (globalThis as unknown as { gaps: string[] }).gaps);
    assert.deepEqual(
      gaps,
      Array.from({ length: widgets }, () => 'epoch'),
    );
    await context.close();
  });

  it('shows a posted sample, of a series that did not exist before', async () => {
    const { page, context } = await openPage(browser, `${url}/`);
    await allInState(page, MEASURED, 'live');
    await page.evaluate(() => {
      const widget = document.createElement('waooaw-metrics-widget');
      widget.setAttribute('metric', 'orders_open{shop="north"}');
      document.querySelector('main')?.append(widget);
    });
    const widget = 'waooaw-metrics-widget[metric^=orders_open]';
    await allInState(page, widget, 'empty');
    const answer = await post(url, {
      name: 'orders_open',
      tags: { shop: 'north' },
      value: 417,
      unit: 'orders',
    });
    assert.deepEqual(await answer.json(), { accepted: 1, rejected: 0, errors: [] });
    await allInState(page, widget, 'live');
    assert.equal(await shownNumber(page, widget), '417 orders');
    await context.close();
  });
});
