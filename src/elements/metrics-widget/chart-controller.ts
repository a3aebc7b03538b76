/** Keeps a widget's chart: loads it when there is something to draw and somebody who sees it, and its table when asked. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { watchBox } from './chart-box.ts';
import type { ChartBox } from './chart-box.ts';
import type { ChartSource } from './chart-options.ts';
import type { ChartView } from './chart-view.ts';
import type { ChartTable } from './table.ts';

/** One widget's chart and table. */
export class ChartController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #source: ChartSource;
  #target: HTMLElement | undefined;
  #stopWatching: (() => void) | undefined;
  #box: ChartBox | undefined;
  #view: ChartView | undefined;
  #table: ChartTable | undefined;
  #tableOpen = false;
  /** On its way, or failed: it is not asked for again before the widget comes back. */
  #loading = false;

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
    // Its words, its label or its options may be others.
    this.#view?.changed();
  }

  hostDisconnected(): void {
    this.#stopWatching?.();
    this.#stopWatching = this.#target = this.#box = undefined;
    this.#view?.destroy();
    this.#table?.remove();
    this.#view = this.#table = undefined;
    this.#loading = false;
  }

  /** Whether the table is shown: for the `aria-expanded` of the button that toggles it. */
  get tableOpen(): boolean {
    return this.#tableOpen;
  }

  /** Shows the table below the chart's frame, or takes it away; renders the host anew. Does nothing without `options`. */
  toggleTable(): void {
    if (!this.#source.options) return;
    this.#tableOpen = !this.#tableOpen;
    this.#host.requestUpdate();
    void this.#tabulate();
  }

  /** The data or the options changed. Nothing is rendered: the chart is drawn when it is due. */
  changed(): void {
    this.#table?.changed();
    if (this.#view) this.#view.changed();
    else if (!this.#loading) void this.#load();
  }

  #observe(): void {
    const target = this.#source.target() ?? undefined;
    if (target === this.#target || !this.#host.isConnected) return;
    this.hostDisconnected();
    if (!target) return;
    this.#target = target;
    this.#stopWatching = watchBox(target, (box) => {
      this.#box = box;
      this.#view?.resize(box);
      void this.#load();
    });
    void this.#tabulate();
  }

  async #load(): Promise<void> {
    const box = this.#box;
    const wanted = box?.visible && box.width > 0 && box.height > 0 && !this.#source.window.empty;
    if (!wanted || this.#loading) return;
    this.#loading = true;
    try {
      const { ChartView } = await import('./chart-view.ts');
      if (this.#target && this.#box && !this.#view)
        this.#view = new ChartView(this.#target, this.#source, this.#box);
    } catch (error) {
      // Without the chart the number still stands.
      console.warn('<waooaw-metrics-widget>: the chart could not be loaded.', error);
    }
  }

  async #tabulate(): Promise<void> {
    if (!this.#tableOpen) {
      this.#table?.remove();
      this.#table = undefined;
      return;
    }
    try {
      const { ChartTable } = await import('./table.ts');
      // It may have been closed, moved or opened again meanwhile.
      if (this.#tableOpen && this.#target && !this.#table)
        this.#table = new ChartTable(this.#target, this.#source, () => this.#source.options!());
    } catch (error) {
      console.warn('<waooaw-metrics-widget>: the table could not be loaded.', error);
      this.#tableOpen = false;
      this.#host.requestUpdate();
    }
  }
}
