import { expect, fixture, html } from '@open-wc/testing';
import type { ChannelListener } from '../src/client/index.ts';
import { STATE, WANTED } from './agents/fault.ts';
import { breaker } from './breaker.ts';

interface Page {
  readonly section: HTMLElement;
  /** What was published, and what says what became of it. */
  readonly said: { channel: string; data: unknown; settle: (error?: Error) => void }[];
  hear(channel: string, data: unknown): void;
}

async function opened(): Promise<Page> {
  const section = await fixture<HTMLElement>(html`
    <section hidden aria-label="A service to break">
      <button data-fault="none" aria-pressed="true">Nothing</button>
      <button data-fault="errors" aria-pressed="false">Errors</button>
      <template><i>a badge</i></template>
      <p data-note role="alert"></p>
    </section>
  `);
  const listeners = new Map<string, ChannelListener>();
  const said: Page['said'] = [];
  breaker(section, {
    subscribe(channel, listener) {
      listeners.set(channel, listener);
      return { stop: () => undefined, demand: () => undefined };
    },
    publish: (channel, data) =>
      new Promise((resolve, reject) => {
        const settle = (error?: Error): void =>
          error ? reject(error) : resolve({ ch: channel, e: '1', o: 1 });
        said.push({ channel, data, settle });
      }),
  });
  const hear = (channel: string, data: unknown): void =>
    listeners.get(channel)?.publication?.(data as never, {} as never);
  return { section, said, hear };
}

const pressed = ({ section }: Page): (string | null)[] =>
  [...section.querySelectorAll('button')].map((button) => button.getAttribute('aria-pressed'));

describe('the section that breaks a service', () => {
  it('is hidden until the service is heard of, then presses what is true of it', async () => {
    const page = await opened();
    expect(page.section.hidden).to.equal(true);
    page.hear(STATE, { fault: 'an invention' });
    expect(page.section.hidden).to.equal(true);
    page.hear(STATE, { fault: 'errors' });
    expect(page.section.hidden).to.equal(false);
    page.hear(STATE, { fault: 'errors' });
    expect(page.section.querySelectorAll('i')).to.have.length(1);
    expect(pressed(page)).to.deep.equal(['false', 'true']);
    await expect(page.section).to.be.accessible();
  });

  it('says what is wanted, and presses nothing until the service says that it is so', async () => {
    const page = await opened();
    page.hear(STATE, { fault: 'none' });
    page.section.querySelectorAll('button')[1]?.click();
    expect(page.said.map(({ channel, data }) => [channel, data])).to.deep.equal([
      [WANTED, { fault: 'errors' }],
    ]);
    expect(pressed(page)).to.deep.equal(['true', 'false']);
  });

  it('says why it could not be said', async () => {
    const page = await opened();
    page.hear(STATE, { fault: 'none' });
    page.section.querySelectorAll('button')[1]?.click();
    page.said[0]?.settle(new Error('It takes the role operator or admin; yours is viewer'));
    const note = page.section.querySelector('[data-note]');
    while (note?.textContent === '') await Promise.resolve();
    expect(note?.textContent).to.contain('yours is viewer');
  });
});
