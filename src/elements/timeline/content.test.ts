import { expect } from '@open-wc/testing';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { Content } from './content.ts';
import { Periods } from './periods.ts';
import type { Layout, Row, Rows } from './rows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A Wednesday, in the middle of the day. */
const NOW = Date.UTC(2026, 10, 18, 12);

function event(id: string, time: number, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return { id, time, type: 'test', title: `Event ${id}`, ...more };
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

describe('Content', () => {
  const some = (from: number, count: number): TimelineEvent[] =>
    Array.from({ length: count }, (_, i) => event(`n${from + i}`, NOW - DAY + (from + i) * MINUTE));

  function content(count = 5): Content {
    const made = new Content(layout());
    made.set(some(0, count), Infinity);
    made.settle(false);
    return made;
  }

  it('lets what comes while somebody reads wait, and then in', () => {
    const made = content();
    const before = shown(made.rows);
    made.add(some(5, 3), Infinity);
    made.settle(true);
    expect([shown(made.rows), made.waiting]).to.deep.equal([before, 3]);
    made.add(some(8, 1), Infinity);
    made.settle(false);
    expect(made.waiting, 'what waits is not overtaken').to.equal(4);
    made.release();
    made.settle(false);
    expect([made.rows.articles, made.waiting, made.top?.id]).to.deep.equal([9, 0, 'n8']);
  });

  it('lets whatever comes while somebody reads wait, also what is dated before or ahead, but no page of the past', () => {
    const made = content();
    made.add(some(5, 2), Infinity);
    made.settle(true);
    const before = shown(made.rows);
    made.add([event('late', NOW - DAY + 1.5 * MINUTE), event('ahead', NOW + DAY)], Infinity);
    made.settle(true);
    expect([shown(made.rows), made.waiting]).to.deep.equal([before, 4]);
    made.add([event('past', NOW - 2 * DAY)], Infinity, true);
    made.settle(true);
    expect([made.rows.articles, made.waiting, shown(made.rows).at(-1)]).to.deep.equal([6, 4, 'past']);
    made.release();
    made.settle(false);
    expect([made.rows.articles, made.waiting, made.top?.id]).to.deep.equal([10, 0, 'ahead']);
  });

  it('moves nothing below an event that is dated ahead', () => {
    const made = content();
    made.add([event('ahead', Date.now() + DAY)], Infinity);
    made.settle(false);
    const before = shown(made.rows);
    expect(made.add(some(5, 3), Infinity), 'they are news nonetheless').to.equal(3);
    made.settle(true);
    expect([shown(made.rows), made.waiting]).to.deep.equal([before, 3]);
  });

  it('shows where something is missing, once it goes on', () => {
    const made = content(2);
    made.miss(NOW);
    made.settle(false);
    expect(shown(made.rows), 'nothing is known to be missing between').not.to.include('…');
    made.add(some(5, 1), Infinity);
    made.settle(false);
    expect(shown(made.rows)).to.deep.equal(['yesterday', 'n5', '…', 'n1', 'n0']);
    const top = made.rows.at(1);
    expect(top?.kind === 'event' && top.gap).to.deep.equal({
      from: NOW - DAY + MINUTE,
      to: NOW - DAY + 5 * MINUTE,
    });
    made.lay(layout(), ({ id }) => id !== 'n1' && id !== 'n5');
    made.add(some(6, 1), Infinity);
    made.settle(false);
    expect(shown(made.rows), 'also between others').to.deep.equal(['yesterday', 'n6', '…', 'n0']);
    made.clear();
    made.add(some(0, 6), Infinity);
    made.settle(false);
    expect(shown(made.rows)).not.to.include('…');
  });

  it('has one line for what is missing in several goes, and none below the oldest', () => {
    const made = content(3);
    made.lay(layout(), ({ id }) => id !== 'n1' && id !== 'n4');
    made.miss(NOW);
    made.add([event('n4', NOW - DAY + 4 * MINUTE)], Infinity);
    made.miss(NOW);
    made.add([event('n9', NOW - DAY + 9 * MINUTE)], Infinity);
    made.settle(false);
    expect(shown(made.rows)).to.deep.equal(['yesterday', 'n9', '…', 'n2', 'n0']);
    const top = made.rows.at(1);
    expect(top?.kind === 'event' && top.gap, 'from the last that is known to the next').to.deep.equal({
      from: NOW - DAY + 2 * MINUTE,
      to: NOW - DAY + 9 * MINUTE,
    });
    made.lay(layout(), ({ id }) => id === 'n9');
    made.settle(false);
    expect(shown(made.rows), 'there is nothing that it would be between').to.deep.equal(['yesterday', 'n9']);
  });

  it('marks what is missing behind the newest of now, not behind what is dated ahead', () => {
    const made = content(2);
    made.add([event('ahead', NOW + DAY)], Infinity);
    made.miss(NOW);
    made.add([event('now', NOW)], Infinity);
    made.settle(false);
    expect(shown(made.rows)).to.deep.equal(['today', 'ahead', 'now', '…', 'yesterday', 'n1', 'n0']);
  });

  it('marks what is missing at once when the next event comes live', () => {
    const made = content(2);
    made.miss(NOW);
    made.settle(false);
    made.add(some(2, 1), Infinity);
    made.settle(false);
    made.add(some(3, 1), Infinity);
    made.settle(false);
    expect(shown(made.rows)).to.deep.equal(['yesterday', 'n3', 'n2', '…', 'n1', 'n0']);
  });

  it('folds nothing over what is missing', () => {
    const made = new Content(layout());
    const retry = (i: number): TimelineEvent => event(`r${i}`, NOW - MINUTE + i * 1_000, { title: 'Retry' });
    made.add([retry(0), retry(1), retry(2)], Infinity);
    made.miss(NOW);
    made.add([retry(3), retry(4), retry(5)], Infinity);
    made.settle(false);
    expect(shown(made.rows)).to.deep.equal(['today', 'r3×3', '…', 'r0×3']);
    const top = made.rows.at(1);
    expect(top?.kind === 'burst' && top.gap, 'the upper one knows of it').to.deep.equal({
      from: retry(2).time,
      to: retry(3).time,
    });
  });

  it('has no line any more where a list is set anew', () => {
    const made = content(2);
    made.miss(NOW);
    made.set(some(0, 4), Infinity);
    made.settle(false);
    expect(shown(made.rows)).not.to.include('…');
  });

  it('counts as news what passes and stands above', () => {
    const made = content();
    made.lay(layout(), ({ id }) => id !== 'n6');
    made.settle(false);
    expect(made.add([...some(5, 3), event('late', NOW - 2 * DAY)], Infinity)).to.equal(2);
  });

  it('keeps what waits where a whole list is set anew', () => {
    const made = content();
    expect(made.set(some(0, 9), Infinity)).to.equal(4);
    made.settle(true);
    expect([made.rows.articles, made.waiting]).to.deep.equal([5, 4]);
    made.set([event('other', NOW)], Infinity);
    made.settle(true);
    expect([shown(made.rows), made.waiting], 'nothing of what was read is there').to.deep.equal([
      ['today', 'other'],
      0,
    ]);
  });

  it('forgets what waited and is not in the shorter list that is set then', () => {
    const made = content();
    made.add(some(5, 3), Infinity);
    made.settle(true);
    expect(made.waiting).to.equal(3);
    expect(made.set(some(0, 4), Infinity)).to.equal(0);
    made.settle(true);
    expect([made.rows.articles, made.waiting, made.top?.id]).to.deep.equal([4, 0, 'n3']);
    made.add(some(5, 3), Infinity);
    made.settle(false);
    expect([made.rows.articles, made.waiting], 'they come in like any others').to.deep.equal([7, 0]);
    made.set([], Infinity);
    made.settle(true);
    expect([made.rows.articles, made.waiting, made.top, made.shows('n1')]).to.deep.equal([
      ...[0, 0, undefined, false],
    ]);
  });

  it('keeps waiting what still waits in a shorter list', () => {
    const made = content();
    made.add(some(5, 3), Infinity);
    made.settle(true);
    made.set(some(2, 5), Infinity);
    made.settle(false);
    expect([shown(made.rows), made.waiting]).to.deep.equal([['yesterday', 'n4', 'n3', 'n2'], 2]);
  });

  it('says of an event whether it is among the rows', () => {
    const made = content();
    made.add(some(5, 1), Infinity);
    made.settle(true);
    expect(['n4', 'n5', 'nobody'].map((id) => made.shows(id))).to.deep.equal([true, false, false]);
    made.lay(layout(), ({ id }) => id !== 'n4');
    expect(made.shows('n4')).to.equal(false);
  });

  it('counts and shows only what passes the filter', () => {
    const made = content();
    made.lay(layout(), ({ id }) => Number(id.slice(1)) % 2 === 0);
    made.settle(false);
    expect(made.rows.articles).to.equal(3);
    made.add(some(5, 4), Infinity);
    made.settle(true);
    expect(made.waiting).to.equal(2);
    expect([...made.passing()].map(({ id }) => id)).to.deep.equal(['n8', 'n6', 'n4', 'n2', 'n0']);
  });

  it('keeps the newest so many', () => {
    const made = content();
    made.add(some(5, 3), 4);
    made.settle(false);
    expect([made.rows.articles, made.trimmed, made.list.oldest?.id]).to.deep.equal([4, true, 'n4']);
    expect(made.settle(false)).to.equal(false);
  });
});
