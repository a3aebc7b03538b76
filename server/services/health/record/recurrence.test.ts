import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Occurrences, recurrenceProblem } from './recurrence.ts';

const HOUR = 3_600_000;
const time = (iso: string): number => Date.parse(iso);
const of = (cron: string, timeZone = 'UTC', durationMs = HOUR): Occurrences =>
  new Occurrences({ cron, timeZone, durationMs });
const isoOf = (occurrences: Occurrences, at: string): string | undefined => {
  const found = occurrences.at(time(at));
  return found && `${new Date(found.from).toISOString()} ${(found.to - found.from) / 60_000}`;
};

describe('a recurrence', () => {
  it('is understood, or says what is wrong', () => {
    const problem = (change: object): string =>
      recurrenceProblem({ cron: '0 2 * * *', timeZone: 'UTC', durationMs: HOUR, ...change }) ?? '';
    assert.equal(problem({}), '');
    assert.equal(problem({ cron: '0 22 * * SUN', timeZone: 'Europe/Berlin' }), '');
    assert.equal(problem({ cron: '0 0 29 2 *' }), '');
    assert.match(problem({ timeZone: 'Mars/Olympus' }), /^timeZone: "Mars\/Olympus" is no time zone/);
    assert.match(problem({ durationMs: 0 }), /^durationMs: /);
    assert.match(problem({ durationMs: 1.5 }), /^durationMs: /);
    assert.match(problem({ cron: '0 0 30 2 *' }), /^cron: "0 0 30 2 \*" never comes/);
    assert.match(problem({ cron: '61 * * * *' }), /^cron: "61 \* \* \* \*" is not understood \(Invalid/);
    for (const cron of ['', '@daily', '* * * * * *', '2030-01-01T00:00:00', '0 2 * * 1 2030', '0 2:30 * * *'])
      assert.match(problem({ cron }), /^cron: expected minute, hour/);
  });

  it('begins when its expression says, and lasts as long as it says', () => {
    const nightly = of('30 2 * * *');
    assert.equal(isoOf(nightly, '2026-05-01T00:00:00Z'), '2026-05-01T02:30:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-05-01T02:29:59.999Z'), '2026-05-01T02:30:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-05-01T02:30:00Z'), '2026-05-01T02:30:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-05-01T03:29:59.999Z'), '2026-05-01T02:30:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-05-01T03:30:00Z'), '2026-05-02T02:30:00.000Z 60');
  });

  it('goes by the hours of its zone, on both sides of a clock change', () => {
    const nightly = of('0 3 * * *', 'Europe/Berlin');
    assert.equal(isoOf(nightly, '2026-03-28T00:00:00Z'), '2026-03-28T02:00:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-03-29T00:00:00Z'), '2026-03-29T01:00:00.000Z 60');
  });

  it('comes after an hour that a clock change leaves out, and once in one that comes twice', () => {
    const nightly = of('30 2 * * *', 'Europe/Berlin');
    assert.equal(isoOf(nightly, '2026-03-29T00:00:00Z'), '2026-03-29T01:00:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-10-25T00:00:00Z'), '2026-10-25T00:30:00.000Z 60');
    assert.equal(isoOf(nightly, '2026-10-25T01:30:00Z'), '2026-10-26T01:30:00.000Z 60');
    const twice = of('30 2,14 * * *', 'Europe/Berlin');
    assert.equal(isoOf(twice, '2026-03-29T00:00:00Z'), '2026-03-29T01:00:00.000Z 60');
  });

  it('lasts through a clock change as long as ever', () => {
    const nightly = of('0 1 * * *', 'Europe/Berlin', 3 * HOUR);
    assert.equal(isoOf(nightly, '2026-03-29T02:30:00Z'), '2026-03-29T00:00:00.000Z 180');
  });

  it('of times that overlap the last that began counts', () => {
    const always = of('0 * * * *', 'UTC', 2.5 * HOUR);
    assert.equal(isoOf(always, '2026-05-01T10:30:00Z'), '2026-05-01T10:00:00.000Z 150');
    assert.equal(isoOf(always, '2026-05-01T11:00:00Z'), '2026-05-01T11:00:00.000Z 150');
    assert.equal(always.after(time('2026-05-01T10:00:00Z')), time('2026-05-01T11:00:00Z'));
  });

  it('names whole days of leap years only', () => {
    assert.equal(isoOf(of('0 0 29 2 *'), '2026-01-01T00:00:00Z'), '2028-02-29T00:00:00.000Z 60');
  });

  it('comes no more after the last year that is looked at, and never fails', () => {
    const yearly = of('30 23 31 12 *');
    assert.equal(isoOf(yearly, '2998-12-31T23:45:00Z'), '2998-12-31T23:30:00.000Z 60');
    for (const at of [time('3000-06-01T00:00:00Z'), time('9999-12-31T23:59:59Z'), 8_640_000_000_000_000]) {
      assert.equal(yearly.at(at), undefined);
      assert.equal(yearly.after(at), undefined);
      assert.equal(of('* * * * *', 'Asia/Kolkata').after(at), undefined);
    }
  });
});
