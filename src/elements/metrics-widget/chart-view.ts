/** A widget's chart once it is needed: the line with its layers, the pointer's readout, the inspector. Loaded lazily. */
import { localeOf } from '../../i18n/page-language.ts';
import type { ChartBox } from './chart-box.ts';
import type { ChartFace } from './chart-face.ts';
import { inkStyles, readInks } from './chart-inks.ts';
import type { ChartInks } from './chart-inks.ts';
import { ChartInspector } from './chart-inspector.ts';
import { drawLayers, reachOf } from './chart-layers.ts';
import type { ChartOptions, ChartSource } from './chart-options.ts';
import { ChartPointer } from './chart-pointer.ts';
import { ChartReadout } from './chart-readout.ts';
import { adopt } from './chart-styles.ts';
import { viewStyles } from './chart-view.styles.ts';
import { chartMessages } from './chart-words.ts';
import { pageFrames } from './frames.ts';
import type { FrameSeat } from './frames.ts';
import { drawMoments, drawSpans } from './markers.ts';
import { createSparkline } from './sparkline.ts';
import type { Sparkline, SparklineColors, SparklineLayers } from './sparkline.ts';

/** A line that would move by less than this is not worth drawing, CSS px. */
const LEAST_MOVE_PX = 0.5;
/** But what is new is seen within this, ms. */
const LONGEST_MS = 1_000;
const FILL = 0.14;

/** What goes with a line that has options. */
interface Extras {
  readonly probe: HTMLElement;
  readonly readout: ChartReadout;
  readonly pointer: ChartPointer;
  readonly inspector: ChartInspector;
}

/** One widget's chart. */
export class ChartView {
  readonly #target: HTMLElement;
  readonly #source: ChartSource;
  readonly #line: Sparkline;
  readonly #seat: FrameSeat;
  readonly #extras: Extras | undefined;
  #inks: ChartInks | undefined;
  /** As they were when it was last drawn: to put them together is work of the widget's. */
  #options: ChartOptions | undefined;
  #box: ChartBox;
  #to = 0;

  /** @param target the chart's frame, in a shadow root. */
  constructor(target: HTMLElement, source: ChartSource, box: ChartBox) {
    this.#target = target;
    this.#source = source;
    this.#box = box;
    this.#options = source.options?.();
    adopt(target, inkStyles, viewStyles);
    const layers = this.#options && this.#layers(() => this.#options!);
    this.#line = createSparkline(target, box.width, box.height, this.#colors(), layers);
    this.#extras = this.#options && this.#extend(() => this.#options!);
    target.addEventListener('transitionend', this.#recolor);
    this.#seat = pageFrames().join(this.#draw);
    this.resize(box);
    this.#draw();
  }

  /** Data or options changed: drawn when it is due and in view. */
  changed(): void {
    if (this.#box.visible) this.#seat.ask(this.#everyMs());
  }

  resize(box: ChartBox): void {
    const { width, height, zoom } = this.#box;
    this.#box = box;
    if (box.width === 0 || box.height === 0) return;
    const same = box.width === width && box.height === height && box.zoom === zoom;
    if (!same || box.zoom !== 1) this.#line.resize(box.width, box.height, box.zoom);
    if (box.visible) this.#seat.ask();
  }

  destroy(): void {
    this.#target.removeEventListener('transitionend', this.#recolor);
    this.#seat.leave();
    this.#extras?.pointer.stop();
    this.#extras?.readout.remove();
    this.#extras?.inspector.remove();
    this.#extras?.probe.remove();
    this.#line.destroy();
  }

  #layers(options: () => ChartOptions): SparklineLayers {
    return {
      reach: (min, max) => reachOf(options(), min, max),
      below: (canvas) => {
        if (!this.#inks) return;
        drawLayers(canvas, options(), this.#inks);
        drawSpans(canvas, options().markers, this.#inks);
      },
      above: (canvas) => {
        if (this.#inks) drawMoments(canvas, options().markers, this.#inks);
      },
    };
  }

  #extend(options: () => ChartOptions): Extras {
    const probe = Object.assign(document.createElement('div'), { className: 'inks' });
    this.#target.append(probe);
    this.#inks = readInks(probe);
    const view = this.#face(options);
    const readout = new ChartReadout(this.#target, view);
    return {
      probe,
      readout,
      pointer: new ChartPointer(this.#target, view, readout),
      inspector: new ChartInspector(this.#target, view, readout),
    };
  }

  #face(options: () => ChartOptions): ChartFace {
    const width = (): number => this.#box.width;
    return {
      get width() {
        return width();
      },
      options,
      columns: () => this.#source.window.columns(),
      words: () => chartMessages.get(localeOf(this.#target)),
      place: (ms, value) => this.#line.place(ms, value),
      timeAt: (left) => this.#to - this.#source.window.windowMs * (1 - left / (width() || 1)),
    };
  }

  /** As often as somebody could see a difference, or as the widget's own pace has it. What is emptied, at once. */
  #everyMs(): number {
    const { empty, windowMs } = this.#source.window;
    if (empty) return 0;
    const visibleMs = (windowMs / Math.max(1, this.#box.width)) * LEAST_MOVE_PX;
    return Math.max(Math.min(visibleMs, LONGEST_MS), this.#options?.everyMs ?? 0);
  }

  readonly #draw = (): void => {
    if (this.#box.width === 0 || this.#box.height === 0) return;
    this.#to = this.#source.now();
    this.#options = this.#source.options?.();
    const { window } = this.#source;
    this.#line.draw(window.columns(), this.#to - window.windowMs, this.#to);
    if (!this.#extras) return;
    this.#extras.inspector.renew();
    if (!this.#extras.inspector.active) this.#extras.pointer.renew();
  };

  /**
   * The frame's colour has a transition of one millisecond, and so have the inks in it, whose end tells of every change
   * whatever caused it: the page's scheme, a theme attribute, a token, a line gone stale.
   */
  readonly #recolor = (): void => {
    if (this.#extras) this.#inks = readInks(this.#extras.probe);
    this.#line.recolor(this.#colors());
  };

  /** Canvas knows no custom properties: the element's own colours are read where CSS has resolved them. */
  #colors(): SparklineColors {
    const line = getComputedStyle(this.#target).color;
    return { line, fill: withAlpha(line, FILL) };
  }
}

/** `rgb(1, 2, 3)` → `rgb(1 2 3 / 0.14)`; other notations are left without a fill. */
function withAlpha(color: string, alpha: number): string {
  const channels = /^rgba?\(([\d.]+)[, ]+([\d.]+)[, ]+([\d.]+)/.exec(color);
  return channels ? `rgb(${channels[1]} ${channels[2]} ${channels[3]} / ${alpha})` : 'transparent';
}
