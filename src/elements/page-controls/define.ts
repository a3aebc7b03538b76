/** Registers `<waooaw-page-controls>`. */
import { register } from '../register.ts';
import { WaooawPageControls } from './page-controls.ts';

register('waooaw-page-controls', WaooawPageControls);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-page-controls': WaooawPageControls;
  }
}
