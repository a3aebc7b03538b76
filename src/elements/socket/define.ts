/** Registers `<waooaw-socket>`. */
import { register } from '../register.ts';
import { WaooawSocket } from './socket.ts';

register('waooaw-socket', WaooawSocket);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-socket': WaooawSocket;
  }
}
