/**
 * What is focused to read a chart point by point.
 *
 * The chart itself stays `role="img"`: its summary is what most readers want, and an image takes neither focus nor keys
 * (WAI-ARIA: its children are presentational). Beside it stands one tab stop, and only while there are points: an empty stop
 * is a riddle. It is an `application`, because elsewhere screen readers keep the arrow keys for themselves; a slider, which has
 * the same keys, would promise that something can be set. Its description names the keys.
 */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { ChartFace } from './chart-face.ts';
import type { ChartReadout } from './chart-readout.ts';
import type { Inspection } from './inspect.ts';

/** The keys that it takes. */
const KEYS = ['ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End', 'Escape'];

/** The tab stop of one chart. */
export class ChartInspector {
  readonly #face: ChartFace;
  readonly #readout: ChartReadout;
  readonly #element = document.createElement('div');
  #inspection: Inspection | undefined;
  #coming: Promise<void> | undefined;

  constructor(target: HTMLElement, face: ChartFace, readout: ChartReadout) {
    this.#face = face;
    this.#readout = readout;
    this.#element.className = 'inspector';
    this.#element.role = 'application';
    this.#element.setAttribute('part', 'inspector');
    this.#element.addEventListener('focus', this.#focused);
    this.#element.addEventListener('blur', this.#blurred);
    this.#element.addEventListener('keydown', this.#pressed);
    target.after(this.#element);
    this.renew();
  }

  /** A point is shown. */
  get active(): boolean {
    return this.#inspection?.active ?? false;
  }

  /** Words, label or data may be others. */
  renew(): void {
    const { label } = this.#face.options();
    const { inspect, keys } = this.#face.words();
    set(this.#element, 'aria-label', inspect(label));
    set(this.#element, 'aria-description', keys);
    const points = this.#face.columns()[0].length > 0;
    // Whoever is there stays there: focus that falls to the page's top is lost.
    if (!points && !this.#element.matches(':focus')) this.#element.removeAttribute('tabindex');
    else if (points) set(this.#element, 'tabindex', '0');
    this.#inspection?.renew();
  }

  remove(): void {
    this.#element.remove();
  }

  readonly #focused = (): void => {
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
    void this.#load();
  };

  readonly #blurred = (): void => this.#inspection?.leave();

  readonly #pressed = (event: KeyboardEvent): void => {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || !KEYS.includes(key)) return;
    if (key === 'Escape') {
      // Without a point Esc is for whatever the widget stands in.
      if (!this.active) return;
      event.stopPropagation();
    }
    event.preventDefault();
    if (this.#inspection) this.#inspection.press(key);
    else void this.#load().then(() => this.#inspection?.press(key));
  };

  #load(): Promise<void> {
    return (this.#coming ??= import('./inspect.ts').then(
      ({ Inspection }) => void (this.#inspection = new Inspection(this.#face, this.#readout)),
      // Once more with the next key.
      () => void (this.#coming = undefined),
    ));
  }
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
