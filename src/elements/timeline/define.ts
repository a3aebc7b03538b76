/** Registers `<waooaw-timeline>`. */
import { register } from '../register.ts';
import { WaooawTimeline } from './timeline.ts';

register('waooaw-timeline', WaooawTimeline);

declare global {
  interface HTMLElementTagNameMap {
    'waooaw-timeline': WaooawTimeline;
  }
}
