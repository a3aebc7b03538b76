/** Registers `<waooaw-progress-tracker>`. */
import { register } from '../register.ts';
import { WaooawProgressTracker } from './progress-tracker.ts';

register('waooaw-progress-tracker', WaooawProgressTracker);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-progress-tracker': WaooawProgressTracker;
  }
}
