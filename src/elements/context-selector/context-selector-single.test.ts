import { expect, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { FLEET, type SelectorPage, selectorPage, someOptions } from '../../testing/selectors.ts';
import { until } from '../../testing/until.ts';
import './define.ts';

/** A selector with the field focused. */
async function fleet(value = ''): Promise<SelectorPage> {
  const page = await selectorPage(html`
    <waooaw-context-selector
      label="Service"
      recent="none"
      .options=${FLEET}
      value=${value}
    ></waooaw-context-selector>
    <button>after</button>
  `);
  page.input.focus();
  await page.settle();
  return page;
}

const first = 'Payments';
const last = 'Sessions';

// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/: editable, list autocomplete with manual selection.
describe('<waooaw-context-selector>: keyboard of one, as the APG has it', () => {
  it('is a combobox that controls a listbox', async () => {
    const page = await fleet();
    expect(page.input.getAttribute('aria-expanded')).to.equal('false');
    expect(page.input.getAttribute('aria-autocomplete')).to.equal('list');
    await page.press('ArrowDown');
    expect(page.input.getAttribute('aria-expanded')).to.equal('true');
    expect(page.find(`#${page.input.getAttribute('aria-controls')}`)?.getAttribute('role')).to.equal(
      'listbox',
    );
    expect(page.all('[role=group]').map((group) => group.getAttribute('aria-label'))).to.deep.equal([
      'prod',
      'staging',
    ]);
  });

  it('Down Arrow opens on the first option, and then goes down and round', async () => {
    const page = await fleet();
    await page.press('ArrowDown');
    expect(page.active).to.equal(first);
    await page.press('ArrowDown');
    expect(page.active).to.equal('Orders');
    await page.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(page.active).to.equal(last);
    await page.press('ArrowDown');
    expect(page.active).to.equal(first);
  });

  it('Down Arrow opens on what is chosen', async () => {
    const page = await fleet('canary');
    await page.press('ArrowDown');
    expect(page.active).to.equal('Canary');
  });

  it('Up Arrow opens on the last option, and then goes up and round', async () => {
    const page = await fleet();
    await page.press('ArrowUp');
    expect(page.active).to.equal(last);
    await page.press('ArrowUp');
    expect(page.active).to.equal('Offline');
    await page.press('ArrowDown', 'ArrowDown', 'ArrowUp');
    expect(page.active).to.equal(last);
  });

  it('Alt with Down Arrow opens without an active option, Alt with Up Arrow closes', async () => {
    const page = await fleet();
    await page.press('Alt+ArrowDown');
    expect([page.element.open, page.active]).to.deep.equal([true, undefined]);
    expect(page.input.hasAttribute('aria-activedescendant')).to.equal(false);
    await page.press('Alt+ArrowUp');
    expect(page.element.open).to.equal(false);
  });

  it('Page Down and Page Up go by ten, and stop at the ends', async () => {
    const page = await selectorPage(
      html`<waooaw-context-selector recent="none" .options=${someOptions(50)}></waooaw-context-selector>`,
    );
    page.input.focus();
    await page.press('ArrowDown', 'PageDown');
    expect(page.active).to.equal('Agent 10');
    await page.press('PageDown', 'PageDown', 'PageDown', 'PageDown', 'PageDown');
    expect(page.active).to.equal('Agent 49');
    await page.press('PageUp');
    expect(page.active).to.equal('Agent 39');
  });

  it('Enter takes the active option, closes, and leaves the focus where it is', async () => {
    const page = await fleet();
    await page.press('ArrowDown', 'ArrowDown', 'Enter');
    expect([page.element.value, page.text, page.element.open]).to.deep.equal(['ord', 'Orders', false]);
    expect(page.element.shadowRoot?.activeElement).to.equal(page.input);
  });

  it('Enter without an active option closes and takes nothing', async () => {
    const page = await fleet('pay');
    await page.press('Alt+ArrowDown');
    await page.type('or');
    await page.press('Enter');
    expect([page.element.value, page.text, page.element.open]).to.deep.equal(['pay', 'Payments', false]);
  });

  it('Enter does nothing on an option that is disabled', async () => {
    const page = await fleet();
    await page.press('ArrowUp', 'ArrowUp');
    expect(page.active).to.equal('Offline');
    await page.press('Enter');
    expect([page.element.value, page.element.open]).to.deep.equal(['', true]);
  });

  it('Escape closes and puts back what is chosen; once more, it clears', async () => {
    const page = await fleet('pay');
    await page.type('zzz');
    await page.press('Escape');
    expect([page.element.open, page.text, page.element.value]).to.deep.equal([false, 'Payments', 'pay']);
    await page.press('Escape');
    expect([page.text, page.element.value]).to.deep.equal(['', '']);
  });

  for (const key of ['ArrowLeft', 'ArrowRight', 'Home', 'End']) {
    it(`${key} goes back to the text`, async () => {
      const page = await fleet('pay');
      await page.press('ArrowDown');
      expect(page.active).to.equal('Payments');
      page.input.setSelectionRange(3, 3);
      await page.press(key);
      expect([page.active, page.element.open]).to.deep.equal([undefined, true]);
      const places: Record<string, number> = { ArrowLeft: 2, ArrowRight: 4, Home: 0, End: 8 };
      expect(page.input.selectionStart).to.equal(places[key]);
    });
  }

  it('letters search, and no option is active until it is gone to', async () => {
    const page = await fleet();
    await page.press('ArrowDown');
    await page.type('zur');
    expect([page.labels, page.active]).to.deep.equal([['Zürich'], undefined]);
    expect(page.find('mark')?.textContent).to.equal('Zür');
    await page.press('ArrowDown', 'Enter');
    expect(page.element.value).to.equal('zur');
  });

  it('Tab goes on, closes, and takes a name that was typed in full', async () => {
    const page = await fleet('pay');
    await page.type('ZURICH');
    page.input.select();
    await page.type('zurich');
    await page.press('Tab');
    await until(() => !page.element.open, 'it closes');
    await page.settle();
    expect([page.element.value, page.text]).to.deep.equal(['zur', 'Zürich']);
  });

  it('Tab puts back what is chosen when what was typed is no name, and clears when nothing stands there', async () => {
    const page = await fleet('pay');
    page.input.select();
    await page.type('nonsense');
    page.find('[part=clear]')?.remove();
    await page.press('Tab');
    await until(() => !page.element.open, 'it closes');
    await page.settle();
    expect([page.element.value, page.text]).to.deep.equal(['pay', 'Payments']);
    page.input.focus();
    page.input.select();
    await page.press('Backspace');
    document.querySelector<HTMLElement>('button')?.focus();
    await until(() => page.element.value === '', 'it is cleared');
  });
});

describe('<waooaw-context-selector>: the mouse', () => {
  it('opens by the field and the arrow, takes by a press, clears by the cross', async () => {
    const page = await fleet();
    await page.click('[part=input]');
    expect(page.element.open).to.equal(true);
    await page.click('[part=arrow]');
    expect(page.element.open).to.equal(false);
    await page.click('[part=arrow]');
    await page.choose('Orders');
    expect([page.element.value, page.element.open]).to.deep.equal(['ord', false]);
    await page.click('[part=clear]');
    expect([page.element.value, page.find('[part=clear]')]).to.deep.equal(['', null]);
  });

  it('takes nothing that is disabled, and nothing beside the options', async () => {
    const page = await fleet();
    await page.open();
    await page.choose('Offline');
    page.find('.heading')?.click();
    expect([page.element.value, page.element.open]).to.deep.equal(['', true]);
  });

  it('has targets of 24 px at least, in compact density too', async () => {
    for (const density of ['', 'compact']) {
      const page = await fleet('pay');
      page.element.density = density;
      await page.open();
      for (const target of page.all('button, [role=option], input')) {
        const { width, height } = target.getBoundingClientRect();
        expect(Math.min(width, height), target.className).to.be.at.least(24);
      }
    }
  });

  it('lets no press into the list take the focus', async () => {
    const page = await fleet();
    await page.open();
    const down = new MouseEvent('mousedown', { bubbles: true, cancelable: true, composed: true });
    page.find('[role=option]')?.dispatchEvent(down);
    expect(down.defaultPrevented).to.equal(true);
  });
});

describe('<waooaw-context-selector>: events', () => {
  it('tell of a choice by somebody, out of every shadow, and not of typing or of what the host sets', async () => {
    const page = await fleet();
    const heard: string[] = [];
    for (const type of ['input', 'change', 'waooaw-change']) {
      document.addEventListener(type, (event) => heard.push(`${event.type} ${event.composed}`), {
        once: false,
      });
    }
    page.element.value = 'pay';
    page.element.clear();
    await page.type('ord');
    expect(heard).to.deep.equal([]);
    await page.press('ArrowDown', 'Enter');
    expect(heard).to.deep.equal(['input true', 'waooaw-change true']);
    expect(page.element.get().options.map(({ id }) => id)).to.deep.equal(['ord']);
    await sendKeys({ press: 'Tab' });
    expect(heard.length).to.equal(2);
  });
});
