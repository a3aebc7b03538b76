import { expect, fixture, html } from '@open-wc/testing';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { saved } from '../../testing/saved.ts';
import { until } from '../../testing/until.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { Exports } from './exporting.ts';
import type { ExportFacts } from './exporting.ts';

const EVENTS: readonly TimelineEvent[] = [{ id: 'e1', time: 0, type: 'login', title: 'Ana signed in' }];

class ExportPage extends LitElement {
  static override styles = [tokens, surfaces];
  static override properties = { trail: { attribute: false }, events: { attribute: false } };
  declare trail: ExportFacts['trail'];
  declare events: readonly TimelineEvent[];
  readonly #exports = new Exports();

  constructor() {
    super();
    this.events = EVENTS;
  }

  protected override render(): TemplateResult {
    return this.#exports.view({
      locale: 'en',
      name: 'Audit log',
      events: () => this.events,
      ...(this.trail && { trail: this.trail }),
      requestUpdate: () => this.requestUpdate(),
    });
  }
}
customElements.define('test-exports', ExportPage);

async function show(trail?: ExportFacts['trail']): Promise<ExportPage> {
  return fixture<ExportPage>(html`<test-exports .trail=${trail}></test-exports>`);
}

const buttons = (page: ExportPage): HTMLButtonElement[] => [...page.renderRoot.querySelectorAll('button')];
const names = (page: ExportPage): string[] => buttons(page).map(({ textContent }) => textContent.trim());
const wrong = (page: ExportPage): string | undefined =>
  page.renderRoot.querySelector('.wrong')?.textContent?.trim();

describe('the ways to export', () => {
  it('are JSON and CSV of what is shown', async () => {
    const page = await show();
    expect(names(page)).to.deep.equal(['JSON', 'CSV']);
    const files = await saved(() => buttons(page).forEach((button) => button.click()));
    expect(files.map(({ name }) => name.replace(/-\d{4}.*\./, '.'))).to.deep.equal([
      'audit-log.json',
      'audit-log.csv',
    ]);
    expect(JSON.parse((await files[0]?.blob.text()) ?? '')).to.deep.equal(EVENTS);
    await expect(page).to.be.accessible();
  });

  it('are of the trail with its proof too, for auditors and admins', async () => {
    const api = { get: async () => Promise.resolve(new Response('{}')) };
    for (const role of ['viewer', 'operator', undefined])
      expect(names(await show({ api, role })).length, role).to.equal(2);
    const page = await show({ api, role: 'auditor' });
    expect(names(page)).to.deep.equal([
      'JSON',
      'CSV',
      'NDJSON with proof',
      'JSON with proof',
      'CSV with proof',
    ]);
  });

  it('ask the server once, with the query', async () => {
    const asked: string[] = [];
    let go = (_: Response): void => undefined;
    const answered = new Promise<Response>((resolve) => (go = resolve));
    const api = {
      get: async (path: string) => {
        asked.push(path);
        return answered;
      },
    };
    const page = await show({ api, role: 'admin', query: 'actor:ana' });
    const files = await saved(async () => {
      buttons(page)[2]?.click();
      buttons(page)[3]?.click();
      await page.updateComplete;
      expect(buttons(page)[3]?.getAttribute('aria-disabled')).to.equal('true');
      go(new Response('{"waooaw":"audit-export"}\n'));
      await until(() => !buttons(page)[3]?.hasAttribute('aria-disabled'), 'it has come');
    });
    expect(asked).to.deep.equal(['/audit/export?format=ndjson&q=actor%3Aana']);
    expect(files.length).to.equal(1);
  });

  it('are of what was asked for when the button was pressed, whatever is filtered meanwhile', async () => {
    const asked: string[] = [];
    const answers: ((response: Response) => void)[] = [];
    const api = {
      get: async (path: string) => {
        asked.push(path);
        return new Promise<Response>((resolve) => answers.push(resolve));
      },
    };
    const page = await show({ api, role: 'admin', query: 'actor:ana' });
    const trail = await saved(async () => {
      buttons(page)[2]?.click();
      await page.updateComplete;
      Object.assign(page, { trail: { api, role: 'admin', query: 'actor:bob' } });
      page.requestUpdate();
      await page.updateComplete;
      answers[0]?.(new Response('{"waooaw":"audit-export"}\n'));
      await until(() => !buttons(page)[3]?.hasAttribute('aria-disabled'), 'it has come');
      buttons(page)[3]?.click();
      await until(() => answers[1], 'the next');
      answers[1]?.(new Response('{}'));
      await until(() => !buttons(page)[3]?.hasAttribute('aria-disabled'), 'that too');
    });
    expect(asked).to.deep.equal([
      '/audit/export?format=ndjson&q=actor%3Aana',
      '/audit/export?format=json&q=actor%3Abob',
    ]);
    expect(trail.length).to.equal(2);
  });

  it('say what went wrong, aloud too', async () => {
    const speech = recordSpeech();
    const api = {
      get: async () => Promise.resolve(new Response('{"detail":"Not today\\u202e"}', { status: 403 })),
    };
    const page = await show({ api, role: 'admin' });
    buttons(page)[2]?.click();
    await until(() => wrong(page) === 'The export failed. Not today⟨U+202E⟩', 'it is told');
    await until(() => speech.said.some(({ text }) => text.includes('The export failed.')), 'it is said');
    speech.stop();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    page.events = [{ ...EVENTS[0]!, details: circular as never }];
    await page.updateComplete;
    buttons(page)[0]?.click();
    await until(() => wrong(page)?.includes('circular'), 'that is told as well');
    page.events = EVENTS;
    await page.updateComplete;
    await saved(() => buttons(page)[0]?.click());
    await until(() => wrong(page) === undefined, 'it is forgotten with the next');
  });
});
