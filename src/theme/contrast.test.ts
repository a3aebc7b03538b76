import { expect } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { AAA_TEXT, AA_TEXT, VISION_NAMES, contrast, distance, mix, parseColor } from '../testing/contrast.ts';
import { MEDIA, followColorScheme } from '../testing/media.ts';
import { openProbe, weakPairs } from '../testing/palette.ts';
import type { Probe } from '../testing/palette.ts';

/** What pages are made of: the brand's grounds, and the console's. */
const GROUNDS = { light: ['#ffffff', '#f8f9fa', '#f1f3f5', '#e9ecef'], dark: ['#0a0a0a'] };
const THEMES = ['light', 'dark'] as const;
/** Colours so far apart in Oklab are told apart side by side, and as thin lines: twice what is just noticed as different. */
const APART = 0.08;

let probe: Probe;

before(followColorScheme);
beforeEach(() => (probe = openProbe()));
afterEach(async () => {
  probe.host.remove();
  await emulateMedia(MEDIA.light);
});

describe('contrast', () => {
  it('is measured as WCAG does', () => {
    expect(contrast(parseColor('#000'), parseColor('#fff'))).to.equal(21);
    expect(contrast(parseColor('#777777'), parseColor('rgb(255, 255, 255)'))).to.be.closeTo(4.48, 0.005);
    expect(mix(parseColor('#fff'), parseColor('#000'), 0.2)).to.deep.equal([51, 51, 51]);
    expect(parseColor('color(srgb 1 0.5 0)')).to.deep.equal([255, 127.5, 0]);
    for (const text of ['red', 'rgba(0, 0, 0, 0.5)', '#12345', 'rgb(1, 2)'])
      expect(() => parseColor(text)).to.throw(TypeError, text);
  });

  it('finds a colour that is too weak, whatever it is for', () => {
    for (const [token, what] of [
      ['muted', 'muted'],
      ['border-strong', 'border-strong'],
      ['focus', 'focus'],
      ['on-accent', 'on-accent'],
      ['chart-3', 'chart 3'],
    ] as const) {
      probe.host.style.setProperty(`--waooaw-${token}`, token === 'on-accent' ? '#0569b1' : '#eeeeee');
      expect(weakPairs(probe, [[255, 255, 255]]).join('\n')).to.include(`${what} on `);
      probe.host.style.removeProperty(`--waooaw-${token}`);
    }
    probe.host.style.setProperty('--waooaw-highlight', '#333333');
    expect(weakPairs(probe, [[255, 255, 255]]).join('\n')).to.include('text on 51,51,51');
  });

  for (const theme of THEMES) {
    it(`of every pair that is used is enough in the ${theme} theme`, async () => {
      await emulateMedia(MEDIA[theme]);
      expect(weakPairs(probe, GROUNDS[theme].map(parseColor), AA_TEXT)).to.deep.equal([]);
    });

    it(`is 7 to 1 for text in the ${theme} theme when more is asked for`, async () => {
      await emulateMedia({ ...MEDIA['more contrast'], colorScheme: theme });
      expect(weakPairs(probe, GROUNDS[theme].map(parseColor), AAA_TEXT)).to.deep.equal([]);
    });

    for (const vision of VISION_NAMES) {
      it(`lets the lines of a chart be told apart in the ${theme} theme: ${vision}`, async () => {
        await emulateMedia(MEDIA[theme]);
        const lines = probe.chart();
        expect(lines).to.have.length(8);
        for (const [i, line] of lines.entries())
          for (const other of lines.slice(i + 1))
            expect(distance(line, other, vision), `${line.join()} and ${other.join()}`).to.be.at.least(APART);
      });
    }
  }
});
