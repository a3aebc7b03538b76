/**
 * `node scripts/screenshot.ts`: the console as it looks now, into docs/console-<theme>.png.
 *
 *     node scripts/screenshot.ts --seconds 120   lets the lines grow for so long first (default 120)
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { browserArgs, findBrowser } from './browser.ts';
import { root } from './run.ts';
import { ServerProcess } from './server-process.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });

// With an agent that runs, as whoever types `npm start` sees it.
const server = new ServerProcess({ command: [join(root, 'scripts/start.ts')] });
const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() });
try {
  const { url } = await server.start();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1160 }, colorScheme: 'dark' });
  await page.goto(`${url}/`);
  await page.waitForTimeout(Number(values.seconds) * 1000);
  for (const theme of ['dark', 'light']) {
    if (theme === 'light') await page.click('#theme');
    await page.mouse.click(1, 1);
    await page.waitForTimeout(500);
    const path = join(root, `docs/console-${theme}.png`);
    await page.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
  await server.dispose();
}
