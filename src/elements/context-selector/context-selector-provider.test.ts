import { expect, html } from '@open-wc/testing';
import { hearWarnings } from '../../testing/console.ts';
import type { Warnings } from '../../testing/console.ts';
import { type SelectorPage, selectorPage } from '../../testing/selectors.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { OptionsProvider, ProviderPage } from './provider.ts';

interface Call {
  readonly query: string;
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
  answer(...ids: string[]): void;
  page(page: ProviderPage): void;
  fail(): void;
}

/** A provider that answers when it is told to. */
function byHand(): { calls: Call[]; provider: OptionsProvider } {
  const calls: Call[] = [];
  const provider: OptionsProvider = (query, { cursor, signal }) =>
    new Promise((resolve, reject) =>
      calls.push({
        query,
        cursor,
        signal,
        answer: (...ids) => resolve({ items: ids.map((id) => ({ id, label: id })) }),
        page: resolve,
        fail: () => reject(new Error('no')),
      }),
    );
  return { calls, provider };
}

let warnings: Warnings;
beforeEach(() => (warnings = hearWarnings()));
afterEach(() => warnings.restore());

async function provided(provider: OptionsProvider, timeoutMs = 10_000): Promise<SelectorPage> {
  const page = await selectorPage(
    html`<waooaw-context-selector label="A" recent="none" timeout-ms=${timeoutMs}></waooaw-context-selector>`,
  );
  page.element.provider = provider;
  await page.settle();
  await page.open();
  page.input.focus();
  return page;
}

const shows = (page: SelectorPage, ...labels: string[]): Promise<unknown> =>
  until(() => page.labels.join() === labels.join(), `it shows ${labels.join()}`);

describe('<waooaw-context-selector> with a provider', () => {
  it('asks on opening, and with every search, once typing rests', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    expect([page.note, page.element.matches(':state(loading)')]).to.deep.equal(['Loading…', true]);
    calls[0]?.answer('one', 'two');
    await shows(page, 'one', 'two');
    await page.type('abc');
    await until(() => calls.length === 2, 'it asks');
    expect(calls[1]?.query).to.equal('abc');
    calls[1]?.answer('abcd');
    await shows(page, 'abcd');
    expect(page.find('mark')?.textContent).to.equal('abc');
  });

  it('fetches the next page near the end of the list, and does not follow a cursor in a circle', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    calls[0]?.page({ items: [{ id: 'a', label: 'a' }], next: 'p2' });
    await until(() => calls.length === 2, 'the next page');
    expect(calls[1]?.cursor).to.equal('p2');
    calls[1]?.page({ items: [{ id: 'b', label: 'b' }], next: 'p2' });
    await shows(page, 'a', 'b');
    expect(calls.length).to.equal(2);
  });

  it('cancels what nobody waits for, and hears nothing of it that comes too late', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    await page.type('x');
    await until(() => calls.length === 2, 'the second');
    expect(calls[0]?.signal.aborted).to.equal(true);
    calls[1]?.answer('second');
    await shows(page, 'second');
    calls[0]?.answer('first');
    await page.settle();
    expect(page.labels).to.deep.equal(['second']);
  });

  it('says that it failed, and asks again', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    calls[0]?.fail();
    await until(() => page.find('[part=retry]'), 'the button');
    expect(page.note).to.equal('The options could not be loaded.');
    expect(page.element.matches(':state(error)')).to.equal(true);
    await page.press('Tab', 'Enter');
    await until(() => calls.length === 2, 'it asks again');
    expect(page.element.shadowRoot?.activeElement).to.equal(page.input);
    calls[1]?.answer('back');
    await shows(page, 'back');
    expect(warnings.lines.length).to.equal(1);
  });

  it('waits no longer than it is told to', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider, 30);
    await until(() => page.note.startsWith('No answer in time'), 'it gives up');
    expect(calls[0]?.signal.aborted).to.equal(true);
  });

  it('keeps what was found when the next page fails', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    calls[0]?.page({ items: [{ id: 'a', label: 'a' }], next: 'p2' });
    await until(() => calls.length === 2, 'the next page');
    calls[1]?.fail();
    await until(() => page.find('[part=retry]'), 'the button');
    expect(page.labels).to.deep.equal(['a']);
    await page.click('[part=retry]');
    await until(() => calls.length === 3, 'the page again');
    expect(calls[2]?.cursor).to.equal('p2');
  });

  for (const [what, bad] of [
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['answers nothing', () => Promise.resolve(undefined)],
    ['answers nonsense', () => Promise.resolve({ items: 5, next: 7 })],
  ] as const) {
    it(`lives with one that ${what}`, async () => {
      const page = await provided(bad as unknown as OptionsProvider);
      await until(() => page.note && page.note !== 'Loading…', 'a word of it');
      expect(page.labels).to.deep.equal([]);
    });
  }

  it('knows what was chosen although the list has moved on, and lets go of a provider', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    calls[0]?.page({ items: [{ id: 'id1', label: 'Named' }] });
    await shows(page, 'Named');
    await page.choose('Named');
    page.element.options = [{ id: 'z', label: 'Z' }];
    await page.settle();
    expect(page.text).to.equal('Named');
    page.element.provider = undefined;
    await page.settle();
    await page.open();
    expect(page.labels).to.deep.equal(['Z']);
  });

  it('asks nothing more once it is gone', async () => {
    const { calls, provider } = byHand();
    const page = await provided(provider);
    page.element.remove();
    expect(calls[0]?.signal.aborted).to.equal(true);
  });
});
