/** The small box that says what a point of the chart is, with a hair and a dot at the point. Only to be seen. */
import type { ChartFace } from './chart-face.ts';
import type { ChartPoint } from './chart-points.ts';
import { markerText } from './markers.ts';

/** Between the hair and the box, CSS px. */
const APART = 8;
/** More happened there than is listed. */
const MOST_NOTES = 3;

/** The readout of one chart. */
export class ChartReadout {
  readonly #face: ChartFace;
  readonly #hair = element('div', 'hair');
  readonly #dot = element('div', 'dot');
  readonly #box = element('div', 'readout');
  readonly #value = element('bdi', 'value-there');
  readonly #time = element('span', 'time');
  readonly #notes = element('span', 'notes');

  /** @param target is positioned, and clips what is in it. */
  constructor(target: HTMLElement, face: ChartFace) {
    this.#face = face;
    this.#box.setAttribute('part', 'readout');
    // The chart is an image to those who do not see it: the inspector tells them.
    for (const part of [this.#hair, this.#dot, this.#box]) part.ariaHidden = 'true';
    this.#box.append(this.#value, this.#time, this.#notes);
    this.hide();
    target.append(this.#hair, this.#dot, this.#box);
  }

  get shown(): boolean {
    return !this.#box.hidden;
  }

  show({ time, value, markers }: ChartPoint): void {
    const { left, top } = this.#face.place(time, value ?? 0);
    const options = this.#face.options();
    const words = this.#face.words();
    const { width } = this.#face;
    write(this.#value, value === null ? words.gap : options.format(value));
    write(this.#time, options.formatTime(time));
    write(
      this.#notes,
      markers
        .slice(0, MOST_NOTES)
        .map((marker) => markerText(marker, words))
        .join(' · '),
    );
    this.#hair.hidden = this.#box.hidden = false;
    this.#dot.hidden = value === null;
    this.#hair.style.translate = `${left}px`;
    this.#dot.style.translate = `${left}px ${top}px`;
    // On the side where there is more room, so that it never hides the point.
    const before = left > width / 2;
    this.#box.style.left = before ? 'auto' : `${left + APART}px`;
    this.#box.style.right = before ? `${width - left + APART}px` : 'auto';
  }

  hide(): void {
    this.#hair.hidden = this.#dot.hidden = this.#box.hidden = true;
  }

  remove(): void {
    for (const part of [this.#hair, this.#dot, this.#box]) part.remove();
  }
}

function element(tag: string, className: string): HTMLElement {
  return Object.assign(document.createElement(tag), { className });
}

/** No write where nothing changed. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
