import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { LOOK_KEY, lookSwitch } from './look-switch.ts';

interface Console {
  readonly list: HTMLSelectElement;
  readonly root: HTMLElement;
}

async function opened(storage: () => Storage = () => localStorage): Promise<Console> {
  const label = await fixture<HTMLLabelElement>(html`
    <label
      >Look
      <select>
        <option value="brand">waooaw</option>
        <option value="neutral">Neutral</option>
        <option value="harbour">Harbour Bank</option>
      </select>
    </label>
  `);
  const list = label.querySelector('select') as HTMLSelectElement;
  const root = document.createElement('div');
  lookSwitch(list, root, storage);
  return { list, root };
}

const looks = ({ list, root }: Console): (string | undefined)[] => [root.dataset['look'], list.value];

function choose({ list }: Console, look: string): void {
  list.value = look;
  list.dispatchEvent(new Event('change'));
}

/** A storage that is forbidden, as in a sandboxed frame. */
const forbidden = (): never => {
  throw new DOMException('The document is sandboxed', 'SecurityError');
};

beforeEach(() => localStorage.clear());
after(() => localStorage.clear());

describe('the chooser of looks', () => {
  it('shows the brand until another is chosen, and passes axe', async () => {
    const page = await opened();
    expect(looks(page)).to.deep.equal(['brand', 'brand']);
    await expect(page.list).to.be.accessible();
  });

  it('is worked by keyboard', async () => {
    const page = await opened();
    page.list.focus();
    await sendKeys({ press: 'ArrowDown' });
    expect(looks(page)).to.deep.equal(['neutral', 'neutral']);
    await sendKeys({ press: 'ArrowDown' });
    expect(looks(page)).to.deep.equal(['harbour', 'harbour']);
  });

  it('is as it was left when the page is opened again', async () => {
    choose(await opened(), 'harbour');
    expect(looks(await opened())).to.deep.equal(['harbour', 'harbour']);
  });

  it('takes an unknown remembered look for none', async () => {
    localStorage.setItem(LOOK_KEY, 'purple');
    expect(looks(await opened())).to.deep.equal(['brand', 'brand']);
  });

  it('works where storage is forbidden, as long as the page is open', async () => {
    const page = await opened(forbidden);
    expect(looks(page)).to.deep.equal(['brand', 'brand']);
    choose(page, 'neutral');
    expect(looks(page)).to.deep.equal(['neutral', 'neutral']);
  });
});
