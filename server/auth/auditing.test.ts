import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import {
  ADMIN_KEY,
  ELSEWHERE,
  HERE,
  JWT_SECRET,
  authenticating,
  seconds,
  sign,
} from '../testing/authenticating.ts';
import { FakeAuditSink, recorderOf } from '../testing/fake-audit-sink.ts';
import { coded } from '../testing/harness.ts';
import { auditingAuthenticator } from './auditing.ts';

const WINDOW_MS = 300_000;

async function audited(t: TestContext) {
  const all = await authenticating(t, {
    adminKey: ADMIN_KEY,
    jwtSecret: JWT_SECRET,
    authFailuresPerMinute: 5,
  });
  const sink = new FakeAuditSink();
  const recorder = recorderOf(all.clock, { sink, summaryMs: WINDOW_MS });
  const { authenticate, onRevoked } = auditingAuthenticator(all.auth, recorder);
  const token = (sub: string): Promise<string> =>
    sign({ sub, iat: seconds(all.clock), exp: seconds(all.clock) + 60, role: 'viewer' });
  return { ...all, sink, recorder, authenticate, onRevoked, token };
}

describe('a credential', () => {
  it('is a login when it is used first, and not again', async (t) => {
    const { authenticate, auth, sink, token, clock } = await audited(t);
    const { id, key } = await auth.keys.create({ name: 'shop', role: 'viewer' });
    const ana = await token('ana');
    for (let i = 0; i < 3; i++) {
      for (const each of [key, ana, ADMIN_KEY]) await authenticate(each, HERE);
      clock.advance(WINDOW_MS / 10);
    }
    assert.deepEqual(sink.said, [
      `login api-key/${id} success by key:${id}`,
      'login token/ana success by ana',
      'login api-key/admin success by key:admin',
    ]);
    assert.deepEqual(sink.entries[0], {
      action: 'login',
      actor: { id: `key:${id}`, kind: 'service', name: 'shop' },
      level: 'info',
      resource: { type: 'api-key', id, name: 'shop' },
      result: 'success',
      ip: HERE,
    });
    assert.ok(!JSON.stringify(sink.entries).includes(key.slice(-43)));
  });

  it('that is revoked is a logout for whoever was in with it, and the next use a login again', async (t) => {
    const { authenticate, auth, sink, token, clock } = await audited(t);
    await authenticate(await token('ana'), HERE);
    await auth.revokeSubject('ana');
    await auth.revokeSubject('bob');
    clock.advance(2 * WINDOW_MS);
    await authenticate(await token('ana'), HERE);
    assert.deepEqual(sink.said, [
      'login token/ana success by ana',
      'logout token/ana success by ana',
      'login token/ana success by ana',
    ]);
    assert.equal(sink.entries[1]?.reason, 'token_revoked');
  });

  it('that is refused is counted by address and code, and never repeated', async (t) => {
    const { authenticate, sink, clock } = await audited(t);
    for (let i = 0; i < 20; i++) {
      await assert.rejects(authenticate(`guess ${i}`, ELSEWHERE));
      await assert.rejects(authenticate(undefined, ELSEWHERE), coded('unauthorized'));
    }
    assert.deepEqual(sink.said, [
      'login credential/* refused (unauthorized) by anonymous',
      'login credential/* refused (rate_limited) by anonymous',
    ]);
    clock.advance(WINDOW_MS);
    const counted = sink.entries
      .slice(2)
      .map(({ error, details }) => [error, (details as { count: number }).count]);
    assert.deepEqual(counted, [
      ['unauthorized', 24],
      ['rate_limited', 14],
    ]);
    assert.ok(!JSON.stringify(sink.entries).includes('guess'));
  });

  it('that was good once is refused by its name', async (t) => {
    const { authenticate, auth, sink, clock } = await audited(t);
    const old = await auth.keys.create({ name: 'old', role: 'viewer', expiresAt: clock.now() + 1 });
    const gone = await auth.keys.create({ name: 'gone', role: 'viewer' });
    await auth.keys.revoke(gone.id);
    clock.advance(1);
    await assert.rejects(authenticate(old.key, HERE), coded('token_expired'));
    await assert.rejects(authenticate(gone.key, HERE), coded('token_revoked'));
    await assert.rejects(authenticate(`waooaw_${gone.id}_${'x'.repeat(43)}`, HERE), coded('unauthorized'));
    const expired = await sign({ sub: 'ana', exp: seconds(clock) - 60 });
    await assert.rejects(authenticate(expired, HERE), coded('token_expired'));
    assert.deepEqual(sink.said, [
      `login api-key/${old.id} refused (token_expired) by key:${old.id}`,
      `login api-key/${gone.id} refused (token_revoked) by key:${gone.id}`,
      'login credential/* refused (unauthorized) by anonymous',
      'login credential/* refused (token_expired) by anonymous',
    ]);
  });

  it('is not what somebody without a token has', async (t) => {
    const { database, clock, config } = await audited(t);
    const { createAuth } = await import('./index.ts');
    const auth = createAuth({ config: { ...config, adminKey: '', anonymousRole: 'viewer' }, clock });
    await auth.load(database);
    const sink = new FakeAuditSink();
    const { authenticate } = auditingAuthenticator(auth, recorderOf(clock, { sink }));
    assert.equal((await authenticate(undefined, HERE)).role, 'viewer');
    assert.equal(sink.attempts, 0);
  });

  it('is judged alike while the trail cannot be written, and told of later', async (t) => {
    const { authenticate, sink, token, clock } = await audited(t);
    sink.break();
    assert.equal((await authenticate(await token('ana'), HERE)).id, 'ana');
    await assert.rejects(authenticate('x', HERE), coded('unauthorized'));
    await new Promise((resolve) => setImmediate(resolve));
    sink.broken = undefined;
    clock.advance(WINDOW_MS);
    assert.deepEqual(sink.said.toSorted(), [
      'login credential/* refused (unauthorized) by anonymous',
      'login token/ana success by ana',
    ]);
  });

  it('is told of as before to whoever listens for its end', async (t) => {
    const { onRevoked, auth } = await audited(t);
    const heard: string[] = [];
    const stop = onRevoked((id) => void heard.push(id));
    await auth.revokeSubject('ana');
    stop();
    await auth.revokeSubject('bob');
    assert.deepEqual(heard, ['ana']);
  });
});
