/** What the whole-system tests share: a real browser, real servers, and pages of other origins. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { browserArgs, findBrowser } from '../scripts/browser.ts';
import { ServerProcess } from '../scripts/server-process.ts';
import type { ServerOptions } from '../scripts/server-process.ts';

const closing: (() => Promise<unknown>)[] = [];

after(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Starts a browser; it is closed when the file's tests are done. */
export async function openBrowser(extraArgs: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: [...browserArgs(), ...extraArgs],
  });
  closing.push(() => browser.close());
  return browser;
}

/** Starts a server of its own port and data folder; it is stopped when the file's tests are done. */
export async function openServer(
  options: ServerOptions = {},
): Promise<{ server: ServerProcess; url: string }> {
  const server = new ServerProcess(options);
  closing.push(() => server.dispose());
  const { url } = await server.start();
  return { server, url };
}

/** A page of another origin: whatever HTML it is set to. */
export interface ForeignSite {
  readonly origin: string;
  html: string;
}

/** Serves one page from a port of its own. */
export async function openSite(): Promise<ForeignSite> {
  const site = { origin: '', html: '' };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><head><title>Another site</title></head><body>${site.html}</body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  site.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return site;
}

/** A page, and everything that went wrong on it. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the console, uncaught exceptions and violations of the Content Security Policy. */
  readonly problems: string[];
}

/** Opens a page that keeps its own record of what goes wrong. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(url);
  return { page, context, problems };
}

/** Posts samples as any program would. */
export async function post(url: string, ...samples: object[]): Promise<Response> {
  return fetch(`${url}/api/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ samples }),
  });
}

/** Resolves when every element that the selector finds (at least one) is in a custom state. */
export async function allInState(page: Page, selector: string, state: string): Promise<void> {
  await page.waitForFunction(
    ([selector, state]) => {
      const all = [...document.querySelectorAll(selector)];
      return all.length > 0 && all.every((element) => element.matches(`:state(${state})`));
    },
    [selector, state] as const,
  );
}

/** The number that a metrics widget shows, as text. */
export async function shownNumber(page: Page, selector: string): Promise<string> {
  return (await page.locator(`${selector} [part=value]`).first().textContent()) ?? '';
}
