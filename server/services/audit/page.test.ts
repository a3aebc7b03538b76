import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditPage } from '../../../src/protocol/index.ts';
import { anEvent, auditing } from '../../testing/auditing.ts';

describe('a page of the trail', () => {
  it('has as many as were asked for, however many are read at once', async (t) => {
    const { audit, ask } = await auditing(t);
    await audit.recordAll(Array.from({ length: 100 }, () => anEvent()));
    const { body } = await ask<AuditPage>('/audit?limit=70&resourceType=agent', { role: 'admin' });
    assert.deepEqual(
      body.items.map(({ sequence }) => sequence),
      Array.from({ length: 70 }, (_, i) => 100 - i),
    );
    assert.ok(body.next);
  });

  it('ends early where entries are large, and none is left out', async (t) => {
    const { audit, ask } = await auditing(t);
    const large = 'x'.repeat(50_000);
    await Promise.all(Array.from({ length: 60 }, () => audit.record({ ...anEvent(), details: { large } })));
    const seen: number[] = [];
    const sizes: number[] = [];
    let cursor = '';
    do {
      const { body } = await ask<AuditPage>(`/audit?limit=500&resourceType=agent${cursor}`, {
        role: 'admin',
      });
      seen.push(...body.items.map(({ sequence }) => sequence));
      sizes.push(body.items.length);
      cursor = body.next === undefined ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    assert.ok(sizes.length > 2 && Math.max(...sizes) < 30, sizes.join());
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, 60);
  });
});

describe('POST /audit', () => {
  it('takes nothing that only the server says of itself', async (t) => {
    const { ask } = await auditing(t);
    const entry = { action: 'upgrade', resource: { type: 'agent', id: 'a' } };
    for (const [body, pointer] of [
      [{ ...entry, actor: { id: 'waooaw', kind: 'system' } }, '/actor'],
      [{ ...entry, action: 'audit_gap' }, '/action'],
      [{ ...entry, action: 'archive' }, '/action'],
      [{ ...entry, action: 'rotate_key' }, '/action'],
      [{ ...entry, resource: { type: 'audit', id: 'audit-1-65536' } }, '/resource/type'],
    ] as const) {
      const { status, text } = await ask('/audit', { body, role: 'admin' });
      assert.equal(status, 400, text);
      assert.ok(text.includes('bad_entry') && text.includes(`"${pointer}"`), text);
    }
  });

  it('knows itself where a caller speaks for himself', async (t) => {
    const { ask, audit } = await auditing(t);
    const entry = {
      action: 'upgrade',
      resource: { type: 'agent', id: 'a' },
      ip: '8.8.8.8',
      requestId: 'mine',
    };
    const { status, text } = await ask('/audit', { body: entry, role: 'operator' });
    assert.equal(status, 200, text);
    const { facts } = (await audit.log.get(1))!;
    assert.deepEqual([facts.ip, facts.requestId], ['203.0.113.9', 'request-1']);
  });
});
