/** Writes the design tokens as style sheets. */
import type { Case, Token } from './token-source.ts';

const NOTE = '/** Written by scripts/tokens.ts from tokens.json: change that, and run `npm run tokens`. */';

/** What every element needs: text, tones and the theme switch. As small as can be: each element carries it. */
export function coreSheet(tokens: readonly Token[]): string {
  const own = tokens.filter(({ sheet }) => sheet === 'core');
  return `${NOTE}
import { css } from 'lit';

/** What every element needs: text, tones and the theme switch. */
export const tokens = css\`
  :host {
    ${declare(own)}
    font-family: var(--_font);
    color: var(--_text);
  }
  ${media('prefers-contrast: more', contrast(own))}
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([hidden]) {
    display: none;
  }
\`;
`;
}

/** What elements with surfaces and controls of their own need beside it. */
export function surfacesSheet(tokens: readonly Token[]): string {
  const own = tokens.filter(({ sheet }) => sheet === 'surfaces');
  return `${NOTE}
import { css } from 'lit';

/** What elements with surfaces and controls of their own need beside the core: apart, so that a badge does not carry it. */
export const surfaces = css\`
  :host {
    --_density: clamp(0, var(--waooaw-density, 0), 1);
    ${declare(own.filter(({ name }) => name !== 'density'))}
  }
  ${media('prefers-contrast: more', contrast(own))}
  /* Not for a host to change: a page's colours, and its motion, are not what these readers asked for. */
  ${media('prefers-reduced-motion: reduce', fixed(own, 'reduced'))}
  ${media('forced-colors: active', fixed(own, 'forced'))}
  :host([density='compact']) {
    --waooaw-density: 1;
  }
  :host([density='comfortable']) {
    --waooaw-density: 0;
  }
\`;
`;
}

/** The lines' colours where a canvas can read them: see read-chart-colors.ts. */
export function chartModule(tokens: readonly Token[], dashes: readonly (readonly number[])[]): string {
  const lines = tokens.filter(({ path }) => path.startsWith('chart.'));
  const shades = [
    ...lines.map(valueOf),
    'var(--_text)',
    'var(--_muted)',
    'var(--_border)',
    'var(--_surface)',
  ];
  const forced = [...lines.map(() => 'CanvasText'), 'CanvasText', 'CanvasText', 'GrayText', 'Canvas'];
  const shadows = (colors: readonly string[]): string => colors.map((color) => `0 0 ${color}`).join(', ');
  const list = (key: Case): string => JSON.stringify(lines.map(({ css }) => css[key]));
  return `${NOTE}
import { css } from 'lit';

/** Colours of a chart's lines, in this order, as the tokens have them when no page has changed them. */
export const CHART_COLORS = {
  light: ${list('light')},
  dark: ${list('dark')},
} as const;

/** Dashes of those lines, px: with eight lines colour alone does not tell; where colours are forced, it is all there is. */
export const CHART_DASHES = ${JSON.stringify(dashes)} as const;

/**
 * Canvas knows no custom property and no \`light-dark()\`. A \`box-shadow\` is a list of colours that CSS resolves, and whose
 * transition tells when one of them has changed: an element with this class is never seen, and holds them all.
 * Goes with the tokens and the surfaces.
 */
export const chartProbe = css\`
  .chart-probe {
    position: absolute;
    visibility: hidden;
    inline-size: 0;
    block-size: 0;
    box-shadow: ${shadows(shades)};
    transition: box-shadow 1ms;
  }
  @media (forced-colors: active) {
    .chart-probe {
      forced-color-adjust: none;
      box-shadow: ${shadows(forced)};
    }
  }
\`;
`;
}

/** The part of waooaw.css that gives a page the tokens, in a layer of its own so that whatever a page says comes first. */
export function pageSheet(tokens: readonly Token[]): string {
  // What follows the density, or another token, has to be computed where it is used.
  const own = tokens.filter(
    ({ css, follows, path }) => css.compact === undefined && !follows && !path.startsWith('chart.'),
  );
  const set = (lines: readonly Line[]): string =>
    lines.map(([name, value]) => `--waooaw-${name}: ${value};`).join('\n');
  const rule = (lines: readonly Line[]): string => `:where(.waooaw-page) { ${set(lines)} }`;
  const contrasts = own.flatMap((token): Line[] => {
    const value = contrastOf(token);
    return value === undefined ? [] : [[token.name, value]];
  });
  const cases = (key: Case): Line[] => own.flatMap(({ name, css }) => (css[key] ? [[name, css[key]]] : []));
  return `@layer waooaw {
  ${rule(own.map((token) => [token.name, defaultOf(token)]))}
  :where(.waooaw-page) {
    background: var(--waooaw-ground);
    color: var(--waooaw-text);
    font-family: var(--waooaw-font);
  }
  @media (prefers-contrast: more) { ${rule(contrasts)} }
  @media (prefers-reduced-motion: reduce) { ${rule(cases('reduced'))} }
}`;
}

type Line = readonly [name: string, value: string];

function declare(tokens: readonly Token[]): string {
  return tokens.map((token) => `--_${token.name}: ${valueOf(token)};`).join('\n    ');
}

/** What a host says, else the default. */
function valueOf(token: Token): string {
  return `var(--waooaw-${token.name}, ${defaultOf(token)})`;
}

function defaultOf({ css, follows, type }: Token): string {
  const { light = '', dark = light, compact } = css;
  if (follows !== undefined) return `var(--_${follows})`;
  if (compact !== undefined) return `calc(${light} - ${difference(light, compact)} * var(--_density))`;
  return type === 'shadow' ? shadow(light, dark) : both(light, dark);
}

function contrast(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    const value = contrastOf(token);
    return value === undefined ? [] : [`--_${token.name}: var(--waooaw-${token.name}, ${value});`];
  });
}

function contrastOf({ css: { moreLight, moreDark } }: Token): string | undefined {
  return moreLight === undefined || moreDark === undefined ? undefined : both(moreLight, moreDark);
}

function fixed(tokens: readonly Token[], key: Case): string[] {
  return tokens.flatMap(({ name, css }) => (css[key] === undefined ? [] : [`--_${name}: ${css[key]};`]));
}

function media(query: string, lines: readonly string[]): string {
  return `@media (${query}) {
    :host {
      ${lines.join('\n      ')}
    }
  }`;
}

function both(light: string, dark: string): string {
  return light === dark ? light : `light-dark(${light}, ${dark})`;
}

/** `light-dark()` takes colours alone: of a shadow, its last part. */
function shadow(light: string, dark: string): string {
  const [, lengths = '', color = ''] = /^(.*?) (\S+\(.*\)|\S+)$/.exec(light) ?? [];
  return `${lengths} ${both(color, dark.slice(lengths.length + 1))}`;
}

/** `1rem` less `0.75rem`, both in one unit. */
function difference(much: string, little: string): string {
  const unit = much.replace(/^[\d.]+/, '');
  return `${Number((parseFloat(much) - parseFloat(little)).toFixed(4))}${unit}`;
}
