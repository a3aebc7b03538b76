/** The colours that a chart draws with, as its canvas needs them: resolved for the theme, the page's tokens and forced colours. */
import { CHART_DASHES } from './chart-colors.ts';

/** Colours as CSS has resolved them, such as `rgb(0, 242, 254)`: what a canvas understands. */
export interface ChartColors {
  /** Of the lines, in the order of `--waooaw-chart-1` to `-8`. */
  readonly lines: readonly string[];
  readonly text: string;
  /** Of axes’ words. */
  readonly muted: string;
  /** Of grid lines. */
  readonly grid: string;
  /** What the chart stands on. */
  readonly surface: string;
}

/** A colour in a computed value: always a function, and none holds another. */
const COLOR = /[a-z-]+\([^()]*\)/g;

/**
 * Reads the colours where CSS has resolved them.
 * @param probe an element of the class `chart-probe`, in a shadow root with `tokens`, `surfaces` and `chartProbe`.
 * @throws {TypeError} when the element lacks those styles.
 */
export function readChartColors(probe: Element): ChartColors {
  const found = getComputedStyle(probe).boxShadow.match(COLOR) ?? [];
  const lines = found.slice(0, CHART_DASHES.length);
  const [text, muted, grid, surface] = found.slice(CHART_DASHES.length);
  if (text === undefined || muted === undefined || grid === undefined || surface === undefined)
    throw new TypeError('the chart’s probe lacks its styles');
  return { lines, text, muted, grid, surface };
}

/**
 * Tells when one of the colours has changed, whatever caused it: the page’s scheme, a theme attribute, a token.
 * @returns stops.
 */
export function watchChartColors(probe: Element, listener: (colors: ChartColors) => void): () => void {
  const changed = (): void => listener(readChartColors(probe));
  probe.addEventListener('transitionend', changed);
  // A transition needs a style to leave from, which a probe that was never drawn or read does not have.
  readChartColors(probe);
  return () => probe.removeEventListener('transitionend', changed);
}
