import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { Role } from '../../../src/protocol/index.ts';
import { EXPORT_FORMATS } from '../../../src/proof/export-format.ts';
import type { ExportFormat, ExportHeader, ExportLine } from '../../../src/proof/export-format.ts';
import { verifyExport } from '../../../src/proof/export.ts';
import type { VerifiedExport } from '../../../src/proof/export.ts';
import { events, openTrail } from '../../testing/export-trail.ts';
import type { TestTrail } from '../../testing/export-trail.ts';
import { exportRoutes } from './export-routes.ts';
import { platformHash } from './platform-hash.ts';

async function filled(t: TestContext, count = 600): Promise<TestTrail> {
  const trail = await openTrail(t);
  await trail.audit.recordAll(events(count));
  return trail;
}

async function get(trail: TestTrail, query: string, role?: Role): Promise<Response> {
  return trail.app(exportRoutes(trail.audit), role).request(`/audit/export?${query}`);
}

async function textOf(trail: TestTrail, query: string): Promise<string> {
  const response = await get(trail, query);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
}

/** In pieces of some length, as a network may cut it. */
async function* pieces(text: string, length = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) {
    await Promise.resolve();
    yield bytes.subarray(at, at + length);
  }
}

function verify(trail: TestTrail, text: string, format: ExportFormat): Promise<VerifiedExport> {
  return verifyExport(pieces(text), format, trail.verifiers(), { hash: platformHash });
}

const linesOf = (text: string): ExportLine[] =>
  text
    .trim()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as ExportLine);

describe('GET /audit/export', () => {
  for (const format of EXPORT_FORMATS) {
    it(`exports a whole trail as ${format}, which proves itself`, async (t) => {
      const trail = await filled(t);
      const text = await textOf(trail, `format=${format}`);
      const verdict = await verify(trail, text, format);
      assert.equal(verdict.proof, 'tree');
      assert.equal(verdict.first, 1);
      assert.equal(verdict.count, verdict.checkpoint.size);
      assert.ok(verdict.count > 600, 'its own entry is in it');
    });

    it(`exports part of a trail as ${format}, each entry with its path`, async (t) => {
      const trail = await filled(t);
      const text = await textOf(trail, `format=${format}&q=action:start&level=error&level=critical`);
      const verdict = await verify(trail, text, format);
      const expected = await trail.audit.log.count(
        { action: ['start'], level: ['error', 'critical'] },
        1_000,
      );
      assert.ok(expected > 10);
      assert.equal(verdict.proof, 'paths');
      assert.equal(verdict.count, expected);
      assert.deepEqual(verdict.query, { action: ['start'], level: ['error', 'critical'] });
    });

    it(`is an export without entries as ${format} where nothing matches`, async (t) => {
      const trail = await filled(t, 3);
      const text = await textOf(trail, `format=${format}&actor=nobody`);
      const verdict = await verify(trail, text, format);
      assert.equal(verdict.count, 0);
      assert.equal(verdict.last, undefined);
    });
  }

  it('shows the very entries, whichever the format', async (t) => {
    const trail = await filled(t);
    const lines = linesOf(await textOf(trail, 'format=ndjson'));
    const rows = await trail.audit.log.range(1, 10_000);
    assert.ok(lines.length > 600);
    for (const [at, { entry }] of lines.entries())
      assert.deepEqual(entry, { sequence: at + 1, ...rows[at]!.facts });
    const json = JSON.parse(await textOf(trail, 'format=json')) as ExportHeader & {
      entries: ExportLine[];
      count: number;
    };
    assert.deepEqual(json.entries.slice(0, lines.length), lines);
    assert.equal(json.count, json.entries.length);
  });

  it('goes on where it was cut off, in the same tree, in every format that has lines', async (t) => {
    const trail = await filled(t);
    for (const format of ['ndjson', 'csv'] as const) {
      const text = await textOf(trail, `format=${format}`);
      const newline = format === 'csv' ? '\r\n' : '\n';
      // Entries may have line breaks in CSV, so that the cut is looked for from a row on that is known.
      const cut =
        text.indexOf(`${newline}${format === 'csv' ? '300,' : '{"entry":{"sequence":300,'}`) + newline.length;
      const { checkpoint } = await verify(trail, text, format);
      await trail.audit.recordAll(events(20, 2));
      const rest = await textOf(
        trail,
        `format=${format}&from_sequence=300&checkpoint_size=${checkpoint.size}&proof=tree`,
      );
      const verdict = await verify(trail, text.slice(0, cut) + rest, format);
      assert.equal(verdict.count, checkpoint.size);
      await assert.rejects(verify(trail, rest, format), {
        name: 'ExportFailed',
        message: /put it behind the beginning/,
      });
      const alone = await textOf(
        trail,
        `format=${format}&from_sequence=300&checkpoint_size=${checkpoint.size}`,
      );
      const part = await verify(trail, alone, format);
      assert.deepEqual([part.proof, part.first, part.last], ['paths', 300, checkpoint.size]);
    }
  });

  it('names its file, and forbids caches to keep it', async (t) => {
    const trail = await filled(t, 3);
    const { headers } = await get(trail, 'format=csv');
    assert.match(headers.get('content-disposition')!, /^attachment; filename="audit-2025-06-15-1-\d+\.csv"$/);
    assert.match(headers.get('content-type')!, /^text\/csv; charset=utf-8/);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('is neither made nor recorded for whoever asks for its headers only', async (t) => {
    const trail = await filled(t, 3);
    const range = t.mock.method(trail.audit.log, 'range');
    const before = await trail.audit.log.head();
    const answer = await trail
      .app(exportRoutes(trail.audit))
      .request('/audit/export?format=csv', { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type')!, /^text\/csv/);
    assert.equal((await trail.audit.log.head()).size, before.size);
    assert.equal(range.mock.callCount(), 0);
  });

  it('is for auditors and administrators', async (t) => {
    const trail = await filled(t, 3);
    for (const role of ['viewer', 'operator'] as const)
      assert.equal((await get(trail, '', role)).status, 403);
    for (const role of ['auditor', 'admin'] as const) assert.equal((await get(trail, '', role)).status, 200);
  });

  it('records itself before it begins: who, what was asked, how much there is', async (t) => {
    const trail = await filled(t);
    await textOf(trail, 'format=csv&q=actor:user-1');
    const [row] = await trail.audit.log.find(
      { resourceType: ['audit'], resourceId: ['export'] },
      { limit: 5 },
    );
    const { actor, action, result, ip, requestId, details } = row!.facts;
    assert.deepEqual(
      { actor, action, result, ip, requestId },
      {
        actor: { id: 'eve', kind: 'user', name: 'Eve' },
        action: 'access',
        result: 'success',
        ip: '192.0.2.7',
        requestId: 'req-1',
      },
    );
    const entries = await trail.audit.log.count({ actor: ['user-1'] }, 10_000);
    assert.deepEqual(details, { format: 'csv', query: { actor: ['user-1'] }, first: 1, entries });
  });

  it('reads no further than its reader, and records that it was broken off', async (t) => {
    const trail = await filled(t, 5_000);
    const { log } = trail.audit;
    const range = t.mock.method(log, 'range');
    const reader = (await get(trail, 'format=ndjson')).body!.getReader();
    await reader.read();
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    assert.ok(range.mock.callCount() <= 3, `${range.mock.callCount()} pages were read`);
    const record = t.mock.method(trail.audit, 'record');
    await reader.cancel();
    await record.mock.calls[0]!.result;
    const [row] = await log.find({ resourceId: ['export'], result: ['failure'] }, { limit: 5 });
    assert.equal(record.mock.callCount(), 1);
    assert.equal(row!.facts.error, 'aborted');
    const { written } = row!.facts.details as { written: number };
    assert.ok(written > 0 && written < 5_000, `${written} of 5,000 were written`);
  });

  it('breaks off where the log fails, without an end, and records why', async (t) => {
    const trail = await filled(t, 600);
    const { log } = trail.audit;
    const { range } = log;
    t.mock.method(log, 'range', (from: number, ...rest: [number]) =>
      from > 256 ? Promise.reject(new Error('disk')) : range.call(log, from, ...rest),
    );
    const response = await get(trail, 'format=ndjson');
    const record = t.mock.method(trail.audit, 'record');
    await assert.rejects(response.text());
    await record.mock.calls[0]!.result;
    const [row] = await log.find({ resourceId: ['export'], result: ['failure'] }, { limit: 5 });
    assert.equal(row!.facts.error, 'internal');
    const { written } = row!.facts.details as { written: number };
    assert.ok(written > 0 && written < 600, `${written} of 600 were written`);
  });

  it('refuses what it cannot do, by code', async (t) => {
    const trail = await filled(t, 3);
    for (const [query, code, word] of [
      ['format=xml', 'bad_request', 'format'],
      ['q=foo:bar', 'bad_query', 'Column 1'],
      ['from_sequence=0', 'bad_request', 'from_sequence'],
      ['from_sequence=99', 'bad_request', 'from_sequence'],
      ['checkpoint_size=99', 'bad_request', 'checkpoint_size'],
      ['proof=tree&actor=a', 'bad_request', 'proof'],
    ] as const) {
      const response = await get(trail, query);
      const problem = (await response.json()) as { code: string; detail: string };
      assert.equal(problem.code, code, query);
      assert.ok(problem.detail.includes(word), `${query}: ${problem.detail}`);
    }
  });
});
