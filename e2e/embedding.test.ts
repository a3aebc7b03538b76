/** The script tag on somebody else's page: the README's snippet, word for word. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { root } from '../scripts/run.ts';
import { allInState, openBrowser, openPage, openServer, openSite, post, shownNumber } from './harness.ts';
import type { ForeignSite } from './harness.ts';

/** The first HTML block of the README. */
function snippet(): string {
  const found = /```html\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  assert.ok(found?.[1], 'the README has no HTML block');
  return found[1];
}

describe('embedding on another origin', () => {
  let browser: Browser;
  let site: ForeignSite;
  let stranger: ForeignSite;
  let url: string;

  before(async () => {
    site = await openSite();
    stranger = await openSite();
    ({ url } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } }));
    // The snippet names the default address; the browser is told where that is today.
    const port = new URL(url).port;
    browser = await openBrowser([`--host-resolver-rules=MAP 127.0.0.1:8787 127.0.0.1:${port}`]);
  });

  it('works from an origin on the allow-list', async () => {
    site.html = snippet();
    const { page, context, problems } = await openPage(browser, site.origin);
    await allInState(page, 'waooaw-status-badge', 'live');
    await allInState(page, 'waooaw-metrics-widget', 'live');
    assert.match(await shownNumber(page, 'waooaw-metrics-widget'), /^\d/);
    await page.locator('waooaw-metrics-widget canvas').first().waitFor();
    assert.deepEqual(problems, []);
    await context.close();
  });

  it('says why not from an origin that is not on the list', async () => {
    stranger.html = snippet();
    const { page, context } = await openPage(browser, stranger.origin);
    await allInState(page, 'waooaw-socket', 'failed');
    assert.match(
      (await page.locator('waooaw-socket [part=status]').textContent()) ?? '',
      /not on the server’s allow-list/,
    );
    // Nothing goes on loading that will never come.
    await allInState(page, 'waooaw-status-badge', 'error');
    await allInState(page, 'waooaw-metrics-widget', 'error');
    await context.close();
  });

  it('lets a page without Lit use the client alone', async () => {
    site.html = `<output></output><script type="module">
      import { SocketClient } from 'http://127.0.0.1:8787/waooaw.js';
      const client = new SocketClient({ url: 'http://127.0.0.1:8787' });
      client.subscribe('metrics/plain', {
        publication: (data) => (document.querySelector('output').textContent = data.rows.at(-1).at(-1)),
        snapshot: () => document.body.setAttribute('data-ready', ''),
      });
      client.connect();
    </script>`;
    const { page, context } = await openPage(browser, site.origin);
    await page.locator('body[data-ready]').waitFor({ state: 'attached' });
    await post(url, { name: 'plain', value: 12 });
    await page.waitForFunction(() => document.querySelector('output')?.textContent === '12');
    await context.close();
  });

  it('keeps two sockets to two servers apart, and a widget that moves follows the one around it', async () => {
    const { url: other } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } });
    await post(url, { name: 'where', value: 1 });
    await post(other, { name: 'where', value: 2 });
    site.html = `<script type="module" src="${url}/waooaw.js"></script>
      <waooaw-socket id="one" url="${url}"><waooaw-metrics-widget id="a" metric="where" stale-after="600"></waooaw-metrics-widget></waooaw-socket>
      <waooaw-socket id="two" url="${other}"><waooaw-metrics-widget id="b" metric="where" stale-after="600"></waooaw-metrics-widget></waooaw-socket>`;
    const { page, context, problems } = await openPage(browser, site.origin);
    await allInState(page, 'waooaw-metrics-widget', 'live');
    assert.equal(await shownNumber(page, '#a'), '1');
    assert.equal(await shownNumber(page, '#b'), '2');

    await page.evaluate(() => {
      const [one, two] = ['#one', '#two'].map((id) => document.querySelector(id));
      const [a, b] = ['#a', '#b'].map((id) => document.querySelector(id));
      if (a && b) {
        two?.append(a);
        one?.append(b);
      }
    });
    await post(url, { name: 'where', value: 10 });
    await post(other, { name: 'where', value: 20 });
    const shows = (id: string, text: string) =>
      page.waitForFunction(
        ([id, text]) =>
          document.querySelector(id)?.shadowRoot?.querySelector('[part=value]')?.textContent === text,
        [id, text] as const,
      );
    await shows('#a', '20');
    await shows('#b', '10');
    assert.deepEqual(problems, []);
    await context.close();
  });

  it('finds its socket when markup, script and socket come in any order', async () => {
    site.html = `<waooaw-metrics-widget metric="host_load1"></waooaw-metrics-widget>`;
    const { page, context } = await openPage(browser, site.origin);
    await page.evaluate(async (address) => {
      await import(`${address}/waooaw.js`);
    }, url);
    await page.waitForFunction(() =>
      document.querySelector('waooaw-metrics-widget')?.matches(':state(loading)'),
    );
    await page.evaluate((address) => {
      const socket = document.createElement('waooaw-socket');
      socket.setAttribute('url', address);
      document.body.append(socket);
    }, url);
    await allInState(page, 'waooaw-metrics-widget', 'live');
    await context.close();
  });
});
