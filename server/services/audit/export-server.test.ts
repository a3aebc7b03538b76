import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import type { AuditKey, AuditPage } from '../../../src/protocol/index.ts';
import { verifyExport } from '../../../src/proof/export.ts';
import { post, request, startServer } from '../../testing/harness.ts';
import type { Running } from '../../testing/harness.ts';
import { REPORT_HEADERS } from './report-page.ts';

const PAGE = 1_000;

/** Enough for an answer that no socket takes at once. */
async function fill(server: Running, pages: number): Promise<void> {
  const entry = {
    action: 'update',
    level: 'info',
    resource: { type: 'agent', id: 'payments' },
    result: 'success',
    details: { text: 'x'.repeat(4_000) },
  };
  for (let page = 0; page < pages; page += 1) {
    const { status, text } = await post(`${server.url}/api/audit`, {
      entries: Array.from({ length: PAGE }, () => entry),
    });
    assert.equal(status, 200, text);
  }
}

async function keysOf(server: Running): Promise<readonly string[]> {
  const { keys } = (await request(`${server.url}/api/audit/keys`)).json<{ keys: readonly AuditKey[] }>();
  return keys.map(({ verifier }) => verifier);
}

describe('a server', () => {
  it('streams an export that proves itself', async (t) => {
    const server = await startServer(t, { maxBodyBytes: 8_000_000 });
    await fill(server, 2);
    const response = await fetch(`${server.url}/api/audit/export?format=ndjson`);
    const { count, proof } = await verifyExport(response.body!, 'ndjson', await keysOf(server));
    assert.equal(proof, 'tree');
    assert.ok(count > 2 * PAGE);
  });

  it('stops an export when its client goes, and records it', async (t) => {
    const server = await startServer(t, { maxBodyBytes: 8_000_000 });
    await fill(server, 4);
    await new Promise<void>((resolve, reject) => {
      const asking = http.get(`${server.url}/api/audit/export`, (response) => {
        response.once('data', () => {
          response.destroy();
          resolve();
        });
      });
      asking.on('error', reject);
    });
    const query = encodeURIComponent('resource:audit/export result:failure');
    let items: AuditPage['items'] = [];
    for (let asked = 0; asked < 2_000 && items.length === 0; asked += 1)
      ({ items } = (await request(`${server.url}/api/audit?q=${query}`)).json<AuditPage>());
    assert.equal(items[0]?.error, 'aborted');
    const { written } = items[0].details as { written: number };
    assert.ok(written < 4 * PAGE, `${written} were written`);
  });

  it('answers a report that may load nothing', async (t) => {
    const server = await startServer(t);
    const { status, headers, text } = await request(`${server.url}/api/audit/report`);
    assert.equal(status, 200);
    assert.match(text, /^<!doctype html>/);
    assert.equal(headers['content-security-policy'], REPORT_HEADERS['content-security-policy']);
    assert.equal(headers['cache-control'], 'no-store');
  });
});
