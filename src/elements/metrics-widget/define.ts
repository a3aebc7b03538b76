/** Registers `<waooaw-metrics-widget>`. */
import { register } from '../register.ts';
import { WaooawMetricsWidget } from './metrics-widget.ts';

register('waooaw-metrics-widget', WaooawMetricsWidget);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-metrics-widget': WaooawMetricsWidget;
  }
}
