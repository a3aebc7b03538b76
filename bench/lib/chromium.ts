/** A real Chromium for a bench, and real servers for its pages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import { browserArgs, findBrowser } from '../../scripts/browser.ts';
import { ServerProcess } from '../../scripts/server-process.ts';

/** Runs the work in a headless browser that ends with it. */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArgs(), '--js-flags=--expose-gc'],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Runs the work beside the whole server in a process of its own. */
export async function withServer<T>(
  site: string,
  env: Readonly<Record<string, string>>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const server = new ServerProcess({
    command: [join(import.meta.dirname, 'app-server.ts'), site],
    env: { WAOOAW_LOG_LEVEL: 'silent', ...env },
  });
  try {
    return await work((await server.start()).url);
  } finally {
    await server.dispose();
  }
}

/** The origin of {@link openIsolated}'s pages: nobody's, and never asked for over the network. */
const ORIGIN = 'https://bench.example';

/**
 * Opens a page of its own that is isolated, which makes its clock one of 5 µs.
 * @param html the page at `/`.
 * @param folder where its modules lie.
 */
export async function openIsolated(
  browser: Browser,
  html: string,
  folder: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage();
  const headers = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  };
  await page.route(`${ORIGIN}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') return route.fulfill({ headers, contentType: 'text/html; charset=utf-8', body: html });
    if (!path.endsWith('.js')) return route.fulfill({ status: 404 });
    return route.fulfill({ headers, contentType: 'text/javascript', body: readFileSync(join(folder, path)) });
  });
  await page.goto(ORIGIN);
  return page;
}
