/** Keeps a widget's line drawn: loads uPlot when it is first needed, draws only what is visible, follows size and theme. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { MetricWindow } from '../../client/metric-window.ts';
import { forgetFrame, inNextFrame } from './frames.ts';
import type { Sparkline, SparklineColors } from './sparkline.ts';

/** What is drawn. */
export interface ChartSource {
  /** Where, once rendered. */
  target(): HTMLElement | null;
  readonly window: MetricWindow;
  /** The line's end, ms. */
  now(): number;
}

/** Draws one widget's line. */
export class ChartController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #source: ChartSource;
  #line: Sparkline | undefined;
  #loading = false;
  #visible = false;
  #size = { width: 0, height: 0 };
  #seen: IntersectionObserver | undefined;
  #sized: ResizeObserver | undefined;
  #target: HTMLElement | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, source: ChartSource) {
    this.#host = host;
    this.#source = source;
    host.addController(this);
  }

  hostConnected(): void {
    if (this.#host.shadowRoot?.hasChildNodes()) void this.#host.updateComplete.then(() => this.#observe());
  }

  hostUpdated(): void {
    this.#observe();
  }

  hostDisconnected(): void {
    forgetFrame(this.#draw);
    this.#target?.removeEventListener('transitionend', this.#recolor);
    this.#target = undefined;
    this.#seen?.disconnect();
    this.#sized?.disconnect();
    this.#seen = this.#sized = undefined;
    this.#line?.destroy();
    this.#line = undefined;
  }

  /** The data changed: draw it with the next frame. */
  changed(): void {
    if (this.#visible) inNextFrame(this.#draw);
  }

  /**
   * The frame's colour has a transition of one millisecond, whose end tells of every change whatever caused it: the
   * page's scheme, a theme attribute, a token, a line gone stale.
   */
  readonly #recolor = (): void => this.#line?.recolor(this.#colors());

  #observe(): void {
    const target = this.#source.target();
    if (!target || this.#seen || !this.#host.isConnected) return;
    this.#target = target;
    target.addEventListener('transitionend', this.#recolor);
    this.#seen = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? false;
      this.changed();
    });
    this.#seen.observe(target);
    this.#sized = new ResizeObserver((entries) => {
      const { width = 0, height = 0 } = entries.at(-1)?.contentRect ?? {};
      this.#size = { width: Math.floor(width), height: Math.floor(height) };
      if (this.#line && width > 0) this.#line.resize(this.#size.width, this.#size.height);
      this.changed();
    });
    this.#sized.observe(target);
  }

  readonly #draw = (): void => {
    const { width, height } = this.#size;
    if (width === 0 || height === 0) return;
    if (!this.#line) {
      if (!this.#source.window.empty) void this.#load();
      return;
    }
    const to = this.#source.now();
    this.#line.draw(this.#source.window.columns(), to - this.#source.window.windowMs, to);
  };

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const { createSparkline } = await import('./sparkline.ts');
      const target = this.#source.target();
      if (!target || !this.#host.isConnected || this.#line) return;
      this.#line = createSparkline(target, this.#size.width, this.#size.height, this.#colors());
      this.#draw();
    } catch (error) {
      // Without the chart the number still stands.
      console.warn('<waooaw-metrics-widget>: the chart could not be loaded.', error);
    } finally {
      this.#loading = false;
    }
  }

  /** Canvas knows no custom properties: the element's own colours are read where CSS has resolved them. */
  #colors(): SparklineColors {
    const target = this.#source.target();
    const line = target ? getComputedStyle(target).color : 'gray';
    return { line, fill: withAlpha(line, 0.14) };
  }
}

/** `rgb(1, 2, 3)` → `rgb(1 2 3 / 0.14)`; other notations are left without a fill. */
function withAlpha(color: string, alpha: number): string {
  const channels = /^rgba?\(([\d.]+)[, ]+([\d.]+)[, ]+([\d.]+)/.exec(color);
  return channels ? `rgb(${channels[1]} ${channels[2]} ${channels[3]} / ${alpha})` : 'transparent';
}
