import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia, sendKeys, setViewport } from '@web/test-runner-commands';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import { pageTimeZone, setPageTimeZone } from '../../i18n/page-time-zone.ts';
import { MEDIA, MEDIA_NAMES, followColorScheme } from '../../testing/media.ts';
import { recordSpeech } from '../../testing/speech.ts';
import { fakeTimers } from '../../testing/timers.ts';
import { pagePace, setPagePace } from '../../a11y/page-pace.ts';
import './define.ts';
import type { PageControlsDetail, WaooawPageControls } from './page-controls.ts';
import { STORAGE_KEY, recall, remember } from './remembered.ts';

const VOICE = Symbol.for('waooaw.announcer');
const restores: (() => void)[] = [];

before(followColorScheme);
beforeEach(() => localStorage.removeItem(STORAGE_KEY));
afterEach(async () => {
  restores.splice(0).forEach((restore) => restore());
  setPagePace({ everyMs: 0, paused: false });
  setPageTimeZone('local');
  document.documentElement.dir = '';
  await emulateMedia(MEDIA.light);
  await setViewport({ width: 800, height: 600 });
});

async function controls(attributes: Partial<WaooawPageControls> = {}): Promise<WaooawPageControls> {
  const element = await fixture<WaooawPageControls>(
    html`<waooaw-page-controls lang="en" ?persist=${attributes.persist}></waooaw-page-controls>`,
  );
  Object.assign(element, attributes);
  await element.updateComplete;
  return element;
}

function part<T extends HTMLElement = HTMLElement>(element: WaooawPageControls, name: string): T {
  const found = element.shadowRoot?.querySelector<T>(`[part="${name}"]`);
  if (!found) throw new Error(`no part "${name}"`);
  return found;
}

const has = (element: WaooawPageControls, name: string): boolean =>
  element.shadowRoot?.querySelector(`[part="${name}"]`) != null;
const pressed = (element: WaooawPageControls, name: string): string | null =>
  part(element, name).getAttribute('aria-pressed');
const text = (element: HTMLElement): string => element.textContent.replace(/\s+/g, ' ').trim();
const focused = (element: WaooawPageControls): string | null | undefined =>
  element.shadowRoot?.activeElement?.getAttribute('part');

async function choose(element: WaooawPageControls, everyMs: number): Promise<void> {
  const select = part<HTMLSelectElement>(element, 'rate');
  select.value = String(everyMs);
  select.dispatchEvent(new Event('change', { bubbles: true }));
  await element.updateComplete;
}

describe('<waooaw-page-controls>: accessibility', () => {
  for (const media of MEDIA_NAMES) {
    for (const dir of ['ltr', 'rtl']) {
      it(`passes axe in ${media}, ${dir}, going on and paused`, async () => {
        await emulateMedia(MEDIA[media]);
        document.documentElement.dir = dir;
        const element = await controls();
        await expect(element).to.be.accessible();
        setPagePace({ paused: true });
        setPageTimeZone('UTC');
        await element.updateComplete;
        await expect(element).to.be.accessible();
      });
    }
  }

  it('is a named group of two toggles and a choice, without a live region', async () => {
    const element = await controls();
    expect(part(element, 'controls').getAttribute('role')).to.equal('group');
    expect(part(element, 'controls').getAttribute('aria-label')).to.equal('Live updates and times');
    expect([pressed(element, 'pause'), pressed(element, 'utc')]).to.deep.equal(['false', 'false']);
    expect(text(part(element, 'pause'))).to.equal('Pause live updates');
    expect(part<HTMLSelectElement>(element, 'rate').labels.length).to.equal(1);
    expect(element.shadowRoot?.querySelector('[aria-live], output, [role="status"]')).to.equal(null);
  });

  it('keeps the toggle’s name, and tells its state and what a press does then', async () => {
    const element = await controls();
    part(element, 'pause').click();
    await element.updateComplete;
    expect(text(part(element, 'pause'))).to.equal('Pause live updates');
    expect([pressed(element, 'pause'), part(element, 'pause').title]).to.deep.equal([
      'true',
      'Resume live updates',
    ]);
    expect(text(part(element, 'paused'))).to.equal('Updates paused');
    expect(element.matches(':state(paused)')).to.equal(true);
  });

  it('has targets of 24 px at least, and 36 px as a rule', async () => {
    const element = await controls();
    for (const name of ['pause', 'rate', 'utc']) {
      expect(part(element, name).getBoundingClientRect().height, name).to.be.at.least(36);
    }
    element.setAttribute('density', 'compact');
    for (const name of ['pause', 'rate', 'utc']) {
      expect(part(element, name).getBoundingClientRect().height, name).to.be.at.least(24);
    }
  });
});

describe('<waooaw-page-controls>: keyboard', () => {
  it('goes through the three by Tab; Space and Enter press, arrows choose', async () => {
    const element = await controls();
    element.focus();
    expect(focused(element)).to.equal('pause');
    await sendKeys({ press: 'Space' });
    expect(pagePace().pace.paused).to.equal(true);
    await sendKeys({ press: 'Enter' });
    expect(pagePace().pace.paused).to.equal(false);
    expect(focused(element), 'the focus stays').to.equal('pause');
    await sendKeys({ press: 'Tab' });
    expect(focused(element)).to.equal('rate');
    await sendKeys({ press: 'ArrowDown' });
    expect(pagePace().pace.everyMs).to.equal(1_000);
    await sendKeys({ press: 'End' });
    expect(pagePace().pace.everyMs).to.equal(10_000);
    await sendKeys({ press: 'Tab' });
    expect(focused(element)).to.equal('utc');
    await sendKeys({ press: 'Space' });
    expect(pageTimeZone().timeZone).to.equal('UTC');
    await sendKeys({ down: 'Shift' });
    await sendKeys({ press: 'Tab' });
    await sendKeys({ up: 'Shift' });
    expect(focused(element)).to.equal('rate');
  });
});

describe('<waooaw-page-controls>', () => {
  it('offers rates, and shows one that a host has set', async () => {
    const element = await controls();
    const options = (): string[] =>
      [...part<HTMLSelectElement>(element, 'rate').options].map((option) => text(option));
    expect(options()).to.deep.equal([
      'as they come',
      'once a second at most',
      'every 5 seconds at most',
      'every 10 seconds at most',
    ]);
    setPagePace({ everyMs: 2_000 });
    await element.updateComplete;
    expect(options()[2]).to.equal('every 2 seconds at most');
    expect(part<HTMLSelectElement>(element, 'rate').value).to.equal('2000');
  });

  it('agrees with every other on the page, and with whoever sets the page', async () => {
    const [first, second] = [await controls(), await controls()];
    part(first, 'pause').click();
    await choose(second, 5_000);
    part(second, 'utc').click();
    await first.updateComplete;
    await second.updateComplete;
    for (const element of [first, second]) {
      expect([pressed(element, 'pause'), pressed(element, 'utc')]).to.deep.equal(['true', 'true']);
      expect(part<HTMLSelectElement>(element, 'rate').value).to.equal('5000');
    }
    setPagePace({ paused: false, everyMs: 0 });
    setPageTimeZone('local');
    await first.updateComplete;
    expect([pressed(first, 'pause'), pressed(first, 'utc'), has(first, 'paused')]).to.deep.equal([
      'false',
      'false',
      false,
    ]);
    expect(part<HTMLSelectElement>(first, 'rate').value).to.equal('0');
  });

  it('leaves out what is not wanted', async () => {
    const element = await controls({ noPause: true, noRate: true, noTimeZone: true });
    expect(['pause', 'rate', 'utc'].map((name) => has(element, name))).to.deep.equal([false, false, false]);
  });

  it('tells the page what was chosen, and not what others have', async () => {
    const element = await controls();
    const told: PageControlsDetail[] = [];
    element.addEventListener('waooaw-page-controls-change', ({ detail }) => told.push(detail));
    part(element, 'pause').click();
    setPagePace({ everyMs: 5_000 });
    part(element, 'utc').click();
    expect(told).to.deep.equal([
      { paused: true, everyMs: 0, timeZone: 'local' },
      { paused: true, everyMs: 5_000, timeZone: 'UTC' },
    ]);
  });

  it('says what was chosen, the newest of what is chosen in a moment', async () => {
    const element = await controls();
    // One of its own: the page's may be about to say what the tests before have chosen.
    delete (globalThis as { [VOICE]?: unknown })[VOICE];
    const timers = fakeTimers();
    restores.push(timers.restore);
    const speech = recordSpeech();
    restores.push(speech.stop);
    pageAnnouncer().configure({ politeEveryMs: 0, repeatAfterMs: 0 });
    const said = (): string[] => {
      const from = speech.said.length;
      timers.advance(500);
      return speech.said.slice(from).map((one) => `${one.urgency}: ${one.text}`);
    };
    part(element, 'pause').click();
    expect(said()).to.deep.equal(['polite: Live updates paused']);
    part(element, 'pause').click();
    expect(said()).to.deep.equal(['polite: Live updates resumed']);
    await choose(element, 5_000);
    expect(said()).to.deep.equal(['polite: Updates every 5 seconds at most']);
    await choose(element, 10_000);
    await choose(element, 1_000);
    expect(said()).to.deep.equal(['polite: Updates once a second at most']);
    await choose(element, 0);
    expect(said()).to.deep.equal(['polite: Updates as they come']);
    part(element, 'utc').click();
    expect(said()).to.deep.equal(['polite: Times are in UTC']);
    part(element, 'utc').click();
    expect(said()).to.deep.equal(['polite: Times are in your time zone']);
  });

  it('does nothing any more when it is gone', async () => {
    const before = [pagePace().listeners.size, pageTimeZone().listeners.size];
    const element = await controls();
    element.remove();
    expect([pagePace().listeners.size, pageTimeZone().listeners.size]).to.deep.equal(before);
  });
});

describe('<waooaw-page-controls>: memory', () => {
  const reset = (): void => {
    setPagePace({ everyMs: 0, paused: false });
    setPageTimeZone('local');
  };

  it('is none, unless it is asked for', async () => {
    part(await controls(), 'pause').click();
    expect(localStorage.getItem(STORAGE_KEY)).to.equal(null);
  });

  it('brings the choice back', async () => {
    const element = await controls({ persist: true });
    part(element, 'pause').click();
    part(element, 'utc').click();
    await choose(element, 5_000);
    element.remove();
    reset();
    const next = await controls({ persist: true });
    expect([pagePace().pace, pageTimeZone().timeZone]).to.deep.equal([
      { paused: true, everyMs: 5_000 },
      'UTC',
    ]);
    expect(pressed(next, 'pause')).to.equal('true');
  });

  for (const bad of ['', 'null', '5', '"x"', '[]', '{', '{"paused":"yes","everyMs":-1,"timeZone":"Mars"}']) {
    it(`takes nothing from ${bad || 'nothing'}`, async () => {
      localStorage.setItem(STORAGE_KEY, bad);
      await controls({ persist: true });
      expect([pagePace().pace, pageTimeZone().timeZone]).to.deep.equal([
        { paused: false, everyMs: 0 },
        'local',
      ]);
    });
  }

  it('does without where the browser forbids it, or is full', () => {
    const forbidden = (): Storage => {
      throw new DOMException('denied', 'SecurityError');
    };
    recall(forbidden);
    remember(forbidden);
    remember(() => ({ setItem: () => forbidden() }) as unknown as Storage);
    expect(pagePace().pace.paused).to.equal(false);
  });
});
