/** A good guest on somebody else's page: nothing on import, a strict policy, and two releases side by side. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createServer, request as outgoing } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { join, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createServer as createVite } from 'vite';
import type { ViteDevServer } from 'vite';
import { root } from '../scripts/run.ts';
import { allInState, openBrowser, openPage, openServer, openSite, shownNumber } from './harness.ts';

const { version: VERSION } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};
/** Another release: the same code under another number. */
const OTHER = '0.0.0-other';

/** What uPlot does on import. */
const UPLOT = ['matchMedia', 'listener resize', 'listener scroll', 'listener dppxchange'];

/** Every element of the package, as it stands in a page. */
function everyElement(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'custom-elements.json'), 'utf8')) as {
    modules: { declarations?: { tagName?: string }[] }[];
  };
  const known: Readonly<Record<string, string>> = {
    'waooaw-status-badge': 'check="server"',
    'waooaw-metrics-widget': 'metric="host_load1"',
    'waooaw-context-selector': 'label="Agents" source="agents"',
  };
  const tags = manifest.modules.flatMap(({ declarations = [] }) =>
    declarations.flatMap(({ tagName }) => tagName ?? []),
  );
  assert.ok(tags.length >= 3, 'custom-elements.json names no elements');
  return tags
    .filter((tag) => tag !== 'waooaw-socket')
    .map((tag) => `<${tag} ${known[tag] ?? ''}></${tag}>`)
    .join('\n');
}

const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));

describe('importing a module of src/', () => {
  let browser: Browser;
  let vite: ViteDevServer;
  let origin = '';
  let stop = (): Promise<void> => Promise.resolve();
  const modules = globSync('src/**/*.ts', { cwd: root })
    .map((file) => file.replaceAll(sep, '/'))
    .filter(
      (file) =>
        !/\.(test|contract|schema)\.ts$|^src\/testing\/|(^|\/)(define|bundle)\.ts$|\.d\.ts$/.test(file),
    );

  before(async () => {
    browser = await openBrowser();
    // Sources as they are, each module by itself: nothing is bundled, so nothing is shaken off.
    vite = await createVite({
      configFile: false,
      root,
      logLevel: 'error',
      appType: 'custom',
      cacheDir: join(root, 'node_modules/.cache/vite-guest'),
      optimizeDeps: { noDiscovery: true, include: [] },
      server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    });
    const http = createServer((request, response) => {
      if (request.url === '/') {
        response.setHeader('content-type', 'text/html');
        response.end('<!doctype html><html lang="en"><head><title>x</title></head><body></body></html>');
      } else vite.middlewares(request, response);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    stop = async () => {
      http.close();
      http.closeAllConnections();
      await vite.close();
    };
    const address = http.address();
    origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });

  after(() => stop());

  it('does nothing to the page: no style, no node, no request, no storage, no listener, no timer', async () => {
    assert.ok(modules.length > 60, `only ${modules.length} modules`);
    const page = await (await browser.newContext()).newPage();
    const requests: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() !== 'script') requests.push(`${request.resourceType()} ${request.url()}`);
    });
    await page.goto(origin);
    requests.length = 0;
    await page.evaluate(watchEffects);
    const effects: Record<string, unknown> = {};
    for (const file of modules) {
      const done = await page.evaluate(async (path) => {
        const holder = globalThis as unknown as { effects: string[]; take(): string[] };
        await import(path);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return holder.take();
      }, `/${file}`);
      if (done.length > 0 || requests.length > 0) effects[file] = [...done, ...requests.splice(0)];
    }
    // uPlot listens to the window as soon as it is there, and offers no way not to. It comes when a line is drawn first, with
    // the first of the modules that draw.
    assert.deepEqual(effects, { 'src/elements/metrics-widget/chart-view.ts': UPLOT });
    await page.context().close();
  });

  it('would be caught doing any of that', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin);
    await page.evaluate(watchEffects);
    const done = await page.evaluate(async () => {
      const holder = globalThis as unknown as { take(): string[] };
      document.head.append(document.createElement('style'));
      document.adoptedStyleSheets = [new CSSStyleSheet()];
      document.documentElement.dataset['x'] = '1';
      localStorage.getItem('x');
      document.cookie = 'a=b';
      addEventListener('resize', () => undefined);
      document.addEventListener('click', () => undefined);
      setTimeout(() => undefined);
      customElements.define('x-y', class extends HTMLElement {});
      void fetch('/nothing').catch(() => undefined);
      new BroadcastChannel('x').close();
      (globalThis as Record<string, unknown>)['waooawX'] = 1;
      await new Promise((resolve) => setTimeout(resolve, 0));
      return holder.take();
    });
    for (const effect of [
      'dom',
      'sheets',
      'localStorage',
      'cookie',
      'listener resize',
      'listener click',
      'setTimeout',
      'define x-y',
      'fetch',
      'BroadcastChannel',
      'global waooawX',
    ])
      assert.ok(
        done.some((entry) => entry.startsWith(effect)),
        `${effect} in ${done.join(', ')}`,
      );
    await page.context().close();
  });
});

describe('a page with a strict policy', () => {
  it('runs every element, live, without a violation', async () => {
    const site = await openStrictSite();
    const { url } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } });
    site.behind = url;
    const browser = await openBrowser();
    const { page, context, problems } = await openPage(browser, site.origin);
    await allInState(page, 'waooaw-socket', 'live');
    await allInState(page, 'waooaw-status-badge', 'live');
    await allInState(page, 'waooaw-metrics-widget', 'live');
    await page.locator('waooaw-metrics-widget canvas').first().waitFor();
    await openAll(page);
    assert.equal(problems.join('\n'), '');
    // The policy is in force: this page's own inline style is refused.
    await page.evaluate(() => document.body.setAttribute('style', 'color: rgb(255, 0, 0)'));
    await page.waitForFunction(() => getComputedStyle(document.body).color !== 'rgb(255, 0, 0)');
    assert.ok(
      problems.some((problem) => problem.includes('style')),
      problems.join('\n'),
    );
    await context.close();
  });
});

describe('two releases on one page', () => {
  let browser: Browser;
  let url: string;

  before(async () => {
    browser = await openBrowser();
  });

  /** A page that finds this release at `/waooaw.js` and another, under another number, at `/other/waooaw.js`. */
  async function openBoth(body: string): Promise<{ page: Page; warnings: string[]; problems: string[] }> {
    const site = await openSite();
    ({ url } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } }));
    const { page, problems } = await openPage(browser, site.origin);
    const warnings: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'warning') warnings.push(message.text());
    });
    await page.route(`${url}/other/**`, async (route) => {
      try {
        const response = await route.fetch({ url: route.request().url().replace('/other/', '/') });
        const text = await response.text();
        await route.fulfill({ response, body: text.replaceAll(VERSION, OTHER) });
      } catch {
        // Lazy parts may still be on their way when the test is done with the page; one that is missed fails the test.
        await route.abort().catch(() => undefined);
      }
    });
    site.html = body.replaceAll('{url}', url);
    await page.goto(site.origin);
    return { page, warnings, problems };
  }

  const versionOf = (page: Page, tag: string): Promise<string | undefined> =>
    page.evaluate((tag) => (customElements.get(tag) as { version?: string } | undefined)?.version, tag);

  it('keeps the first, names both on the console, and goes on working', async () => {
    const { page, warnings, problems } = await openBoth(`
      <script type="module" src="{url}/other/waooaw.js"></script>
      <script type="module" src="{url}/waooaw.js"></script>
      <waooaw-socket url="{url}"><waooaw-status-badge check="server"></waooaw-status-badge>
      <waooaw-metrics-widget metric="host_load1"></waooaw-metrics-widget></waooaw-socket>`);
    await allInState(page, 'waooaw-status-badge', 'live');
    await allInState(page, 'waooaw-metrics-widget', 'live');
    assert.equal(await versionOf(page, 'waooaw-socket'), OTHER);
    assert.ok(
      warnings.some(
        (line) => line.includes('waooaw-socket') && line.includes(OTHER) && line.includes(VERSION),
      ),
      warnings.join('\n'),
    );
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  it('has the second under a tag of its own, on the first one’s socket', async () => {
    const { page, problems } = await openBoth(`
      <script type="module" src="{url}/other/waooaw.js"></script>
      <script type="module">
        import { WaooawMetricsWidget, WaooawStatusBadge, register } from '{url}/waooaw.js';
        register('waooaw-status-badge-next', WaooawStatusBadge.prototype.constructor === customElements.get('waooaw-status-badge') ? class extends WaooawStatusBadge {} : WaooawStatusBadge);
        register('waooaw-metrics-widget-next', class extends WaooawMetricsWidget {});
      </script>
      <waooaw-socket url="{url}">
        <waooaw-status-badge check="server"></waooaw-status-badge>
        <waooaw-status-badge-next check="server"></waooaw-status-badge-next>
        <waooaw-metrics-widget-next metric="host_load1"></waooaw-metrics-widget-next>
      </waooaw-socket>`);
    await allInState(page, 'waooaw-status-badge', 'live');
    await allInState(page, 'waooaw-status-badge-next', 'live');
    await allInState(page, 'waooaw-metrics-widget-next', 'live');
    assert.match(await shownNumber(page, 'waooaw-metrics-widget-next'), /^\d/);
    assert.deepEqual(
      [await versionOf(page, 'waooaw-status-badge'), await versionOf(page, 'waooaw-status-badge-next')],
      [OTHER, VERSION],
    );
    // One announcer, one registry of sockets, for both.
    assert.equal(await page.locator('[data-waooaw-announcer]').count(), 1);
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  it('has the second under the same tag in a registry of its own', async (test) => {
    const { page, problems } = await openBoth(`
      <script type="module" src="{url}/other/waooaw.js"></script>
      <waooaw-socket url="{url}"><waooaw-status-badge check="server"></waooaw-status-badge><div id="scope"></div></waooaw-socket>`);
    const scoped = await page.evaluate(async (address) => {
      const { WaooawStatusBadge } = (await import(`${address}/waooaw.js`)) as {
        WaooawStatusBadge: CustomElementConstructor & { version: string };
      };
      let registry: CustomElementRegistry;
      try {
        registry = new CustomElementRegistry();
      } catch {
        return undefined;
      }
      registry.define('waooaw-status-badge', class extends WaooawStatusBadge {});
      const scope = document.querySelector('#scope')?.attachShadow({
        mode: 'open',
        customElementRegistry: registry,
      });
      if (!scope) return undefined;
      scope.innerHTML = '<waooaw-status-badge check="server"></waooaw-status-badge>';
      const badge = scope.firstElementChild as Element;
      return (badge.constructor as unknown as { version?: string }).version;
    }, url);
    if (scoped === undefined) {
      test.skip('this browser has no scoped registries');
      return;
    }
    assert.equal(scoped, VERSION);
    await page.waitForFunction(() =>
      document
        .querySelector('#scope')
        ?.shadowRoot?.querySelector('waooaw-status-badge')
        ?.matches(':state(live)'),
    );
    assert.deepEqual(problems, []);
    await page.context().close();
  });
});

/**
 * A host that serves its page under the strictest policy, with the server behind it on the same origin, as a gateway
 * would: so `connect-src 'self'` is the whole truth.
 */
async function openStrictSite(): Promise<{ readonly origin: string; behind: string }> {
  const site = { origin: '', behind: '' };
  const policy = `default-src 'none'; script-src 'nonce-abc123'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html 'allow-duplicates'`;
  const pass = (request: IncomingMessage): ClientRequest => {
    const { method, headers } = request;
    return outgoing(new URL(request.url ?? '/', site.behind), { method, headers });
  };
  const server = createServer((request, response) => {
    if (request.url === '/favicon.ico') response.writeHead(204).end();
    else if (request.url !== '/') {
      const to = pass(request).on('response', (from) => {
        response.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(response);
      });
      request.pipe(to.on('error', () => response.destroy()));
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', policy);
      response.end(`<!doctype html><html lang="en"><head><title>Strict</title>
        <script type="module" nonce="abc123" src="/waooaw.js"></script></head><body>
        <waooaw-socket show-status>${everyElement()}</waooaw-socket></body></html>`);
    }
  });
  server.on('upgrade', (request, socket) => {
    pass(request)
      .on('upgrade', ({ rawHeaders }, behind) => {
        const lines = rawHeaders.flatMap((name, i) => (i % 2 ? [] : `${name}: ${rawHeaders[i + 1] ?? ''}`));
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
        behind.pipe(socket).pipe(behind);
        behind.on('error', () => socket.destroy());
        socket.on('error', () => behind.destroy());
      })
      .on('error', () => socket.destroy())
      .end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  site.origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return site;
}

/** Opens whatever says that it opens. */
async function openAll(page: Page): Promise<void> {
  const buttons = page.locator('[aria-expanded="false"], [aria-haspopup]');
  for (let i = (await buttons.count()) - 1; i >= 0; i--) {
    await buttons.nth(i).evaluate((button: HTMLElement) => button.click());
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }
}

/** Runs in the page: notes everything that reaches beyond a module. */
function watchEffects(): void {
  const effects: string[] = [];
  const globals = new Set(Object.getOwnPropertyNames(globalThis));
  let sheets = document.adoptedStyleSheets.length;
  const observer = new MutationObserver((records) => {
    for (const { type, target } of records) effects.push(`dom ${type} ${target.nodeName}`);
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  type Callable = (this: unknown, ...args: unknown[]) => unknown;
  const wrap = (
    owner: object,
    name: string,
    say: (self: unknown, args: unknown[]) => string | undefined,
  ): void => {
    const real = (owner as Record<string, Callable>)[name];
    if (!real) return;
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]) {
        const said = say(this, args);
        if (said) effects.push(said);
        return real.apply(this, args);
      },
    });
  };
  for (const name of ['getItem', 'setItem', 'removeItem', 'key', 'clear'])
    wrap(Storage.prototype, name, (self) => (self === localStorage ? 'localStorage' : 'sessionStorage'));
  for (const name of ['setTimeout', 'setInterval', 'requestIdleCallback', 'fetch', 'matchMedia'])
    wrap(globalThis, name, () => name);
  wrap(EventTarget.prototype, 'addEventListener', (self, [type]) =>
    self === globalThis || self === document || self === undefined ? `listener ${String(type)}` : undefined,
  );
  wrap(CustomElementRegistry.prototype, 'define', (_, [tag]) => `define ${String(tag)}`);
  wrap(XMLHttpRequest.prototype, 'open', () => 'XMLHttpRequest');
  wrap(IDBFactory.prototype, 'open', () => 'indexedDB');
  wrap(Navigator.prototype, 'sendBeacon', () => 'sendBeacon');
  wrap(MutationObserver.prototype, 'observe', () => 'MutationObserver');
  wrap(History.prototype, 'replaceState', () => 'history');
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get: () => {
      effects.push('cookie');
      return cookie?.get?.call(document) as string;
    },
    set: () => effects.push('cookie'),
  });
  const holder = globalThis as unknown as Record<string, unknown>;
  for (const name of [
    'WebSocket',
    'EventSource',
    'BroadcastChannel',
    'Worker',
    'SharedWorker',
    'IntersectionObserver',
    'ResizeObserver',
  ]) {
    const real = holder[name] as (new (...args: never[]) => object) | undefined;
    if (!real) continue;
    holder[name] = new Proxy(real, {
      construct(target, args: never[]) {
        effects.push(name);
        return new target(...args);
      },
    });
  }
  globals.add('take');
  holder['take'] = (): string[] => {
    if (document.adoptedStyleSheets.length !== sheets) effects.push('sheets');
    sheets = document.adoptedStyleSheets.length;
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      // Lit keeps the list of its releases there, by which it warns of several: the field’s custom.
      if (!globals.has(name) && !/^(lit|reactiveElement)[A-Za-z]*(Versions|Warnings|Metadata)$/.test(name))
        effects.push(`global ${name}`);
      globals.add(name);
    }
    return effects.splice(0);
  };
}
