import { expect } from '@open-wc/testing';
import { emulateMedia } from '@web/test-runner-commands';
import { AA_GRAPHICS, AA_TEXT, contrast, parseColor } from '../../src/testing/contrast.ts';
import type { Color } from '../../src/testing/contrast.ts';
import { MEDIA } from '../../src/testing/media.ts';
import { openProbe, weakPairs } from '../../src/testing/palette.ts';

const LOOKS = ['brand', 'neutral', 'harbour'];
const root = document.documentElement;
const links: HTMLLinkElement[] = [];

before(async () => {
  for (const look of LOOKS) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(`./${look}.css`, import.meta.url).href;
    const loaded = new Promise((resolve) => (link.onload = resolve));
    document.head.append(link);
    links.push(link);
    await loaded;
  }
  root.style.colorScheme = 'light dark';
});
afterEach(() => emulateMedia(MEDIA.light));
after(() => {
  links.forEach((link) => link.remove());
  delete root.dataset['look'];
});

/** A variable of the page, as the browser resolves it there. */
function pageColor(name: string, place: Element): Color {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return parseColor(color);
}

/** Something on the page, and something on its bar, which may be of the other scheme. */
function places(): Record<'ground' | 'bar', HTMLElement> {
  const ground = document.createElement('div');
  const bar = document.createElement('div');
  bar.style.colorScheme = 'var(--bar-scheme, inherit)';
  document.body.append(ground, bar);
  return { ground, bar };
}

describe('the console’s themes', () => {
  for (const look of LOOKS)
    for (const media of ['light', 'dark', 'more contrast', 'more contrast, dark'] as const)
      it(`${look}: every pair of colours that is used can be read: ${media}`, async () => {
        await emulateMedia(
          media === 'more contrast, dark' ? { ...MEDIA['more contrast'], colorScheme: 'dark' } : MEDIA[media],
        );
        root.dataset['look'] = look;
        for (const [name, place] of Object.entries(places())) {
          const ground = pageColor(name, place);
          const probe = openProbe(place);
          const backs = [ground, probe.color('surface')];
          expect(weakPairs(probe, [ground]), name).to.deep.equal([]);
          for (const back of backs) {
            for (const text of ['text', 'muted', 'accent'])
              expect(contrast(pageColor(text, place), back), `${text} on the ${name}`).to.be.at.least(
                AA_TEXT,
              );
            expect(contrast(pageColor('edge', place), back), `edges on the ${name}`).to.be.at.least(
              AA_GRAPHICS,
            );
          }
          place.remove();
        }
      });

  it('set nothing but tokens and variables of the page, and fetch nothing', () => {
    for (const { sheet, href } of links) {
      const rules = [...(sheet?.cssRules ?? [])].flatMap((rule) =>
        rule instanceof CSSMediaRule ? [...rule.cssRules] : [rule],
      );
      expect(rules.length, href).to.be.greaterThan(0);
      for (const rule of rules) {
        const { selectorText, style, cssText } = rule as CSSStyleRule;
        expect(selectorText, href).to.match(/^:root(\[data-look="\w+"\])?$/);
        expect([...style].filter((property) => !property.startsWith('--'))).to.deep.equal([]);
        expect(cssText).not.to.match(/url\(|@import|https?:/);
      }
    }
  });

  it('differ in more than colour', () => {
    const fonts = LOOKS.map((look) => {
      root.dataset['look'] = look;
      const probe = openProbe();
      const seen = [
        probe.value('font-display', 'font-family'),
        probe.value('radius', 'border-start-start-radius'),
      ];
      probe.host.remove();
      return seen.join();
    });
    expect(new Set(fonts).size).to.equal(LOOKS.length);
  });
});
