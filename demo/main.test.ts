import { expect, fixture, html } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { VERSION } from '../src/protocol/version.ts';

describe('the console', () => {
  it('registers the elements, states its release and puts its theme switch to work', async () => {
    localStorage.clear();
    const page = await fixture(html`
      <div>
        <button id="theme" aria-pressed="false">Light theme</button>
        <p id="version"></p>
        <select id="look" aria-label="Look">
          <option value="brand">waooaw</option>
        </select>
        <code id="send"></code>
        <waooaw-socket no-auto-connect></waooaw-socket>
        <section id="break" hidden><button data-fault="none">Nothing</button></section>
        <ul id="alerts" hidden></ul>
        <section id="agents">
          <p data-note></p>
          <ul data-list></ul>
          <p data-empty></p>
          <p data-kindless></p>
          <details><form></form></details>
          <dialog></dialog>
        </section>
        <section id="operation"></section>
      </div>
    `);
    await import('./main.ts');
    for (const tag of ['waooaw-socket', 'waooaw-status-badge', 'waooaw-metrics-widget']) {
      expect(customElements.get(tag), tag).not.to.equal(undefined);
    }
    expect(page.querySelector('#version')?.textContent).to.equal(`waooaw ${VERSION}`);
    expect(page.querySelector('#send')?.textContent).to.contain('/api/metrics');
    expect(page.querySelector('#agents form button')?.textContent).to.equal('Create');
    expect(document.documentElement.dataset['look']).to.equal('brand');
    await emulateMedia({ colorScheme: 'dark' });
    page.querySelector('button')?.click();
    expect(document.documentElement.dataset['theme']).to.equal('light');
    await emulateMedia({ colorScheme: 'light' });
  });

  it('starts on a page that has neither', async () => {
    await import(new URL('./main.ts?bare', import.meta.url).href);
    expect(customElements.get('waooaw-socket')).not.to.equal(undefined);
  });
});
