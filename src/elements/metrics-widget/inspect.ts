/** Reads a chart point by point: keys go along, the readout shows where, the page's announcer says what. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { ChartFace } from './chart-face.ts';
import { nearestIndex, pointAt } from './chart-points.ts';
import type { ChartPoint } from './chart-points.ts';
import type { ChartReadout } from './chart-readout.ts';
import { markerText } from './markers.ts';

/** Points that Page Up and Page Down go. */
const PAGE = 10;
/** Of several points that were gone to only the newest is said. */
const KEY = 'waooaw-inspect';

/** One reader's way along one chart. */
export class Inspection {
  readonly #face: ChartFace;
  readonly #readout: ChartReadout;
  /** The moment that is read, ms: a point is known by it while the window moves on. */
  #ms: number | undefined;
  #active = false;

  constructor(face: ChartFace, readout: ChartReadout) {
    this.#face = face;
    this.#readout = readout;
  }

  /** A point is shown. */
  get active(): boolean {
    return this.#active;
  }

  /** Goes where the key leads, or back to where it was left; at first to the newest point. */
  press(key: string): void {
    if (key === 'Escape') return this.leave();
    const [times] = this.#face.columns();
    const newest = times.length - 1;
    const at = this.#ms === undefined ? newest : nearestIndex(times, this.#ms);
    const to = this.#active || key === 'Home' || key === 'End' ? target(key, at, newest) : at;
    const point = pointAt(this.#face.columns(), Math.min(Math.max(to, 0), newest), this.#face.options());
    if (!point) return;
    this.#ms = point.time;
    this.#active = true;
    this.#readout.show(point);
    pageAnnouncer().announce(this.#sentence(point), 'polite', { key: KEY });
  }

  /** The line moved: the readout stays with its moment, which may have left on the left. Nothing is said. */
  renew(): void {
    if (!this.#active || this.#ms === undefined) return;
    const columns = this.#face.columns();
    const point = pointAt(columns, nearestIndex(columns[0], this.#ms), this.#face.options());
    if (point) this.#readout.show(point);
    else this.leave();
  }

  /** Shows no point. The next key comes back to it. */
  leave(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#readout.hide();
  }

  #sentence({ time, value, markers }: ChartPoint): string {
    const words = this.#face.words();
    const options = this.#face.options();
    const said = words.point(options.formatTime(time), value === null ? words.gap : options.format(value));
    return [said, ...markers.map((marker) => markerText(marker, words))].join('. ');
  }
}

/** Time runs from left to right in every language: the arrows are not turned round. */
function target(key: string, at: number, newest: number): number {
  switch (key) {
    case 'ArrowLeft':
      return at - 1;
    case 'ArrowRight':
      return at + 1;
    case 'PageUp':
      return at - PAGE;
    case 'PageDown':
      return at + PAGE;
    case 'Home':
      return 0;
    case 'End':
      return newest;
    default:
      return at;
  }
}
