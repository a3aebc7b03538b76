/** A widget that is only a chart, for tests of what charts do. */
import { fixture, html as page } from '@open-wc/testing';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { MetricWindow } from '../client/metric-window.ts';
import { ChartController } from '../elements/metrics-widget/chart-controller.ts';
import type { ChartOptions } from '../elements/metrics-widget/chart-options.ts';
import { register } from '../elements/register.ts';
import { styles } from '../elements/metrics-widget/metrics-widget.styles.ts';
import type { BucketRow } from '../protocol/metrics.ts';
import { surfaces } from '../theme/surfaces.styles.ts';
import { tokens } from '../theme/tokens.styles.ts';
import { hasInk } from './ink.ts';
import { until } from './until.ts';

/** What goes with the line when a test does not say. */
export const PLAIN_OPTIONS: ChartOptions = {
  thresholds: [],
  direction: 'above',
  lines: [],
  markers: [],
  format: (value) => `${value} ms`,
  formatTime: (ms) => `at ${ms / 1000} s`,
  label: 'Latency',
  everyMs: 0,
};

/** The chart alone, 200 × 100 px, of 60 s that end with the newest row. */
export class TestChart extends LitElement {
  static override styles = [
    tokens,
    surfaces,
    styles,
    css`
      :host {
        inline-size: 200px;
      }
      .chart {
        block-size: 100px;
      }
    `,
  ];

  readonly past = new MetricWindow(60_000);
  options: ChartOptions = PLAIN_OPTIONS;
  rendered = 0;
  readonly chart = new ChartController(this, {
    target: () => this.renderRoot.querySelector<HTMLElement>('.chart'),
    window: this.past,
    now: () => this.past.latest()?.start ?? 0,
    options: () => this.options,
  });

  /** Shows other data, options or both. */
  set(rows?: readonly BucketRow[], options?: Partial<ChartOptions>): void {
    if (rows) this.past.replace(rows);
    this.options = { ...this.options, ...options };
    this.chart.changed();
  }

  find<E extends HTMLElement>(selector: string): E | null {
    return this.renderRoot.querySelector<E>(selector);
  }

  /** What the readout says; undefined while it is hidden. */
  get readout(): string | undefined {
    const box = this.find('.readout');
    const texts = [...(box?.children ?? [])].map(({ textContent }) => textContent);
    return box && !box.hidden ? texts.filter(Boolean).join(' | ') : undefined;
  }

  protected override updated(): void {
    this.rendered += 1;
  }

  protected override render(): TemplateResult {
    return html`<div class="chart" part="chart" role="img" aria-label="From 1 to 9"></div>`;
  }
}
register('test-chart', TestChart);

/** A row a second, oldest first. */
export const rowsOf = (...values: readonly number[]): BucketRow[] =>
  values.map((value, i) => [i * 1_000, value]);

/** A minute of a wave between 2 and 8. */
export const WAVE: readonly BucketRow[] = rowsOf(
  ...Array.from({ length: 61 }, (_, i) => Math.round((5 + 3 * Math.sin(i / 5)) * 100) / 100),
);

/**
 * Puts a chart on the page and waits for its line.
 * @param accent the line's colour, to have it out of the way.
 */
export async function chartPage(
  options: Partial<ChartOptions> = {},
  rows: readonly BucketRow[] = WAVE,
  accent = '',
): Promise<{ element: TestChart; canvas: HTMLCanvasElement }> {
  const element = await fixture<TestChart>(page`<test-chart></test-chart>`);
  if (accent) element.style.setProperty('--waooaw-accent', accent);
  element.set(rows, options);
  const canvas = await until(() => element.find<HTMLCanvasElement>('canvas'), 'a canvas');
  await until(() => hasInk(canvas), 'ink');
  return { element, canvas };
}
