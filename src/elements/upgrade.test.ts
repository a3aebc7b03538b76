import { expect, fixture, html } from '@open-wc/testing';
import { postSamples, sharedServer } from '../testing/server.ts';
import { until } from '../testing/until.ts';

describe('markup that was there before the scripts', () => {
  it('comes alive in whatever order they arrive: widget, badge, and their socket at last', async () => {
    const server = await sharedServer();
    await postSamples(server, { name: 'upgrade_early', value: 7 });
    const page = await fixture<HTMLElement>(html`
      <div>
        <waooaw-socket url=${server.url}>
          <waooaw-metrics-widget metric="upgrade_early" stale-after="600"></waooaw-metrics-widget>
        </waooaw-socket>
        <waooaw-status-badge check="server"></waooaw-status-badge>
      </div>
    `);
    const widget = page.querySelector('waooaw-metrics-widget');
    const badge = page.querySelector('waooaw-status-badge');
    expect(customElements.get('waooaw-socket')).to.equal(undefined);

    await import('./metrics-widget/define.ts');
    await import('./status-badge/define.ts');
    await until(() => widget?.matches(':state(loading)') && badge?.matches(':state(loading)'), 'both wait');

    await import('./socket/define.ts');
    await until(() => widget?.matches(':state(live)') && badge?.matches(':state(live)'), 'both are live');
    const number = widget?.shadowRoot?.querySelector('[part="value"]')?.textContent?.trim();
    expect(number).to.equal('7');
  });
});
