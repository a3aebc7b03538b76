/** The tokens’ colours as the browser resolves them, and every pair of them that is used. */
import { chartProbe } from '../theme/chart-colors.ts';
import { readChartColors } from '../theme/read-chart-colors.ts';
import { surfaces } from '../theme/surfaces.styles.ts';
import { tokens } from '../theme/tokens.styles.ts';
import { AA_GRAPHICS, AA_TEXT, contrast, mix, parseColor } from './contrast.ts';
import type { Color } from './contrast.ts';

const TONES = ['ok', 'info', 'degraded', 'critical', 'muted'];
const CARDS = ['surface', 'raised', 'overlay'];
/** How much of its tone a badge's background takes. */
const BADGE_SHARE = 0.1;

/** An element in a page, with the styles of every element of ours. */
export interface Probe {
  readonly host: HTMLElement;
  /** A colour by the private name: `text` for `--_text`. */
  readonly color: (name: string) => Color;
  /** Any other value, where a property of its type is set to it. */
  readonly value: (name: string, property: string) => string;
  readonly chart: () => readonly Color[];
}

/** @param parent what the colours are inherited from. */
export function openProbe(parent: Element = document.body): Probe {
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [tokens, surfaces, chartProbe].flatMap(({ styleSheet }) => styleSheet ?? []);
  const inside = document.createElement('div');
  const chart = document.createElement('div');
  chart.className = 'chart-probe';
  // Read at once, whatever has just changed.
  chart.style.transition = 'none';
  root.append(inside, chart);
  parent.append(host);
  const value = (name: string, property: string): string => {
    inside.style.setProperty(property, `var(--_${name})`);
    const computed = getComputedStyle(inside).getPropertyValue(property);
    inside.style.removeProperty(property);
    return computed;
  };
  return {
    host,
    value,
    color: (name) => parseColor(value(name, 'color')),
    chart: () => readChartColors(chart).lines.map(parseColor),
  };
}

/**
 * Every pair of colours that an element of ours may show one on the other, and cannot be told apart well enough.
 * @param grounds of the page.
 * @param text the least contrast of text; drawings and edges need 3 to 1 always.
 * @returns one line each, with what it is.
 */
export function weakPairs(probe: Probe, grounds: readonly Color[], text: number = AA_TEXT): string[] {
  const { color } = probe;
  const weak: string[] = [];
  let seen = 0;
  const hold = (what: string, front: Color, back: Color, least: number): void => {
    seen++;
    const ratio = contrast(front, back);
    if (ratio < least) weak.push(`${what} on ${back.map(Math.round).join()}: ${ratio.toFixed(2)}`);
  };
  const backs = [...grounds, ...CARDS.map(color)];
  for (const back of backs) {
    for (const name of ['text', 'accent-text', ...TONES]) hold(name, color(name), back, text);
    for (const name of ['border-strong', 'accent', 'focus']) hold(name, color(name), back, AA_GRAPHICS);
    probe.chart().forEach((line, i) => hold(`chart ${i + 1}`, line, back, AA_GRAPHICS));
    for (const tone of TONES) {
      const badge = mix(color(tone), back, BADGE_SHARE);
      for (const name of [tone, 'text', 'muted'])
        hold(`${name} in a badge of ${tone}`, color(name), badge, text);
    }
  }
  hold('on-accent', color('on-accent'), color('accent'), AA_TEXT);
  for (const name of ['on-highlight', 'text', 'muted', 'accent-text'])
    hold(name, color(name), color('highlight'), AA_TEXT);
  if (seen < backs.length * 30) throw new Error(`only ${seen} pairs were seen`);
  return weak;
}
