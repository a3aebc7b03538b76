/** The console's themes as they are served, and the style sheets as bundles carry them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { root } from '../scripts/run.ts';
import { tightenCss } from '../vite.config.ts';
import { allInState, openBrowser, openPage, openServer } from './harness.ts';

/** What tells the themes apart at a glance. */
function looks(
  page: Page,
): Promise<{ look: string | undefined; ground: string; bar: string; words: string }> {
  return page.evaluate(() => {
    const style = (selector: string): CSSStyleDeclaration =>
      getComputedStyle(document.querySelector(selector) ?? document.body);
    return {
      look: document.documentElement.dataset['look'],
      ground: style('body').backgroundColor,
      bar: style('.bar').backgroundColor,
      words: style('.bar').color,
    };
  });
}

/** Chooses a look, as the settings offer it. */
async function choose(page: Page, look: string): Promise<void> {
  await page.locator('#settings-button').click();
  await page.locator('#look').selectOption(look);
  await page.keyboard.press('Escape');
}

const HARBOUR = {
  look: 'harbour',
  ground: 'rgb(245, 238, 225)',
  bar: 'rgb(20, 54, 92)',
  words: 'rgb(243, 237, 224)',
};

describe('the console’s themes', () => {
  let browser: Browser;
  let url: string;

  before(async () => {
    browser = await openBrowser();
    ({ url } = await openServer());
  });

  it('are chosen by keyboard alone, remembered, and there from the first paint', async () => {
    const { page, context, problems } = await openPage(browser, `${url}/`, { colorScheme: 'light' });
    await allInState(page, 'waooaw-status-badge-list', 'live');
    await page.locator('#settings-button').focus();
    await page.keyboard.press('Enter');
    for (const field of ['theme', 'look']) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement?.id), field);
    }
    await page.keyboard.type('Harbour');
    assert.deepEqual(await looks(page), HARBOUR);
    assert.deepEqual(problems, []);
    // The modules never come: what is seen is what the head alone brings.
    await page.route(/\.js$/, (route) =>
      route.request().url().includes('early-theme') ? route.continue() : route.abort(),
    );
    await page.reload();
    assert.deepEqual(await looks(page), HARBOUR);
    await context.close();
  });

  it('leave the widgets on a bar of the other scheme in that scheme', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { colorScheme: 'light' });
    await choose(page, 'harbour');
    const colors = await page.evaluate(() => {
      const textOf = (tag: string, part: string): string => {
        const inside = document.querySelector(tag)?.shadowRoot?.querySelector(`[part="${part}"]`);
        return inside ? getComputedStyle(inside).color : '';
      };
      return [textOf('waooaw-socket', 'status'), textOf('waooaw-metrics-widget', 'card')];
    });
    assert.deepEqual(colors, ['rgb(243, 237, 224)', 'rgb(43, 36, 24)']);
    await context.close();
  });

  it('fit a narrow screen, each of them', async () => {
    const { page, context } = await openPage(browser, `${url}/`, { viewport: { width: 320, height: 640 } });
    for (const look of ['brand', 'neutral', 'harbour']) {
      await choose(page, look);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, look);
    }
    await context.close();
  });

  it('lose nothing but white space and comments in a bundle’s style sheets', async () => {
    const sheets = globSync('src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/css`([^`$]*)`/g)].map(([, css = '']) => css),
    );
    assert.ok(sheets.length >= 6, `${sheets.length} style sheets`);
    const { page, context } = await openPage(browser, 'about:blank');
    const rules = (css: string): Promise<string[]> =>
      page.evaluate((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        // Custom properties are kept as they were written.
        return [...sheet.cssRules].map(({ cssText }) =>
          cssText
            .replace(/\s+/g, ' ')
            .replace(/ ?([,;{}:>]) ?/g, '$1')
            .replace(/(?<![\w.])0\./g, '.'),
        );
      }, css);
    for (const css of sheets) {
      const tight = tightenCss(css);
      assert.ok(tight.length < css.length);
      assert.deepEqual(await rules(tight), await rules(css));
    }
    assert.equal(
      tightenCss("a :hover, b[c='d'] {\n  inset: calc(1em + 0.5px) 10.5px; /* why */\n}\n"),
      'a :hover,b[c=d]{inset:calc(1em + .5px) 10.5px}',
    );
    await context.close();
  });
});
