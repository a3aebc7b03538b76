/** Registers `<waooaw-status-badge>`. */
import { register } from '../register.ts';
import { WaooawStatusBadge } from './status-badge.ts';

register('waooaw-status-badge', WaooawStatusBadge);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-status-badge': WaooawStatusBadge;
  }
}
