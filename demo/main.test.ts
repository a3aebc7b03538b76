import { expect, fixture, html } from '@open-wc/testing';
import { VERSION } from '../src/protocol/version.ts';
import { consolePage } from './testing/world.ts';

describe('the console', () => {
  after(() => {
    history.replaceState(null, '', location.pathname + location.search);
    delete document.documentElement.dataset['look'];
  });

  it('registers the elements, states its release, and puts every view to work', async () => {
    localStorage.clear();
    const { body } = await consolePage();
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(...[...body.children].map((child) => document.importNode(child, true)));
    page.querySelector('waooaw-socket')?.setAttribute('no-auto-connect', '');
    await import('./main.ts');
    for (const tag of ['waooaw-socket', 'waooaw-status-badge', 'waooaw-metrics-widget']) {
      expect(customElements.get(tag), tag).not.to.equal(undefined);
    }
    expect(page.querySelector('#version')?.textContent).to.equal(`waooaw ${VERSION}`);
    expect(document.documentElement.dataset['look']).to.equal('brand');
    expect(page.querySelector('[aria-current]')?.textContent).to.contain('Overview');

    const scope = page.querySelector<HTMLButtonElement>('#scope-button')!;
    scope.click();
    expect([scope.ariaExpanded, page.querySelector('#scope')?.hasAttribute('data-open')]).to.deep.equal([
      'true',
      true,
    ]);
    for (const [hash, heading] of [
      ['#/agents', 'Agents'],
      ['#/agents/ada', 'ada'],
      ['#/activity', 'Activity'],
      ['#/incidents', 'Incidents'],
      ['#/metrics', 'Metrics'],
      ['#/', 'Overview'],
    ] as const) {
      const changed = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
      location.hash = hash;
      await changed;
      const shown = [...page.querySelectorAll('main > section:not([hidden])')];
      expect(shown.map((section) => section.querySelector('h1')?.textContent)).to.deep.equal([heading]);
    }
    const commands = [...page.querySelectorAll('[data-teach]')];
    expect(commands.length).to.be.greaterThan(3);
    for (const command of commands) {
      expect(command.querySelector('code')?.textContent).not.to.contain('{url}');
      expect(command.querySelector('button')?.textContent).to.equal('Copy');
    }
  });
});
