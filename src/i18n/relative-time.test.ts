import { expect } from '@open-wc/testing';
import { setPagePace } from '../a11y/page-pace.ts';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { setHidden } from '../testing/visibility.ts';
import { setPageTimeZone } from './page-time-zone.ts';
import { changesIn, followTime, relativeText } from './relative-time.ts';
import type { RelativeTime } from './relative-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let timers: FakeTimers;
/** Timers that were set, by delay, ms. */
let sleeps: number[];
const stops: (() => void)[] = [];

beforeEach(() => {
  timers = fakeTimers();
  sleeps = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((call: () => void, ms: number) => {
    sleeps.push(ms);
    return setTimeout(call, ms);
  }) as typeof setTimeout;
});
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
  setHidden(false);
  setPagePace({ paused: false });
  setPageTimeZone('local');
  timers.restore();
});

/** Follows a time that is so long ago, and remembers what it is told. */
function follow(agoMs: number, locale = 'en', now?: () => number): RelativeTime[] {
  const told: RelativeTime[] = [];
  const at = (now ?? Date.now)() - agoMs;
  stops.push(followTime({ at, locale, ...(now && { now }) }, (time) => told.push(time)));
  return told;
}

const texts = (told: readonly RelativeTime[]): string[] => told.map(({ text }) => text);

describe('relativeText', () => {
  it('says how long ago, and how soon, in steps that can be read', () => {
    const cases: readonly (readonly [agoMs: number, text: string])[] = [
      [0, 'now'],
      [9_999, 'now'],
      [10_000, '10 seconds ago'],
      [59_999, '50 seconds ago'],
      [MINUTE, '1 minute ago'],
      [HOUR - 1, '59 minutes ago'],
      [HOUR, '1 hour ago'],
      [DAY, 'yesterday'],
      [2 * DAY, '2 days ago'],
      [-9_999, 'now'],
      [-20_000, 'in 20 seconds'],
      [-5 * MINUTE, 'in 5 minutes'],
      [-DAY, 'tomorrow'],
    ];
    for (const [ago, text] of cases)
      expect(relativeText(DAY * 9 - ago, DAY * 9, 'en'), `${ago}`).to.equal(text);
  });

  it('speaks the language, shorter where asked', () => {
    expect(relativeText(0, 5 * MINUTE, 'de')).to.equal('vor 5 Minuten');
    expect(relativeText(0, 5 * MINUTE, 'es')).to.equal('hace 5 minutos');
    expect(relativeText(0, 5 * MINUTE, 'en', 'short')).to.equal('5 min. ago');
  });

  it('says when, where it is over a week', () => {
    setPageTimeZone('UTC');
    expect(relativeText(Date.UTC(2020, 4, 17, 12, 34), Date.UTC(2020, 5, 1), 'en-GB')).to.match(
      /^17 May 2020, 12:34.UTC$/,
    );
  });

  it('changes exactly when it says that it does', () => {
    const now = Date.UTC(2020, 4, 17);
    for (const ago of [
      0,
      1,
      9_999,
      10_000,
      61_500,
      HOUR + 1,
      25 * HOUR,
      6.5 * DAY,
      -1,
      -10_000,
      -95_000,
      -2 * DAY,
    ]) {
      const at = now - ago;
      const in_ = changesIn(at, now);
      const text = relativeText(at, now, 'en');
      expect(relativeText(at, now + in_ - 1, 'en'), `${ago} before`).to.equal(text);
      if (Math.abs(ago) > 10_000) expect(relativeText(at, now + in_, 'en'), `${ago} then`).not.to.equal(text);
    }
    expect(changesIn(now - 8 * DAY, now)).to.equal(Infinity);
    expect(changesIn(now + 8 * DAY, now)).to.equal(DAY + 1);
  });
});

describe('followTime', () => {
  it('tells at once, and then only what has changed', () => {
    const told = follow(0);
    timers.advance(9_999);
    expect(texts(told)).to.deep.equal(['now']);
    timers.advance(20_001);
    expect(texts(told)).to.deep.equal(['now', '10 seconds ago', '20 seconds ago', '30 seconds ago']);
  });

  it('has one timer for all, that sleeps until the next text changes', () => {
    for (let i = 0; i < 1_000; i++) follow(10 * MINUTE + 30 * SECOND);
    expect(new Set(sleeps)).to.deep.equal(new Set([30 * SECOND]));
    sleeps.length = 0;
    timers.advance(MINUTE);
    expect(sleeps).to.deep.equal([MINUTE]);
    expect(sleeps.length, 'one for a thousand').to.equal(1);
  });

  it('sleeps an hour at most, for machines that slept', () => {
    const told = follow(3 * DAY);
    expect(sleeps).to.deep.equal([HOUR]);
    timers.advance(DAY);
    expect(texts(told)).to.deep.equal(['3 days ago', '4 days ago']);
  });

  it('sets no timer for what never changes, and none when nobody listens', () => {
    follow(30 * DAY);
    expect(sleeps).to.deep.equal([]);
    const told = follow(0);
    stops.splice(0).forEach((stop) => {
      stop();
      stop();
    });
    sleeps.length = 0;
    timers.advance(HOUR);
    expect([texts(told), sleeps]).to.deep.equal([['now'], []]);
  });

  it('sleeps while the page is hidden, and is right when it is seen again', () => {
    const told = follow(0);
    setHidden(true);
    timers.advance(HOUR);
    expect(texts(told)).to.deep.equal(['now']);
    setHidden(false);
    expect(texts(told)).to.deep.equal(['now', '1 hour ago']);
  });

  it('stands still on a paused page, and says when, which stays true', () => {
    const told = follow(MINUTE);
    setPagePace({ paused: true });
    timers.advance(HOUR);
    expect(told.length).to.equal(2);
    expect(told[1]?.text).to.equal(told[1]?.absolute);
    setPagePace({ paused: false });
    expect(told[2]?.text).to.equal('1 hour ago');
  });

  it('tells the time in the page’s zone, also when that changes', () => {
    const told = follow(5 * MINUTE);
    expect(told[0]?.absolute).not.to.contain('UTC');
    setPageTimeZone('UTC');
    expect(told[1]?.absolute).to.contain('UTC');
    expect(told[1]?.text).to.equal('5 minutes ago');
  });

  it('goes by the clock that the time is of', () => {
    const told = follow(0, 'en', () => Date.now() - DAY);
    timers.advance(10_000);
    expect(texts(told)).to.deep.equal(['now', '10 seconds ago']);
  });

  it('is right within the hour after the machine’s clock was set back', () => {
    const told = follow(0);
    const { now } = Date;
    timers.advance(MINUTE);
    Date.now = () => now() - 5 * HOUR;
    timers.advance(10 * MINUTE);
    Date.now = now;
    expect(texts(told).at(-1)).to.match(/^in 4 hours$/);
  });

  it('bears who leaves while being told', () => {
    const stop: (() => void)[] = [];
    const told: string[] = [];
    for (const name of ['a', 'b']) {
      stop.push(
        followTime({ at: Date.now(), locale: 'en' }, ({ text }) => {
          told.push(`${name} ${text}`);
          if (text !== 'now') stop.forEach((end) => end());
        }),
      );
    }
    timers.advance(MINUTE);
    expect(told).to.deep.equal(['a now', 'b now', 'a 10 seconds ago']);
  });
});
