import { expect } from '@open-wc/testing';
import { until } from '../../testing/until.ts';
import type { WaooawStatusBadge } from './status-badge.ts';

/** A page of its own, with what it was warned of. */
interface Page extends Window {
  readonly warned: readonly string[];
  /** The part can be had from now on. */
  healed?: boolean;
}

const frames: HTMLIFrameElement[] = [];
afterEach(() => frames.splice(0).forEach((frame) => frame.remove()));

const at = (path: string): string => new URL(path, import.meta.url).href;

/** What takes the place of a part that is never to be had. */
const BROKEN = "throw new Error('no part today')";

/** What takes the place of a part that comes later: it cannot be had until the page is healed, and then is the real one. */
const late = (file: string, name: string): string => `
  export * from '${at(`${file}?real`)}';
  import { ${name} as Real } from '${at(`${file}?real`)}';
  export class ${name} {
    constructor(...given) {
      if (!globalThis.healed) throw new Error('no part today');
      return new Real(...given);
    }
  }`;

/** A page whose badge finds something else where a part of it should be. */
async function badge(
  file: string,
  part: string,
  attributes: string,
): Promise<{ page: Page; element: WaooawStatusBadge }> {
  const frame = document.createElement('iframe');
  const imports = { [at(file)]: `data:text/javascript,${encodeURIComponent(part)}` };
  frame.title = 'A page';
  frame.srcdoc = `<!doctype html><html lang="en"><title>A page</title>
    <script type="importmap">${JSON.stringify({ imports })}</script>
    <script>globalThis.warned = []; console.warn = (...words) => warned.push(words.join(' '))</script>
    <script type="module" src="${at('./define.ts')}"></script>
    <waooaw-status-badge state="down" label="API" ${attributes}></waooaw-status-badge>`;
  frames.push(frame);
  document.body.append(frame);
  const element = await until(
    () => frame.contentDocument?.querySelector<WaooawStatusBadge>('waooaw-status-badge:defined'),
    'the element is there',
  );
  return { page: frame.contentWindow as unknown as Page, element };
}

/** How often the page was warned. */
const warnings = ({ warned }: Page): number => warned.filter((line) => line.includes('no part today')).length;

const isWarned = (page: Page, times = 1): Promise<true> =>
  until(() => warnings(page) >= times, 'the page is warned');

const find = (element: WaooawStatusBadge, selector: string): HTMLElement | null | undefined =>
  element.shadowRoot?.querySelector<HTMLElement>(selector);

const textOf = (element: WaooawStatusBadge, selector: string): string =>
  find(element, selector)?.textContent?.trim() ?? '';

/** Name and state. */
const shown = (element: WaooawStatusBadge): string =>
  ['.label', '.state'].map((selector) => textOf(element, selector)).join(' ');

describe('<waooaw-status-badge> of which a part cannot be loaded', () => {
  it('shows its state without its living part, and whatever it is told next', async () => {
    const { page, element } = await badge('./live.ts', BROKEN, 'details="disclosure"');
    await isWarned(page);
    expect(shown(element)).to.equal('API Down');
    element.state = 'up';
    await element.updateComplete;
    expect(shown(element)).to.equal('API Up');
  });

  it('shows its state without its details, and has them with the next update that can', async () => {
    const { page, element } = await badge('./popup.ts', late('./popup.ts', 'Popup'), 'details="disclosure"');
    await isWarned(page);
    expect(shown(element)).to.equal('API Down');
    expect(find(element, '.trigger')).to.equal(null);
    const before = warnings(page);
    element.state = 'up';
    await isWarned(page, before + 1);
    expect(shown(element)).to.equal('API Up');
    page.healed = true;
    element.state = 'degraded';
    const trigger = await until(() => find(element, '.trigger'), 'there is a button');
    expect(shown(element)).to.equal('API Degraded');
    trigger.click();
    await until(() => find(element, '.panel:popover-open'), 'it opens');
  });

  it('shows its state without since when, and says that with the next update that can', async () => {
    const file = '../../i18n/relative-time-controller.ts';
    const { page, element } = await badge(file, late(file, 'RelativeTimeController'), 'show-since');
    await isWarned(page);
    element.status = { state: 'down', since: Date.now() - 300_000 };
    await element.updateComplete;
    expect(shown(element)).to.equal('API Down');
    page.healed = true;
    element.requestUpdate();
    await until(() => textOf(element, '.note') === '5 minutes ago', 'since when');
  });

  it('waits for the many that it is to follow, and follows them with the next update that can', async () => {
    const part = late('./many-checks.ts', 'ManyChecks');
    const { page, element } = await badge('./many-checks.ts', part, 'tag="service=payments"');
    await isWarned(page);
    expect(textOf(element, '.label')).to.equal('API');
    expect(element.matches(':state(loading)')).to.equal(true);
    page.healed = true;
    element.label = '';
    await until(() => textOf(element, '.label') === 'payments', 'it knows what they have in common');
  });

  it('opens without the past, says so, and tries again when it is opened again', async () => {
    const { page, element } = await badge('./panel.ts', BROKEN, 'details="disclosure"');
    element.status = { state: 'down', reason: 'HTTP 503' };
    const trigger = await until(() => find(element, '.trigger'), 'there is a button');
    for (const times of [1, 2]) {
      trigger.click();
      await until(() => textOf(element, '.panel p') === 'The past could not be loaded.', 'it is said');
      expect(textOf(element, '.panel dd')).to.equal('HTTP 503');
      await isWarned(page, times);
      expect(warnings(page)).to.equal(times);
      trigger.click();
      await until(() => !find(element, '.panel'), 'it is closed');
    }
  });
});
