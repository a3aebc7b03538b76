/**
 * A thousand mounts and unmounts of each element leave nothing behind: neither DOM nodes, nor listeners, nor memory.
 *
 * Measured in a real browser after forced collections, against the same page after a warm-up: what a page keeps once
 * (the announcer, style sheets, formats of the language) is no leak, what it keeps per mount is.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { moduleBuild } from '../vite.config.ts';
import { root } from '../scripts/run.ts';
import { openBrowser, openPage, openServer, openSite } from './harness.ts';
import type { ForeignSite } from './harness.ts';

const MOUNTS = 1_000;
/** So many stand in the page together. */
const TOGETHER = 50;
const WARM_UP = 300;

/** What may be more after a thousand mounts than before. One node or listener a mount would be a thousand. */
const BOUND = {
  nodes: 60,
  listeners: 12,
  /** 256 bytes a mount; an element that is kept costs several KB. */
  heapBytes: 256 * MOUNTS,
} as const;

/** Lingering (subscriptions, looks, announcements) ends by itself; what is there after this stays, ms. */
const SETTLED_MS = 20_000;

/** How each element stands in a page; the others by their tag alone. */
const MARKUP: Readonly<Record<string, string>> = {
  'waooaw-status-badge': '<waooaw-status-badge check="server"></waooaw-status-badge>',
  'waooaw-metrics-widget': '<waooaw-metrics-widget metric="host_load1"></waooaw-metrics-widget>',
  'waooaw-socket': '<waooaw-socket url="{url}" show-status></waooaw-socket>',
  'waooaw-context-selector':
    '<waooaw-context-selector label="Agents" source="agents"></waooaw-context-selector>',
};

interface Counts {
  readonly nodes: number;
  readonly listeners: number;
  readonly heapBytes: number;
}

/** Every element that the package documents: a new one is measured from its first day. */
function tags(): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'custom-elements.json'), 'utf8')) as {
    modules: { declarations?: { tagName?: string }[] }[];
  };
  return manifest.modules.flatMap(({ declarations = [] }) =>
    declarations.flatMap(({ tagName }) => tagName ?? []),
  );
}

async function count(session: CDPSession): Promise<Counts> {
  // The second collects what the first one's finalisers let go.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { nodes, listeners: jsEventListeners, heapBytes: usedSize };
}

const growth = (before: Counts, after: Counts): Counts => ({
  nodes: after.nodes - before.nodes,
  listeners: after.listeners - before.listeners,
  heapBytes: after.heapBytes - before.heapBytes,
});

const isWithin = ({ nodes, listeners, heapBytes }: Counts): boolean =>
  nodes <= BOUND.nodes && listeners <= BOUND.listeners && heapBytes <= BOUND.heapBytes;

/** Mounts and unmounts, `TOGETHER` at a time, each rendered and, where it opens, opened and closed. */
async function mount(page: Page, markup: string, times: number): Promise<void> {
  await page.evaluate(
    async ({ markup, times, together }) => {
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
      const place = document.querySelector('#place') as HTMLElement;
      const template = document.createElement('template');
      template.innerHTML = markup;
      for (let mounted = 0; mounted < times; mounted += together) {
        for (let i = 0; i < together; i++) place.append(template.content.cloneNode(true));
        const elements = [...place.children] as (HTMLElement & { updateComplete?: Promise<unknown> })[];
        for (const { updateComplete } of elements) await updateComplete;
        await frame();
        // What opens is opened: details, a listbox.
        for (const element of elements)
          element.shadowRoot?.querySelector<HTMLElement>('[aria-expanded="false"], [aria-haspopup]')?.click();
        for (const { updateComplete } of elements) await updateComplete;
        await frame();
        // Moved once, as frameworks do.
        const [first] = elements;
        if (first) place.append(first);
        place.replaceChildren();
        await frame();
      }
    },
    { markup, times, together: TOGETHER },
  );
}

/**
 * What a thousand mounts leave behind, once it is no longer about to go. Too much is asked for again: what the browser
 * makes once, such as code that it has only now compiled, is no leak, and a leak comes a second time.
 */
async function measure(page: Page, markup: string, settledMs = SETTLED_MS): Promise<Counts> {
  const left = await measureOnce(page, markup, settledMs);
  return isWithin(left) ? left : measureOnce(page, markup, settledMs);
}

async function measureOnce(page: Page, markup: string, settledMs: number): Promise<Counts> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await mount(page, markup, WARM_UP);
  // What lingers after the warm-up must not count as there from the start.
  let before = await count(session);
  for (let calm = 0; calm < 3;) {
    await page.waitForTimeout(400);
    const now = await count(session);
    calm = now.nodes < before.nodes || now.listeners < before.listeners ? 0 : calm + 1;
    before = now;
  }
  await mount(page, markup, MOUNTS);
  const giveUpAt = performance.now() + settledMs;
  for (;;) {
    const left = growth(before, await count(session));
    if (isWithin(left) || performance.now() > giveUpAt) return left;
    await page.waitForTimeout(250);
  }
}

/** A module of the sources with all that it imports, as one. */
async function bundled(entry: string): Promise<string> {
  const { rolldownOptions, ...options } = moduleBuild(join(root, entry), 'entry.js');
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ...options,
      write: false,
      rolldownOptions: { ...rolldownOptions, output: { ...rolldownOptions.output, codeSplitting: false } },
    },
  });
  const [first] = [result].flat() as Rolldown.RolldownOutput[];
  const [chunk] = first?.output ?? [];
  assert.ok(chunk, 'nothing was built');
  return chunk.code;
}

describe(`${MOUNTS} mounts and unmounts`, () => {
  let browser: Browser;
  let site: ForeignSite;
  let url: string;

  before(async () => {
    browser = await openBrowser(['--js-flags=--expose-gc']);
    site = await openSite();
    ({ url } = await openServer({ env: { WAOOAW_ALLOWED_ORIGINS: site.origin } }));
  });

  const open = async (socket: boolean): Promise<Page> => {
    const place = '<div id="place"></div>';
    site.html = `<script type="module" src="${url}/waooaw.js"></script>
      ${socket ? `<waooaw-socket url="${url}">${place}</waooaw-socket>` : place}`;
    const { page } = await openPage(browser, site.origin);
    await page.waitForFunction(() => customElements.get('waooaw-socket'));
    return page;
  };

  for (const tag of tags()) {
    it(`of <${tag}> leave nothing behind`, async (test) => {
      const page = await open(tag !== 'waooaw-socket');
      assert.ok(
        await page.evaluate((tag) => customElements.get(tag) !== undefined, tag),
        `<${tag}> is not registered`,
      );
      const left = await measure(page, (MARKUP[tag] ?? `<${tag}></${tag}>`).replace('{url}', url));
      test.diagnostic(`<${tag}>: ${JSON.stringify(left)}`);
      assert.ok(isWithin(left), `${JSON.stringify(left)} is more than ${JSON.stringify(BOUND)}`);
      await page.context().close();
    });
  }

  it('of an element with a popover and a long list leave nothing behind', async (test) => {
    const page = await open(false);
    await page.addScriptTag({ type: 'module', content: await bundled('src/testing/long-popover.ts') });
    await page.waitForFunction(() => customElements.get('test-long-popover'));
    const left = await measure(page, '<test-long-popover></test-long-popover>');
    test.diagnostic(JSON.stringify(left));
    assert.ok(isWithin(left), `${JSON.stringify(left)} is more than ${JSON.stringify(BOUND)}`);
    await page.context().close();
  });

  const LEAKS: Readonly<Record<string, string>> = {
    'a listener on the window': `addEventListener('resize', () => this.grown)`,
    'a detached element in a list': `(globalThis.kept ??= []).push(this)`,
    'a kilobyte a mount': `(globalThis.kept ??= []).push(new Array(128).fill(Math.random()))`,
  };
  for (const [name, leak] of Object.entries(LEAKS)) {
    it(`of an element that leaks are caught: ${name}`, async (test) => {
      const page = await open(false);
      await page.addScriptTag({
        content: `customElements.define('leaky-element', class extends HTMLElement { connectedCallback() { ${leak} } })`,
      });
      const left = await measure(page, '<leaky-element></leaky-element>', 2_000);
      test.diagnostic(`${name}: ${JSON.stringify(left)}`);
      assert.equal(isWithin(left), false, JSON.stringify(left));
      await page.context().close();
    });
  }
});
