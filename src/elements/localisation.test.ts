import { expect, fixture, html } from '@open-wc/testing';
import { setViewport } from '@web/test-runner-commands';
import { addLanguage } from '../i18n/load.ts';
import { setMessages } from '../i18n/messages.ts';
import type { Command } from '../protocol/frames.ts';
import { hearWarnings } from '../testing/console.ts';
import { recordSpeech } from '../testing/speech.ts';
import { admission, at, scriptSockets } from '../testing/script.ts';
import type { Script } from '../testing/script.ts';
import { until } from '../testing/until.ts';
import { setPagePace } from '../a11y/page-pace.ts';
import './metrics-widget/define.ts';
import './page-controls/define.ts';
import type { WaooawPageControls } from './page-controls/page-controls.ts';
import './progress-tracker/define.ts';
import './socket/define.ts';
import './status-badge/define.ts';
import type { WaooawStatusBadge } from './status-badge/status-badge.ts';

let script: Script;

beforeEach(() => {
  script = scriptSockets();
});
afterEach(async () => {
  script.restore();
  setPagePace({ paused: false });
  document.documentElement.removeAttribute('lang');
  document.documentElement.removeAttribute('dir');
  await setViewport({ width: 800, height: 600 });
});

const ROWS = [
  [1_000, 0.1],
  [2_000, 0.5],
] as const;

/** All elements, with as many of their texts as can be seen at once. */
function everything(lang: string, dir = 'ltr'): Promise<HTMLElement> {
  return fixture<HTMLElement>(html`
    <div lang=${lang} dir=${dir}>
      <waooaw-socket show-status label="Billing" no-auto-connect></waooaw-socket>
      <waooaw-status-badge state="pending-alert" label="API"></waooaw-status-badge>
      <waooaw-metrics-widget label="Load" unit="ratio" .rows=${ROWS} window="120"></waooaw-metrics-widget>
      <waooaw-page-controls></waooaw-page-controls>
      <waooaw-progress-tracker preset="upgrade-workflow"></waooaw-progress-tracker>
    </div>
  `);
}

const tag = (page: HTMLElement, name: string): HTMLElement =>
  page.querySelector<HTMLElement>(`waooaw-${name}`)!;
const part = (page: HTMLElement, name: string, of: string): string =>
  tag(page, name).shadowRoot?.querySelector(`[part="${of}"]`)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
/** One text of each: socket, badge, metric, controls. */
const texts = (page: HTMLElement): string[] => [
  part(page, 'socket', 'words'),
  part(page, 'status-badge', 'state'),
  tag(page, 'metrics-widget').shadowRoot?.querySelector('[role="img"]')?.getAttribute('aria-label') ?? '',
  part(page, 'page-controls', 'pause'),
];
const plain = (list: readonly string[]): string => list.join(' | ').replace(/\s/g, ' ');

async function says(page: HTMLElement, words: string): Promise<void> {
  await until(() => plain(texts(page)) === words, words).catch(() =>
    expect(plain(texts(page))).to.equal(words),
  );
}

const GERMAN =
  'Billing Nicht verbunden | Alarm steht an | Von 10 % bis 50 % in 2 Minuten | Aktualisierung anhalten';
const SPANISH =
  'Billing Sin conectar | Alerta pendiente | De 10 % a 50 % en 2 minutos | Pausar las actualizaciones';
const ENGLISH = 'Billing Not connected | Pending alert | From 10% to 50% in 2 minutes | Pause live updates';

describe('the elements’ language', () => {
  it('is the nearest, German, Spanish or English, with its numbers and durations', async () => {
    await says(await everything('de'), GERMAN);
    await says(await everything('es-ES'), SPANISH);
    await says(await everything('en-GB'), ENGLISH);
  });

  it('follows the document live', async () => {
    document.documentElement.lang = 'en';
    const page = await everything('');
    page.removeAttribute('lang');
    await says(page, ENGLISH);
    document.documentElement.lang = 'de';
    await says(page, GERMAN);
    document.documentElement.lang = 'es-ES';
    await says(page, SPANISH);
    document.documentElement.lang = 'en';
    await says(page, ENGLISH);
  });

  it('stays English for a language that cannot be loaded, with one warning', async () => {
    const warnings = hearWarnings();
    addLanguage('tlh', () => Promise.reject(new TypeError('Failed to fetch')));
    const page = await everything('tlh');
    await until(() => warnings.lines.length > 0, 'the warning');
    await everything('tlh');
    warnings.restore();
    expect(texts(page)[3]).to.equal('Pause live updates');
    expect(warnings.lines.length).to.equal(1);
    expect(warnings.lines[0]).to.contain('"tlh"');
  });

  it('gives way to the page’s own words, and those to the element’s', async () => {
    setMessages('page-controls', 'de', { pause: 'Halt', rate: 'Takt' });
    setMessages('states', 'de', { 'pending-alert': 'Gleich Alarm' });
    const page = await everything('de');
    const controls = tag(page, 'page-controls') as WaooawPageControls;
    await until(() => texts(page)[3] === 'Halt', 'the page’s word');
    await until(() => texts(page)[1] === 'Gleich Alarm', 'the page’s word for a state');
    controls.messages = { pause: 'Stopp' };
    const badge = tag(page, 'status-badge') as WaooawStatusBadge;
    badge.messages = {
      'pending-alert': 'Achtung',
      said: (name, state) => `${name} ist ${state}`,
      down: 'hin',
    };
    await until(() => texts(page)[3] === 'Stopp', 'the element’s word');
    await until(() => texts(page)[1] === 'Achtung', 'the element’s word for a state');
    expect(controls.shadowRoot?.querySelector('label')?.textContent).to.contain('Takt');
    const speech = recordSpeech();
    badge.state = 'down';
    await until(() => speech.said.length > 0, 'it is said');
    speech.stop();
    expect(speech.said).to.deep.equal([{ text: 'API ist hin', urgency: 'assertive' }]);
    controls.messages = undefined;
    setMessages('page-controls', 'de', { pause: 'Aktualisierung anhalten' });
    await until(() => texts(page)[3] === 'Aktualisierung anhalten', 'the language’s word again');
  });

  it('keeps an unlisted state as it stands', async () => {
    const warnings = hearWarnings();
    const page = await everything('de');
    (tag(page, 'status-badge') as WaooawStatusBadge).state = 'glowing';
    await until(() => texts(page)[1] === 'glowing', 'the word');
    await until(() => warnings.lines.length === 1, 'the warning');
    warnings.restore();
  });
});

describe('long words', () => {
  for (const lang of ['qps-ploc', 'de', 'es']) {
    it(`of ${lang} fit into 320 px, in every element`, async () => {
      await setViewport({ width: 320, height: 800 });
      const page = await everything(lang);
      setPagePace({ paused: true });
      const english = ENGLISH.split(' | ');
      await until(() => texts(page).every((text, i) => text !== english[i]), 'every text');
      expect(document.documentElement.scrollWidth).to.be.at.most(320);
      for (const element of page.children) {
        for (const inner of element.shadowRoot?.querySelectorAll('*') ?? []) {
          if (inner.closest('svg, select, .chart')) continue;
          const { left, right, width } = inner.getBoundingClientRect();
          if (width === 0) continue;
          const name = `${element.localName} ${inner.localName}.${inner.className}`;
          expect(left, name).to.be.at.least(0);
          expect(right, name).to.be.at.most(320.5);
        }
      }
    });
  }
});

describe('right to left', () => {
  it('mirrors every element, and leaves numbers with their units in reading order', async () => {
    const page = await everything('qps-plocm', 'rtl');
    await until(() => texts(page)[3]?.includes('\u202e'), 'the mirrored words');
    // axe knows no pseudo-language.
    await expect(page).to.be.accessible({ ignoredRules: ['valid-lang'] });
    const badge = tag(page, 'status-badge').shadowRoot!;
    const [icon, state] = ['icon', 'state'].map((name) =>
      badge.querySelector(`[part="${name}"]`)!.getBoundingClientRect(),
    );
    expect(icon!.left).to.be.greaterThan(state!.left);
    const value = tag(page, 'metrics-widget').shadowRoot!.querySelector('[part="value"]')!;
    const [number, unit] = [...value.children].map((child) => child.getBoundingClientRect());
    expect(number!.left, 'the unit stands behind its number').to.be.lessThan(unit!.left);
    expect(unit!.right, 'where reading begins').to.be.closeTo(value.getBoundingClientRect().right, 1);
    const span = await until(
      () => tag(page, 'metrics-widget').shadowRoot!.querySelector('[part="range"] > :last-child'),
      'the range',
    );
    expect(span.textContent).to.equal('2 minutes');
    expect(getComputedStyle(span).direction, 'an English duration runs from left to right').to.equal('ltr');
  });

  it('writes an Arabic duration as Arabic does', async () => {
    const page = await everything('ar', 'rtl');
    const span = (): Element | null =>
      tag(page, 'metrics-widget').shadowRoot!.querySelector('[part="range"] > :last-child');
    await until(() => /[\u0600-\u06ff]/.test(span()?.textContent ?? ''), 'the Arabic unit');
    expect(getComputedStyle(span()!).direction).to.equal('rtl');
  });

  it('follows the document’s dir live', async () => {
    const page = await everything('en');
    page.removeAttribute('dir');
    const button = (): DOMRect =>
      tag(page, 'page-controls').shadowRoot!.querySelector('[part="pause"]')!.getBoundingClientRect();
    const icon = (): DOMRect =>
      tag(page, 'page-controls').shadowRoot!.querySelector('[part="pause"] svg')!.getBoundingClientRect();
    expect(icon().left - button().left).to.be.lessThan(20);
    document.documentElement.dir = 'rtl';
    expect(button().right - icon().right).to.be.lessThan(20);
  });
});

describe('a paused page', () => {
  it('is marked on the controls, on live numbers and beside the socket’s state', async () => {
    const page = await fixture<HTMLElement>(html`
      <div lang="en">
        <waooaw-socket url="https://ops.example" show-status></waooaw-socket>
        <waooaw-page-controls></waooaw-page-controls>
        <waooaw-metrics-widget metric="load"></waooaw-metrics-widget>
      </div>
    `);
    await until(() => script.sockets.length > 0, 'it connects');
    const now = Date.now();
    const snapshot = { name: 'load', unit: 'ratio', stepMs: 1_000, rows: [[now - 1_000, 0.5]] };
    script.socket.open();
    script.socket.reply('connect', {
      ...admission(script.socket.last('connect') as unknown as Command),
      t: now,
      subs: [{ ...at(1, 'metrics/load', 0), snapshot }],
    });
    await until(() => part(page, 'socket', 'words') === 'Live', 'live');
    const note = (): string | undefined =>
      tag(page, 'metrics-widget').shadowRoot?.querySelector('.note')?.textContent;
    await until(() => part(page, 'metrics-widget', 'value') !== '–', 'a number');
    expect(note()).to.equal(undefined);
    setPagePace({ paused: true });
    await until(() => part(page, 'socket', 'words') === 'Live · updates paused', 'the mark');
    await until(() => part(page, 'page-controls', 'paused') === 'Updates paused', 'the controls’ mark');
    await until(() => note() === 'Paused', 'the number’s mark');
    setPagePace({ paused: false });
    await until(() => part(page, 'socket', 'words') === 'Live', 'live again');
  });
});
