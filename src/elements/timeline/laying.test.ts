import { expect } from '@open-wc/testing';
import { DEFAULT_SELECTION_LIMITS, cleanSelection } from '../../context/selection.ts';
import { fakeTimers } from '../../testing/timers.ts';
import type { FakeTimers } from '../../testing/timers.ts';
import { Content } from './content.ts';
import { Laying } from './laying.ts';
import type { Plan } from './laying.ts';
import { Periods } from './periods.ts';
import { MAX_TIME } from './read-event.ts';

const DAY = 24 * 3_600_000;

describe('Laying', () => {
  let timers: FakeTimers;
  let content: Content;
  let laying: Laying;
  /** How often time alone made it due. */
  let due: number;

  beforeEach(() => {
    timers = fakeTimers();
    due = 0;
    const calendar = { now: Date.now(), locale: 'en', timeZone: 'UTC' };
    content = new Content({
      periods: new Periods(calendar),
      folded: true,
      open: new Set(),
      leftAt: undefined,
    });
    laying = new Laying(content, () => {
      due += 1;
      laying.lay(plan());
    });
  });
  afterEach(() => {
    laying.stop();
    timers.restore();
  });

  const filter = {};
  const open: ReadonlySet<string> = new Set();
  let now: () => number = Date.now;
  function plan(more: Partial<Plan> = {}): Plan {
    return {
      calendar: { now: now(), locale: 'en', timeZone: 'UTC' },
      filter,
      query: undefined,
      selection: undefined,
      folded: true,
      open,
      folds: 0,
      leftAt: undefined,
      ...more,
    };
  }
  beforeEach(() => (now = () => Date.now()));

  it('is done once for the same plan, and anew for any other', () => {
    expect([laying.first, laying.lay(plan()), laying.first, laying.lay(plan())]).to.deep.equal([
      ...[true, true, false, false],
    ]);
    const others: Partial<Plan>[] = [
      { filter: {} },
      { query: () => true },
      { folded: false },
      { folds: 1 },
      { leftAt: 5 },
      { calendar: { now: now(), locale: 'de', timeZone: 'UTC' } },
    ];
    for (const other of others) {
      expect(laying.lay(plan(other)), JSON.stringify(other)).to.equal(true);
      expect(laying.lay(plan(other))).to.equal(false);
    }
  });

  it('is due at midnight, once a day', () => {
    laying.lay(plan());
    const until = new Periods(plan().calendar).until;
    timers.advance(until - Date.now() - 1);
    expect(due).to.equal(0);
    timers.advance(1);
    expect(due).to.equal(1);
    timers.advance(2 * DAY);
    expect(due).to.equal(3);
  });

  it('moves on with a range of the last minutes, every 15 seconds', () => {
    const selection = cleanSelection({ range: { last: 60 } }, DEFAULT_SELECTION_LIMITS);
    content.add([{ id: 'a', time: Date.now(), type: '', title: 'A' }], Infinity);
    const moving = new Laying(content, () => moving.lay(plan({ selection })));
    moving.lay(plan({ selection }));
    content.settle(false);
    expect(content.rows.articles).to.equal(1);
    timers.advance(80_000);
    content.settle(false);
    expect(content.rows.articles, 'it is over').to.equal(0);
    moving.stop();
  });

  it('is not done again and again at the ends of time', () => {
    const { setTimeout } = globalThis;
    const delays: number[] = [];
    globalThis.setTimeout = ((call: () => void, delayMs: number) => {
      delays.push(delayMs);
      return setTimeout(call, delayMs);
    }) as typeof globalThis.setTimeout;
    for (const end of [MAX_TIME, -MAX_TIME]) {
      now = () => end;
      laying.lay(plan());
      expect(laying.lay(plan()), String(end)).to.equal(false);
      laying.stop();
    }
    expect(
      delays.every((delay) => delay >= 1 && delay <= DAY),
      delays.join(),
    ).to.equal(true);
    expect(delays).to.have.length(2);
  });

  it('is due no more when it is stopped: nothing is kept for midnight', () => {
    laying.lay(plan());
    laying.stop();
    timers.advance(3 * DAY);
    expect(due).to.equal(0);
    expect(laying.lay(plan()), 'what went by in between is caught up with').to.equal(true);
  });
});
