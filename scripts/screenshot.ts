/**
 * `node scripts/screenshot.ts`: the console as it looks now, into docs/: the overview dark and light (console-dark.png,
 * console-light.png), an agent whose upgrade is under way (console-agent.png), and the overview on a telephone (console-narrow.png).
 *
 *     node scripts/screenshot.ts --seconds 120   lets the lines grow for so long first (default 120)
 *     node scripts/screenshot.ts --folder /tmp   puts the pictures elsewhere
 */
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { browserArgs, findBrowser } from './browser.ts';
import { root } from './run.ts';
import { ServerProcess } from './server-process.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    folder: { type: 'string', default: join(root, 'docs') },
  },
});
const WIDE = { width: 1440, height: 1000 };
/** More agents beside the one that `npm start` brings. */
const AGENTS = [
  { agent: 'files', kind: 'folder-watcher', version: '1.0.0', title: 'Files of the server' },
  { agent: 'logs', kind: 'log-tailer', version: '2.0.0', title: 'Lines of all logs' },
];

// With agents that run, as whoever types `npm start` sees it.
const server = new ServerProcess({ command: [join(root, 'scripts/start.ts')] });
const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() });
try {
  const { url } = await server.start();
  const open = async (hash: string, options: BrowserContextOptions): Promise<Page> => {
    const page = await browser.newPage(options);
    await page.goto(`${url}/${hash}`);
    return page;
  };
  const save = async (page: Page, name: string): Promise<void> => {
    await page.waitForTimeout(500);
    const path = resolve(values.folder, `console-${name}.png`);
    await page.screenshot({ path });
    console.log(path);
  };
  // Of a server that has had an agent, `npm start` makes no first one.
  while ((await (await fetch(`${url}/api/agents`)).text()) === '{"agents":[]}') await setTimeout(200);
  for (const agent of AGENTS)
    await fetch(`${url}/api/agents`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(agent),
    });

  const wide = await open('#/', { viewport: WIDE, colorScheme: 'dark' });
  const narrow = await open('#/', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  const agent = await open('#/agents/files', { viewport: WIDE, colorScheme: 'dark' });
  await wide.waitForTimeout(Number(values.seconds) * 1000);
  await save(wide, 'dark');
  await wide.emulateMedia({ colorScheme: 'light' });
  await save(wide, 'light');
  await save(narrow, 'narrow');

  await agent.getByRole('button', { name: 'Upgrade', exact: true }).click();
  // Its new version serves, and is watched for a while before the old one goes.
  await agent.locator('waooaw-progress-tracker [part~=stage]', { hasText: /Watch/ }).first().waitFor();
  await agent
    .locator('.version', { hasText: /2\.0\.0/ })
    .first()
    .waitFor();
  await agent.waitForTimeout(4_000);
  await save(agent, 'agent');
} finally {
  await browser.close();
  await server.dispose();
}
