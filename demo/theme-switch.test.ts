import { expect, fixture, html, waitUntil } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { THEME_KEY, themeSwitch } from './theme-switch.ts';

interface Console {
  readonly button: HTMLButtonElement;
  readonly root: HTMLElement;
}

async function opened(storage: () => Storage = () => localStorage): Promise<Console> {
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

beforeEach(async () => {
  localStorage.clear();
  await emulateMedia({ colorScheme: 'dark' });
});
after(() => emulateMedia({ colorScheme: 'light' }));

describe('the theme switch', () => {
  it('leaves the page the system’s theme as long as nothing was chosen', async () => {
    const page = await opened();
    expect(looks(page)).to.deep.equal([undefined, 'false']);
    await emulateMedia({ colorScheme: 'light' });
    await waitUntil(() => looks(page)[1] === 'true', 'the system changes its mind');
    expect(looks(page)).to.deep.equal([undefined, 'true']);
    expect(looks(await opened())).to.deep.equal([undefined, 'true']);
  });

  it('switches to the other one and back, and says which it is', async () => {
    const page = await opened();
    page.button.click();
    expect(looks(page)).to.deep.equal(['light', 'true']);
    page.button.click();
    expect(looks(page)).to.deep.equal(['dark', 'false']);
  });

  it('switches from a light system to dark', async () => {
    await emulateMedia({ colorScheme: 'light' });
    const page = await opened();
    page.button.click();
    expect(looks(page)).to.deep.equal(['dark', 'false']);
  });

  it('is as it was left when the page is opened again, whatever the system is', async () => {
    (await opened()).button.click();
    const again = await opened();
    expect(looks(again)).to.deep.equal(['light', 'true']);
    again.button.click();
    await emulateMedia({ colorScheme: 'light' });
    expect(looks(await opened())).to.deep.equal(['dark', 'false']);
  });

  it('takes an unknown remembered theme for none', async () => {
    localStorage.setItem(THEME_KEY, 'purple');
    expect(looks(await opened())).to.deep.equal([undefined, 'false']);
  });

  it('works where storage is forbidden, as long as the page is open', async () => {
    const page = await opened(forbidden);
    expect(looks(page)).to.deep.equal([undefined, 'false']);
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

describe('the script in the head', () => {
  /** What the page’s theme is once it has run. */
  async function run(): Promise<string | undefined> {
    delete document.documentElement.dataset['theme'];
    const script = document.createElement('script');
    script.src = new URL(`./early-theme.js?${Math.random()}`, import.meta.url).href;
    await new Promise((resolve) => {
      script.onload = resolve;
      document.head.append(script);
    });
    script.remove();
    const { theme } = document.documentElement.dataset;
    delete document.documentElement.dataset['theme'];
    return theme;
  }

  it('shows the remembered theme, as the switch remembers it', async () => {
    const page = await opened();
    page.button.click();
    expect(await run()).to.equal('light');
    page.button.click();
    expect(await run()).to.equal('dark');
  });

  it('gives the canvas the remembered theme too, before there is a style sheet', async () => {
    const meta = document.createElement('meta');
    meta.name = 'color-scheme';
    meta.content = 'dark light';
    document.head.append(meta);
    await run();
    expect(meta.content).to.equal('dark light');
    (await opened()).button.click();
    await run();
    expect(meta.content).to.equal('light');
    meta.remove();
  });

  it('leaves the page alone where there is none', async () => {
    expect(await run()).to.equal(undefined);
    localStorage.setItem(THEME_KEY, 'purple');
    expect(await run()).to.equal(undefined);
  });
});
