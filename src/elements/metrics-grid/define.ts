/** Registers `<waooaw-metrics-grid>`, and behind it `<waooaw-metrics-widget>`, of which it is made. */
import { register } from '../register.ts';
import { WaooawMetricsGrid } from './metrics-grid.ts';

register('waooaw-metrics-grid', WaooawMetricsGrid);
// Not waited for: a grid has nothing to put into widgets before it was answered, and they take what they were given.
void import('../metrics-widget/define.ts').catch(console.warn);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-metrics-grid': WaooawMetricsGrid;
  }
}
