import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys, sendMouse, setViewport } from '@web/test-runner-commands';
import { LitElement, css, nothing } from 'lit';
import type { PropertyDeclarations, TemplateResult } from 'lit';
import { countWindowListeners } from '../testing/listeners.ts';
import { until } from '../testing/until.ts';
import { PopoverController } from './popover.ts';
import type * as module from './popover.ts';
import type { CloseReason, PopoverOptions } from './popover.ts';
import { supportsAnchors } from './popover-place.ts';

let options: Partial<PopoverOptions> = {};

/** A button and what opens beside it. */
class Opener extends LitElement {
  static override styles = css`
    [popover] {
      border: 1px solid;
      padding: 0;
      inline-size: max-content;
    }
    p {
      margin: 0;
      block-size: 20px;
      inline-size: 180px;
    }
  `;
  static override properties: PropertyDeclarations = { lines: {}, gone: {}, other: {} };
  declare lines: number;
  declare gone: boolean;
  declare other: boolean;
  readonly closed: CloseReason[] = [];
  readonly controller: PopoverController;

  constructor() {
    super();
    this.lines = 5;
    this.gone = this.other = false;
    this.controller = new PopoverController(this, {
      anchor: () => this.renderRoot.querySelector('#anchor'),
      popup: () => this.renderRoot.querySelector<HTMLElement>('#popup, #other'),
      onClose: (why) => this.closed.push(why),
      ...options,
    });
  }

  get anchor(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('#anchor') as HTMLElement;
  }
  get popup(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('#popup, #other') as HTMLElement;
  }

  override render(): TemplateResult {
    return html` ${this.gone ? nothing : html`<button id="anchor">Open</button>`}
      <div id=${this.other ? 'other' : 'popup'} popover="manual">
        <button id="in">in</button><slot></slot>
        ${Array.from({ length: this.lines }, (_, i) => html`<p>${i}</p>`)}
      </div>
      <button id="beside">beside</button>`;
  }
}
customElements.define('test-opener', Opener);

async function opener(
  set: Partial<PopoverOptions> = {},
  style = '',
  dir = 'ltr',
  inner = html``,
): Promise<Opener> {
  options = set;
  const page = await fixture<HTMLElement>(
    html`<div dir=${dir}>
      <test-opener style=${style}>${inner}</test-opener><button id="elsewhere">x</button>
    </div>`,
  );
  const element = page.querySelector('test-opener') as Opener;
  await element.updateComplete;
  return element;
}

const frames = async (many = 3): Promise<void> => {
  for (let i = 0; i < many; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
};
const showing = (element: Opener): boolean => element.popup.matches(':popover-open');
const focused = (element: Opener): string => element.shadowRoot?.activeElement?.id ?? '';
const inside = (element: Opener): HTMLElement =>
  element.renderRoot.querySelector<HTMLElement>('#in') as HTMLElement;

/** In the view, and beside the anchor without covering it. */
function expectPlaced(element: Opener, side?: 'below' | 'above'): void {
  const popup = element.popup.getBoundingClientRect();
  const anchor = element.anchor.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  expect(popup.width, 'width').to.be.greaterThan(50);
  expect(popup.left, 'left').to.be.at.least(0);
  expect(popup.right, 'right').to.be.at.most(clientWidth + 0.5);
  expect(popup.top, 'top').to.be.at.least(0);
  expect(popup.bottom, 'bottom').to.be.at.most(clientHeight + 0.5);
  const below = popup.top >= anchor.bottom - 0.5;
  const above = popup.bottom <= anchor.top + 0.5;
  expect(below || above, `beside: ${popup.top}–${popup.bottom} at ${anchor.top}–${anchor.bottom}`).to.equal(
    true,
  );
  if (side) expect(below ? 'below' : 'above').to.equal(side);
  expect(Math.min(Math.abs(popup.top - anchor.bottom), Math.abs(anchor.top - popup.bottom))).to.be.closeTo(
    4,
    1,
  );
}

async function clickOn(element: Element): Promise<void> {
  const { left, top, width, height } = element.getBoundingClientRect();
  await sendMouse({ type: 'click', position: [Math.round(left + width / 2), Math.round(top + height / 2)] });
}

before(() => setViewport({ width: 800, height: 600 }));
afterEach(async () => {
  await setViewport({ width: 800, height: 600 });
  scrollTo(0, 0);
  document.body.style.minHeight = '';
});

const PLACEMENTS = supportsAnchors() ? (['css', 'measured'] as const) : (['measured'] as const);

it('is tried with CSS anchor positioning and without', () => {
  expect(PLACEMENTS).to.deep.equal(['css', 'measured']);
});

for (const placement of PLACEMENTS) {
  describe(`PopoverController: place (${placement})`, () => {
    it('stands below its anchor, from its beginning', async () => {
      const element = await opener({ placement }, 'position: fixed; left: 100px; top: 50px');
      element.controller.open();
      await frames();
      expectPlaced(element, 'below');
      expect(element.popup.getBoundingClientRect().left).to.be.closeTo(
        element.anchor.getBoundingClientRect().left,
        1,
      );
      expect(getComputedStyle(element.popup).position).to.equal('fixed');
      await expect(element).to.be.accessible();
    });

    it('stands above where there is no room below', async () => {
      const element = await opener({ placement }, 'position: fixed; left: 100px; bottom: 10px');
      element.controller.open();
      await frames();
      expectPlaced(element, 'above');
    });

    it('begins at the right where text runs from right to left', async () => {
      const element = await opener({ placement }, 'position: fixed; left: 400px; top: 50px', 'rtl');
      element.controller.open();
      await frames();
      expectPlaced(element, 'below');
      expect(element.popup.getBoundingClientRect().right).to.be.closeTo(
        element.anchor.getBoundingClientRect().right,
        1,
      );
    });

    for (const dir of ['ltr', 'rtl'])
      for (const [where, style] of [
        ['left', 'left: 2px; top: 20px'],
        ['right', 'right: 2px; top: 20px'],
        ['lower right', 'right: 2px; bottom: 2px'],
      ] as const)
        it(`stays in the view at its ${where} edge (${dir})`, async () => {
          const element = await opener({ placement }, `position: fixed; ${style}`, dir);
          element.controller.open();
          await frames();
          expectPlaced(element);
        });

    it('fits 320 px and a low view, and scrolls inside', async () => {
      await setViewport({ width: 320, height: 256 });
      const element = await opener({ placement }, 'position: fixed; left: 180px; top: 60px');
      element.lines = 100;
      await element.updateComplete;
      element.controller.open();
      await frames();
      expectPlaced(element, 'below');
      expect(element.popup.scrollHeight).to.be.greaterThan(element.popup.clientHeight);
      element.renderRoot.querySelector<HTMLElement>('p:last-of-type')?.scrollIntoView({ block: 'nearest' });
      expect(element.popup.scrollTop).to.be.greaterThan(0);
    });

    it('follows its anchor when something scrolls or the window changes, and turns over', async () => {
      document.body.style.minHeight = '3000px';
      const element = await opener({ placement }, 'position: absolute; left: 100px; top: 420px');
      element.controller.open();
      await frames();
      expectPlaced(element, 'below');
      const before = element.popup.getBoundingClientRect().top;
      scrollTo(0, 100);
      await frames();
      expectPlaced(element, 'below');
      expect(element.popup.getBoundingClientRect().top).to.be.closeTo(before - 100, 1);
      scrollTo(0, 0);
      await setViewport({ width: 800, height: 480 });
      await frames();
      expectPlaced(element, 'above');
      expect(element.controller.isOpen).to.equal(true);
    });

    it('takes what grows in it', async () => {
      const element = await opener({ placement }, 'position: fixed; left: 100px; top: 300px');
      element.controller.open();
      await frames();
      expectPlaced(element, 'below');
      element.lines = 200;
      await element.updateComplete;
      await frames();
      expectPlaced(element);
      element.lines = 1;
      await element.updateComplete;
      await frames();
      expectPlaced(element);
      expect(element.popup.offsetHeight).to.be.lessThan(80);
    });

    it('is as wide as its anchor where told', async () => {
      const element = await opener({ placement, matchWidth: true }, 'position: fixed; left: 20px; top: 20px');
      element.anchor.style.width = '420px';
      element.controller.open();
      await frames();
      expect(element.popup.offsetWidth).to.be.closeTo(420, 1);
      element.anchor.style.width = '500px';
      await frames();
      expect(element.popup.offsetWidth).to.be.closeTo(500, 1);
    });

    it('leaves nothing on popup and anchor when it closes', async () => {
      const element = await opener({ placement });
      element.anchor.style.setProperty('anchor-name', '--theirs');
      element.popup.style.color = 'red';
      element.controller.open();
      await frames();
      element.controller.close();
      expect(element.anchor.style.cssText).to.equal('anchor-name: --theirs;');
      expect(element.popup.style.cssText).to.equal('color: red;');
    });
  });
}

describe('PopoverController: closing', () => {
  it('opens in the top layer once, and closes when told, without saying so', async () => {
    const element = await opener();
    element.controller.open();
    element.controller.open();
    expect([element.controller.isOpen, showing(element)]).to.deep.equal([true, true]);
    element.controller.close();
    element.controller.close();
    expect([element.controller.isOpen, showing(element), element.closed]).to.deep.equal([false, false, []]);
  });

  it('makes a popover of what is none, and opens nothing that is not there', async () => {
    const element = await opener();
    element.popup.removeAttribute('popover');
    element.controller.open();
    expect(showing(element)).to.equal(true);
    element.controller.close();
    element.gone = true;
    await element.updateComplete;
    element.controller.open();
    expect(element.controller.isOpen).to.equal(false);
  });

  it('closes with Escape, and gives the focus back', async () => {
    const element = await opener();
    element.anchor.focus();
    element.controller.open();
    inside(element).focus();
    await sendKeys({ press: 'Escape' });
    expect(element.closed).to.deep.equal(['escape']);
    expect([showing(element), focused(element)]).to.deep.equal([false, 'anchor']);
  });

  it('gives the focus to the anchor when what had it before is gone, and to nobody who did not lose it', async () => {
    const element = await opener();
    const elsewhere = element.parentElement?.querySelector<HTMLElement>('#elsewhere');
    elsewhere?.focus();
    element.controller.open();
    inside(element).focus();
    elsewhere?.remove();
    element.controller.close();
    expect(focused(element)).to.equal('anchor');
    element.controller.open();
    element.shadowRoot?.querySelector<HTMLElement>('#anchor')?.blur();
    element.controller.close();
    expect(focused(element)).to.equal('');
  });

  it('leaves Escape to whoever took it, and to a composing keyboard', async () => {
    const element = await opener();
    element.controller.open();
    const escape = (init: KeyboardEventInit): void => {
      inside(element).dispatchEvent(
        new KeyboardEvent('keydown', {
          key: 'Escape',
          bubbles: true,
          composed: true,
          cancelable: true,
          ...init,
        }),
      );
    };
    escape({ isComposing: true });
    expect(element.controller.isOpen).to.equal(true);
    await sendKeys({ press: 'a' });
    expect(element.controller.isOpen).to.equal(true);
    element.controller.close();
  });

  it('closes with a press elsewhere, and not with one on itself or its anchor', async () => {
    const element = await opener({}, 'position: fixed; left: 100px; top: 50px');
    element.controller.open();
    await frames();
    await clickOn(inside(element));
    await clickOn(element.anchor);
    expect(element.controller.isOpen).to.equal(true);
    await sendMouse({ type: 'click', position: [700, 500] });
    expect(element.closed).to.deep.equal(['outside']);
  });

  it('closes with a tap elsewhere, and not with a finger that scrolls', async () => {
    const element = await opener();
    element.controller.open();
    const touch = (type: string): boolean =>
      document.body.dispatchEvent(
        new PointerEvent(type, { pointerType: 'touch', bubbles: true, composed: true }),
      );
    touch('pointerdown');
    touch('pointercancel');
    touch('pointerup');
    expect(element.controller.isOpen).to.equal(true);
    touch('pointerdown');
    touch('pointerup');
    expect(element.closed).to.deep.equal(['outside']);
  });

  it('closes when the focus goes elsewhere, also within the same shadow root', async () => {
    const element = await opener();
    element.controller.open();
    inside(element).focus();
    element.anchor.focus();
    expect(element.controller.isOpen).to.equal(true);
    inside(element).focus();
    element.shadowRoot?.querySelector<HTMLElement>('#beside')?.focus();
    expect(element.closed).to.deep.equal(['blur']);
    expect(focused(element)).to.equal('beside');
    element.controller.open();
    element.parentElement?.querySelector<HTMLElement>('#elsewhere')?.focus();
    expect(element.closed).to.deep.equal(['blur', 'blur']);
  });

  it('closes when a frame takes the focus', async () => {
    const element = await opener();
    const frame = document.createElement('iframe');
    frame.srcdoc = '<button>in a frame</button>';
    element.parentElement?.append(frame);
    element.anchor.focus();
    element.controller.open();
    frame.focus();
    window.dispatchEvent(new FocusEvent('blur'));
    expect(element.closed).to.deep.equal(['blur']);
  });

  it('closes when its anchor leaves the document, or is hidden', async () => {
    const element = await opener();
    element.controller.open();
    await frames();
    element.gone = true;
    await element.updateComplete;
    await until(() => !element.controller.isOpen, 'closing');
    expect(element.closed).to.deep.equal(['blur']);
    const second = await opener();
    second.controller.open();
    await frames();
    second.anchor.style.display = 'none';
    await until(() => !second.controller.isOpen, 'closing');
    const third = await opener();
    third.controller.open();
    await frames();
    third.anchor.remove();
    await until(() => !third.controller.isOpen, 'closing');
    expect(showing(third)).to.equal(false);
  });

  it('closes with its host', async () => {
    const element = await opener();
    element.controller.open();
    element.remove();
    expect([element.controller.isOpen, element.closed]).to.deep.equal([false, ['blur']]);
    element.controller.close();
  });

  it('knows when somebody else closed it', async () => {
    const element = await opener();
    element.controller.open();
    await frames();
    element.popup.hidePopover();
    await until(() => !element.controller.isOpen, 'noticing');
    expect(element.closed).to.deep.equal(['outside']);
  });

  it('stays open when its popup is rendered anew', async () => {
    const element = await opener();
    element.controller.open();
    const popup = element.popup.cloneNode(true) as HTMLElement;
    element.popup.replaceWith(popup);
    element.requestUpdate();
    await element.updateComplete;
    expect([element.controller.isOpen, popup.matches(':popover-open'), element.closed]).to.deep.equal([
      true,
      true,
      [],
    ]);
    element.controller.close();
  });

  it('closes with the back gesture, where the browser tells of it', async () => {
    const holder = globalThis as { CloseWatcher?: unknown };
    const real = holder.CloseWatcher;
    const watchers: EventTarget[] = [];
    let destroyed = 0;
    holder.CloseWatcher = class extends EventTarget {
      constructor() {
        super();
        watchers.push(this);
      }
      destroy(): void {
        destroyed++;
      }
    };
    const element = await opener();
    element.controller.open();
    watchers[0]?.dispatchEvent(new Event('close'));
    expect([element.closed, destroyed]).to.deep.equal([['escape'], 1]);
    holder.CloseWatcher = undefined;
    element.controller.open();
    expect(element.controller.isOpen).to.equal(true);
    element.controller.close();
    holder.CloseWatcher = real;
  });

  it('listens to nothing once it is closed', async () => {
    const listeners = countWindowListeners();
    const element = await opener();
    element.controller.open();
    expect(listeners.count()).to.be.greaterThan(3);
    // Through their signal, which the count does not see: by what they do.
    element.controller.close();
    await sendKeys({ press: 'Escape' });
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    element.parentElement?.querySelector<HTMLElement>('#elsewhere')?.focus();
    scrollTo(0, 1);
    await frames();
    expect([element.closed, element.popup.style.cssText]).to.deep.equal([[], '']);
    listeners.restore();
  });
});

describe('PopoverController: one in another', () => {
  async function nested(copy = false): Promise<{ outer: Opener; inner: Opener; dialog: HTMLDialogElement }> {
    const outer = await opener({}, '', 'ltr', html`<test-opener></test-opener>`);
    const inner = outer.querySelector('test-opener') as Opener;
    await inner.updateComplete;
    if (copy) {
      const second = (await import(new URL('./popover.ts?second', import.meta.url).href)) as typeof module;
      const controller = new second.PopoverController(inner, {
        anchor: () => inner.anchor,
        popup: () => inner.popup,
        onClose: (why) => inner.closed.push(why),
      });
      Object.defineProperty(inner, 'controller', { value: controller });
    }
    const dialog = document.createElement('dialog');
    outer.parentElement?.append(dialog);
    dialog.append(outer);
    dialog.showModal();
    outer.controller.open();
    await frames();
    inner.controller.open();
    await frames();
    return { outer, inner, dialog };
  }

  for (const copy of [false, true]) {
    it(`closes the innermost with Escape, and reaches no dialog around${copy ? ' (two copies of the module)' : ''}`, async () => {
      const { outer, inner, dialog } = await nested(copy);
      let heard = 0;
      const count = (): void => void heard++;
      document.addEventListener('keydown', count);
      const open = (): boolean[] => [dialog.open, outer.controller.isOpen, inner.controller.isOpen];
      inside(inner).focus();
      expect(open()).to.deep.equal([true, true, true]);
      await sendKeys({ press: 'Escape' });
      expect(open()).to.deep.equal([true, true, false]);
      await sendKeys({ press: 'Escape' });
      expect(open()).to.deep.equal([true, false, false]);
      expect(heard, 'told to the page').to.equal(0);
      await sendKeys({ press: 'Escape' });
      await until(() => !dialog.open, 'the dialog to close');
      expect([outer.closed, inner.closed]).to.deep.equal([['escape'], ['escape']]);
      document.removeEventListener('keydown', count);
    });

    it(`closes the inner one alone with a press in the outer one${copy ? ' (two copies of the module)' : ''}`, async () => {
      const { outer, inner, dialog } = await nested(copy);
      inside(inner).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }));
      expect([outer.controller.isOpen, inner.controller.isOpen]).to.deep.equal([true, true]);
      inside(outer).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }));
      expect([outer.controller.isOpen, inner.controller.isOpen]).to.deep.equal([true, false]);
      inner.controller.open();
      outer.controller.close();
      expect([outer.controller.isOpen, inner.controller.isOpen]).to.deep.equal([false, false]);
      dialog.close();
    });
  }

  it('leaves Escape to a modal dialog that was opened above it', async () => {
    const element = await opener();
    const dialog = document.createElement('dialog');
    dialog.innerHTML = '<button>in the dialog</button>';
    element.append(dialog);
    element.controller.open();
    dialog.showModal();
    await until(() => dialog.open, 'the dialog');
    if (!element.controller.isOpen) element.controller.open();
    dialog
      .querySelector('button')
      ?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true, cancelable: true }),
      );
    expect(element.controller.isOpen).to.equal(true);
    dialog.close();
    element.controller.close();
  });
});
