/** A context in real tabs, each a page of its own: they agree, and nobody answers. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, openPage, openServer } from './harness.ts';
import type { PageContext } from '../src/context/index.ts';

const NAME = 'e2e';
const KEY = `waooaw.context.${NAME}`;
const ROUNDS = 20;

interface Holder {
  context: PageContext;
  line: BroadcastChannel;
  said: unknown[];
  writes: number;
}

describe('a context in several tabs', () => {
  let tabs: BrowserContext;
  let url: string;

  before(async () => {
    ({ url } = await openServer());
    ({ context: tabs } = await openPage(await openBrowser(), `${url}/livez`));
  });

  /** A page that has the context and writes down what is said and stored. */
  async function open(query = ''): Promise<Page> {
    const page = await tabs.newPage();
    // Any page of the server's origin will do that has no widgets of its own.
    await page.route(`${url}/empty*`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A tab</title>' }),
    );
    await page.goto(`${url}/empty${query}`);
    await prepare(page);
    return page;
  }

  function prepare(page: Page): Promise<void> {
    return page.evaluate(
      async ([name, key]) => {
        const holder = globalThis as unknown as Holder;
        Object.assign(holder, { said: [], writes: 0, line: new BroadcastChannel(key) });
        holder.line.addEventListener('message', ({ data }) => holder.said.push(data));
        const { setItem } = Storage.prototype;
        Storage.prototype.setItem = function (...args) {
          holder.writes += 1;
          setItem.apply(this, args);
        };
        const script = '/waooaw.js';
        const { pageContext } = (await import(script)) as { pageContext(name: string): PageContext };
        holder.context = pageContext(name);
        holder.context.persist({ storage: true, tabs: true, url: true });
      },
      [NAME, KEY] as const,
    );
  }

  const choose = (page: Page, agent: string): Promise<void> =>
    page.evaluate((agent) => (globalThis as unknown as Holder).context.set({ agents: [agent] }), agent);
  const chosenIn = (page: Page): Promise<string> =>
    page.evaluate(() => (globalThis as unknown as Holder).context.get().agents.join());
  /** A write reaches other processes some time after its message. */
  async function isStored(page: Page, agent: string): Promise<void> {
    await page.waitForFunction(
      ([key, agent]) => (localStorage.getItem(key) ?? '').includes(`"agents":["${agent}"]`),
      [KEY, agent] as const,
    );
  }

  /** Every page has heard what every other one said before: what one page says arrives in its order. */
  async function settle(pages: readonly Page[]): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const mark = `mark ${Math.random()}`;
      for (const page of pages) {
        await page.evaluate((mark) => (globalThis as unknown as Holder).line.postMessage(mark), mark);
      }
      for (const page of pages) {
        await page.waitForFunction(
          ([mark, count]) =>
            (globalThis as unknown as Holder).said.filter((one) => one === mark).length === count,
          [mark, pages.length - 1] as const,
        );
      }
    }
  }

  it('ends as one choice however many are made at once, in storage too, with no word too many', async () => {
    const pages = [await open(), await open(), await open()];
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(pages.map((page, i) => choose(page, `agent-${round}-${i}`)));
      await settle(pages);
      const chosen = await Promise.all(pages.map(chosenIn));
      assert.equal(new Set(chosen).size, 1, String(chosen));
      assert.match(chosen[0] ?? '', new RegExp(`^agent-${round}-`));
      for (const page of pages) await isStored(page, chosen[0] ?? '');
      assert.equal(new URL(pages[2]!.url()).searchParams.get(`${NAME}.agent`), chosen[0]);
    }
    const counts = await Promise.all(
      pages.map((page) =>
        page.evaluate(() => {
          const { said, writes } = globalThis as unknown as Holder;
          return [said.filter((one) => typeof one !== 'string').length, writes] as const;
        }),
      ),
    );
    // A probe hears its own page's context as well: every choice once.
    for (const [said] of counts) assert.equal(said, pages.length * ROUNDS);
    const writes = counts.reduce((sum, [, writes]) => sum + writes, 0);
    assert.ok(writes >= pages.length * ROUNDS && writes <= 2 * pages.length * ROUNDS, `${writes} writes`);

    await pages[0]!.goto(`${url}/empty`);
    await prepare(pages[0]!);
    assert.equal(await chosenIn(pages[0]!), await chosenIn(pages[1]!), 'after a reload');
    for (const page of pages) await page.close();
  });

  it('is not moved by a link that is opened beside it, and goes back and forward with its tab', async () => {
    const first = await open();
    await choose(first, 'mine');
    const second = await open(`?${NAME}.agent=linked`);
    await settle([first, second]);
    assert.deepEqual([await chosenIn(first), await chosenIn(second)], ['mine', 'linked']);
    await second.evaluate(() => history.pushState(null, '', '?page=2'));
    await choose(second, 'next');
    await second.goBack();
    await second.waitForFunction(
      () => (globalThis as unknown as Holder).context.get().agents[0] === 'linked',
    );
    await settle([first, second]);
    assert.equal(await chosenIn(first), 'linked', 'who goes back has chosen');
    await first.close();
    await second.close();
  });
});
