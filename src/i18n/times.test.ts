import { expect } from '@open-wc/testing';
import { formatDuration, formatList, formatTime, formatUnit, plural } from './times.ts';

/** Spaces that do not break are spaces. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('formatDuration', () => {
  it('tells a duration in its greatest units', () => {
    const cases: readonly (readonly [seconds: number, text: string])[] = [
      [0, '0 seconds'],
      [0.25, '250 milliseconds'],
      [0.9999, '1 second'],
      [1, '1 second'],
      [59.4, '59 seconds'],
      [59.6, '1 minute'],
      [90, '1 minute, 30 seconds'],
      [3_599.9, '1 hour'],
      [5_400, '1 hour, 30 minutes'],
      [86_400, '1 day'],
      [90_000, '1 day, 1 hour'],
      [86_400 * 400, '400 days'],
      [-90, '1 minute, 30 seconds'],
    ];
    for (const [seconds, text] of cases)
      expect(plain(formatDuration(seconds, 'en')), `${seconds}`).to.equal(text);
  });

  it('in as many units and as much room as asked for, in the language', () => {
    expect(plain(formatDuration(5_430, 'en', 'short', 1))).to.equal('2 hr');
    expect(plain(formatDuration(5_430, 'en', 'narrow', 3))).to.equal('1h 30m 30s');
    expect(plain(formatDuration(5_400, 'de'))).to.equal('1 Stunde, 30 Minuten');
    expect(plain(formatDuration(120, 'es'))).to.equal('2 minutos');
    expect(plain(formatDuration(120, 'ar'))).to.match(/دقيقت/);
    expect(plain(formatDuration(120, 'qps-ploc'))).to.equal('2 minutes');
  });
});

describe('formatUnit', () => {
  it('takes the form that the number wants', () => {
    expect(plain(formatUnit(1, 'minute', 'en'))).to.equal('1 minute');
    expect(plain(formatUnit(2, 'minute', 'de'))).to.equal('2 Minuten');
    expect(plain(formatUnit(5, 'minute', 'pl'))).to.equal('5 minut');
  });
});

describe('formatTime', () => {
  const noon = Date.UTC(2020, 4, 17, 12, 34, 56);

  it('names the day where it is not today, and UTC where it is chosen', () => {
    expect(plain(formatTime(noon, 'en-GB', 'UTC'))).to.equal('17 May 2020, 12:34:56 UTC');
    expect(plain(formatTime(noon, 'de', 'UTC', false))).to.equal('17. Mai 2020, 12:34 UTC');
    const now = Date.now();
    expect(formatTime(now, 'en')).to.match(/^\d+:\d\d:\d\d/);
    expect(formatTime(now, 'en')).not.to.contain('UTC');
  });

  it('is of the reader’s zone otherwise', () => {
    const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' }).format(noon);
    expect(formatTime(noon, 'en')).to.equal(local);
  });
});

describe('formatList and plural', () => {
  it('are the language’s', () => {
    expect(formatList(['a', 'b', 'c'], 'en')).to.equal('a, b, and c');
    expect(formatList(['a', 'b'], 'de', 'or')).to.equal('a oder b');
    expect(formatList([], 'en')).to.equal('');
    const forms = { one: 'one', few: 'few', other: 'other' };
    expect([1, 2, 5].map((count) => plural('pl', count, forms))).to.deep.equal(['one', 'few', 'other']);
    expect([1, 2].map((count) => plural('en', count, { other: 'x' }))).to.deep.equal(['x', 'x']);
  });
});
