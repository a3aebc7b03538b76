import { expect } from '@open-wc/testing';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { cleanSelection, DEFAULT_SELECTION_LIMITS } from '../../context/selection.ts';
import { seededRandom } from '../../testing/random.ts';
import { Content } from './content.ts';
import { allOf, isOpen, matches, readFilter, sameFilter, testOf } from './event-filter.ts';
import { EventList, compare } from './event-list.ts';
import { Finder } from './finder.ts';
import { narrowing } from './narrowing.ts';
import { Periods } from './periods.ts';
import { readEvent, readEvents } from './read-event.ts';
import { Rows } from './rows.ts';
import type { Layout, Row } from './rows.ts';
import { safeText } from './safe-text.ts';
import { apiUrl } from '../server-api.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A Wednesday, in the middle of the day. */
const NOW = Date.UTC(2026, 10, 18, 12);

function event(id: string, time: number, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return { id, time, type: 'test', title: `Event ${id}`, ...more };
}

function ids(list: EventList): string[] {
  return list.oldestFirst.map(({ id }) => id);
}

function layout(more: Partial<Layout> = {}): Layout {
  return {
    periods: new Periods({ now: NOW, timeZone: 'UTC', locale: 'en-GB' }),
    folded: true,
    open: new Set(),
    leftAt: undefined,
    ...more,
  };
}

function rowsOf(rows: Rows): readonly Row[] {
  return Array.from({ length: rows.count }, (_, index) => rows.at(index)!);
}

/** One word a row, from the top. */
function shown(rows: Rows): string[] {
  return rowsOf(rows).map((row) => {
    if (row.kind === 'day') return row.period.name;
    if (row.kind === 'left') return '—';
    if (row.kind === 'gap') return '…';
    return row.kind === 'burst' ? `${row.events[0]!.id}×${row.events.length}` : row.event.id;
  });
}

function laidOut(events: readonly TimelineEvent[], how: Partial<Layout> = {}): Rows {
  const rows = new Rows(layout(how));
  for (const one of events) rows.push(one);
  return rows;
}

describe('EventList', () => {
  it('is in the order of time, in whatever order events come, and knows each id once', () => {
    const random = seededRandom(6);
    for (let run = 0; run < 50; run += 1) {
      const list = new EventList();
      const known = new Map<string, TimelineEvent>();
      for (let step = 0; step < 20; step += 1) {
        const batch = Array.from({ length: Math.ceil(random() * 40) }, () =>
          event(`e${Math.floor(random() * 300)}`, Math.floor(random() * 50)),
        );
        list.add(batch);
        for (const one of batch) known.set(one.id, one);
      }
      expect(list.size).to.equal(known.size);
      expect(list.oldestFirst.every((one) => known.get(one.id) === one)).to.equal(true);
      for (let i = 1; i < list.size; i += 1)
        expect(compare(list.oldestFirst[i - 1]!, list.oldestFirst[i]!)).to.be.at.most(0);
    }
  });

  it('takes a whole list newest first, oldest first or shuffled', () => {
    const events = ['a', 'b', 'c', 'd'].map((id, i) => event(id, i));
    for (const given of [events, [...events].reverse(), [events[2]!, events[0]!, events[3]!, events[1]!]]) {
      const list = new EventList();
      list.set(given);
      expect(ids(list)).to.deep.equal(['a', 'b', 'c', 'd']);
      expect([list.newest?.id, list.oldest?.id, list.at(1)?.id]).to.deep.equal(['d', 'a', 'c']);
    }
  });

  it('has of two with one id the newer, at the latest when it is asked to', () => {
    const list = new EventList();
    list.set([event('a', 3), event('b', 2), event('a', 1)]);
    expect([list.check(), list.check(), list.size, list.get('a')?.time]).to.deep.equal([true, false, 2, 3]);
    const content = new Content(layout());
    const many = Array.from({ length: 12_000 }, (_, i) => event(`m${i % 11_999}`, NOW - i));
    content.set(many, Infinity);
    content.settle(false);
    expect([content.check(), content.settle(false), content.rows.articles]).to.deep.equal([
      true,
      true,
      11_999,
    ]);
    content.set(many.slice(0, 3), Infinity);
    expect(content.check()).to.equal(false);
  });

  it('keeps the order of events of one moment by their places in the trail', () => {
    const list = new EventList();
    list.add([
      event('b', 5, { sequence: 2 }),
      event('a', 5, { sequence: 1 }),
      event('c', 5, { sequence: 3 }),
    ]);
    expect(ids(list)).to.deep.equal(['a', 'b', 'c']);
  });

  it('says whether only newer ones came', () => {
    const list = new EventList();
    list.set([event('a', 1), event('b', 5)]);
    expect(list.add([event('c', 6)])).to.deep.include({ elsewhere: false });
    expect(list.add([event('late', 3)])).to.deep.include({ newer: [], elsewhere: true });
    expect(list.add([event('c', 6, { status: 'failed' })]).elsewhere).to.equal(true);
    expect(ids(list)).to.deep.equal(['a', 'late', 'b', 'c']);
    expect(list.get('c')?.status).to.equal('failed');
  });

  it('moves an event that comes again with another time', () => {
    const list = new EventList();
    list.set([event('c', 3), event('b', 2), event('a', 1)]);
    list.add([event('a', 9)]);
    expect(ids(list)).to.deep.equal(['b', 'c', 'a']);
  });

  it('keeps the newest', () => {
    const list = new EventList();
    list.set([event('c', 3), event('b', 2), event('a', 1)]);
    expect(list.trim(2)).to.equal(1);
    expect(list.trim(2)).to.equal(0);
    expect([ids(list), list.get('a')]).to.deep.equal([['b', 'c'], undefined]);
  });
});

describe('readEvent', () => {
  it('takes a whole event as it is', () => {
    const whole = event('a', 1, { actor: { name: 'Ada' }, tags: { agent: 'x' }, durationMs: 5, sequence: 1 });
    expect(readEvent(whole)).to.equal(whole);
  });

  it('brings what nearly is one into shape', () => {
    const time = new Date(NOW);
    expect(
      readEvent({ id: 7, time: time.toISOString(), type: 'login', actor: 'Ada', durationMs: -1, status: 3 }),
    ).to.deep.equal({ id: '7', time: NOW, title: 'login', type: 'login', actor: { name: 'Ada' } });
    expect(readEvent({ id: 'a', time, title: 'T', actor: { id: 'u1' } })?.actor).to.deep.equal({
      name: 'u1',
      id: 'u1',
    });
  });

  it('leaves out what is none, whatever it is', () => {
    const junk: unknown[] = [
      ...[null, undefined, 3, 'a', [], {}, () => 1, Symbol('s'), 1n],
      { id: '', time: 1, title: 'x' },
      { id: 'a', time: NaN, title: 'x' },
      { id: 'a', time: 9e15, title: 'x' },
      { id: 'a', time: 'yesterday', title: 'x' },
      { id: 'a', time: 1, title: {} },
      { id: 'a', time: 1, title: ' ' },
      { id: 'a', time: -8.64e15, title: 'x' },
      { id: {}, time: 1, title: 'x' },
    ];
    expect(readEvents([...junk, event('good', 1)]).map(({ id }) => id)).to.deep.equal(['good']);
    for (const one of [...junk, 'x']) expect(readEvents(one)).to.deep.equal([]);
  });
});

describe('readFilter', () => {
  it('takes what is of the right type, and throws at nothing', () => {
    for (const junk of [null, 3, 'x', [], { types: 5, text: 7, tags: [1], from: 'x', actors: {} }])
      expect(testOf(readFilter(junk))).to.equal(undefined);
    const filter = { types: ['a'], tags: { agent: ['x'] }, to: 5 };
    expect(readFilter({ ...filter, statuses: 3 })).to.deep.equal(filter);
    expect([sameFilter({ ...filter }, filter), sameFilter({}, filter)]).to.deep.equal([true, false]);
  });
});

describe('Rows', () => {
  it('puts the name of a stretch of time above its events', () => {
    const rows = laidOut([
      event('month', NOW - 40 * DAY),
      event('last week', NOW - 7 * DAY),
      event('monday', NOW - 2 * DAY),
      event('yesterday', NOW - DAY),
      event('a', NOW - MINUTE),
      event('b', NOW),
      event('ahead', NOW + DAY),
    ]);
    expect(shown(rows)).to.deep.equal([
      ...['today', 'ahead', 'b', 'a', 'yesterday', 'yesterday', 'thisWeek', 'monday'],
      ...['lastWeek', 'last week', 'month', 'month'],
    ]);
    expect(rows.articles).to.equal(7);
  });

  it('numbers the articles from the top', () => {
    const rows = laidOut([event('c', NOW - DAY), event('b', NOW - 1), event('a', NOW)]);
    const places = rowsOf(rows).flatMap((row) => ('entry' in row ? rows.placeOf(row) : []));
    expect(places).to.deep.equal([1, 2, 3]);
    expect([rows.articleFrom(-1, 1), rows.articleFrom(2, 1), rows.articleFrom(4, 1)]).to.deep.equal([
      1, 4, -1,
    ]);
    expect([rows.articleFrom(4, -1), rows.articleFrom(1, -1)]).to.deep.equal([2, -1]);
  });

  const retry = (i: number): TimelineEvent => event(`r${i}`, NOW - MINUTE + i * 100, { title: 'Retry' });

  it('folds three or more of the same into one', () => {
    const events = Array.from({ length: 214 }, (_, i) => retry(i));
    const rows = laidOut([event('before', NOW - 2 * MINUTE), ...events, event('after', NOW)]);
    expect(shown(rows)).to.deep.equal(['today', 'after', 'r0×214', 'before']);
    expect(rows.articles).to.equal(3);
    expect(shown(laidOut(events.slice(0, 2)))).to.deep.equal(['today', 'r1', 'r0']);
    expect(shown(laidOut(events.slice(0, 3), { folded: false }))).to.deep.equal(['today', 'r2', 'r1', 'r0']);
  });

  it('folds none of another outcome, actor or day, and none that are far apart', () => {
    const actor = { name: 'Ada' };
    const others = [retry(0), retry(1), { ...retry(2), status: 'failed' }, { ...retry(3), actor }, retry(4)];
    expect(shown(laidOut(others))).to.deep.equal(['today', 'r4', 'r3', 'r2', 'r1', 'r0']);
    const apart = [0, 1, 2].map((i) => ({ ...retry(i), time: NOW - 60 * MINUTE + i * 6 * MINUTE }));
    expect(laidOut(apart).articles).to.equal(3);
    const midnight = Date.UTC(2026, 10, 18);
    const days = [-2, -1, 1, 2].map((i) => ({ ...retry(i), time: midnight + i * 1_000 }));
    expect(laidOut(days).articles).to.equal(4);
  });

  it('shows the events of an open burst below it', () => {
    const events = [retry(0), retry(1), retry(2), retry(3)];
    const { key } = rowsOf(laidOut(events))[1]!;
    const open = laidOut(events, { open: new Set([key]) });
    expect(shown(open)).to.deep.equal(['today', 'r0×4', 'r3', 'r2', 'r1', 'r0']);
    expect(rowsOf(open).flatMap((row) => ('entry' in row ? open.placeOf(row) : []))).to.deep.equal([
      1, 2, 3, 4, 5,
    ]);
    expect([open.indexOf('r2'), laidOut(events).indexOf('r2'), open.indexOf('nobody')]).to.deep.equal([
      3, 1, -1,
    ]);
  });

  it('draws a line where the reader left, once something came after it', () => {
    const events = [event('a', NOW - 3_000), event('b', NOW - 2_000)];
    expect(shown(laidOut(events, { leftAt: NOW - 2_000 }))).to.deep.equal(['today', 'b', 'a']);
    const rows = laidOut([...events, event('c', NOW)], { leftAt: NOW - 2_000 });
    expect(shown(rows)).to.deep.equal(['today', 'c', '—', 'b', 'a']);
    expect(rowsOf(rows).flatMap((row) => ('fresh' in row ? row.fresh : []))).to.deep.equal([
      true,
      false,
      false,
    ]);
    // Of something that is not there, nobody has left.
    expect(shown(laidOut(events, { leftAt: NOW - DAY }))).to.deep.equal(['today', 'b', 'a']);
  });

  it('is the same whether events come one by one or all at once', () => {
    const random = seededRandom(60);
    const events: TimelineEvent[] = [];
    let time = NOW - 3 * DAY;
    for (let i = 0; i < 400; i += 1) {
      time += random() < 0.1 ? random() * DAY * 0.05 : random() * MINUTE;
      events.push(event(`x${i}`, time, { title: random() < 0.6 ? 'Retry' : `T${i % 3}` }));
    }
    const content = new Content(layout());
    content.settle(false);
    for (const one of events) {
      content.add([one], Infinity);
      content.settle(false);
    }
    expect(shown(content.rows)).to.deep.equal(shown(laidOut(events)));
  });
});

describe('Periods', () => {
  it('begins the week where the language does', () => {
    const sunday = Date.UTC(2026, 10, 15, 12);
    const of = (locale: string): string => new Periods({ now: NOW, timeZone: 'UTC', locale }).of(sunday).name;
    expect([of('en-GB'), of('en-US')]).to.deep.equal(['lastWeek', 'thisWeek']);
  });

  it('covers all of time, without a gap, on every day of a year and in the reader’s own zone', () => {
    for (const timeZone of [undefined, 'UTC']) {
      for (let day = 0; day < 366; day += 1) {
        const now = Date.UTC(2024, 0, 1, 6) + day * DAY;
        const periods = new Periods({ now, timeZone, locale: 'en-US' });
        for (let ago = -1; ago < 70; ago += 1) {
          const period = periods.of(now - ago * DAY);
          expect(now - ago * DAY >= period.from && now - ago * DAY < period.to, `${day} ${ago}`).to.equal(
            true,
          );
          const before = periods.of(period.from - 1);
          expect(before.to, `${day} ${ago}`).to.equal(period.from);
        }
        expect(periods.until).to.be.greaterThan(now);
      }
    }
  });
});

describe('EventFilter', () => {
  const one = event('a', NOW, {
    type: 'upgrade',
    title: 'Upgrade of Zürich',
    status: 'failed',
    actor: { id: 'u1', name: 'Ada' },
    tags: { agent: 'pay', environment: 'prod' },
  });

  it('lets everything through while nothing is set', () => {
    expect([isOpen({}), isOpen({ types: [], text: ' ', tags: {} })]).to.deep.equal([true, true]);
    expect(matches(one, {})).to.equal(true);
  });

  it('matches by type, status, actor, time, text and tags', () => {
    const yes = [
      { types: ['upgrade', 'x'] },
      { statuses: ['failed'] },
      { actors: ['u1'] },
      { from: NOW, to: NOW + 1 },
      { text: 'zurich ADA' },
      { tags: { agent: ['pay'], environment: ['prod', 'x'] } },
    ];
    const no = [
      { types: ['x'] },
      { statuses: ['completed'] },
      { actors: ['Ada'] },
      { to: NOW },
      { from: NOW + 1 },
      { text: 'zurich grace' },
      { tags: { agent: [] } },
      { tags: { service: ['pay'] } },
    ];
    for (const filter of yes) expect(matches(one, filter), JSON.stringify(filter)).to.equal(true);
    for (const filter of no) expect(matches(one, filter), JSON.stringify(filter)).to.equal(false);
  });

  it('is narrowed by a context’s tags and range', () => {
    const select = (given: object): ReturnType<typeof narrowing> =>
      narrowing(cleanSelection(given, DEFAULT_SELECTION_LIMITS), NOW);
    expect(narrowing(undefined, NOW)).to.deep.equal({});
    expect(select({})).to.deep.equal({});
    expect(select({ agents: ['pay'], environments: ['prod'], range: { last: 60 } })).to.deep.equal({
      tags: { agent: ['pay'], environment: ['prod'] },
      from: NOW - MINUTE,
    });
    expect(select({ range: { from: 1, to: 2 } })).to.deep.equal({ from: 1, to: 2 });
    const upgrade = testOf({ types: ['upgrade'] });
    const test = allOf([upgrade, testOf(select({ agents: ['other'] }))]);
    expect([test?.(one), allOf([undefined, undefined]), allOf([undefined, upgrade])?.(one)]).to.deep.equal([
      false,
      undefined,
      true,
    ]);
    expect(testOf({})).to.equal(undefined);
  });
});

describe('Finder', () => {
  const events = Array.from({ length: 5_000 }, (_, i) =>
    event(`f${i}`, NOW - i, { title: i % 50 ? 'Other' : 'Café' }),
  );

  it('finds in all of them, and goes round', async () => {
    let changes = 0;
    const finder = new Finder(() => (changes += 1));
    expect(await finder.find('cafe', events)).to.equal(true);
    expect([finder.found.length, finder.current]).to.deep.equal([100, undefined]);
    expect([finder.step(1), finder.step(1), finder.step(-1), finder.step(-1)]).to.deep.equal([
      ...['f0', 'f50', 'f0', 'f4950'],
    ]);
    expect(changes).to.be.greaterThan(0);
    await finder.find('café', events);
    expect(finder.current, 'still at the match that it was at').to.equal('f4950');
    await finder.find('  ', events);
    expect([finder.found, finder.step(1)]).to.deep.equal([[], undefined]);
  });

  it('ends a search that another overtakes', async () => {
    const real = performance.now.bind(performance);
    let now = 0;
    // Every look at the clock is a slice later.
    performance.now = () => (now += 100);
    try {
      const finder = new Finder(() => undefined);
      const first = finder.find('other', events);
      expect(finder.searching).to.equal(true);
      const second = finder.find('cafe', events);
      expect([await first, await second]).to.deep.equal([false, true]);
      expect(finder.found.length).to.equal(100);
      const third = finder.find('other', events);
      finder.stop();
      expect(await third).to.equal(false);
    } finally {
      performance.now = real;
    }
  });
});

describe('safeText', () => {
  it('shows what would act', () => {
    expect(safeText('a\u202egpj.exe\u0007\u0000')).to.equal('a⟨U+202E⟩gpj.exe⟨U+0007⟩⟨U+0000⟩');
    expect(safeText('Zürich 東京\tשלום')).to.equal('Zürich 東京\tשלום');
    expect(safeText('x'.repeat(2_000))).to.have.length(1_001);
  });
});

describe('apiUrl', () => {
  it('stands beside the socket’s endpoint, without anything secret', () => {
    expect(apiUrl('wss://u:p@ops.example/base/ws?token=x', '/audit?limit=5')).to.equal(
      'https://ops.example/base/api/audit?limit=5',
    );
    expect(apiUrl('ws://ops.example/ws', '/audit')).to.equal('http://ops.example/api/audit');
  });
});
