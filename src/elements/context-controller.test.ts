import { ContextProvider } from '@lit/context';
import { expect } from '@open-wc/testing';
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { PageContext } from '../context/context.ts';
import { newContext, pageContext } from '../context/page-context.ts';
import { ContextController } from './context-controller.ts';
import { selectionContext } from './selection-context.ts';

class Follower extends LitElement {
  static override properties = { context: {} };
  declare context: string | null;
  told = 0;
  readonly controller = new ContextController(
    this,
    () => this.context,
    () => (this.told += 1),
  );

  constructor() {
    super();
    this.context = '';
  }

  protected override render(): TemplateResult {
    return html`${this.controller.selection?.agents.join() ?? 'none'}`;
  }

  async shown(): Promise<string> {
    await this.updateComplete;
    return this.shadowRoot?.textContent ?? '';
  }
}
customElements.define('test-follower', Follower);

class Host extends LitElement {
  provider: ContextProvider<ReturnType<typeof selectionContext>> | undefined;

  provide(context: PageContext | undefined, name?: string): this {
    this.provider = new ContextProvider(this, {
      context: selectionContext(name),
      ...(context && { initialValue: context }),
    });
    return this;
  }
}
customElements.define('test-host', Host);

const follower = (): Follower => document.createElement('test-follower') as Follower;
const host = (): Host => document.createElement('test-host') as Host;
function own(agent: string, name?: string): PageContext {
  const context = newContext(name, { target: new EventTarget() });
  context.set({ agents: [agent] });
  return context;
}

beforeEach(() => pageContext().set({ agents: ['page'] }));
afterEach(() => {
  document.body.replaceChildren();
  pageContext().clear();
});

describe('an element that follows a context', () => {
  it('follows the page’s', async () => {
    const element = follower();
    document.body.append(element);
    expect(await element.shown()).to.equal('page');
    pageContext().set({ agents: ['other'] });
    expect(await element.shown()).to.equal('other');
    expect(element.controller.context).to.equal(pageContext());
  });

  it('follows what encloses it, by name', async () => {
    const [element, outer] = [follower(), host().provide(own('mine'))];
    document.body.append(outer);
    outer.append(element);
    expect(await element.shown()).to.equal('mine');
    pageContext('left').set({ agents: ['left'] });
    element.context = 'left';
    expect(await element.shown(), 'a provider of another name encloses nothing').to.equal('left');
    element.context = null;
    expect(await element.shown()).to.equal('none');
    element.context = 'default';
    expect(await element.shown()).to.equal('mine');
  });

  it('follows a provider that came later, or nearer, or gives another context', async () => {
    const [element, inner, outer] = [follower(), host(), host()];
    document.body.append(outer);
    outer.append(inner);
    inner.append(element);
    expect(await element.shown()).to.equal('page');
    outer.provide(own('outer'));
    expect(await element.shown()).to.equal('outer');
    inner.provide(own('inner'));
    expect(await element.shown()).to.equal('inner');
    inner.provider?.setValue(own('another'));
    expect(await element.shown()).to.equal('another');
  });

  it('waits for a provider that has nothing to offer yet', async () => {
    const [element, outer] = [follower(), host().provide(undefined)];
    document.body.append(outer);
    outer.append(element);
    expect(await element.shown()).to.equal('none');
    outer.provider?.setValue(own('late'));
    expect(await element.shown()).to.equal('late');
  });

  it('finds its context anew when it is moved, and hears nothing while it is gone', async () => {
    const [element, outer] = [follower(), host().provide(own('mine'))];
    document.body.append(outer);
    outer.append(element);
    await element.shown();
    document.body.append(element);
    expect(await element.shown()).to.equal('page');
    element.remove();
    const before = element.told;
    pageContext().set({ agents: ['meanwhile'] });
    expect(element.told).to.equal(before);
    document.body.append(element);
    expect(await element.shown()).to.equal('meanwhile');
  });

  it('leaves nothing behind', () => {
    const [add, remove] = [document.addEventListener, document.removeEventListener];
    let listening = 0;
    document.addEventListener = ((...args: Parameters<typeof add>) => {
      listening += 1;
      add.apply(document, args);
    }) as typeof add;
    document.removeEventListener = ((...args: Parameters<typeof remove>) => {
      listening -= 1;
      remove.apply(document, args);
    }) as typeof remove;
    try {
      const element = follower();
      for (let i = 0; i < 3; i++) {
        document.body.append(element);
        element.remove();
      }
    } finally {
      Reflect.deleteProperty(document, 'addEventListener');
      Reflect.deleteProperty(document, 'removeEventListener');
    }
    expect(listening).to.equal(0);
  });
});
