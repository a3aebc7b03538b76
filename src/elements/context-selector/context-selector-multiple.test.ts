import { expect, html } from '@open-wc/testing';
import { FLEET, type SelectorPage, selectorPage } from '../../testing/selectors.ts';
import { until } from '../../testing/until.ts';
import './define.ts';
import type { SelectorChange } from './events.ts';

async function fleet(): Promise<SelectorPage> {
  const page = await selectorPage(html`
    <waooaw-context-selector
      label="Agents"
      multiple
      recent="none"
      .options=${FLEET}
    ></waooaw-context-selector>
    <button id="after">after</button>
  `);
  page.find('#field')?.focus();
  await page.settle();
  return page;
}

async function opened(): Promise<SelectorPage> {
  const page = await fleet();
  await page.press('Enter');
  await until(() => page.element.shadowRoot?.activeElement?.id === 'search', 'the search has the focus');
  return page;
}

const focused = (page: SelectorPage): string => {
  const element = page.element.shadowRoot?.activeElement;
  return element?.getAttribute('part') ?? element?.id ?? document.activeElement?.id ?? '';
};

describe('<waooaw-context-selector multiple>: keyboard', () => {
  it('is a button that opens a dialog with a combobox and a listbox of several', async () => {
    const page = await opened();
    const button = page.find('#field');
    expect([button?.getAttribute('aria-haspopup'), button?.getAttribute('aria-expanded')]).to.deep.equal([
      'dialog',
      'true',
    ]);
    expect(page.find('[role=dialog]')?.getAttribute('aria-label')).to.equal('Agents');
    expect(page.find('[role=listbox]')?.getAttribute('aria-multiselectable')).to.equal('true');
    expect(page.input.id).to.equal('search');
    expect(page.all('[role=option] button, [role=option] a, [role=option] input')).to.deep.equal([]);
  });

  for (const key of ['Enter', 'Space', 'ArrowDown', 'ArrowUp']) {
    it(`${key} on the button opens`, async () => {
      const page = await fleet();
      await page.press(key);
      await until(() => focused(page) === 'input', 'the search has the focus');
      expect(page.element.open).to.equal(true);
    });
  }

  it('Enter takes and lets go, and the list stays open', async () => {
    const page = await opened();
    await page.type('pay');
    await page.press('ArrowDown', 'Enter');
    expect([page.element.values, page.element.open]).to.deep.equal([['pay'], true]);
    expect(page.find('[role=option]')?.getAttribute('aria-selected')).to.equal('true');
    await page.press('Enter');
    expect(page.element.values).to.deep.equal([]);
  });

  it('Space types', async () => {
    const page = await opened();
    await page.press('ArrowDown', 'Space');
    expect([page.input.value, page.element.values]).to.deep.equal([' ', []]);
  });

  it('Tab reaches the footer, and goes out of the dialog behind it', async () => {
    const page = await opened();
    await page.press('Tab');
    expect(focused(page)).to.equal('select-all');
    await page.press('Enter');
    expect(page.element.values.length).to.equal(5);
    await page.press('Tab');
    expect(focused(page)).to.equal('clear-all');
    await page.press('Tab');
    await until(() => !page.element.open, 'it closes');
  });

  it('Escape closes and gives the focus back to the button', async () => {
    const page = await opened();
    await page.press('ArrowDown', 'Enter', 'Escape');
    expect(page.element.open).to.equal(false);
    expect(focused(page)).to.equal('trigger');
    expect(page.element.values.length).to.be.greaterThan(0);
  });

  it('names what is chosen on the button, and counts the rest', async () => {
    const page = await fleet();
    page.element.values = ['pay', 'ord', 'zur', 'unknown'];
    await page.settle();
    expect(page.text).to.equal('Payments, Orders +2');
  });
});

describe('<waooaw-context-selector multiple>: the footer', () => {
  it('selects all that is filtered, and clears', async () => {
    const page = await opened();
    await page.type('staging');
    expect(page.find('[part=select-all]')?.textContent?.trim()).to.equal('Select all 2');
    await page.click('[part=select-all]');
    expect(page.element.values).to.deep.equal(['zur', 'ses']);
    await page.click('[part=clear-all]');
    expect(page.element.values).to.deep.equal([]);
  });

  it('offers what the host gives it, which may keep it from choosing', async () => {
    const page = await fleet();
    const heard: string[] = [];
    page.element.quickActions = [
      { id: 'two', label: 'Two', select: ['pay', 'ord'] },
      { id: 'own', label: 'Own' },
    ];
    page.element.addEventListener('waooaw-action', (event) => {
      heard.push((event as CustomEvent<{ id: string }>).detail.id);
      if (heard.length > 2) event.preventDefault();
    });
    await page.open();
    for (const part of ['action', 'action:nth-child(2)']) void part;
    const [two, own] = page.all('[part=action]');
    own?.click();
    two?.click();
    expect([heard, page.element.values]).to.deep.equal([
      ['own', 'two'],
      ['pay', 'ord'],
    ]);
    page.element.clear();
    two?.click();
    expect(page.element.values).to.deep.equal([]);
  });
});

describe('<waooaw-context-selector multiple>: rules', () => {
  it('take a whole environment with all that comes, except what is let go', async () => {
    const page = await opened();
    const changes: SelectorChange[] = [];
    page.element.addEventListener('waooaw-change', (event) =>
      changes.push((event as CustomEvent<SelectorChange>).detail),
    );
    await page.choose('All in prod, new ones too');
    await page.choose('Canary');
    expect([page.element.values, page.text]).to.deep.equal([['pay', 'ord'], 'All in prod except Canary']);
    page.element.options = [...FLEET, { id: 'new', label: 'New', group: 'prod' }];
    await page.settle();
    expect(page.element.values).to.deep.equal(['pay', 'ord', 'new']);
    expect(changes.map(({ reason }) => reason)).to.deep.equal(['user', 'user', 'options']);
    expect(page.element.get().rule).to.deep.equal({
      all: true,
      where: { environments: ['prod'] },
      except: ['canary'],
    });
  });

  it('can be set, and are gone with the choice', async () => {
    const page = await fleet();
    page.element.set({ rule: { all: true, except: ['pay'] } });
    await page.settle();
    expect([page.text, page.element.values.length]).to.deep.equal(['All except Payments', 4]);
    await page.click('[part=clear]');
    expect([page.element.get().rule, page.element.values]).to.deep.equal([undefined, []]);
  });
});
