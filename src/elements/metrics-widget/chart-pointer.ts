/** Shows the readout where a pointer is: the nearest point, and what happened there. Esc, leaving or a tap elsewhere hide it. */
import type { ChartFace } from './chart-face.ts';
import { nearestIndex, pointAt } from './chart-points.ts';
import type { ChartReadout } from './chart-readout.ts';
import { markersWithin } from './markers.ts';

/** This near to it a marker is meant, CSS px. */
const NEAR = 6;

/** The pointer over one chart. */
export class ChartPointer {
  readonly #target: HTMLElement;
  readonly #face: ChartFace;
  readonly #readout: ChartReadout;
  readonly #listening = new AbortController();
  /** Listens only while the readout is shown. */
  #shown: AbortController | undefined;
  #left = 0;

  constructor(target: HTMLElement, face: ChartFace, readout: ChartReadout) {
    this.#target = target;
    this.#face = face;
    this.#readout = readout;
    const { signal } = this.#listening;
    for (const type of ['pointermove', 'pointerdown'] as const)
      target.addEventListener(type, this.#moved, { signal });
    target.addEventListener('pointerleave', this.#leave, { signal });
  }

  get active(): boolean {
    return this.#shown !== undefined;
  }

  /** The line moved under a pointer that rests. */
  renew(): void {
    if (!this.active) return;
    const ms = this.#face.timeAt(this.#left);
    const point = pointAt(
      this.#face.columns(),
      nearestIndex(this.#face.columns()[0], ms),
      this.#face.options(),
    );
    if (!point) return this.hide();
    const [from, to] = [this.#face.timeAt(this.#left - NEAR), this.#face.timeAt(this.#left + NEAR)];
    this.#readout.show({ ...point, markers: markersWithin(this.#face.options().markers, from, to) });
  }

  hide(): void {
    if (!this.#shown) return;
    this.#shown.abort();
    this.#shown = undefined;
    this.#readout.hide();
  }

  stop(): void {
    this.hide();
    this.#listening.abort();
  }

  readonly #moved = ({ clientX }: PointerEvent): void => {
    const { left, width } = this.#target.getBoundingClientRect();
    // As a share of what is seen: right whatever zooms or scales the page.
    this.#left = ((clientX - left) / (width || 1)) * this.#face.width;
    if (!this.#shown) this.#open();
    this.renew();
  };

  /** A finger that was lifted has not left: what it asked for stays until it taps elsewhere. */
  readonly #leave = ({ pointerType }: PointerEvent): void => {
    if (pointerType !== 'touch') this.hide();
  };

  #open(): void {
    this.#shown = new AbortController();
    const { signal } = this.#shown;
    // WCAG 1.4.13: what appeared on hover can be dismissed without moving the pointer.
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.hide(), { signal });
    const tapped = (event: Event): void => {
      if (!event.composedPath().includes(this.#target)) this.hide();
    };
    document.addEventListener('pointerdown', tapped, { signal, capture: true });
  }
}
