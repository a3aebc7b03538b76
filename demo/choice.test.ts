import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { CHOICE_KEYS, type Choice, pageChoice } from './choice.ts';

interface Console {
  readonly list: HTMLSelectElement;
  readonly root: HTMLElement;
}

async function opened(choice: Choice, storage: () => Storage = () => localStorage): Promise<Console> {
  const label = await fixture<HTMLLabelElement>(
    choice === 'theme'
      ? html`<label
          >Theme
          <select>
            <option value="">As the system</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select></label
        >`
      : html`<label
          >Look
          <select>
            <option value="brand">waooaw</option>
            <option value="neutral">Neutral</option>
            <option value="harbour">Harbour Bank</option>
          </select></label
        >`,
  );
  const list = label.querySelector('select')!;
  const root = document.createElement('div');
  pageChoice(list, choice, root, storage);
  return { list, root };
}

const looks = ({ list, root }: Console): (string | undefined)[] => [
  root.dataset['look'] ?? root.dataset['theme'],
  list.value,
];

function choose({ list }: Console, value: string): void {
  list.value = value;
  list.dispatchEvent(new Event('change'));
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

beforeEach(() => localStorage.clear());
after(() => localStorage.clear());

describe('a choice for the page', () => {
  it('is the first of its list until another is chosen; the theme is then the system’s', async () => {
    const look = await opened('look');
    expect(looks(look)).to.deep.equal(['brand', 'brand']);
    await expect(look.list).to.be.accessible();
    expect(looks(await opened('theme'))).to.deep.equal([undefined, '']);
  });

  it('is made by keyboard, and unmade', async () => {
    const page = await opened('theme');
    page.list.focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(looks(page)).to.deep.equal(['light', 'light']);
    await sendKeys({ press: 'ArrowDown' });
    expect(looks(page)).to.deep.equal(['dark', 'dark']);
    choose(page, '');
    expect(looks(page)).to.deep.equal([undefined, '']);
  });

  it('is as it was left when the page is opened again', async () => {
    choose(await opened('look'), 'harbour');
    choose(await opened('theme'), 'dark');
    expect(looks(await opened('look'))).to.deep.equal(['harbour', 'harbour']);
    expect(looks(await opened('theme'))).to.deep.equal(['dark', 'dark']);
  });

  it('is taken for none where what is remembered is unknown', async () => {
    localStorage.setItem(CHOICE_KEYS.look, 'purple');
    expect(looks(await opened('look'))).to.deep.equal(['brand', 'brand']);
  });

  it('works where storage is forbidden or full, as long as the page is open', async () => {
    const page = await opened('look', forbidden);
    expect(looks(page)).to.deep.equal(['brand', 'brand']);
    choose(page, 'neutral');
    expect(looks(page)).to.deep.equal(['neutral', 'neutral']);
    const theme = await opened('theme', full);
    expect(looks(theme)).to.deep.equal(['light', 'light']);
    choose(theme, 'dark');
    expect(looks(theme)).to.deep.equal(['dark', 'dark']);
  });

  it('of a density is the elements’ own attribute', async () => {
    const list = await fixture<HTMLSelectElement>(
      html`<select aria-label="Density">
        <option value="">Comfortable</option>
        <option value="compact">Compact</option>
      </select>`,
    );
    const root = document.createElement('div');
    pageChoice(list, 'density', root, () => localStorage);
    choose({ list, root }, 'compact');
    expect(root.getAttribute('data-waooaw-density')).to.equal('compact');
  });
});

describe('the script in the head', () => {
  /** What the page’s root has once it has run. */
  async function run(): Promise<Record<string, string | undefined>> {
    const { dataset } = document.documentElement;
    const clear = (): void => ['theme', 'look', 'waooawDensity'].forEach((name) => delete dataset[name]);
    clear();
    const script = document.createElement('script');
    script.src = new URL(`./early-theme.js?${Math.random()}`, import.meta.url).href;
    await new Promise((resolve) => {
      script.onload = resolve;
      document.head.append(script);
    });
    script.remove();
    const found = { ...dataset };
    clear();
    return found;
  }

  it('shows what is remembered, as it was chosen', async () => {
    choose(await opened('theme'), 'light');
    choose(await opened('look'), 'harbour');
    localStorage.setItem(CHOICE_KEYS.density, 'compact');
    expect(await run()).to.deep.equal({ theme: 'light', look: 'harbour', waooawDensity: 'compact' });
  });

  it('gives the canvas the remembered theme too, before there is a style sheet', async () => {
    const meta = document.createElement('meta');
    meta.name = 'color-scheme';
    meta.content = 'dark light';
    document.head.append(meta);
    await run();
    expect(meta.content).to.equal('dark light');
    choose(await opened('theme'), 'light');
    await run();
    expect(meta.content).to.equal('light');
    meta.remove();
  });

  it('leaves the page alone where there is none', async () => {
    expect(await run()).to.deep.equal({});
    localStorage.setItem(CHOICE_KEYS.theme, 'purple');
    expect(await run()).to.deep.equal({});
  });
});
