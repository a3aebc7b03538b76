import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Role } from '../../../src/protocol/index.ts';
import type { AuditReport, ReportHours } from '../../../src/protocol/audit-report.ts';
import { auditReport } from '../../../src/protocol/audit-report.schema.ts';
import { verifyCheckpoint } from '../../../src/proof/index.ts';
import type { AuditRow } from '../../ports/audit-log.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { appendMany, events, openTrail } from '../../testing/export-trail.ts';
import type { TestTrail } from '../../testing/export-trail.ts';
import type { AuditLimits } from './index.ts';
import { HoursClock, hoursOf } from './report-hours.ts';
import { REPORT_HEADERS } from './report-page.ts';
import { reportRoutes } from './report-routes.ts';

/** A Monday, 12:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;

function ask(trail: TestTrail, query: string, role?: Role): Promise<Response> {
  const app = trail.app(reportRoutes(trail.audit), role);
  return Promise.resolve(app.request(`/audit/report?${query}`));
}

async function report(trail: TestTrail, query = ''): Promise<AuditReport> {
  const response = await ask(trail, `format=json&${query}`, 'auditor');
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return auditReport.parse(JSON.parse(text)) as unknown as AuditReport;
}

async function page(trail: TestTrail, query = ''): Promise<string> {
  const response = await ask(trail, query);
  assert.equal(response.status, 200);
  return response.text();
}

const deed = (id: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  actor: { id, kind: 'user' },
  action: 'upgrade',
  level: 'info',
  resource: { type: 'agent', id: 'payments' },
  result: 'success',
  ...more,
});

/** What happens at noon, and in the night after it. */
async function day(t: TestContext, limits: Partial<AuditLimits> = {}): Promise<TestTrail> {
  const trail = await openTrail(t, MONDAY, limits);
  await trail.audit.recordAll([
    deed('ana', { ip: '10.0.0.1' }),
    deed('ana', { ip: '10.0.0.2', result: 'failure', error: 'timeout' }),
    deed('ben', { action: 'delete', result: 'refused', error: 'forbidden' }),
    deed('key:k_1', { actor: { id: 'key:k_1', kind: 'service' }, ip: '10.0.0.3' }),
    deed('robot', { actor: { id: 'robot', kind: 'agent' }, tags: { via: 'key:k_1' }, ip: '8.8.8.8' }),
    deed('waooaw', { actor: { id: 'waooaw', kind: 'system' } }),
  ]);
  trail.clock.advance(10 * HOUR);
  await trail.audit.recordAll([
    deed('ana', { ip: '10.0.0.1' }),
    deed('key:k_1', { actor: { id: 'key:k_1', kind: 'service' } }),
  ]);
  trail.clock.advance(HOUR);
  return trail;
}

describe('GET /audit/report', () => {
  it('tells who did what to which, how it ended, with which credentials and from where', async (t) => {
    const trail = await day(t);
    const told = await report(trail);
    assert.deepEqual([told.entries, told.results], [8, { success: 6, failure: 1, refused: 1 }]);
    assert.deepEqual(
      told.actors.items.map(({ actor, entries, failure, refused }) => [actor?.id, entries, failure, refused]),
      [
        ['ana', 3, 1, 0],
        ['key:k_1', 2, 0, 0],
        ['ben', 1, 0, 1],
        ['robot', 1, 0, 0],
        ['waooaw', 1, 0, 0],
      ],
    );
    assert.deepEqual(told.deeds.items[0], {
      actor: { id: 'ana', kind: 'user' },
      action: 'upgrade',
      resource: { type: 'agent', id: 'payments' },
      entries: 3,
      success: 2,
      failure: 1,
      refused: 0,
      outOfHours: 1,
      first: MONDAY * 1_000,
      last: (MONDAY + 10 * HOUR) * 1_000,
    });
    assert.deepEqual(
      told.credentials.items.map(({ credential, entries, addresses }) => [
        credential,
        entries,
        addresses.items,
      ]),
      [
        ['ana', 3, ['10.0.0.1', '10.0.0.2']],
        ['key:k_1', 3, ['10.0.0.3']],
        ['ben', 1, []],
      ],
    );
    assert.deepEqual(
      told.failures.items.map(({ sequence, result }) => [sequence, result]),
      [
        [3, 'refused'],
        [2, 'failure'],
      ],
    );
  });

  it('lists what people did out of hours, and programs not', async (t) => {
    const trail = await day(t);
    const { outOfHours } = await report(trail);
    assert.deepEqual(
      outOfHours.items.map(({ sequence }) => sequence),
      [7],
    );
    // 07:00 on Tuesday there.
    const inTokyo = await report(trail, 'time_zone=Asia/Tokyo&hours=21:00-22:00&days=1');
    assert.deepEqual(
      inTokyo.outOfHours.items.map(({ sequence }) => sequence),
      [7],
    );
  });

  it('holds to its period, whose end is not in it', async (t) => {
    const trail = await day(t);
    const night = MONDAY + 10 * HOUR;
    const told = await report(trail, `from=${night}&to=${night + 1}`);
    assert.deepEqual([told.entries, told.range], [2, { first: 7, last: 8 }]);
    const none = await report(trail, 'from=2020-01-01&to=2020-02-01');
    assert.deepEqual([none.entries, none.range, none.verification.verified], [0, undefined, true]);
    assert.match(await page(trail, 'from=2020-01-01&to=2020-02-01'), /There are no entries in this period/);
  });

  it('verifies its entries against a signed checkpoint, whole blocks and what is left over', async (t) => {
    const trail = await openTrail(t, MONDAY);
    await trail.audit.recordAll(events(300));
    await appendMany(trail.audit.log, 500, () => MONDAY * 1_000);
    trail.clock.advance(1);
    const { verification, entries } = await report(trail);
    assert.equal(entries, 800);
    assert.deepEqual([verification.verified, verification.checked], [true, 800]);
    assert.equal(verifyCheckpoint(verification.checkpoint, trail.verifiers()).size, verification.size);
  });

  it('names the first bad entry', async (t) => {
    const trail = await openTrail(t, MONDAY);
    await trail.audit.recordAll(events(600));
    trail.clock.advance(1);
    const { log } = trail.audit;
    const { range } = log;
    const changes: readonly [change: (row: AuditRow) => AuditRow | undefined, message: RegExp][] = [
      [(row) => ({ ...row, facts: { ...row.facts, action: 'delete_all' } }), /is not what the tree has/],
      [(row) => ({ ...row, facts: { ...row.facts, time: Number.NaN } }), /cannot be hashed/],
      [() => undefined, /is missing/],
    ];
    for (const [change, message] of changes) {
      for (const bad of [300, 595]) {
        const mock = t.mock.method(log, 'range', async (...asked: Parameters<typeof range>) =>
          (await range.apply(log, asked)).flatMap((row) =>
            row.sequence === bad ? (change(row) ?? []) : row,
          ),
        );
        const { verification } = await report(trail);
        assert.equal(verification.verified, false);
        assert.equal(verification.problem?.sequence, bad);
        assert.match(verification.problem.message, message);
        assert.match(await page(trail), new RegExp(`Not verified.*Entry ${bad} `, 's'));
        mock.mock.restore();
      }
    }
  });

  it('lists so many of each and says how many more', async (t) => {
    const trail = await openTrail(t, MONDAY, { maxReportItems: 3 });
    await trail.audit.recordAll(
      Array.from({ length: 120 }, (_, i) =>
        deed('ana', {
          result: 'failure',
          ip: `10.0.0.${i}`,
          resource: { type: 'agent', id: `a-${i % 110}` },
        }),
      ),
    );
    trail.clock.advance(1);
    const told = await report(trail);
    assert.deepEqual([told.deeds.items.length, told.deeds.more], [3, 107]);
    assert.deepEqual(
      [told.failures.items.map(({ sequence }) => sequence), told.failures.more],
      [[120, 119, 118], 117],
    );
    assert.deepEqual(told.credentials.items[0]!.addresses, {
      items: ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
      more: 45,
      orMore: true,
    });
    const text = await page(trail);
    assert.match(text, /and 107 more\./);
    assert.match(text, /and 117 more, which are older\./);
    assert.match(text, /and at least 45 more/);
  });

  it('keeps no more than so many groups in memory', async (t) => {
    const trail = await openTrail(t, MONDAY);
    await appendMany(
      trail.audit.log,
      10_100,
      () => MONDAY * 1_000,
      (at) => `r-${at}`,
    );
    trail.clock.advance(1);
    const told = await report(trail);
    assert.deepEqual([told.deeds.items.length, told.deeds.more, told.deeds.orMore], [100, 9_900, true]);
    assert.equal(told.entries, 10_100);
  });

  it('refuses a period with more entries than it reads, and parameters that are none', async (t) => {
    const trail = await day(t);
    for (const [query, word] of [
      ['from=yesterday', 'from'],
      ['from=2026-11-24&to=2026-11-23', 'from'],
      ['hours=8-18', 'hours'],
      ['hours=25:00-26:00', 'hours'],
      ['hours=08:00-08:00', 'hours'],
      ['hours=24:30-08:00', 'hours'],
      ['days=0', 'days'],
      ['days=5-1', 'days'],
      ['days=1,,2', 'days'],
      ['time_zone=Mars/Base', 'time_zone'],
      ['format=pdf', 'format'],
    ] as const) {
      const response = await ask(trail, query);
      const { code, detail } = (await response.json()) as { code: string; detail: string };
      assert.equal(code, 'bad_request', query);
      assert.ok(detail.includes(word), `${query}: ${detail}`);
    }
    const response = await ask(await day(t, { maxReportEntries: 5 }), '', 'admin');
    assert.match(((await response.json()) as { detail: string }).detail, /at most 5 are reported/);
  });

  it('is for auditors and administrators, and is recorded', async (t) => {
    const trail = await day(t);
    for (const role of ['viewer', 'operator'] as const)
      assert.equal((await ask(trail, '', role)).status, 403);
    assert.equal((await ask(trail, 'hours=09:00-17:00', 'admin')).status, 200);
    const [row, ...more] = await trail.audit.log.find({ resourceId: ['report'] }, { limit: 5 });
    assert.equal(more.length, 0);
    assert.equal(row!.facts.action, 'access');
    assert.equal((row!.facts.details as { hours: string }).hours, '09:00-17:00');
  });

  it('is one page without scripts, whose style is all that its policy lets in', async (t) => {
    const trail = await day(t);
    await trail.audit.record(
      deed('<script>alert(1)</script>', {
        reason: '"><img src=x onerror=y> \u202eevil\u0007',
        result: 'failure',
      }),
    );
    trail.clock.advance(1);
    const text = await page(trail);
    const lacks = (pattern: RegExp): void => assert.ok(!pattern.test(text), `the page has ${pattern}`);
    const has = (pattern: RegExp): void => assert.ok(pattern.test(text), `the page lacks ${pattern}`);
    for (const odd of [/<script/, /<img/, /\u202e/, /javascript:/, /http-equiv/, /<link/, / style=/])
      lacks(odd);
    has(/‹U\+202E›evil‹U\+0007›/);
    assert.ok(!text.includes('\u0007'));
    has(/&lt;script&gt;/);
    has(/@media print/);
    const style = /<style>([^]*?)<\/style>/.exec(text)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    assert.ok(REPORT_HEADERS['content-security-policy']!.includes(`style-src 'sha256-${hash}'`));
    assert.equal(text.match(/<table/g)!.length, text.match(/<caption/g)!.length);
  });
});

describe('hours', () => {
  const outside = (hours: ReportHours, ...at: readonly number[]): readonly boolean[] => {
    const clock = new HoursClock(hours);
    return at.map((ms) => clock.isOutside(ms * 1_000));
  };

  it('begin at their first minute and end before their last, on their days', () => {
    const hours = hoursOf('UTC', '08:30-18:00', '1-5');
    const at = (day: number, hour: number, minute: number): number => Date.UTC(2026, 10, day, hour, minute);
    assert.deepEqual(outside(hours, at(23, 8, 29), at(23, 8, 30), at(23, 17, 59), at(23, 18, 0)), [
      true,
      false,
      false,
      true,
    ]);
    assert.deepEqual(outside(hours, at(27, 12, 0), at(28, 12, 0), at(29, 12, 0), at(30, 12, 0)), [
      false,
      true,
      true,
      false,
    ]);
  });

  it('over midnight belong to the day on which they begin', () => {
    const hours = hoursOf('UTC', '22:00-06:00', '1,7');
    const at = (day: number, hour: number): number => Date.UTC(2026, 10, day, hour);
    // Sunday evening, Monday before six, Monday evening, Tuesday before six, Tuesday evening, Sunday before six.
    assert.deepEqual(outside(hours, at(22, 23), at(23, 5), at(23, 23), at(24, 5), at(24, 23), at(22, 5)), [
      ...[false, false, false, false],
      ...[true, true],
    ]);
    assert.deepEqual(outside(hours, at(23, 6), at(23, 21)), [true, true]);
  });

  it('follow the clocks of their zone when they are changed', () => {
    const hours = hoursOf('Europe/Berlin', '08:00-24:00', '1-7');
    // 06:30 UTC is 07:30 in winter and 08:30 in summer.
    assert.deepEqual(outside(hours, Date.UTC(2026, 0, 5, 6, 30), Date.UTC(2026, 6, 6, 6, 30)), [true, false]);
    assert.deepEqual(outside(hours, Date.UTC(2026, 2, 29, 6, 30)), [false]);
    assert.deepEqual(
      outside(
        hoursOf('Asia/Kathmandu', '08:00-18:00', '1-7'),
        Date.UTC(2026, 0, 5, 2, 14),
        Date.UTC(2026, 0, 5, 2, 15),
      ),
      [true, false],
    );
  });
});
