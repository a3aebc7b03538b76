import { expect, fixture, html } from '@open-wc/testing';
import { themeSwitch } from './theme-switch.ts';

interface Console {
  readonly button: HTMLButtonElement;
  readonly root: HTMLElement;
}

async function opened(storage: () => Storage): Promise<Console> {
  const button = await fixture<HTMLButtonElement>(html`<button>Light theme</button>`);
  const root = document.createElement('div');
  themeSwitch(button, root, storage);
  return { button, root };
}

/** A storage that is forbidden, as in a sandboxed frame. */
const forbidden = (): never => {
  throw new DOMException('The document is sandboxed', 'SecurityError');
};

/** A storage that can be read and is full. */
const full = (): Storage =>
  ({
    getItem: () => 'light',
    setItem: () => {
      throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
    },
  }) as unknown as Storage;

const looks = ({ button, root }: Console): (string | null | undefined)[] => [
  root.dataset['theme'],
  button.getAttribute('aria-pressed'),
];

beforeEach(() => localStorage.clear());

describe('the theme switch', () => {
  it('is dark at first', async () => {
    expect(looks(await opened(() => localStorage))).to.deep.equal(['dark', 'false']);
  });

  it('switches to light and back, and says which it is', async () => {
    const page = await opened(() => localStorage);
    page.button.click();
    expect(looks(page)).to.deep.equal(['light', 'true']);
    page.button.click();
    expect(looks(page)).to.deep.equal(['dark', 'false']);
  });

  it('is as it was left when the page is opened again', async () => {
    (await opened(() => localStorage)).button.click();
    const again = await opened(() => localStorage);
    expect(looks(again)).to.deep.equal(['light', 'true']);
    again.button.click();
    expect(looks(await opened(() => localStorage))).to.deep.equal(['dark', 'false']);
  });

  it('takes an unknown remembered theme for dark', async () => {
    (await opened(() => localStorage)).button.click();
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, 'purple');
    expect(looks(await opened(() => localStorage))).to.deep.equal(['dark', 'false']);
  });

  it('works where storage is forbidden, as long as the page is open', async () => {
    const page = await opened(forbidden);
    expect(looks(page)).to.deep.equal(['dark', 'false']);
    page.button.click();
    expect(looks(page)).to.deep.equal(['light', 'true']);
  });

  it('works where storage is full', async () => {
    const page = await opened(full);
    expect(looks(page)).to.deep.equal(['light', 'true']);
    page.button.click();
    expect(looks(page)).to.deep.equal(['dark', 'false']);
  });
});
