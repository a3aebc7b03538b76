import { expect } from '@open-wc/testing';
import { surfaces } from './surfaces.styles.ts';
import { tokens } from './tokens.styles.ts';

type Color = readonly [red: number, green: number, blue: number];

const THEMES = ['light', 'dark'] as const;
const TONES = ['ok', 'info', 'degraded', 'critical', 'muted'];
const GROUNDS = { light: ['#ffffff', '#f8f9fa'], dark: ['#0a0a0a'] };

/** WCAG 2.2, 1.4.3: text of ordinary size. */
const AA_TEXT = 4.5;
/** How much of its tone a badge's background takes. */
const MIX = 0.1;

/** Defaults by token: `[light, dark]`, as the style sheets have them. */
const defaults = new Map(
  [
    ...(tokens.cssText + surfaces.cssText).matchAll(
      /--_(\S+): var\(--waooaw-\S+, light-dark\((\S+), (\S+)\)\)/g,
    ),
  ].map(
    ([, name = '', light = '', dark = '']) => [name, { light: parse(light), dark: parse(dark) }] as const,
  ),
);

function parse(hex: string): Color {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g);
  const [red, green, blue] = (digits ?? []).map((pair) => parseInt(pair, 16));
  if (red === undefined || green === undefined || blue === undefined) throw new Error(`no colour: ${hex}`);
  return [red, green, blue];
}

function token(name: string, theme: (typeof THEMES)[number]): Color {
  const found = defaults.get(name);
  if (!found) throw new Error(`there is no token "${name}" with a light and a dark default`);
  return found[theme];
}

/** WCAG 2.2, relative luminance. */
function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((channel) => {
    const c = channel / 255;
    return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, contrast ratio. */
function contrast(a: Color, b: Color): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

function mix(color: Color, over: Color, share: number): Color {
  const [red, green, blue] = color.map((channel, i) => channel * share + (over[i] ?? 0) * (1 - share));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

describe('contrast', () => {
  it('is measured as WCAG does', () => {
    expect(contrast(parse('#000'), parse('#fff'))).to.equal(21);
    expect(contrast(parse('#777777'), parse('#fff'))).to.be.closeTo(4.48, 0.005);
  });

  for (const theme of THEMES) {
    const grounds = [...GROUNDS[theme].map(parse), token('surface', theme), token('raised', theme)];

    for (const name of ['text', 'accent', ...TONES]) {
      it(`of ${name} as text is at least ${AA_TEXT} on every ground in the ${theme} theme`, () => {
        for (const ground of grounds) {
          expect(contrast(token(name, theme), ground), `on ${ground.join()}`).to.be.at.least(AA_TEXT);
        }
      });
    }

    for (const tone of TONES) {
      it(`of a badge’s words on its ${tone} background is at least ${AA_TEXT} in the ${theme} theme`, () => {
        for (const ground of grounds) {
          const background = mix(token(tone, theme), ground, MIX);
          for (const words of [tone, 'text', 'muted']) {
            expect(
              contrast(token(words, theme), background),
              `${words} over ${ground.join()}`,
            ).to.be.at.least(AA_TEXT);
          }
        }
      });
    }
  }
});
