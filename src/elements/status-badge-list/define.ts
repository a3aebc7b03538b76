/** Registers `<waooaw-status-badge-list>`. */
import { register } from '../register.ts';
import { WaooawStatusBadgeList } from './status-badge-list.ts';

register('waooaw-status-badge-list', WaooawStatusBadgeList);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-status-badge-list': WaooawStatusBadgeList;
  }
}
