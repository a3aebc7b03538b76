import { expect } from '@open-wc/testing';
import { formatText } from '../../i18n/format.ts';
import { changeOf, valueAt } from './change.ts';
import { detailsMessages } from './details-words.ts';

function change(before: number, now: number, unit = ''): string {
  const format = (value: number): string => formatText(value, unit, 'en');
  const { way, amount } = changeOf(before, now, {
    unit,
    locale: 'en',
    words: detailsMessages.get('en'),
    format,
  });
  return `${way} ${amount}`;
}

describe('a change', () => {
  it('is a share of what was', () => {
    expect(change(100, 112)).to.equal('up 12%');
    expect(change(100, 95)).to.equal('down 5%');
    expect(change(-100, -112)).to.equal('down 12%');
    expect(change(3, 3)).to.equal('same 0%');
    expect(change(100_000, 100_049)).to.equal('same 0%');
  });

  it('is in points where the number is a percentage', () => {
    expect(change(0.1, 0.2, 'ratio')).to.equal('up 10 pp');
    expect(change(0.991, 0.978, 'ratio')).to.equal('down 1.3 pp');
    expect(change(40, 37.5, 'percent')).to.equal('down 2.5 pp');
    expect(change(0.5, 0.5001, 'ratio')).to.equal('same 0 pp');
  });

  it('is in its own unit from nought on, which has no shares', () => {
    expect(change(0, 5e6, 'bytes')).to.equal('up 5 MB');
    expect(change(0, -3)).to.equal('down 3');
    expect(change(0, 0)).to.equal('same 0%');
  });
});

describe('the value at a time', () => {
  const columns = [
    [0, 10, 20, 30],
    [1, null, 3, 4],
  ] as [number[], (number | null)[]];

  it('is the nearest that is near enough', () => {
    expect(valueAt(columns, 21, 5)).to.equal(3);
    expect(valueAt(columns, 26, 5)).to.equal(4);
    expect(valueAt(columns, 34, 5)).to.equal(4);
    expect(valueAt(columns, 36, 5)).to.equal(undefined);
    expect(valueAt(columns, 10, 5), 'a gap').to.equal(undefined);
    expect(valueAt([[], []], 10, 5)).to.equal(undefined);
  });
});
