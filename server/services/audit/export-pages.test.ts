import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { AuditRow } from '../../ports/audit-log.ts';
import type { AuditEvent } from '../../ports/audit-sink.ts';
import { openTrail } from '../../testing/export-trail.ts';
import type { TestTrail } from '../../testing/export-trail.ts';
import { Pace } from './export-pages.ts';
import { exportRoutes } from './export-routes.ts';
import { reportRoutes } from './report-routes.ts';

const ENTRY_LENGTH = 20_000;
const ENTRIES = 120;

const row = (length: number): AuditRow => ({
  sequence: 1,
  facts: { time: 1, action: 'x'.repeat(length), level: 'info', result: 'success' },
  seed: new Uint8Array(16),
  leaf: new Uint8Array(32),
});

/** Entries of 20 KB. */
async function large(t: TestContext): Promise<TestTrail> {
  const trail = await openTrail(t);
  const event: AuditEvent = {
    actor: { id: 'ana', kind: 'user' },
    action: 'update',
    level: 'info',
    resource: { type: 'agent', id: 'a' },
    result: 'success',
    details: Array.from({ length: ENTRY_LENGTH / 1_000 }, () => 'x'.repeat(1_000)),
  };
  await trail.audit.recordAll(Array.from({ length: ENTRIES }, () => event));
  trail.clock.advance(1);
  return trail;
}

describe('the pace of a reader', () => {
  it('takes fewer rows at once the larger they are', () => {
    const pace = new Pace();
    assert.equal(pace.rows, 16);
    pace.took([row(100)]);
    assert.equal(pace.rows, 256);
    pace.took([row(10_000), row(20_000)]);
    assert.equal(pace.rows, 17);
    pace.took([row(1_000_000)]);
    pace.took([]);
    assert.equal(pace.rows, 1);
  });

  it('pauses after so much, and not before', async () => {
    const pace = new Pace();
    assert.equal(pace.after(65_535), undefined);
    const pause = pace.after(1);
    assert.ok(pause);
    await pause;
    assert.equal(pace.after(65_535), undefined);
  });

  it('reads few large entries at once, for exports and reports', async (t) => {
    const trail = await large(t);
    const range = t.mock.method(trail.audit.log, 'range');
    for (const [routes, path] of [
      [exportRoutes(trail.audit), '/audit/export'],
      [reportRoutes(trail.audit), '/audit/report?format=json'],
    ] as const) {
      range.mock.resetCalls();
      await (await trail.app(routes).request(path)).text();
      const rows = await Promise.all(range.mock.calls.map(({ result }) => result!));
      const most = Math.max(...rows.map((page) => page.length));
      assert.ok(most <= 16, `${path}: ${most} rows at once`);
    }
  });

  it('hands an export on in pieces that are not much longer than an entry', async (t) => {
    const trail = await large(t);
    const { body } = await trail.app(exportRoutes(trail.audit)).request('/audit/export');
    let longest = 0;
    for await (const piece of body!) longest = Math.max(longest, (piece as Uint8Array).length);
    assert.ok(longest < 65_536 + 2 * ENTRY_LENGTH, `${longest} bytes`);
  });
});
