/** Colours as eyes tell them apart: WCAG's contrast, and the three deficiencies of colour vision. */

/** Red, green and blue, each from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** WCAG 2.2, 1.4.3: text of ordinary size. */
export const AA_TEXT = 4.5;
/** WCAG 2.2, 1.4.6: the same, enhanced. */
export const AAA_TEXT = 7;
/** WCAG 2.2, 1.4.11: what must be seen to understand a control or a drawing. */
export const AA_GRAPHICS = 3;

/** Machado, Oliveira and Fernandes 2009, severity 1, for linear light; the first sees everything. */
const VISIONS = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;
export type Vision = keyof typeof VISIONS;
export const VISION_NAMES = Object.keys(VISIONS) as Vision[];

/**
 * Reads `#rgb`, `#rrggbb`, `rgb(…)` and `color(srgb …)`: what a computed value of ours may be.
 * @throws {TypeError} for anything else, and for what can be seen through.
 */
export function parseColor(text: string): Color {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    return toColor(digits.map((pair) => parseInt(pair, 16)));
  }
  const [, notation, numbers = ''] = /^(rgba?|color)\((?:srgb )?([^a-z]*)\)$/.exec(text) ?? [];
  const [red, green, blue, alpha = 1] = (numbers.match(/[\d.e-]+/g) ?? []).map(Number);
  const channels = [red, green, blue].filter((channel) => channel !== undefined);
  if (notation === undefined || channels.length < 3 || alpha !== 1) throw new TypeError(`no colour: ${text}`);
  return toColor(notation === 'color' ? channels.map((channel) => channel * 255) : channels);
}

/** WCAG 2.2, contrast ratio: from 1 to 21. */
export function contrast(a: Color, b: Color): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** One colour over another, as `color-mix(in srgb, …)` and opacity do. */
export function mix(color: Color, over: Color, share: number): Color {
  return toColor(color.map((channel, i) => channel * share + (over[i] ?? 0) * (1 - share)));
}

/** How far apart two colours are in Oklab, as this vision sees them: black and white are 1 apart. */
export function distance(a: Color, b: Color, vision: Vision = 'full'): number {
  const [one, other] = [a, b].map((color) => oklab(seen(linear(color), vision)));
  return Math.hypot(...(one ?? []).map((value, i) => value - (other?.[i] ?? 0)));
}

function luminance(color: Color): number {
  const [red, green, blue] = linear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(color: Color): Color {
  return toColor(
    color.map((channel) => {
      const c = channel / 255;
      return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }),
  );
}

function seen([red, green, blue]: Color, vision: Vision): Color {
  const m = VISIONS[vision];
  return toColor(
    [0, 3, 6].map((row) => {
      const value = (m[row] ?? 0) * red + (m[row + 1] ?? 0) * green + (m[row + 2] ?? 0) * blue;
      return Math.min(1, Math.max(0, value));
    }),
  );
}

/** Björn Ottosson 2020. */
function oklab([red, green, blue]: Color): Color {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toColor([red = 0, green = 0, blue = 0]: readonly number[]): Color {
  return [red, green, blue];
}
