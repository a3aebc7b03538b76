/** A real Chromium for a bench, and real servers for its pages. */
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
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
