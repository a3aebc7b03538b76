/** Registers `<waooaw-context-selector>`. */
import { register } from '../register.ts';
import { WaooawContextSelector } from './context-selector.ts';

register('waooaw-context-selector', WaooawContextSelector);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-context-selector': WaooawContextSelector;
  }
}
