/**
 * `npm run sheet`: every element in every state × {light, dark, forced colours} × {left to right, right to left} ×
 * {wide, narrow}, on one page to look at, with a real server behind the live ones.
 *
 *     npm run sheet                    all twelve variants
 *     npm run sheet -- dark narrow     those whose name has all of these words
 *     npm run sheet -- --out folder    default: contact-sheet/
 */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { browserArgs, findBrowser } from './browser.ts';
import { root } from './run.ts';
import { ServerProcess } from './server-process.ts';

/** One way of looking at the gallery. */
interface Variant {
  readonly name: string;
  readonly colors: 'light' | 'dark' | 'forced';
  readonly dir: 'ltr' | 'rtl';
  readonly width: 'wide' | 'narrow';
}

/** One thing to do before a picture: it opens something. */
interface Scene {
  readonly name: string;
  act(page: Page): Promise<void>;
}

const WIDTHS = { wide: 1280, narrow: 320 } as const;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
/** Long enough for the first lines, refusals and retries, ms. */
const SETTLE_MS = 4_000;

const VARIANTS: readonly Variant[] = (['light', 'dark', 'forced'] as const).flatMap((colors) =>
  (['ltr', 'rtl'] as const).flatMap((dir) =>
    (['wide', 'narrow'] as const).map((width) => ({ name: `${colors}-${dir}-${width}`, colors, dir, width })),
  ),
);

const focusThen =
  (id: string, ...keys: string[]) =>
  async (page: Page): Promise<void> => {
    await page.locator(id).scrollIntoViewIfNeeded();
    await page.locator(id).evaluate((element: HTMLElement) => element.focus());
    for (const key of keys) await page.keyboard.press(key);
  };

const pressTrigger =
  (id: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(id).scrollIntoViewIfNeeded();
    await page.locator(`${id} [part=trigger]`).click();
  };

const SCENES: readonly Scene[] = [
  { name: 'badge: a tooltip', act: pressTrigger('#tooltip') },
  { name: 'badge: a panel', act: pressTrigger('#badge-panel') },
  { name: 'selector: open, ten thousand options', act: focusThen('#empty', 'ArrowDown') },
  { name: 'selector: a search', act: focusThen('#empty', 'ArrowDown', 'u', 'b', 'e', 'r', 'ArrowDown') },
  { name: 'selector: nothing found', act: focusThen('#empty', 'ArrowDown', 'q', 'q', 'q') },
  { name: 'selector: several', act: focusThen('#multiple', 'Enter', 'ArrowDown', 'ArrowDown') },
  { name: 'selector: a time range', act: focusThen('#range', 'ArrowDown') },
  { name: 'selector: its provider fails', act: focusThen('#failing', 'ArrowDown') },
  {
    name: 'socket: details',
    async act(page) {
      const button = page.locator('waooaw-socket[label=Live] [part=details-button]');
      await button.scrollIntoViewIfNeeded();
      await button.click();
    },
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'contact-sheet' } },
});
const out = resolve(root, values.out);
const wanted = VARIANTS.filter(({ name }) => positionals.every((word) => name.split('-').includes(word)));
if (wanted.length === 0) throw new Error(`no variant is all of: ${positionals.join(', ')}`);
mkdirSync(out, { recursive: true });

const server = new ServerProcess();
const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArgs() });
let site: Server | undefined;
try {
  const { url } = await server.start();
  await postOnce(url);
  site = await serveGallery(url);
  const address = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const pictures: { variant: string; name: string; file: string }[] = [];
  for (const variant of wanted) {
    for (const { name, file } of await photograph(browser, address, variant))
      pictures.push({ variant: variant.name, name, file });
    console.log(variant.name);
  }
  const page = join(out, 'index.html');
  writeFileSync(page, sheet(pictures));
  console.log(page);
} finally {
  await browser.close();
  site?.closeAllConnections();
  site?.close();
  await server.dispose();
}

/** One sample of series that nobody feeds any more. */
async function postOnce(url: string): Promise<void> {
  const samples = [
    { name: 'sheet_once', value: 42 },
    ...['ada', 'bob', 'cyd'].map((agent, i) => ({ name: 'sheet_jobs', value: 3 + 4 * i, tags: { agent } })),
  ];
  const response = await fetch(`${url}/api/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ samples }),
  });
  if (!response.ok) throw new Error(`the server took no sample: ${await response.text()}`);
}

/** The gallery's own files, and the server's below `/server/`: one origin, as behind a portal's proxy. */
async function serveGallery(url: string): Promise<Server> {
  const target = new URL(url);
  const pass = (from: IncomingMessage): ReturnType<typeof request> => {
    const headers = { ...from.headers, host: target.host };
    if (from.headers.origin) headers.origin = target.origin;
    const path = from.url?.replace(/^\/server/, '') ?? '/';
    return request({ host: target.hostname, port: target.port, method: from.method, path, headers });
  };
  const gallery = createServer((from, to: ServerResponse) => {
    if (from.url?.startsWith('/server/')) {
      const passed = pass(from).on('response', (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      });
      passed.on('error', () => to.destroy());
      from.pipe(passed);
      return;
    }
    const name = new URL(from.url ?? '/', 'http://gallery').pathname.slice(1) || 'gallery.html';
    if (!/^gallery\.\w+$/.test(name)) return void to.writeHead(404).end();
    to.setHeader('content-type', TYPES[extname(name)] ?? 'text/plain');
    createReadStream(join(import.meta.dirname, 'contact-sheet', name)).pipe(to);
  });
  gallery.on('upgrade', (from, socket) => {
    pass(from)
      .on('upgrade', (answer, up) => {
        const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
        socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
        up.on('error', () => socket.destroy());
        socket.on('error', () => up.destroy());
        up.pipe(socket).pipe(up);
      })
      .on('error', () => socket.destroy())
      .end();
  });
  await new Promise<void>((done) => gallery.listen(0, '127.0.0.1', done));
  return gallery;
}

async function photograph(
  browser: Browser,
  address: string,
  { name, colors, dir, width }: Variant,
): Promise<{ name: string; file: string }[]> {
  const context = await browser.newContext({
    viewport: { width: WIDTHS[width], height: 800 },
    colorScheme: colors === 'light' ? 'light' : 'dark',
    forcedColors: colors === 'forced' ? 'active' : 'none',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const query = `?dir=${dir}${dir === 'rtl' ? '&lang=ar' : ''}`;
  const taken: { name: string; file: string }[] = [];
  const take = async (what: string, fullPage: boolean): Promise<void> => {
    const file = `${name}-${taken.length}.png`;
    await page.screenshot({ path: join(out, file), fullPage });
    taken.push({ name: what, file });
  };
  const open = async (): Promise<void> => {
    await page.goto(`${address}/${query}`);
    await page.waitForSelector('html[data-ready]');
    await page.waitForTimeout(SETTLE_MS);
  };
  await open();
  await take('everything', true);
  for (const scene of SCENES) {
    await scene.act(page);
    await page.waitForTimeout(600);
    await take(scene.name, false);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  }
  await context.close();
  return taken;
}

/** A page of pictures, a row a variant. */
function sheet(pictures: readonly { variant: string; name: string; file: string }[]): string {
  const rows = Map.groupBy(pictures, ({ variant }) => variant);
  const body = [...rows].map(
    ([variant, row]) =>
      `<h2>${variant}</h2><div>${row
        .map(
          ({ name, file }) =>
            `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${name}</figcaption></figure>`,
        )
        .join('')}</div>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title><style>
body { margin: 1rem; background: #808080; font: 14px system-ui }
div { display: flex; align-items: start; gap: 1rem; overflow-x: auto }
figure { margin: 0 }
img { max-height: 30rem; max-width: 40rem; border: 1px solid #000 }
</style>${body.join('\n')}</html>
`;
}
