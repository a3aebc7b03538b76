/** The console as a newcomer meets it: the real server, a real browser, this machine's numbers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ServerProcess } from '../scripts/server-process.ts';
import { allInState, openBrowser, openPage, openServer, post, shownNumber } from './harness.ts';

/** The widgets on what is measured here; those of the user's own agents wait for somebody to send something. */
const MEASURED = 'waooaw-metrics-widget[context=time]';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Every view, by its address, and its heading. */
const VIEWS = [
  ['#/', 'Overview'],
  ['#/agents', 'Agents'],
  ['#/agents/nobody', 'nobody'],
  ['#/activity', 'Activity'],
  ['#/incidents', 'Incidents'],
  ['#/metrics', 'Metrics'],
  ['#/invented', 'There is no such view'],
] as const;

/** How much wider the page is than its window, px. */
const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

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
    await allInState(page, 'waooaw-status-badge-list', 'live');
    await page.locator('waooaw-status-badge[context] [part=state]', { hasText: /Up|Degraded/ }).waitFor();
    await page.getByRole('link', { name: 'Metrics' }).click();
    await allInState(page, MEASURED, 'live');
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
    await page.goto(`${url}/#/metrics`);
    await allInState(page, MEASURED, 'live');
    assert.deepEqual(foreign, []);
    await context.close();
  });

  it('switches to light by keyboard alone, and remembers it', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await ground(), 'rgb(10, 10, 10)', 'the system’s theme, until another is chosen');
    await page.locator('#settings-button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'theme');
    await page.keyboard.type('Light');
    assert.equal(await ground(), 'rgb(241, 243, 245)');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'settings-button');
    await page.reload();
    assert.equal(await ground(), 'rgb(241, 243, 245)');
    await context.close();
  });

  it('goes from view to view by links, back and forward, and says where it is', async () => {
    const { page, context, problems } = await openPage(browser, `${url}/?agent=ada&range=600#/incidents`);
    const isAt = async (heading: string, current: string): Promise<void> => {
      await page.waitForFunction((text) => document.title.startsWith(`${text} ·`), heading);
      assert.equal(await page.locator('[aria-current=page] span').first().innerText(), current);
      assert.equal(new URL(page.url()).search, '?agent=ada&range=600', 'the scope goes along');
    };
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.textContent?.trim());
    await isAt('Incidents', 'Incidents');
    assert.equal(await page.locator('waooaw-context-selector[preset=agents] #summary').innerText(), 'ada');
    await page.locator('nav a[data-route=metrics]').focus();
    await page.keyboard.press('Enter');
    await isAt('Metrics', 'Metrics');
    assert.equal(await focused(), 'Metrics');
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('link', { name: 'Open the page of ada' }).click();
    await isAt('ada', 'Agents');
    await page.getByText('There is no agent of this name now.').waitFor();
    await page.goBack();
    await isAt('Overview', 'Overview');
    await page.goForward();
    await isAt('ada', 'Agents');
    assert.equal(await focused(), 'ada');
    assert.deepEqual(problems, []);
    await context.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`passes axe in every view, and scrolls nowhere sideways on a telephone: ${colorScheme}`, async () => {
      const { page, context } = await openPage(browser, `${url}/`, {
        colorScheme,
        viewport: { width: 360, height: 740 },
      });
      await page.evaluate(axe);
      for (const [hash, heading] of VIEWS) {
        await page.evaluate((to) => (location.hash = to), hash);
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
        await allInState(page, 'waooaw-socket', 'live');
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
        });
        assert.deepEqual(violations, [], heading);
        assert.equal(await overflowOf(page), 0, heading);
      }
      await context.close();
    });
  }

  it('asks for a key where the server lets nobody in without one, and connects with it', async () => {
    const key = 'a-key-that-only-this-test-knows-0123456789abcdef';
    const locked = await openServer({ env: { WAOOAW_ADMIN_KEY: key } });
    const { page, context } = await openPage(browser, `${locked.url}/`);
    await page.locator('#key:focus').waitFor();
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.locator('#sign-in').waitFor({ state: 'hidden' });
    await allInState(page, MEASURED, 'live');
    await page.getByText('No agent runs here yet.').first().waitFor();
    await context.close();
  });

  it('moves nothing while it loads', async () => {
    const { page, context } = await openPage(browser, 'about:blank', {
      viewport: { width: 1280, height: 900 },
    });
    await page.addInitScript(() => {
      const shifts: [number, string][] = [];
      Object.assign(globalThis, { shifts });
      type Shift = PerformanceEntry & { value: number; sources: { node?: Node }[] };
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries() as Shift[])
          shifts.push([value, sources.map(({ node }) => node?.nodeName ?? '?').join()]);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`${url}/`);
    await allInState(page, MEASURED, 'live');
    await allInState(page, 'waooaw-status-badge-list', 'live');
    const shifts = await page.evaluate(
      () => (globalThis as unknown as { shifts: [number, string][] }).shifts,
    );
    const score = shifts.reduce((sum, [value]) => sum + value, 0);
    assert.ok(score < 0.02, `a score of ${score}: ${JSON.stringify(shifts)}`);
    await context.close();
  });

  it('draws the lines anew in the colours of the other theme', async () => {
    const { page, context } = await openPage(browser, `${url}/#/metrics`, { colorScheme: 'dark' });
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
    await page.click('#settings-button');
    await page.selectOption('#theme', 'light');
    await drawnIn([5, 105, 177]);
    await context.close();
  });

  it('keeps its bar as high as it is, however long the words about the connection are', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { viewport: { width: 1100, height: 640 } });
    await allInState(page, 'waooaw-socket', 'live');
    const look = () =>
      page.evaluate(() => {
        const [bar, settings] = ['.bar', '#settings-button'].map((part) =>
          document.querySelector(part)?.getBoundingClientRect(),
        );
        return [bar?.height, settings?.left, settings?.top];
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
    await page.click('#settings-button');
    assert.deepEqual(
      [await page.locator('#theme').isVisible(), await page.locator('#look').isVisible()],
      [false, true],
    );
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

  it('fits a narrow screen without scrolling sideways, its scope behind a button', async () => {
    const { page, context } = await openPage(browser, `${url}/#/metrics`, {
      viewport: { width: 320, height: 640 },
    });
    await allInState(page, MEASURED, 'live');
    assert.equal(await overflowOf(page), 0);
    const agents = page.locator('waooaw-context-selector[preset=agents]');
    assert.equal(await agents.isVisible(), false);
    await page.getByRole('button', { name: 'Scope' }).click();
    assert.equal(await agents.isVisible(), true);
    assert.equal(await overflowOf(page), 0);
    const { y, height } = (await page
      .getByRole('navigation', { name: 'Views' })
      .locator('ul')
      .boundingBox())!;
    assert.equal(Math.round(y + height), 640, 'the views stand at the foot');
    await context.close();
  });

  it('turns stale when the server is killed, blanks nothing, and says the gap when it is back', async () => {
    const { page, context } = await openPage(browser, `${url}/#/metrics`);
    const cpu = 'waooaw-metrics-widget[metric=host_cpu_usage_ratio]';
    await page.evaluate(() => {
      for (const check of ['server', 'event-loop', 'database', 'data-folder', 'audit-log', 'clock']) {
        const badge = document.createElement('waooaw-status-badge');
        badge.setAttribute('check', check);
        document.querySelector('main')?.append(badge);
      }
    });
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

  it('teaches commands that do what they say', async () => {
    const { page, context } = await openPage(browser, `${url}/`);
    const commands: string[] = [];
    for (const [hash, heading] of VIEWS) {
      await page.evaluate((to) => (location.hash = to), hash);
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
      commands.push(
        ...(await page.locator('main > section:not([hidden]) [data-teach] code').allTextContents()),
      );
    }
    const posts = commands.flatMap((command) => {
      const [, address, body] =
        /^curl (\S+)\s.*-H 'content-type: application\/json'.*-d '(.*)'$/s.exec(command) ?? [];
      return address === undefined || body === undefined ? [] : [{ address, body }];
    });
    assert.equal(posts.length, commands.length - 1, 'all but the one that starts a server');
    for (const { address, body } of posts) {
      assert.ok(address.startsWith(`${url}/api/`), address);
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      assert.ok(answer.ok, `${address}: ${answer.status} ${await answer.text()}`);
    }
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
