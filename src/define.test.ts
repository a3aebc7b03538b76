import { expect } from '@open-wc/testing';
import { hearWarnings } from './testing/console.ts';

const TAGS = [
  'waooaw-socket',
  'waooaw-status-badge',
  'waooaw-metrics-widget',
  'waooaw-context-selector',
  'waooaw-timeline',
  'waooaw-progress-tracker',
];

describe('the doors that register', () => {
  it('registers one element by its own door, and with it no other', async () => {
    await import('./elements/status-badge/define.ts');
    expect(TAGS.filter((tag) => customElements.get(tag))).to.deep.equal(['waooaw-status-badge']);
  });

  it('registers every element by the common door, each tag with its class', async () => {
    const warnings = hearWarnings();
    await import('./define.ts');
    const bundle = await import('./bundle.ts');
    expect(customElements.get('waooaw-socket')).to.equal(bundle.WaooawSocket);
    expect(customElements.get('waooaw-status-badge')).to.equal(bundle.WaooawStatusBadge);
    expect(customElements.get('waooaw-metrics-widget')).to.equal(bundle.WaooawMetricsWidget);
    expect(customElements.get('waooaw-metrics-grid')).to.equal(bundle.WaooawMetricsGrid);
    expect(customElements.get('waooaw-timeline')).to.equal(bundle.WaooawTimeline);
    expect(customElements.get('waooaw-progress-tracker')).to.equal(bundle.WaooawProgressTracker);
    expect(warnings.lines).to.deep.equal([]);
    warnings.restore();
  });

  it('warns and works on when a second release is loaded', async () => {
    const warnings = hearWarnings();
    const classes = ['socket/socket.ts', 'status-badge/status-badge.ts', 'metrics-widget/metrics-widget.ts'];
    for (const [i, path] of classes.entries()) {
      const second = (await import(new URL(`./elements/${path}?second`, import.meta.url).href)) as Record<
        string,
        CustomElementConstructor
      >;
      const [element] = Object.values(second).filter((value) => value.prototype instanceof HTMLElement);
      const { register } = await import('./elements/register.ts');
      if (element) register(TAGS[i] ?? '', element);
    }
    expect(warnings.lines.length).to.equal(3);
    expect(document.createElement('waooaw-status-badge').state).to.equal('');
    warnings.restore();
  });
});
