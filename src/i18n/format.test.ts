import { expect } from '@open-wc/testing';
import { countText, formatText, formatValue, pageLocale } from './format.ts';

/** Numbers as people read them: spaces that do not break are spaces. */
function text(value: number, unit: string, locale = 'en'): string {
  return formatText(value, unit, locale).replace(/\s/g, ' ');
}

type Case = readonly [value: number, unit: string, text: string];

const ENGLISH: Record<string, readonly Case[]> = {
  'a ratio in percent, below ten with one decimal': [
    [0, 'ratio', '0%'],
    [0.004, 'ratio', '0.4%'],
    [0.0999, 'ratio', '10%'],
    [0.1, 'ratio', '10%'],
    [0.123, 'ratio', '12%'],
    [0.999, 'ratio', '100%'],
    [12.5, 'ratio', '1,250%'],
    [-0.25, 'ratio', '-25%'],
    [-0.05, 'ratio', '-5%'],
  ],
  'bytes in the greatest unit of which there is one': [
    [0, 'bytes', '0 byte'],
    [0.5, 'bytes', '0.5 byte'],
    [999, 'bytes', '999 byte'],
    [1_000, 'bytes', '1 kB'],
    [1_536, 'bytes', '1.54 kB'],
    [999_000, 'bytes', '999 kB'],
    [1e6, 'bytes', '1 MB'],
    [16.4e9, 'bytes', '16.4 GB'],
    [2e12, 'bytes', '2 TB'],
    [3e15, 'bytes', '3 PB'],
    [4.5e18, 'bytes', '4,500 PB'],
    [-2_048, 'bytes', '-2.05 kB'],
  ],
  'bytes a second': [
    [0, 'bytes_per_second', '0 byte/s'],
    [1_250_000, 'bytes_per_second', '1.25 MB/s'],
    [7e15, 'bytes_per_second', '7 PB/s'],
  ],
  'seconds as seconds, milliseconds or microseconds': [
    [0, 'seconds', '0 ms'],
    [1, 'seconds', '1 sec'],
    [90, 'seconds', '90 sec'],
    [0.25, 'seconds', '250 ms'],
    [0.001, 'seconds', '1 ms'],
    [0.000_25, 'seconds', '250 μs'],
    [-0.25, 'seconds', '-250 ms'],
  ],
  'events a second': [
    [0, 'per_second', '0/s'],
    [12.34, 'per_second', '12.3/s'],
    [12_345, 'per_second', '12.35K/s'],
  ],
  'events a minute': [
    [0, 'per_minute', '0/min'],
    [1_234.5, 'per_minute', '1,235/min'],
  ],
  'counts, with four digits from a thousand on and compact from ten thousand': [
    [0, 'count', '0'],
    [7, 'count', '7'],
    [1.234, 'count', '1.23'],
    [999, 'count', '999'],
    [1_234, 'count', '1,234'],
    [9_999, 'count', '9,999'],
    [10_000, 'count', '10K'],
    [1_234_567, 'count', '1.235M'],
    [-1_234, 'count', '-1,234'],
    [1e15, 'count', '1E15'],
    [1e-7, 'count', '0.0000001'],
    [42, '', '42'],
  ],
  'a word of the host’s own behind the number': [
    [3, 'requests', '3 requests'],
    [12_000, 'jobs', '12K jobs'],
  ],
};

describe('formatText', () => {
  for (const [what, cases] of Object.entries(ENGLISH)) {
    it(`shows ${what}`, () => {
      for (const [value, unit, expected] of cases)
        expect(text(value, unit), `${value} ${unit}`).to.equal(expected);
    });
  }

  it('rounds before it chooses the unit, so that there are never a thousand of one', () => {
    expect(text(999_999, 'bytes')).to.equal('1 MB');
    expect(text(999.9, 'bytes')).to.equal('1 kB');
    expect(text(0.999_9, 'seconds')).to.equal('1 sec');
    expect(text(0.000_999_9, 'seconds')).to.equal('1 ms');
    expect(text(9_999.9, 'count')).to.equal('10K');
  });

  it('knows no negative zero', () => {
    expect(text(-0, 'count')).to.equal('0');
    expect(text(-0.000_1, 'ratio')).to.equal('0%');
  });

  it('writes as the language does', () => {
    expect(text(1_234.5, 'count', 'de')).to.equal('1.235');
    expect(text(12.34, 'per_second', 'de')).to.equal('12,3/s');
    expect(text(0.05, 'ratio', 'de')).to.equal('5 %');
    expect(text(1_536, 'bytes', 'de')).to.equal('1,54 kB');
    expect(text(0.25, 'seconds', 'de')).to.equal('250 ms');
    expect(text(1_536, 'bytes', 'fr')).to.equal('1,54 ko');
    expect(text(12.34, 'count', 'ar-EG')).to.equal('١٢٫٣');
  });

  it('falls back to English for a language that is none', () => {
    for (const locale of ['', 'en_US', '!!', 'x'])
      expect(text(1_234.5, 'count', locale), locale).to.equal('1,235');
  });
});

describe('formatValue', () => {
  it('sets the unit apart, with the space that the language wants', () => {
    expect(formatValue(0.25, 'ratio', 'en')).to.deep.equal({ number: '25', unit: '%' });
    expect(formatValue(1_536, 'bytes', 'en')).to.deep.equal({ number: '1.54', unit: ' kB' });
    expect(formatValue(0.25, 'ratio', 'de')).to.deep.equal({ number: '25', unit: '\u{a0}%' });
    expect(formatValue(3, 'requests', 'en')).to.deep.equal({ number: '3', unit: ' requests' });
    expect(formatValue(3, 'count', 'en')).to.deep.equal({ number: '3', unit: '' });
  });

  it('keeps the number whole where the language writes the unit first', () => {
    expect(formatValue(0.25, 'ratio', 'tr')).to.deep.equal({ number: '%25', unit: '' });
    expect(formatValue(-0.25, 'ratio', 'tr')).to.deep.equal({ number: '-%25', unit: '' });
  });
});

describe('countText', () => {
  it('is whole, as the language writes it, and in English where the language is none', () => {
    expect(['en', 'de', 'en_US', ''].map((locale) => countText(1_234_567, locale))).to.deep.equal([
      '1,234,567',
      '1.234.567',
      '1,234,567',
      '1,234,567',
    ]);
  });
});

describe('pageLocale', () => {
  afterEach(() => document.documentElement.removeAttribute('lang'));

  it('is the page’s language, and the browser’s where the page names none', () => {
    document.documentElement.lang = 'de-AT';
    expect(pageLocale()).to.equal('de-AT');
    document.documentElement.removeAttribute('lang');
    expect(pageLocale()).to.equal(navigator.language);
  });
});
