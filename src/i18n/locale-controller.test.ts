import { expect, fixture, html } from '@open-wc/testing';
import { LitElement } from 'lit';
import { until } from '../testing/until.ts';
import { addLanguage } from './load.ts';
import { LocaleController } from './locale-controller.ts';
import { setPageTimeZone } from './page-time-zone.ts';
import { watchLanguage } from './watch-language.ts';
import './follow.ts';

class Speaker extends LitElement {
  readonly controller = new LocaleController(this);
  renders = 0;

  protected override render(): unknown {
    this.renders++;
    return `${this.controller.locale} ${this.controller.dir}`;
  }

  get words(): string {
    return this.shadowRoot?.textContent?.trim() ?? '';
  }
}
customElements.define('x-speaker', Speaker);

/** How many observers there are, and what each observes. */
const observed = new Map<MutationObserver, Node[]>();
const Real = globalThis.MutationObserver;

before(() => {
  globalThis.MutationObserver = class extends Real {
    override observe(target: Node, options?: MutationObserverInit): void {
      observed.set(this, [...(observed.get(this) ?? []), target]);
      super.observe(target, options);
    }
    override disconnect(): void {
      observed.delete(this);
      super.disconnect();
    }
  };
});
after(() => {
  globalThis.MutationObserver = Real;
});
afterEach(() => {
  document.documentElement.removeAttribute('lang');
  document.documentElement.removeAttribute('dir');
  setPageTimeZone('local');
});

async function speaker(parent?: Element): Promise<Speaker> {
  const element = document.createElement('x-speaker') as Speaker;
  (parent ?? (await fixture(html`<div></div>`))).append(element);
  // What it waits for too.
  await import('./follow.ts');
  await element.updateComplete;
  return element;
}

const says = (element: Speaker, words: string): Promise<unknown> =>
  until(() => element.words === words, `"${words}", not "${element.words}"`);

describe('LocaleController', () => {
  it('knows the language and direction at the first paint', async () => {
    const page = await fixture<HTMLElement>(html`<div lang="de-AT" dir="rtl"></div>`);
    const element = document.createElement('x-speaker') as Speaker;
    page.append(element);
    await element.updateComplete;
    expect(element.words).to.equal('de-AT rtl');
  });

  it('is in the browser’s language where the page names none, or an unknown one', async () => {
    expect((await speaker()).words).to.equal(`${navigator.language} ltr`);
    const unknown = await fixture(html`<div lang=""></div>`);
    expect((await speaker(unknown)).words).to.equal(`${navigator.language} ltr`);
  });

  it('follows the document’s lang and dir live', async () => {
    const element = await speaker();
    document.documentElement.lang = 'es';
    await says(element, 'es ltr');
    document.documentElement.dir = 'rtl';
    await says(element, 'es rtl');
    document.documentElement.removeAttribute('lang');
    await says(element, `${navigator.language} rtl`);
  });

  it('follows the nearest of its ancestors, and its own', async () => {
    const page = await fixture<HTMLElement>(html`<div lang="es"><p lang="de"></p></div>`);
    const element = await speaker(page.querySelector('p')!);
    await says(element, 'de ltr');
    page.querySelector('p')!.removeAttribute('lang');
    await says(element, 'es ltr');
    element.lang = 'fr';
    await says(element, 'fr ltr');
  });

  it('follows out of shadow roots, and what changes within them', async () => {
    const outer = await fixture<HTMLElement>(html`<div lang="es"></div>`);
    const inner = document.createElement('p');
    outer.attachShadow({ mode: 'open' }).append(inner);
    inner.attachShadow({ mode: 'open' });
    const deep = document.createElement('section');
    inner.shadowRoot!.append(deep);
    const other = await speaker(deep);
    await says(other, 'es ltr');
    deep.lang = 'de';
    await says(other, 'de ltr');
    outer.dir = 'rtl';
    await says(other, 'de rtl');
  });

  it('asks the browser what "auto" comes to', async () => {
    const page = await fixture<HTMLElement>(html`<div dir="auto">שלום</div>`);
    expect((await speaker(page)).controller.dir).to.equal('rtl');
  });

  it('follows when it is moved, and leaves when it is gone', async () => {
    const page = await fixture<HTMLElement>(
      html`<div>
        <p lang="de"></p>
        <p lang="es"></p>
      </div>`,
    );
    const [first, second] = page.querySelectorAll('p');
    const element = await speaker(first);
    second?.append(element);
    await says(element, 'es ltr');
    element.remove();
    const { renders } = element;
    document.documentElement.dir = 'rtl';
    setPageTimeZone('UTC');
    await new Promise(requestAnimationFrame);
    expect(element.renders).to.equal(renders);
    second?.append(element);
    await says(element, 'es rtl');
  });

  it('knows the page’s time zone, and renders when it is switched', async () => {
    const element = await speaker();
    const { renders } = element;
    expect(element.controller.timeZone).to.equal(undefined);
    setPageTimeZone('UTC');
    await until(() => element.renders > renders, 'it renders');
    expect(element.controller.timeZone).to.equal('UTC');
  });

  it('loads the language that the element comes to be in', async () => {
    let loads = 0;
    addLanguage('c1', () => {
      loads++;
      return Promise.resolve({ messages: {} });
    });
    const element = await speaker();
    expect(loads).to.equal(0);
    element.lang = 'c1-XX';
    await until(() => loads === 1, 'it loads');
    element.lang = 'c1';
    await says(element, 'c1 ltr');
    expect(loads).to.equal(1);
  });

  it('has one observer for a thousand elements, which is gone with the last', async () => {
    observed.clear();
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(...Array.from({ length: 1_000 }, () => document.createElement('x-speaker')));
    await until(() => observed.size > 0, 'it is followed');
    expect([...observed.values()]).to.deep.equal([[document]]);
    page.replaceChildren();
    expect([...observed.values()]).to.deep.equal([]);
  });
});

describe('watchLanguage', () => {
  it('goes on for others when one leaves, and loses nothing that was under way', async () => {
    const page = await fixture<HTMLElement>(
      html`<div>
        <p></p>
        <p></p>
      </div>`,
    );
    const [first, second] = page.querySelectorAll('p');
    const shadow = first!.attachShadow({ mode: 'open' });
    const inside = document.createElement('i');
    shadow.append(inside);
    const told: string[] = [];
    const stop = watchLanguage(inside, () => told.push('inside'));
    const stopOther = watchLanguage(second!, () => told.push('other'));
    page.lang = 'de';
    stop();
    stop();
    expect(told).to.deep.equal(['other']);
    page.lang = 'es';
    await until(() => told.length === 2, 'the other goes on');
    stopOther();
  });
});
