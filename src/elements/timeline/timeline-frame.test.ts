import { expect } from '@open-wc/testing';
import { someEvents } from '../../testing/timelines.ts';
import { until } from '../../testing/until.ts';
import type { WaooawTimeline } from './timeline.ts';

/** What takes the place of the timeline's inside. */
const BROKEN = "throw new Error('no inside today')";
/** It cannot be had the first time, and then is the real one. */
const LATE = `
  import { Board as Real } from '${new URL('./board.ts?real', import.meta.url).href}';
  let times = 0;
  export class Board {
    constructor(host) {
      times += 1;
      if (times === 1) throw new Error('no inside today');
      return new Real(host);
    }
  }`;

/** A page whose timeline finds something else where its inside, or a part of that, should be. */
async function page(
  inside: string,
  file = './board.ts',
): Promise<{ frame: HTMLIFrameElement; element: WaooawTimeline }> {
  const frame = document.createElement('iframe');
  const at = (path: string): string => new URL(path, import.meta.url).href;
  const imports = { [at(file)]: `data:text/javascript,${encodeURIComponent(inside)}` };
  frame.title = 'A page';
  frame.srcdoc = `<!doctype html><html lang="en"><title>A page</title>
    <script type="importmap">${JSON.stringify({ imports })}</script>
    <script>globalThis.warned = []; console.warn = (...words) => warned.push(words.join(' '))</script>
    <script type="module" src="${at('./define.ts')}"></script>
    <waooaw-timeline></waooaw-timeline>`;
  frames.push(frame);
  document.body.append(frame);
  const element = await until(
    () => frame.contentDocument?.querySelector<WaooawTimeline>('waooaw-timeline:defined'),
    'the element is there',
  );
  return { frame, element };
}

const frames: HTMLIFrameElement[] = [];
afterEach(() => frames.splice(0).forEach((frame) => frame.remove()));

const text = (element: WaooawTimeline, selector: string): string =>
  element.shadowRoot?.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const button = (element: WaooawTimeline): HTMLButtonElement | null | undefined =>
  element.shadowRoot?.querySelector('button');

describe('<waooaw-timeline> whose inside cannot be loaded', () => {
  it('says so, aloud too, keeps its room, and offers another attempt', async () => {
    const { frame, element } = await page(BROKEN);
    await until(() => button(element), 'the way out');
    expect(text(element, '[role=status]')).to.equal('The timeline could not be loaded. Try again');
    expect(element.matches(':state(error)')).to.equal(true);
    expect(element.matches(':state(loading)')).to.equal(false);
    expect(element.getBoundingClientRect().height).to.be.greaterThan(300);
    const { warned } = frame.contentWindow as unknown as { warned: string[] };
    expect(warned.filter((line) => line.includes('no inside today'))).to.have.length(1);
  });

  it('keeps the focus on the button that tries again, and says the same if that fails too', async () => {
    const { element } = await page(BROKEN);
    const retry = await until(() => button(element), 'the way out');
    retry.focus();
    retry.click();
    await element.updateComplete;
    expect(element.matches(':state(loading)')).to.equal(true);
    expect(text(element, '[role=status]')).to.equal('… Try again');
    await until(() => element.matches(':state(error)'), 'it has failed again');
    expect(text(element, '[role=status]')).to.equal('The timeline could not be loaded. Try again');
    expect(element.shadowRoot?.activeElement).to.equal(retry);
  });

  it('is as if nothing had been when it comes after all, and whoever asked for it goes on in it', async () => {
    const { element } = await page(LATE);
    const retry = await until(() => button(element), 'the way out');
    await element.add(someEvents(3)).catch(() => undefined);
    await until(() => element.shadowRoot?.querySelectorAll('[role=article]').length === 3, 'its events');
    expect(element.shadowRoot?.contains(retry)).to.equal(false);
    expect(element.shadowRoot?.querySelector('[role=status]')).to.equal(null);
  });

  it('hands the focus of the button on to what it has brought', async () => {
    const { element } = await page(LATE);
    const retry = await until(() => button(element), 'the way out');
    retry.focus();
    retry.click();
    await until(() => element.shadowRoot?.querySelector('.scroller'), 'its inside');
    await element.updateComplete;
    expect(element.shadowRoot?.activeElement?.className).to.equal('head');
  });

  it('rejects what is asked of it', async () => {
    const { element } = await page(BROKEN);
    await until(() => button(element), 'the way out');
    const errors = await Promise.all(
      [element.add(someEvents(1)), element.find('x'), element.showNewer(), element.export('csv')].map(
        (asked) =>
          asked.then(
            () => 'nothing',
            (error: unknown) => String(error),
          ),
      ),
    );
    expect(errors.every((error) => error.includes('no inside today'))).to.equal(true);
  });

  it('speaks the language of the page, once that is there', async () => {
    const { element } = await page(BROKEN);
    await until(() => button(element), 'the way out');
    element.lang = 'de';
    await until(
      () => text(element, '[role=status]') === 'Die Zeitleiste konnte nicht geladen werden. Erneut versuchen',
      'in German',
    );
  });
});

describe('<waooaw-timeline> of which a part cannot be loaded', () => {
  const UNSAID = 'This part could not be loaded.';

  for (const [what, file, opener, place] of [
    ['the details', './details.ts', '[role=article] .end button', '.details'],
    ['the filters', './filters.ts', '#filter', '#panel'],
    ['the exports', './exporting.ts', '#export', '#panel'],
  ] as const) {
    it(`says so where ${what} would be, shows the rest, and tries again when it is opened again`, async () => {
      const { frame, element } = await page(BROKEN, file);
      element.events = [{ ...someEvents(1)[0]!, details: 1 }];
      const { warned } = frame.contentWindow as unknown as { warned: string[] };
      for (const times of [1, 2]) {
        const press = await until(
          () => element.shadowRoot?.querySelector<HTMLElement>(opener),
          'the button that opens it',
        );
        press.click();
        await until(() => text(element, place) === UNSAID, 'it is said');
        expect(warned.filter((line) => line.includes('could not be loaded'))).to.have.length(times);
        press.click();
        await until(() => !element.shadowRoot?.querySelector(place), 'it is closed');
      }
      expect(text(element, '.title')).to.equal('Event 0');
      expect(element.matches(':state(error)')).to.equal(false);
    });
  }
});
