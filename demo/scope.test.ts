import { expect, fixture, html } from '@open-wc/testing';
import { pageContext } from '../src/context/index.ts';
import { teachCommands } from './command.ts';
import { agentLink, followAgent, followScope, isInScope, onlyAgent, setSubject } from './scope.ts';

afterEach(() => {
  for (const name of ['default', 'time', 'agent']) pageContext(name).clear();
});
after(() => pageContext().persist({ url: false }));

describe('the scope of the page', () => {
  it('stands in the address, and hands its range to those that follow it', () => {
    const before = location.href;
    followScope();
    pageContext().set({ agents: ['ada'], range: { last: 600 } });
    expect(new URL(location.href).searchParams.get('agent')).to.equal('ada');
    expect(pageContext('time').get()).to.deep.include({ agents: [], range: { last: 600 } });
    setSubject('zoe');
    expect(pageContext('agent').get()).to.deep.include({ agents: ['zoe'], range: { last: 600 } });
    pageContext().clear();
    expect(pageContext('agent').get().range).to.equal(undefined);
    history.replaceState(null, '', before);
  });

  it('includes every agent until some are chosen', () => {
    expect([isInScope('ada'), onlyAgent()]).to.deep.equal([true, undefined]);
    pageContext().set({ agents: ['ada'] });
    expect([isInScope('ada'), isInScope('zoe'), onlyAgent()]).to.deep.equal([true, false, 'ada']);
    pageContext().set({ agents: ['ada', 'zoe'] });
    expect([isInScope('zoe'), onlyAgent()]).to.deep.equal([true, undefined]);
  });

  it('opens the page of the agent that is chosen, from that of another only', () => {
    const place = { hash: '#/' };
    const stop = followAgent(place);
    pageContext().set({ agents: ['ada'] });
    expect(place.hash).to.equal('#/');
    place.hash = agentLink('ada');
    pageContext().set({ range: { last: 60 } });
    pageContext().set({ agents: ['ada', 'zoe'] });
    expect(place.hash).to.equal('#/agents/ada');
    pageContext().set({ agents: ['a/b'] });
    expect(place.hash).to.equal('#/agents/a%2Fb');
    stop();
  });
});

describe('commands that are taught', () => {
  async function command(): Promise<HTMLElement> {
    const part = await fixture<HTMLElement>(
      html`<div>
        <div data-teach>
          <pre tabindex="0" aria-label="Command"><code> curl {url}/api {url} </code></pre>
        </div>
        <div data-teach></div>
      </div>`,
    );
    teachCommands(part, 'http://ops.example/base');
    teachCommands(part, 'http://other.example');
    return part;
  }

  /** The button’s next word. */
  const word = (button: Element): Promise<string> =>
    new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        observer.disconnect();
        resolve(button.textContent);
      }).observe(button, { childList: true });
    });

  /** Copying, as this browser may or may not. */
  function clipboard(writeText: (text: string) => Promise<void>): void {
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
  }
  afterEach(() => Reflect.deleteProperty(navigator, 'clipboard'));

  it('name the reader’s own server, once, and are copied', async () => {
    const part = await command();
    const text = 'curl http://ops.example/base/api http://ops.example/base';
    expect(part.querySelector('code')?.textContent).to.equal(text);
    expect(part.querySelectorAll('button')).to.have.length(1);
    await expect(part).to.be.accessible();
    const copied: string[] = [];
    clipboard((given) => Promise.resolve(void copied.push(given)));
    const button = part.querySelector('button')!;
    const said = word(button);
    button.click();
    expect([await said, copied]).to.deep.equal(['Copied', [text]]);
    expect(await word(button), 'and offers it again').to.equal('Copy');
  });

  it('are selected where copying is forbidden', async () => {
    const part = await command();
    clipboard(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    const button = part.querySelector('button')!;
    const said = word(button);
    button.click();
    expect(await said).to.equal('Selected');
    expect(String(getSelection())).to.contain('curl http://ops.example/base/api');
  });
});
