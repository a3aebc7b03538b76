import { expect } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { parseColor } from '../testing/contrast.ts';
import { MEDIA, followColorScheme } from '../testing/media.ts';
import { openProbe } from '../testing/palette.ts';
import type { Probe } from '../testing/palette.ts';
import { chartProbe } from './chart-colors.ts';
import { CHART_COLORS, COLORS, DURATIONS, LENGTHS, TOKEN_NAMES } from './index.ts';
import type { ColorName, TokenProperty } from './index.ts';
import { surfaces } from './surfaces.styles.ts';
import { tokens } from './tokens.styles.ts';

const SHEETS = { tokens, surfaces, chartProbe };
/** Set on a page and read by nobody but it. */
const PAGES_OWN: readonly string[] = ['ground'];

let probe: Probe;

before(followColorScheme);
beforeEach(() => (probe = openProbe()));
afterEach(async () => {
  probe.host.remove();
  await emulateMedia(MEDIA.light);
});

const elementColors = (Object.keys(COLORS.light) as ColorName[]).filter(
  (name) => !PAGES_OWN.includes(name) && !name.startsWith('chart-'),
);

describe('the style sheets', () => {
  it('fetch nothing: fonts are named, and nothing has an address', () => {
    for (const [name, { cssText }] of Object.entries(SHEETS)) {
      expect(cssText.length, name).to.be.greaterThan(200);
      expect(cssText, name).not.to.match(/url\(|@import|@font-face|image-set|https?:/i);
    }
  });

  it('let a page set every token', () => {
    const all = Object.values(SHEETS)
      .map(({ cssText }) => cssText)
      .join('');
    for (const name of TOKEN_NAMES) {
      const property: TokenProperty = `--waooaw-${name}`;
      if (!PAGES_OWN.includes(name)) expect(all, property).to.include(`var(${property}, `);
    }
  });
});

describe('the constants', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`are what the browser makes of the sheets in the ${theme} theme`, async () => {
      await emulateMedia(MEDIA[theme]);
      for (const name of elementColors)
        expect(probe.color(name), name).to.deep.equal(parseColor(COLORS[theme][name]));
      expect(probe.chart()).to.deep.equal(CHART_COLORS[theme].map(parseColor));
    });
  }

  it('are what the browser makes of the sheets where more contrast is asked for', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await emulateMedia({ ...MEDIA['more contrast'], colorScheme: theme });
      const constants = theme === 'light' ? COLORS.moreLight : COLORS.moreDark;
      for (const name of elementColors)
        expect(probe.color(name), name).to.deep.equal(parseColor(constants[name]));
    }
  });

  it('have the lengths of both densities', () => {
    const lengths = (): Record<string, number> =>
      Object.fromEntries(
        Object.keys(LENGTHS.compact).map((name) => [name, parseFloat(probe.value(name, 'inline-size'))]),
      );
    // A percentage of nothing: the probe's own width is what is asked.
    expect(lengths()).to.deep.equal(LENGTHS.comfortable);
    probe.host.setAttribute('density', 'compact');
    expect(lengths()).to.deep.equal(LENGTHS.compact);
    expect(LENGTHS.compact['control-size'], 'WCAG 2.5.8').to.be.at.least(24);
  });

  it('have the durations, which are none under reduced motion', async () => {
    const durations = (): string[] =>
      Object.keys(DURATIONS).map((name) => probe.value(name, 'transition-duration'));
    expect(durations().map((text) => parseFloat(text) * 1000)).to.deep.equal(Object.values(DURATIONS));
    await emulateMedia(MEDIA['reduced motion']);
    probe.host.style.setProperty('--waooaw-motion-slow', '9s');
    expect(durations()).to.deep.equal(['0s', '0s']);
  });
});

describe('a theme', () => {
  it('is the page’s, that of the subtree, or the element’s own', async () => {
    await emulateMedia(MEDIA.dark);
    expect(probe.color('surface')).to.deep.equal(parseColor(COLORS.dark.surface));
    const subtree = document.createElement('div');
    subtree.style.colorScheme = 'light';
    document.body.append(subtree);
    const inside = openProbe(subtree);
    expect(inside.color('surface')).to.deep.equal(parseColor(COLORS.light.surface));
    inside.host.setAttribute('theme', 'dark');
    expect(inside.color('surface')).to.deep.equal(parseColor(COLORS.dark.surface));
    // An element of ours is a subtree as well: what is inside it follows.
    const nested = openProbe(inside.host);
    inside.host.shadowRoot?.append(document.createElement('slot'));
    expect(nested.color('surface')).to.deep.equal(parseColor(COLORS.dark.surface));
    subtree.remove();
  });

  it('may say the accent alone, and what goes by it follows', () => {
    probe.host.style.setProperty('--waooaw-accent', 'rgb(1, 2, 3)');
    for (const name of ['accent', 'accent-text', 'focus'])
      expect(probe.color(name), name).to.deep.equal([1, 2, 3]);
    probe.host.style.setProperty('--waooaw-accent-text', 'rgb(4, 5, 6)');
    expect(probe.color('accent-text')).to.deep.equal([4, 5, 6]);
  });

  it('gives way to forced colours, whatever a page has set', async () => {
    probe.host.style.setProperty('--waooaw-surface', 'rgb(1, 2, 3)');
    await emulateMedia(MEDIA['forced colours']);
    for (const [name, system] of [
      ['surface', 'Canvas'],
      ['border-strong', 'CanvasText'],
      ['accent', 'Highlight'],
      ['on-accent', 'HighlightText'],
      ['highlight', 'Mark'],
    ] as const) {
      const own = document.createElement('div');
      own.style.backgroundColor = system;
      document.body.append(own);
      expect(probe.value(name, 'background-color'), name).to.equal(getComputedStyle(own).backgroundColor);
      own.remove();
    }
  });
});

describe('density', () => {
  const height = ({ value }: Probe): number => parseFloat(value('control-size', 'block-size'));

  it('is compact in a compact element, and in whatever is inside it', () => {
    probe.host.setAttribute('density', 'compact');
    probe.host.shadowRoot?.append(document.createElement('slot'));
    const inside = openProbe(probe.host);
    expect(height(inside)).to.equal(LENGTHS.compact['control-size']);
    inside.host.setAttribute('density', 'comfortable');
    expect(height(inside)).to.equal(LENGTHS.comfortable['control-size']);
  });

  it('is a number that a page sets, between 0 and 1', () => {
    const { style } = probe.host;
    for (const [density, px] of [
      ['0.5', 32],
      ['1', 28],
      ['7', 28],
      ['-2', 36],
    ] as const) {
      style.setProperty('--waooaw-density', density);
      expect(height(probe), density).to.equal(px);
    }
    style.setProperty('--waooaw-control-size', '50px');
    expect(height(probe), 'a size that the page sets holds in every density').to.equal(50);
  });
});
